//! The one change that is true, which somebody who looks at the picture can find.

use vwis_model::here;

use crate::{person::Person, posts::Catalogue, trusts::trusts};

/// The true change: in each of the last two quarters, a share of one role's people are let go beside the
/// usual leavers, and nobody follows them. It is at the first trust, after the first of all, that has two
/// localities, in the second of them.
pub(crate) fn change() -> Change {
    let mut trusts = trusts().iter();
    let first = trusts.next().expect("a demo has an employer");
    let trust = trusts
        .find(|trust| trust.localities.len() > 1)
        .unwrap_or(first);
    let locality = trust.localities.get(1).or_else(|| trust.localities.first());
    let anywhere = || here::place().current().next().unwrap_or_default();
    Change {
        ods_code: trust.ods_code,
        locality: locality.map_or_else(anywhere, String::as_str),
        role: "healthcare_support_worker",
        share: 0.16,
    }
}

/// A change: at which trust, in which locality and role, and which share is let go in a quarter.
pub(crate) struct Change {
    pub(crate) ods_code: &'static str,
    pub(crate) locality: &'static str,
    pub(crate) role: &'static str,
    pub(super) share: f64,
}

// === impl Change ===

impl Change {
    /// Whether somebody is in the role, at a site of the locality.
    pub(super) fn is_about(&self, person: &Person, catalogue: &Catalogue) -> bool {
        let site = &catalogue.sites[usize::from(person.post.site)];
        let is_role =
            |post: usize| catalogue.roles[usize::from(catalogue.posts[post].role)] == self.role;
        site.locality_code == self.locality && is_role(usize::from(person.post.kind))
    }
}
