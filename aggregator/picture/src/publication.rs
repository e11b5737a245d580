//! Whose number is it? Which releases readers below analyst may read, and over which employers they are
//! added up.
//!
//! Everything that such readers can be answered of one day and data set is a sum over the employers of
//! one *published set*, or over sets that [`Classes`] lets stand beside it. The rule is held here and
//! nowhere else; [`crate::facts::Facts`] asks [`Publication::tells`] before it adds anything up.
//!
//! ```text
//!            all expected are in · the agreement's day · a person        three new at least · a person
//! releases ────────────────────────────────────────────────► published ──────────────────────────────► replaced
//! ```
//!
//! **When a day is published.** Per agreement, data set and period: once every series that is due has a
//! release in which all expected employers are, or on the day that the agreement names, or when a person
//! publishes it. The set is of the employers that are in all series of that day.
//!
//! **What comes later** replaces what is published, and never stands beside it: where old and new sets
//! tell no fewer than three employers apart (a corrected measurement is another employer's), or where a
//! person publishes a correction, which lets readers tell by how much it changed a figure
//! ([`Corrections`]). Otherwise analysts alone read it. What was published before is never forgotten.
//!
//! **Over time.** A comparison is of the employers in both periods: where these are not exactly those of
//! a published set, it is one more set of both days, and is admitted when the later of the two is
//! published, if it tells no fewer than three apart.
//!
//! Pure: it is worked out anew from the releases, in the order in which they were made, and what persons
//! decided. Each step only ever adds to what could be read before, so a reader who kept everything has
//! nothing more than [`Classes`] allows, but for what a person published.

mod classes;
mod decision;
mod replay;

pub use classes::{Apart, Classes, LEAST, Member};
pub use decision::{Corrections, Decision, Outcome, Undecided};

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use uuid::Uuid;
use vwis_model::{
    agreement::{Agreement, AgreementHash},
    ods::OdsCode,
    period::Period,
};

use crate::release::{Coverage, Release};

/// A day of a data set: what can be told apart by sums is told apart here, whatever the agreement.
type Day = (String, Period);

/// What there is to publish, and what persons decided.
#[derive(Clone, Copy, Debug)]
pub struct History<'a> {
    /// Every agreement that releases are under.
    pub agreements: &'a [std::sync::Arc<Agreement>],
    /// All releases, in the order in which they were made.
    pub releases: &'a [Release],
    /// In the order in which they were decided.
    pub decisions: &'a [Decision],
}

/// What readers below analyst may read at some time.
#[derive(Clone, Debug, Default)]
pub struct Publication {
    days: BTreeMap<Day, Classes>,
    published: BTreeMap<(AgreementHash, Day), Published>,
    unpublished: BTreeMap<(AgreementHash, Day), Unpublished>,
    /// When each release was published first, as a number of steps.
    since: HashMap<Uuid, usize>,
    /// Over which employers each release is published, or was until it was replaced.
    over: HashMap<Uuid, BTreeSet<OdsCode>>,
    /// The sequence of the last release that it knows of.
    last: i64,
    replaced_by: HashMap<Uuid, Uuid>,
    /// What persons let readers tell, in the order of their decisions.
    corrections: Vec<((AgreementHash, Day), Corrections)>,
}

/// The published set of a day under an agreement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// By series.
    releases: BTreeMap<String, Uuid>,
    employers: BTreeSet<OdsCode>,
    /// As they stand in [`Classes`], by series.
    members: BTreeMap<String, BTreeSet<Member>>,
}

/// Why a day is not published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unpublished {
    /// Employers are missing, or a series.
    Incomplete {
        /// Employers that are in all series.
        there: usize,
        /// Employers that should be.
        expected: usize,
    },
    /// Fewer than [`LEAST`] employers are in all of its series.
    TooFew,
    /// Beside what is published of the day, it would tell these apart.
    Apart {
        /// Who.
        employers: BTreeSet<OdsCode>,
    },
}

// === impl Publication ===

impl Publication {
    /// What may be read at `now`, or what could be after the first `steps` of it.
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

    /// Why a day is not published, of the newest releases there are of it.
    pub fn unpublished(
        &self,
    ) -> impl Iterator<Item = (&AgreementHash, &str, Period, &Unpublished)> {
        self.unpublished
            .iter()
            .map(|((agreement, (data_set, period)), why)| {
                (agreement, data_set.as_str(), *period, why)
            })
    }

    /// After how many steps a release was published first; nothing if it never was.
    #[must_use]
    pub fn since(&self, release: Uuid) -> Option<usize> {
        self.since.get(&release).copied()
    }

    /// What persons' decisions under an agreement let readers tell of a day: by data set and period.
    pub fn corrections(
        &self,
        agreement: &AgreementHash,
    ) -> impl Iterator<Item = (&str, Period, &Corrections)> {
        let all = self.corrections.iter();
        let those = all.filter(move |((under, _), _)| under == agreement);
        those.map(|((_, (data_set, period)), told)| (data_set.as_str(), *period, told))
    }

    /// A release as readers below analyst read it: of the employers over which it is published, or was until
    /// it was replaced. Nothing where it never was.
    #[must_use]
    pub fn as_published(&self, release: &Release) -> Option<Release> {
        let employers = self.over.get(&release.id)?;
        Some(release.over(employers))
    }

    /// Who is in a release as it is published, of all of which measurements are `held`: one that stands is
    /// without whoever came since, one that was replaced knows nothing of them.
    #[must_use]
    pub fn coverage(&self, published: &Release, held: &[Release]) -> Coverage {
        let stands = self.replaced_by(published.id).is_none();
        let held = held.iter();
        published.coverage_beside(held.filter(|one| stands || one.id == published.id))
    }

    /// Whether a release is published, or was until it was replaced, and not over this employer.
    #[must_use]
    pub fn leaves_out(&self, release: Uuid, employer: &OdsCode) -> bool {
        let employers = self.over.get(&release);
        employers.is_some_and(|employers| !employers.contains(employer))
    }

    /// Whether a release was made when this is what could be read.
    #[must_use]
    pub fn knows(&self, release: &Release) -> bool {
        release.sequence <= self.last
    }

    /// By which release a published one was replaced: of several in a row by the last.
    #[must_use]
    pub fn replaced_by(&self, release: Uuid) -> Option<Uuid> {
        // Each is of a higher number, so that there is a last.
        let next = |release: &Uuid| self.replaced_by.get(release).copied();
        std::iter::successors(next(&release), next).last()
    }

    /// Those replaced, each by which.
    pub fn replacements(&self) -> impl Iterator<Item = (Uuid, Uuid)> {
        self.replaced_by.iter().map(|(&old, &new)| (old, new))
    }

    /// Whether a sum over these employers of a published day tells a reader nothing that they could not
    /// work out: who reads the employers of `named` by name.
    #[must_use]
    pub fn tells(
        &self,
        release: &Release,
        data_set: &str,
        organisations: &[OdsCode],
        named: &[OdsCode],
    ) -> bool {
        let day = (data_set.to_owned(), release.period);
        let classes = self.days.get(&day);
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

/// Of these members, those of these employers.
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
    /// The release of each series.
    #[must_use]
    pub fn releases(&self) -> &BTreeMap<String, Uuid> {
        &self.releases
    }

    /// Whose measurements are added up, of every series.
    #[must_use]
    pub fn employers(&self) -> &BTreeSet<OdsCode> {
        &self.employers
    }
}

// === impl Unpublished ===

impl Unpublished {
    /// For people, with what opens it.
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
