//! What changed from one version of an agreement to the next.

use std::{collections::BTreeSet, fmt};

use serde::Serialize;
use vwis_model::{
    agreement::{Agreement, Cadence, Measure, Series, Visibility, published_in_words},
    period::Period,
    rho::Rho,
};

use super::{Groups, groups, in_millionths};

/// One difference between two versions. `Display` says it in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Change {
    /// The agreement's purpose changed.
    Purpose {
        /// The earlier version's purpose.
        before: String,
    },
    /// Those who see the results changed.
    Readers {
        /// Who saw them under the earlier version.
        before: String,
    },
    /// Who else may read what is shown of one organisation changed.
    OrganisationsVisibleTo {
        /// Who may read it under this version.
        now: Visibility,
    },
    /// When a period is published to readers below analyst changed.
    Published {
        /// Days after the period's end; `None`: once all contributions are in.
        after_days: Option<u16>,
    },
    /// The first or the last period changed.
    Term {
        /// First and last period in the earlier version.
        before: (Period, Period),
        /// First and last period in this version.
        now: (Period, Period),
    },
    /// A series that the earlier version did not have.
    SeriesAdded {
        /// Name of the series.
        series: String,
    },
    /// A series that this version no longer has.
    SeriesRemoved {
        /// Name of the series.
        series: String,
    },
    /// A series whose data set or measure changed.
    Counted {
        /// Name of the series.
        series: String,
        /// Data set and measure in the earlier version.
        before: (String, Measure),
        /// Data set and measure in this version.
        now: (String, Measure),
    },
    /// A series that is measured more or less often.
    Cadence {
        /// The series' name.
        series: String,
        /// How often the earlier version measures it.
        before: Cadence,
        /// How often this version measures it.
        now: Cadence,
    },
    /// A series whose price changed by more than rounding.
    Charge {
        /// Name of the series.
        series: String,
        /// ρ of each measurement in the earlier version.
        before: Rho,
        /// ρ of each measurement in this version.
        now: Rho,
    },
    /// A table that the earlier version did not promise.
    TableAdded {
        /// The series.
        series: String,
        /// The table, by its attributes' codes.
        table: String,
    },
    /// A table that this version no longer promises.
    TableRemoved {
        /// The series.
        series: String,
        /// The table, by its attributes' codes.
        table: String,
    },
    /// A series that measures other groups of categories.
    Groups {
        /// The series.
        series: String,
        /// The groups that the earlier version did not measure, or drew otherwise.
        now: Vec<Groups>,
    },
    /// A series with the same tables at the same price, some more exact and others less.
    Exactness {
        /// The series.
        series: String,
    },
}

/// What is different in `now`, in the order in which people read an agreement.
#[must_use]
pub fn changes(before: &Agreement, now: &Agreement) -> Vec<Change> {
    let mut changes = Vec::new();
    if before.purpose() != now.purpose() {
        changes.push(Change::Purpose {
            before: before.purpose().to_owned(),
        });
    }
    if before.readers() != now.readers() {
        changes.push(Change::Readers {
            before: before.readers().to_owned(),
        });
    }
    if before.organisations_visible_to() != now.organisations_visible_to() {
        changes.push(Change::OrganisationsVisibleTo {
            now: now.organisations_visible_to(),
        });
    }
    if before.published_after_days() != now.published_after_days() {
        changes.push(Change::Published {
            after_days: now.published_after_days(),
        });
    }
    if before.term() != now.term() {
        changes.push(Change::Term {
            before: before.term(),
            now: now.term(),
        });
    }
    for series in now.series() {
        match before.series_named(series.name()) {
            Some(earlier) => changes.extend(series_changes(earlier, series)),
            None => changes.push(Change::SeriesAdded {
                series: series.name().to_owned(),
            }),
        }
    }
    let gone = |series: &&Series| now.series_named(series.name()).is_none();
    changes.extend(
        before
            .series()
            .iter()
            .filter(gone)
            .map(|series| Change::SeriesRemoved {
                series: series.name().to_owned(),
            }),
    );
    changes
}

