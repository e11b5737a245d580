//! Why there are no such counts, and what there is instead.

use vwis_model::{
    agreement::{Agreement, Measure},
    ods::OdsCode,
    period::Period,
};

use super::Who;
use crate::{
    picture::{NotInRelease, promised_tables},
    publication::LEAST,
};

/// Tables named in an error message at most.
const MOST_ALTERNATIVES: usize = 12;

/// Why the counts that an indicator needs are not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactsError {
    /// No series of the agreement holds the table.
    #[error(
        "the agreement promises no table of {} that tells {} apart; it promises: {}. A new version of \
         the agreement can add it (`agreement plan` shows what that costs, `agreement propose` asks)",
        data_set, tables.join(" and "), there.join(", ")
    )]
    NotPromised {
        /// Data set and measure.
        data_set: String,
        /// What is needed.
        tables: Vec<String>,
        /// What is promised, nearest first.
        there: Vec<String>,
    },
    /// Promised, and not released.
    #[error(
        "{} is not released{}; {}",
        tables.join(" and "),
        period.as_ref().map(|p| format!(" for {p}")).unwrap_or_default(),
        if there.is_empty() { "nothing of it is, yet".to_owned() } else { format!("it is for: {}", there.join(", ")) }
    )]
    NotReleased {
        /// What is needed.
        tables: Vec<String>,
        /// Of which period.
        period: Option<String>,
        /// Periods of which it is released.
        there: Vec<String>,
    },
    /// Released without these organisations.
    #[error(
        "{}; in releases are: {}",
        if whose.contains('+') { format!("no release of this has all of {whose}") }
        else { format!("{whose} is not in any release of this") },
        there.join(", ")
    )]
    NotInRelease {
        /// ODS codes asked for.
        whose: String,
        /// Organisations that are.
        there: Vec<String>,
    },
    /// What is left of the system is one employer.
    #[error(
        "only {ods_code} has all that this needs, so it would be {ods_code}'s own answer: ask for it by \
         org={ods_code}, if it is yours to read"
    )]
    OneEmployer {
        /// Which one.
        ods_code: OdsCode,
    },
    /// The answer would tell fewer than three employers apart.
    #[error(
        "this would tell fewer than {LEAST} employers apart, beside what is published: it is for analysts"
    )]
    NotTold,
    /// Nothing that would tell fewer than three employers apart is compared.
    #[error(
        "{}: it would be in effect their own figure, so analysts alone read it",
        who_changed(*.earlier, *.later, .changed)
    )]
    EmployersChanged {
        /// The earlier period.
        earlier: Period,
        /// The later one.
        later: Period,
        /// Who is not in all that is compared.
        changed: Vec<String>,
    },
    /// Nothing to compare.
    #[error("no employer is in the releases of both {earlier} and {later}")]
    NobodyInBoth {
        /// The earlier period.
        earlier: Period,
        /// The later one.
        later: Period,
    },
}

fn who_changed(earlier: Period, later: Period, changed: &[String]) -> String {
    let changed = changed.join(", ");
    if earlier == later {
        format!("not in all that this needs of {earlier}: {changed}")
    } else {
        format!("between {earlier} and {later} the employers changed ({changed})")
    }
}

impl From<NotInRelease> for FactsError {
    fn from(error: NotInRelease) -> Self {
        let NotInRelease { ods_code, there } = error;
        Self::NotInRelease {
            whose: ods_code.to_string(),
            there,
        }
    }
}

// === impl FactsError ===

impl FactsError {
    /// Whether the employers changed so that what is asked for would be in effect one employer's own.
    #[must_use]
    pub fn is_of_changed_employers(&self) -> bool {
        matches!(
            self,
            Self::OneEmployer { .. } | Self::EmployersChanged { .. }
        )
    }

    pub(super) fn not_promised(wanted: &[Who], agreement: &Agreement) -> Self {
        let (data_set, measure) = wanted.first().map_or(("staff", Measure::Headcount), |who| {
            (who.data_set(), who.measure())
        });
        let needed: Vec<Vec<_>> = wanted
            .iter()
            .map(|who| who.attributes().collect())
            .collect();
        let alike = agreement.series().iter();
        let alike = alike.filter(|s| s.data_set().code() == data_set && s.measure() == measure);
        let mut there: Vec<_> = alike.flat_map(promised_tables).collect();
        there.sort_by_key(|table| {
            let told_apart = |needed: &Vec<&str>| {
                let by = table.by.iter();
                by.filter(|code| needed.contains(&code.as_str())).count()
            };
            let shared = needed.iter().map(told_apart);
            std::cmp::Reverse(shared.max().unwrap_or(0))
        });
        let mut names: Vec<String> = Vec::new();
        for table in there {
            if !names.contains(&table.name()) && names.len() < MOST_ALTERNATIVES {
                names.push(table.name());
            }
        }
        Self::NotPromised {
            data_set: format!("{data_set} ({})", measure.code()),
            tables: tables(wanted),
            there: names,
        }
    }

    pub(super) fn not_released<'p>(
        wanted: &[Who],
        period: Option<Period>,
        there: impl IntoIterator<Item = &'p Period>,
    ) -> Self {
        Self::NotReleased {
            tables: tables(wanted),
            period: period.map(|period| period.to_string()),
            there: there.into_iter().map(ToString::to_string).collect(),
        }
    }
}

/// The tables needed, each once; a total only where nothing else is.
fn tables(wanted: &[Who]) -> Vec<String> {
    let mut names: Vec<_> = wanted.iter().map(Who::table).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() > 1 {
        names.retain(|name| name != "total");
    }
    names
}
