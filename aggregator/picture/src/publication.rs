//! Which releases readers below analyst may read, and over which employers they are added up.
//!
//! For one day and data set, such readers only ever get sums over the employers of one *published set*, or
//! over sets that [`Classes`] allows beside it. This module alone holds the rule: [`crate::estimator::Estimator`]
//! asks [`Publication::tells`] before it adds anything up.
//!
//! ```text
//!            all expected are in · the agreement's day · a person        three new at least · a person
//! releases ────────────────────────────────────────────────► published ──────────────────────────────► replaced
//! ```
//!
//! **When a day is published.** A day is published for an agreement, data set and period: when every series
//! that is due has a release with all expected employers, or on the day that the agreement names, or when a
//! person publishes it. Its set holds the employers that are in all series of that day.
//!
//! **What comes later** replaces what is published and never stands beside it. It does so if the old and new
//! sets tell no fewer than three employers apart, where a corrected measurement counts as another employer's;
//! or if a person publishes a correction, which lets readers tell by how much it changed a figure
//! ([`Corrections`]). Otherwise only analysts read it. What was published before is never forgotten.
//!
//! **The same people in several data sets.** The sum of a year's leavers is judged beside those of its quarters,
//! too, and the other way round: they subtract to who is in one and not in the others. So is the movement of a
//! year beside its staff and its leavers. If one or two employers decline that, it is told to analysts alone.
//!
//! **Over time.** A comparison is over the employers in both periods. If these are not exactly a published
//! set, they are one more set of both days. It is admitted when the later day is published, if it tells no
//! fewer than three apart.
//!
//! Pure: everything is worked out anew from the releases, in the order in which they were made, and from what
//! persons decided. Each step only adds to what could be read before. So a reader who kept everything knows
//! no more than [`Classes`] allows, except for what a person published.

mod classes;
mod days;
mod decision;
mod replay;

pub use classes::{Apart, Classes, LEAST, Member};
pub use decision::{Corrections, Decision, Outcome, Undecided};

use days::Days;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use uuid::Uuid;
use vwis_model::{
    agreement::{Agreement, AgreementHash},
    ods::OdsCode,
    period::Period,
};

use crate::release::{Coverage, Release};

/// A data set and a period. Sums of the same data set and period can be subtracted from each other, whatever
/// agreement they are under, so they are judged together.
type Day = (String, Period);

/// The releases that may be published, and what persons decided.
#[derive(Clone, Copy, Debug)]
pub struct History<'a> {
    /// Every agreement that has releases.
    pub agreements: &'a [std::sync::Arc<Agreement>],
    /// All releases, in the order in which they were made.
    pub releases: &'a [Release],
    /// All decisions, in the order in which they were taken.
    pub decisions: &'a [Decision],
}

/// What readers below analyst may read at a moment.
#[derive(Clone, Debug, Default)]
pub struct Publication {
    days: Days,
    published: BTreeMap<(AgreementHash, Day), Published>,
    unpublished: BTreeMap<(AgreementHash, Day), Unpublished>,
    /// After how many steps each release was first published.
    since: HashMap<Uuid, usize>,
    /// The employers over which each release is published, or was until it was replaced.
    over: HashMap<Uuid, BTreeSet<OdsCode>>,
    /// The sequence number of the last release that is taken into account.
    last: i64,
    replaced_by: HashMap<Uuid, Uuid>,
    /// What persons' decisions let readers tell, in the order of the decisions.
    corrections: Vec<((AgreementHash, Day), Corrections)>,
}

/// The published set of a day under an agreement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// The id of the release of each series, by the series' name.
    releases: BTreeMap<String, Uuid>,
    employers: BTreeSet<OdsCode>,
    /// The members of [`Classes`] that each series sums, by the series' name.
    members: BTreeMap<String, BTreeSet<Member>>,
}

/// Why a day is not published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unpublished {
    /// Employers are missing from a series, or a series has no release.
    Incomplete {
        /// How many employers are in all series.
        there: usize,
        /// How many employers are expected.
        expected: usize,
    },
    /// Fewer than [`LEAST`] employers are in all of its series.
    TooFew,
    /// Beside what is published of the day, it would tell too few employers apart from the others.
    Apart {
        /// The employers that would be told apart.
        employers: BTreeSet<OdsCode>,
    },
}

// === impl Publication ===

impl Publication {
    /// What may be read at `now`; with `steps`, what could be read after the first of the steps up to then.
    #[must_use]
    pub fn at(history: History<'_>, now: Timestamp, steps: Option<usize>) -> Self {
        replay::replayed(history, now, steps)
    }

