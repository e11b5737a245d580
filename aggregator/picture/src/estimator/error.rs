//! Why there are no such counts, and what there is instead.

use vwis_model::{
    agreement::{Agreement, Measure},
    ods::OdsCode,
    period::Period,
};

use super::Cohort;
use crate::{
    picture::{NotInRelease, promised_tables},
    publication::LEAST,
};

/// The most tables that an error message names.
const MOST_ALTERNATIVES: usize = 12;

/// Why the counts that an indicator needs cannot be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EstimatorError {
    /// No series of the agreement holds the table.
    #[error(
        "the agreement promises no table of {} that tells {} apart; it promises: {}. A new version of \
         the agreement can add it (`agreement plan` shows what that costs, `agreement propose` asks)",
        data_set, tables.join(" and "), there.join(", ")
    )]
    NotPromised {
        /// The data set and the measure, in words.
        data_set: String,
        /// The tables that are needed.
        tables: Vec<String>,
        /// The tables that are promised, the nearest first.
        there: Vec<String>,
    },
    /// The agreement promises the tables, but they are not released.
    #[error(
        "{} is not released{}; {}",
        tables.join(" and "),
        period.as_ref().map(|p| format!(" for {p}")).unwrap_or_default(),
        if there.is_empty() { "nothing of it is, yet".to_owned() } else { format!("it is for: {}", there.join(", ")) }
    )]
    NotReleased {
        /// The tables that are needed.
        tables: Vec<String>,
        /// The period that was asked for, if one was.
        period: Option<String>,
        /// The periods for which the tables are released.
        there: Vec<String>,
    },
    /// The releases do not hold all organisations that were asked for.
    #[error(
        "{}; in releases are: {}",
        if whose.contains('+') { format!("no release of this has all of {whose}") }
        else { format!("{whose} is not in any release of this") },
        there.join(", ")
    )]
    NotInRelease {
        /// The ODS codes that were asked for.
        whose: String,
        /// The organisations that are in releases.
        there: Vec<String>,
    },
    /// Only one employer of the system has what is needed, so the answer would be its own.
    #[error(
        "only {ods_code} has all that this needs, so it would be {ods_code}'s own answer: ask for it by \
         org={ods_code}, if it is yours to read"
    )]
    OneEmployer {
        /// The employer.
        ods_code: OdsCode,
    },
    /// The answer would tell fewer than three employers apart.
    #[error(
        "this would tell fewer than {LEAST} employers apart, beside what is published: it is for analysts"
    )]
    NotTold,
    /// The employers have changed, so a comparison would tell fewer than three of them apart.
    #[error(
        "{}: it would be in effect their own figure, so analysts alone read it",
        who_changed(*.earlier, *.later, .changed)
    )]
    EmployersChanged {
        /// The earlier period.
        earlier: Period,
        /// The later one.
        later: Period,
        /// The employers that are not in all that is compared.
        changed: Vec<String>,
    },
    /// No employer is in both releases.
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

impl From<NotInRelease> for EstimatorError {
    fn from(error: NotInRelease) -> Self {
        let NotInRelease { ods_code, there } = error;
        Self::NotInRelease {
            whose: ods_code.to_string(),
            there,
        }
    }
}

// === impl FactsError ===

impl EstimatorError {
    /// Whether the error is [`Self::OneEmployer`] or [`Self::EmployersChanged`]: a comparison of fewer
    /// periods may still be possible.
    #[must_use]
    pub fn is_of_changed_employers(&self) -> bool {
        matches!(
            self,
            Self::OneEmployer { .. } | Self::EmployersChanged { .. }
        )
    }

    pub(super) fn not_promised(wanted: &[Cohort], agreement: &Agreement) -> Self {
        let (data_set, measure) = wanted
            .first()
            .map_or(("staff", Measure::Headcount), |cohort| {
                (cohort.data_set(), cohort.measure())
            });
        let needed: Vec<Vec<_>> = wanted
            .iter()
            .map(|cohort| cohort.attributes().collect())
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

    pub(crate) fn not_released<'p>(
        wanted: &[Cohort],
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

/// The tables that are needed, each once. The total is named only where no other table is needed.
fn tables(wanted: &[Cohort]) -> Vec<String> {
    let mut names: Vec<_> = wanted.iter().map(Cohort::table).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() > 1 {
        names.retain(|name| name != "total");
    }
    names
}
