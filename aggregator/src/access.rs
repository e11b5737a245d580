//! What each identity may read. Pure: an agreement, an identity and a subject in, yes or no out.
//!
//! | role | the system | an organisation's own tables | anything by `pathway` |
//! |---|---|---|---|
//! | viewer | yes | their own; others' where the agreement opens them to members | only of their own organisation |
//! | board | yes | no | the system's, of their own pathways and of what is nobody's |
//! | analyst | yes | yes | yes |
//! | steward | as a viewer | as a viewer | as a viewer |
//!
//! **What this cannot keep apart**: whoever reads the system's tables can subtract. A release of one
//! contributor is that organisation's own table; of two, each of them can work out the other; and
//! two releases of one period differ by whoever joined between them. What they learn is as noisy as
//! everything that left the node: no person is at stake, only who reads which organisation's
//! estimates.
//!
//! Nobody's are shared services, posts that look like cancer care and are not placed, not cancer, and
//! unknown: without them no board could say whom its own numbers leave out.
//!
//! Who has several roles may read what any one of them lets them. The total over all pathways is a
//! table without `pathway`, so everybody reads it.

use std::collections::BTreeSet;

use vwis_proto::{
    agreement::{Agreement, Series, Visibility},
    dictionary::{Attribute, Dictionary},
    ods::OdsCode,
};

use crate::{
    identity::{Identity, Role},
    picture::{Resolved, Whose},
};

/// The attribute whose categories are for boards.
pub const PATHWAY: &str = "pathway";

/// What is asked for, as far as it matters who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject<'a> {
    /// Whose numbers.
    pub whose: &'a Whose,
    /// The categories of `pathway` that the answer shows or sums over; `None` where `pathway` is no
    /// part of it.
    pub pathways: Option<BTreeSet<String>>,
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Another organisation's own tables.
    #[error(
        "the tables of {asked} are for {asked} itself and for analysts{}: ask for org=system{}",
        if *.analysts_only { ", as the agreement says" } else { " and the system's organisations" },
        .own.as_ref().map_or_else(String::new, |own| format!(" or org={own}"))
    )]
    Organisation {
        /// The first that is not theirs.
        asked: OdsCode,
        /// Theirs, if any.
        own: Option<OdsCode>,
        /// Whether the agreement keeps other organisations out.
        analysts_only: bool,
    },
    /// Pathways that are not theirs.
    #[error(
        "tables by `pathway` are for analysts, and for the boards of the pathways in them{}",
        with_pathways(.own)
    )]
    Pathway {
        /// Asked for and not theirs.
        asked: Vec<String>,
        /// Theirs.
        own: Vec<String>,
    },
    /// An errand of stewards.
    #[error("this is for stewards; your roles are: {0}")]
    NotSteward(String),
}

fn with_pathways(own: &[String]) -> String {
    if own.is_empty() {
        String::new()
    } else {
        format!("; yours: where={PATHWAY}={}", own.join(","))
    }
}

// === impl Subject ===

impl<'a> Subject<'a> {
    /// A resolved table of `whose`.
    #[must_use]
    pub fn of(whose: &'a Whose, resolved: &Resolved) -> Self {
        let pathway = resolved
            .axes()
            .find(|axis| axis.attribute.code() == PATHWAY);
        let codes = pathway.map(|axis| {
            let categories = axis.attribute.categories();
            let wanted = axis.categories.iter();
            wanted.map(|at| categories[*at].code().to_owned()).collect()
        });
        Self {
            whose,
            pathways: codes,
        }
    }

    /// Everything that `series` promises of `whose`: a whole release's download. Every pathway is in it
    /// where one of its tables tells pathways apart, and none where none does.
    #[must_use]
    pub fn everything(whose: &'a Whose, series: &Series) -> Self {
        let mut attributes = series.tables().iter().flat_map(|table| &table.by);
        let by_pathway = attributes.any(|code| code == PATHWAY);
        let every = Dictionary::builtin()
            .attribute(PATHWAY)
            .filter(|_| by_pathway);
        let codes = every.map(|attribute| {
            let categories = attribute.categories().iter();
            categories.map(|one| one.code().to_owned()).collect()
        });
        Self {
            whose,
            pathways: codes,
        }
    }

    /// Tables of `whose` without `pathway`.
    #[must_use]
    pub fn without_pathways(whose: &'a Whose) -> Self {
        Self {
            whose,
            pathways: None,
        }
    }
}

