//! What each identity may read. Pure: an agreement, an identity and a subject in, yes or no out.
//!
//! | role | the system | an organisation's own tables | anything by `pathway` |
//! |---|---|---|---|
//! | viewer | yes | their own; members' where the agreement opens them to members, and theirs is one | only of their own organisation |
//! | board | yes | no | the system's, of their own pathways and of what is nobody's |
//! | analyst | yes | yes | yes |
//! | steward | as a viewer | as a viewer | as a viewer |
//!
//! The system's figures that readers below analyst get come from the published releases alone
//! ([`crate::publication`]): those never tell fewer than three employers apart. What these readers learn of a
//! single person is as noisy as everything that left the node.
//!
//! The pathways that are nobody's: shared services, posts that look like cancer care and are not placed, not
//! cancer, and unknown. Every board reads them: without them none could say whom its own numbers leave out.
//!
//! An identity with several roles may read what any one of them allows. The total over all pathways is a
//! table without `pathway`, so everybody reads it.

use std::collections::BTreeSet;

use vwis_model::{
    agreement::{Series, Visibility},
    dictionary::Attribute,
    here,
    ods::OdsCode,
};

use crate::{
    picture::{Resolved, Whose},
    reader::{Identity, Role},
};

/// The code of the attribute by which a board's figures are told apart.
pub const PATHWAY: &str = "pathway";

/// The part of a request that decides whether it may be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The organisations whose numbers are asked for, or the system.
    pub whose: &'a Whose,
    /// The categories of `pathway` that the answer shows or sums over; `None` where the answer does not use
    /// `pathway`.
    pub pathways: Option<BTreeSet<String>>,
}

/// The part of an agreement that says who may read.
#[derive(Clone, Copy, Debug)]
pub struct Clause<'a> {
    /// Which readers may read another organisation's own tables.
    pub visibility: Visibility,
    /// The organisations that contribute or are expected under the agreement.
    pub members: &'a BTreeSet<OdsCode>,
}

/// Why an identity may not read what it asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// It asked for another organisation's own tables.
    #[error(
        "the tables of {asked} are for {asked} itself and for analysts{}: ask for org=system{}",
        if *.analysts_only { ", as the agreement says" } else { " and the system's organisations" },
        .own.as_ref().map_or_else(String::new, |own| format!(" or org={own}"))
    )]
    Organisation {
        /// The first organisation asked for that is not the reader's own.
        asked: OdsCode,
        /// The reader's own organisation, if they have one.
        own: Option<OdsCode>,
        /// Whether the agreement opens these tables to analysts alone.
        analysts_only: bool,
    },
    /// It asked for pathways that the reader may not read.
    #[error(
        "tables by `pathway` are for analysts, and for the boards of the pathways in them{}",
        with_pathways(.own)
    )]
    Pathway {
        /// The categories of `pathway` that were asked for and may not be read.
        asked: Vec<String>,
        /// The categories of `pathway` of the boards that the reader is on.
        own: Vec<String>,
    },
    /// It asked for something that stewards alone do. Holds the codes of the reader's roles.
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

/// The categories of `pathway` that a table shows or sums over; none where `pathway` is no part of it.
#[must_use]
pub fn pathways_in(table: &Resolved) -> Option<BTreeSet<String>> {
    let mut axes = table.axes();
    let pathway = axes.find(|axis| axis.counted.code() == PATHWAY)?;
    let categories = pathway.counted.categories();
    Some(
        pathway
            .inside
            .iter()
            .map(|at| categories[*at].code().to_owned())
            .collect(),
    )
}

/// The categories of `pathway` in everything that `series` promises: every one where a table of it tells
/// pathways apart, and none where none does.
#[must_use]
pub fn pathways_promised(series: &Series) -> Option<BTreeSet<String>> {
    let position = series.data_set().position(PATHWAY)?;
    if !series.attributes().any(|counted_by| counted_by == position) {
        return None;
    }
    let attribute = &series.data_set().attributes()[position];
    let categories = attribute.categories().iter();
    Some(categories.map(|one| one.code().to_owned()).collect())
}

/// Whether `identity` may read `subject` under `clause`.
///
/// # Errors
/// [`Denied`] says who may, and what this identity may ask instead.
pub fn may_read(
    identity: &Identity,
    clause: &Clause<'_>,
    subject: &Subject<'_>,
) -> Result<(), Denied> {
    if identity.is(Role::Analyst) {
        return Ok(());
    }
    match subject.whose {
        Whose::System => of_the_system(identity, subject),
        Whose::Organisations(asked) => of_organisations(identity, clause, asked, subject),
    }
}

/// The categories of `pathway` for which `identity` may read the numbers of `whose`.
#[must_use]
pub fn pathways_of(identity: &Identity, clause: &Clause<'_>, whose: &Whose) -> BTreeSet<String> {
    let may = |code: &String| {
        let pathways = Some([code.clone()].into());
        may_read(identity, clause, &Subject { whose, pathways }).is_ok()
    };
    every_pathway().filter(may).collect()
}

/// The categories of `pathway` that belong to no board, and that every board may read.
#[must_use]
pub fn pathways_of_nobody() -> BTreeSet<String> {
    every_pathway().filter(|code| is_nobodys(code)).collect()
}

fn every_pathway() -> impl Iterator<Item = String> {
    let attribute = here::dictionary().attribute(PATHWAY);
    let categories = attribute.into_iter().flat_map(Attribute::categories);
    categories.map(|category| category.code().to_owned())
}

/// Whether `identity` may read this category of the system as a member of a board.
fn is_a_boards(identity: &Identity, code: &str) -> bool {
    identity.is(Role::Board)
        && (identity.pathways.iter().any(|own| own == code) || is_nobodys(code))
}

/// Whether a category of `pathway` is no tumour site, and so belongs to no board.
fn is_nobodys(code: &str) -> bool {
    let attribute = here::dictionary().attribute(PATHWAY);
    let group = attribute.and_then(|attribute| {
        let index = attribute.category(code)?;
        attribute.grouping("cancer")?.group_of(index)
    });
    group.is_some_and(|group| group.code() != "tumour_site")
}

/// Whether `identity` may see and do what stewards do.
///
/// # Errors
/// [`Denied::NotSteward`] names the roles that the identity has.
pub fn may_steward(identity: &Identity) -> Result<(), Denied> {
    if identity.is(Role::Steward) {
        return Ok(());
    }
    let roles: Vec<_> = identity.roles.iter().map(|role| role.code()).collect();
    Err(Denied::NotSteward(roles.join(", ")))
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
    clause: &Clause<'_>,
    asked: &[OdsCode],
    subject: &Subject<'_>,
) -> Result<(), Denied> {
    let viewer = identity.is(Role::Viewer) || identity.is(Role::Steward);
    let own = identity.organisation.as_ref().filter(|_| viewer);
    let is_open_to = |own: &OdsCode| clause.members.contains(own);
    let open = clause.visibility == Visibility::Members && own.is_some_and(is_open_to);
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
            analysts_only: clause.visibility == Visibility::Analysts,
        }),
    }
}

#[cfg(test)]
mod tests;
