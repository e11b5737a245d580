//! What each identity may read. Pure: an agreement, an identity and a subject in, yes or no out.
//!
//! | role | the system | an organisation's own tables | anything by `pathway` |
//! |---|---|---|---|
//! | viewer | yes | their own; members' where the agreement opens them to members, and theirs is one | only of their own organisation |
//! | board | yes | no | the system's, of their own pathways and of what is nobody's |
//! | analyst | yes | yes | yes |
//! | steward | as a viewer | as a viewer | as a viewer |
//!
//! Figures of the system that readers below analyst are answered are of what is published alone, which
//! tells no fewer than three employers apart ([`crate::publication`]). What they learn of anybody is as
//! noisy as everything that left the node.
//!
//! Nobody's are shared services, posts that look like cancer care and are not placed, not cancer, and
//! unknown: without them no board could say whom its own numbers leave out.
//!
//! Who has several roles may read what any one of them lets them. The total over all pathways is a
//! table without `pathway`, so everybody reads it.

use std::collections::BTreeSet;

use vwis_model::{
    agreement::{Series, Visibility},
    dictionary::{Attribute, Dictionary},
    ods::OdsCode,
};

use crate::{
    indicator::{Definition, IndicatorError, Question},
    picture::{Resolved, Whose},
    reader::{Identity, Role},
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

/// What an agreement says of who may read.
#[derive(Clone, Copy, Debug)]
pub struct Clause<'a> {
    /// Who may read an organisation's own tables.
    pub visibility: Visibility,
    /// The organisations of the system: that contribute or are expected under the agreement.
    pub members: &'a BTreeSet<OdsCode>,
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

/// The categories of `pathway` that a table shows or sums over; none where `pathway` is no part of it.
#[must_use]
pub fn pathways_in(table: &Resolved) -> Option<BTreeSet<String>> {
    let mut axes = table.axes();
    let pathway = axes.find(|axis| axis.attribute.code() == PATHWAY)?;
    let categories = pathway.attribute.categories();
    let wanted = pathway.categories.iter();
    Some(wanted.map(|at| categories[*at].code().to_owned()).collect())
}

/// The categories of `pathway` in everything that `series` promises: every one where a table of it tells
/// pathways apart, and none where none does.
#[must_use]
pub fn pathways_promised(series: &Series) -> Option<BTreeSet<String>> {
    let mut attributes = series.tables().iter().flat_map(|table| &table.by);
    if !attributes.any(|code| code == PATHWAY) {
        return None;
    }
    let mut there = series.data_set().attributes().iter();
    let attribute = there.find(|attribute| attribute.code() == PATHWAY)?;
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

/// The pathways that the answer of an indicator tells apart; none where it reads no pathway. Where it reads
/// them whatever it is broken down by, it tells apart those that are nobody's, and all others together.
///
/// # Errors
/// Where the indicator has no such breakdown.
pub fn pathways_read(
    question: &Question,
    definition: &Definition,
) -> Result<Option<BTreeSet<String>>, IndicatorError> {
    let shown = question.categories_shown(definition, PATHWAY)?;
    let shown = shown.map(BTreeSet::from_iter);
    let read = || definition.reads.contains(&PATHWAY).then(pathways_of_nobody);
    Ok(shown.or_else(read))
}

/// The pathways whose numbers of `whose` `identity` may read.
#[must_use]
pub fn pathways_of(identity: &Identity, clause: &Clause<'_>, whose: &Whose) -> BTreeSet<String> {
    let may = |code: &String| {
        let pathways = Some([code.clone()].into());
        may_read(identity, clause, &Subject { whose, pathways }).is_ok()
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