    /// All that is published under an agreement, by data set and period.
    pub fn under<'a>(
        &'a self,
        agreement: &AgreementHash,
    ) -> impl Iterator<Item = (&'a Day, &'a Published)> + use<'a> {
        let agreement = *agreement;
        let all = self.published.iter();
        all.filter(move |((under, _), _)| *under == agreement)
            .map(|((_, day), published)| (day, published))
    }

    /// The days whose newest releases are not published, each with the reason.
    pub fn unpublished(
        &self,
    ) -> impl Iterator<Item = (&AgreementHash, &str, Period, &Unpublished)> {
        self.unpublished
            .iter()
            .map(|((agreement, (data_set, period)), why)| {
                (agreement, data_set.as_str(), *period, why)
            })
    }

    /// After how many steps a release was first published; `None` if it never was.
    #[must_use]
    pub fn since(&self, release: Uuid) -> Option<usize> {
        self.since.get(&release).copied()
    }

    /// What persons' decisions under an agreement let readers tell, by data set and period.
    pub fn corrections(
        &self,
        agreement: &AgreementHash,
    ) -> impl Iterator<Item = (&str, Period, &Corrections)> {
        let all = self.corrections.iter();
        let those = all.filter(move |((under, _), _)| under == agreement);
        those.map(|((_, (data_set, period)), told)| (data_set.as_str(), *period, told))
    }

    /// A release as readers below analyst read it: with only the employers over which it is published, or was
    /// until it was replaced. `None` if it never was published.
    #[must_use]
    pub fn as_published(&self, release: &Release) -> Option<Release> {
        let employers = self.over.get(&release.id)?;
        Some(release.over(employers))
    }

    /// The coverage of a published release, where `held` are all releases whose measurements the store holds.
    /// A release that stands names whoever came since as not added; one that was replaced knows nothing of
    /// them.
    #[must_use]
    pub fn coverage(&self, published: &Release, held: &[Release]) -> Coverage {
        let stands = self.replaced_by(published.id).is_none();
        let held = held.iter();
        published.coverage_beside(held.filter(|one| stands || one.id == published.id))
    }

    /// Whether a release that is published, or was until it was replaced, leaves out this employer.
    #[must_use]
    pub fn leaves_out(&self, release: Uuid, employer: &OdsCode) -> bool {
        let employers = self.over.get(&release);
        employers.is_some_and(|employers| !employers.contains(employer))
    }

    /// Whether the release had been made when this was what could be read.
    #[must_use]
    pub fn knows(&self, release: &Release) -> bool {
        release.sequence <= self.last
    }

    /// The release that replaced a published one; if that was replaced too, the last in the chain.
    #[must_use]
    pub fn replaced_by(&self, release: Uuid) -> Option<Uuid> {
        // A release is replaced by one with a higher number, so the chain ends.
        let next = |release: &Uuid| self.replaced_by.get(release).copied();
        std::iter::successors(next(&release), next).last()
    }

    /// The ids of replaced releases, each with the id of the release that replaced it.
    pub fn replacements(&self) -> impl Iterator<Item = (Uuid, Uuid)> {
        self.replaced_by.iter().map(|(&old, &new)| (old, new))
    }

    /// Whether a sum over these employers of a published day tells nothing that the reader could not work
    /// out. The reader may read the employers of `named` by name.
    #[must_use]
    pub fn tells(
        &self,
        release: &Release,
        data_set: &str,
        organisations: &[OdsCode],
        named: &[OdsCode],
    ) -> bool {
        let day = (data_set.to_owned(), release.period);
        let classes = self.days.of(&day);
        let published = self.published.get(&(release.agreement, day));
        let (Some(classes), Some(published)) = (classes, published) else {
            return false;
        };
        let Some(members) = published.members.get(&release.series) else {
            return false;
        };
        let is_in = |code: &OdsCode| named.contains(code) || published.employers.contains(code);
        if !organisations.iter().all(is_in) {
            return false;
        }
        classes.tell(&of(members, organisations), named)
    }
}

/// The members that are measurements of these employers.
fn of<'a>(
    members: &BTreeSet<Member>,
    organisations: impl IntoIterator<Item = &'a OdsCode>,
) -> BTreeSet<Member> {
    let organisations: BTreeSet<_> = organisations.into_iter().collect();
    let those = members
        .iter()
        .filter(|member| organisations.contains(&member.ods_code));
    those.cloned().collect()
}

// === impl Published ===

impl Published {
    /// The id of the release of each series, by the series' name.
    #[must_use]
    pub fn releases(&self) -> &BTreeMap<String, Uuid> {
        &self.releases
    }

    /// The employers whose measurements are added up, in every series.
    #[must_use]
    pub fn employers(&self) -> &BTreeSet<OdsCode> {
        &self.employers
    }
}

// === impl Unpublished ===

impl Unpublished {
    /// A sentence for people that says why the day is not published, and what would publish it.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Incomplete { there, expected } => format!(
                "{there} of {expected} employers are in all of its series: it is published when all are, on \
                 the day that the agreement names, or by `release publish`"
            ),
            Self::TooFew => format!(
                "fewer than {LEAST} employers are in all of its series: analysts alone read it"
            ),
            Self::Apart { employers } => {
                let employers: Vec<_> = employers.iter().map(OdsCode::as_str).collect();
                format!(
                    "beside what is published of that day it would tell the figures of {}: analysts alone \
                     read it",
                    employers.join(", ")
                )
            }
        }
    }
}

#[cfg(test)]
mod tests;