fn series_changes(before: &Series, now: &Series) -> Vec<Change> {
    let mut changes = Vec::new();
    let series = || now.name().to_owned();
    let counted = |series: &Series| (series.data_set().code().to_owned(), series.measure());
    if counted(before) != counted(now) {
        changes.push(Change::Counted {
            series: series(),
            before: counted(before),
            now: counted(now),
        });
    }
    if before.cadence() != now.cadence() {
        changes.push(Change::Cadence {
            series: series(),
            before: before.cadence(),
            now: now.cadence(),
        });
    }
    if differ(before.charge(), now.charge()) {
        changes.push(Change::Charge {
            series: series(),
            before: before.charge(),
            now: now.charge(),
        });
    }
    let (had, has) = (groups(before), groups(now));
    if had != has {
        changes.push(Change::Groups {
            series: series(),
            now: has
                .into_iter()
                .filter(|groups| !had.contains(groups))
                .collect(),
        });
    }
    let tables = |series: &Series| -> BTreeSet<_> {
        let tables = series.tables().iter();
        tables.map(|table| table.levels).collect()
    };
    let (had, has) = (tables(before), tables(now));
    let added = |table: &&vwis_model::agreement::Table| !had.contains(&table.levels);
    let removed = |table: &&vwis_model::agreement::Table| !has.contains(&table.levels);
    changes.extend(
        now.tables()
            .iter()
            .filter(added)
            .map(|table| Change::TableAdded {
                series: series(),
                table: table.name(),
            }),
    );
    changes.extend(
        before
            .tables()
            .iter()
            .filter(removed)
            .map(|table| Change::TableRemoved {
                series: series(),
                table: table.name(),
            }),
    );
    if changes.is_empty() && before.strategy() != now.strategy() {
        changes.push(Change::Exactness { series: series() });
    }
    changes
}

/// Whether two prices differ by more than the rounding of weights and noise to integers does.
fn differ(before: Rho, now: Rho) -> bool {
    let larger = before.max(now).nano();
    before.nano().abs_diff(now.nano()) > larger / 100_000
}

// === impl Change ===

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Purpose { before } => write!(f, "What it is for; it was: {before}"),
            Self::Readers { before } => write!(f, "Who sees it; it was: {before}"),
            Self::OrganisationsVisibleTo { now } => {
                write!(
                    f,
                    "Who reads one organisation's numbers: now, {}.",
                    now.in_words()
                )
            }
            Self::Published { after_days } => {
                write!(
                    f,
                    "When it is published: {}.",
                    published_in_words(*after_days)
                )
            }
            Self::Term { before, now } => write!(
                f,
                "The term: {} to {} instead of {} to {}.",
                now.0, now.1, before.0, before.1
            ),
            Self::SeriesAdded { series } => write!(f, "Series {series} is new."),
            Self::SeriesRemoved { series } => write!(f, "Series {series} is gone."),
            Self::Counted {
                series,
                before,
                now,
            } => write!(
                f,
                "Series {series} counts {} of {} instead of {} of {}.",
                now.1.code(),
                now.0,
                before.1.code(),
                before.0
            ),
            Self::Cadence {
                series,
                before,
                now,
            } => write!(
                f,
                "Series {series} is measured {} instead of {}.",
                now.in_words(),
                before.in_words()
            ),
            Self::Charge {
                series,
                before,
                now,
            } => write!(
                f,
                "Series {series} costs ρ {} each time instead of ρ {}.",
                in_millionths(*now),
                in_millionths(*before)
            ),
            Self::TableAdded { series, table } => {
                write!(f, "Table {table} is new in series {series}.")
            }
            Self::TableRemoved { series, table } => {
                write!(f, "Table {table} is gone from series {series}.")
            }
            Self::Groups { series, now } if now.is_empty() => {
                write!(f, "Series {series} measures fewer groups of categories.")
            }
            Self::Groups { series, now } => {
                let lines = now
                    .iter()
                    .map(|groups| format!("{}: {}", groups.level, groups.in_words()));
                let lines: Vec<_> = lines.collect();
                write!(
                    f,
                    "Series {series} measures other groups of categories. {}.",
                    lines.join("; ")
                )
            }
            Self::Exactness { series } => write!(
                f,
                "Series {series} has the same tables at the same price, some of them more exact \
                 and others less."
            ),
        }
    }
}
