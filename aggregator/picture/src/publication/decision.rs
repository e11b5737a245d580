//! A person's decision, what it would publish, and what it lets readers tell.

use std::collections::BTreeSet;

use jiff::Timestamp;
use vwis_model::{agreement::AgreementHash, ods::OdsCode, period::Period};

use super::{History, Publication};

/// A person's decision to publish what is there for a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The agreement that it is about.
    pub agreement: AgreementHash,
    /// The period that it publishes.
    pub period: Period,
    /// The sequence number of the last release that had been made by then.
    pub after: i64,
    /// When the person decided.
    pub at: Timestamp,
    /// The name of the person.
    pub by: String,
    /// The reason that the person gave.
    pub reason: String,
    /// The employers whose corrections readers can then work out, as the person was told.
    pub telling: BTreeSet<OdsCode>,
}

/// What a person's decision lets readers tell beyond the rule: by how much these employers' measurements of
/// these series differ from the ones published before. Holds pairs of employer and series.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corrections(pub BTreeSet<(OdsCode, String)>);

/// What a decision would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The data sets whose published set changes, each with the number of employers in the new set.
    pub data_sets: Vec<(String, usize)>,
    /// What readers can then tell, by data set.
    pub corrections: Vec<(String, Corrections)>,
}

/// Why a decision would change nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undecided {
    /// What there is to publish is already published.
    #[error("{0} is published as it stands already")]
    AsItStands(Period),
    /// The rule forbids it.
    #[error("{period} is not published: {why}")]
    Refused {
        /// The period that the decision is about.
        period: Period,
        /// The reason, in words for people.
        why: String,
    },
}

// === impl History ===

impl History<'_> {
    /// What `decision` would change, after the decisions that were already taken.
    ///
    /// # Errors
    /// [`Undecided`] where it would change nothing.
    pub fn outcome(self, decision: &Decision, now: Timestamp) -> Result<Outcome, Undecided> {
        let before = Publication::at(self, now, None);
        let mut decisions = self.decisions.to_vec();
        decisions.push(decision.clone());
        let decisions = &decisions;
        let History {
            agreements,
            releases,
            ..
        } = self;
        let with = History {
            agreements,
            releases,
            decisions,
        };
        let after = Publication::at(with, now, None);
        let (agreement, period) = (&decision.agreement, decision.period);
        let known: Vec<_> = before.under(agreement).collect();
        let changed = after
            .under(agreement)
            .filter(|one @ ((_, of), _)| *of == period && !known.contains(one));
        let data_sets: Vec<_> = changed
            .map(|((data_set, _), set)| (data_set.clone(), set.employers().len()))
            .collect();
        if data_sets.is_empty() {
            let mut unpublished = after.unpublished();
            let why = unpublished.find(|(under, _, of, _)| *under == agreement && *of == period);
            return Err(why.map_or(Undecided::AsItStands(period), |(.., why)| {
                let why = why.in_words();
                Undecided::Refused { period, why }
            }));
        }
        let told = after.corrections(agreement);
        let told = told.skip(before.corrections(agreement).count());
        let told = told.filter(|(.., corrections)| !corrections.0.is_empty());
        Ok(Outcome {
            data_sets,
            corrections: told
                .map(|(data_set, _, corrections)| (data_set.to_owned(), corrections.clone()))
                .collect(),
        })
    }
}

// === impl Outcome ===

impl Outcome {
    /// The employers whose corrections readers can then work out.
    #[must_use]
    pub fn telling(&self) -> BTreeSet<OdsCode> {
        let all = self.corrections.iter();
        all.flat_map(|(_, corrections)| corrections.employers().cloned())
            .collect()
    }
}

// === impl Corrections ===

impl Corrections {
    /// The corrections of a data set in words: `staff: by how much RT2 corrected headline`.
    #[must_use]
    pub fn in_words(&self, data_set: &str) -> String {
        let all = self.0.iter();
        let told =
            all.map(|(ods_code, series)| format!("by how much {ods_code} corrected {series}"));
        format!("{data_set}: {}", told.collect::<Vec<_>>().join("; "))
    }

    /// The employers that corrected something; one may occur for several series.
    pub fn employers(&self) -> impl Iterator<Item = &OdsCode> {
        self.0.iter().map(|(ods_code, _)| ods_code)
    }
}
