//! The one true change, which somebody who looks at the picture can find.

use crate::{person::Person, posts::Catalogue};

/// Where and in what the true change is, and how much of it is let go in each of the last two
/// quarters beside the usual leavers, nobody following.
pub(crate) const CHANGE: Change = Change {
    ods_code: "RM3",
    locality: "e08000004",
    role: "healthcare_support_worker",
    share: 0.16,
};

/// One true change.
pub(crate) struct Change {
    pub(crate) ods_code: &'static str,
    pub(crate) locality: &'static str,
    pub(crate) role: &'static str,
    pub(super) share: f64,
}

// === impl Change ===

impl Change {
    /// Whether somebody is in the role and at a site of the locality.
    pub(super) fn is_about(&self, person: &Person, catalogue: &Catalogue) -> bool {
        let site = &catalogue.sites[usize::from(person.post.site)];
        let is_role =
            |post: usize| catalogue.roles[usize::from(catalogue.posts[post].role)] == self.role;
        site.locality_code == self.locality && is_role(usize::from(person.post.kind))
    }
}