/// Whether `identity` may read `subject` under `agreement`.
///
/// # Errors
/// [`Denied`] says who may, and what this identity may ask instead.
pub fn may_read(
    identity: &Identity,
    agreement: &Agreement,
    subject: &Subject<'_>,
) -> Result<(), Denied> {
    read_under(identity, agreement.organisations_visible_to(), subject)
}

/// The pathways whose numbers of `whose` `identity` may read.
#[must_use]
pub fn pathways_of(identity: &Identity, agreement: &Agreement, whose: &Whose) -> BTreeSet<String> {
    let may = |code: &String| {
        let pathways = Some([code.clone()].into());
        may_read(identity, agreement, &Subject { whose, pathways }).is_ok()
    };
    every_pathway().filter(may).collect()
}

/// The categories of `pathway` that are no board's own.
#[must_use]
pub fn pathways_of_nobody() -> BTreeSet<String> {
    every_pathway().filter(|code| is_nobodys(code)).collect()
}

fn every_pathway() -> impl Iterator<Item = String> {
    let attribute = Dictionary::builtin().attribute(PATHWAY);
    let categories = attribute.into_iter().flat_map(Attribute::categories);
    categories.map(|category| category.code().to_owned())
}

/// Whether a board of this identity's may read the category of the system.
fn is_a_boards(identity: &Identity, code: &str) -> bool {
    identity.is(Role::Board)
        && (identity.pathways.iter().any(|own| own == code) || is_nobodys(code))
}

/// Whether a category of `pathway` is not one tumour site's, and so no board's own.
fn is_nobodys(code: &str) -> bool {
    let attribute = Dictionary::builtin().attribute(PATHWAY);
    let group = attribute.and_then(|attribute| {
        let index = attribute.category(code)?;
        attribute.grouping("cancer")?.group_of(index)
    });
    group.is_some_and(|group| group.code() != "tumour_site")
}

/// Whether `identity` may see and do what stewards do.
///
/// # Errors
/// [`Denied::NotSteward`] names the roles there are.
pub fn may_steward(identity: &Identity) -> Result<(), Denied> {
    if identity.is(Role::Steward) {
        return Ok(());
    }
    let roles: Vec<_> = identity.roles.iter().map(|role| role.code()).collect();
    Err(Denied::NotSteward(roles.join(", ")))
}

fn read_under(
    identity: &Identity,
    visibility: Visibility,
    subject: &Subject<'_>,
) -> Result<(), Denied> {
    if identity.is(Role::Analyst) {
        return Ok(());
    }
    match subject.whose {
        Whose::System => of_the_system(identity, subject),
        Whose::Organisations(asked) => of_organisations(identity, visibility, asked, subject),
    }
}

fn of_the_system(identity: &Identity, subject: &Subject<'_>) -> Result<(), Denied> {
    let Some(asked) = &subject.pathways else {
        return Ok(());
    };
    let own: &[String] = if identity.is(Role::Board) {
        &identity.pathways
    } else {
        &[]
    };
    let others: Vec<_> = asked
        .iter()
        .filter(|code| !is_a_boards(identity, code))
        .cloned()
        .collect();
    if others.is_empty() {
        Ok(())
    } else {
        Err(Denied::Pathway {
            asked: others,
            own: own.to_vec(),
        })
    }
}

fn of_organisations(
    identity: &Identity,
    visibility: Visibility,
    asked: &[OdsCode],
    subject: &Subject<'_>,
) -> Result<(), Denied> {
    let viewer = identity.is(Role::Viewer) || identity.is(Role::Steward);
    let own = identity.organisation.as_ref().filter(|_| viewer);
    let open = visibility == Visibility::Members && own.is_some();
    let other = asked.iter().find(|code| Some(*code) != own);
    match (other, &subject.pathways) {
        (None, _) => Ok(()),
        (Some(_), None) if open => Ok(()),
        (Some(_), Some(asked)) if open => Err(Denied::Pathway {
            asked: asked.iter().cloned().collect(),
            own: Vec::new(),
        }),
        (Some(other), _) => Err(Denied::Organisation {
            asked: other.clone(),
            own: own.cloned(),
            analysts_only: visibility == Visibility::Analysts,
        }),
    }
}

#[cfg(test)]
mod tests;
