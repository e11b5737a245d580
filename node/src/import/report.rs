//! Where every row of an extract went, and what was noticed on the way. Stays at the node.

mod rejected;

pub(super) use rejected::Refused;
pub use rejected::{RejectedColumn, RejectedValue};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    field::Field,
    oddity::Oddity,
    quoted::quoted,
    signs::Signs,
    vetting::{KEPT_BACK, Vetting},
};
use crate::plural;

/// Most rejected rows that a report lists one by one; all are counted.
const MOST_ERRORS: usize = 100;
/// Most different values that a report lists for one column; all their rows are counted.
const MOST_VALUES: usize = 200;
/// Most lines that are named as examples of a finding.
const MOST_EXAMPLES: usize = 5;

/// The reconciliation of one import:
/// `rows_read = kept + merged + Σ excluded + Σ rejected`.
///
/// # Privacy
/// Exact counts about people, for the organisation itself: never sent, never logged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Rows below the header.
    pub rows_read: u64,
    /// Rows that became a person.
    pub kept: u64,
    /// Rows that were added to a person whom an earlier row began.
    pub merged: u64,
    /// Rows that count and whose person started in the quarter that ends with the period; `None` where the
    /// extract does not say when people started.
    pub began_in_quarter: Option<u64>,
    /// Rows that a rule leaves out, by rule.
    pub excluded: BTreeMap<String, u64>,
    /// Rows that cannot be read, by reason.
    pub rejected: BTreeMap<String, u64>,
    /// Rejected rows, by heading of the column that could not be read.
    pub rejected_by_column: BTreeMap<String, u64>,
    /// Rejected rows, by reason, column and value. Neither printed as JSON nor kept.
    #[serde(skip)]
    pub rejected_columns: Vec<RejectedColumn>,
    /// The first rejected rows, one by one. Not kept with the snapshot, because they repeat values.
    #[serde(skip_deserializing)]
    pub errors: Vec<RowError>,
    /// Contradictions and oddities in rows that were kept, by name.
    pub findings: BTreeMap<String, Finding>,
    /// Sites that the mapping has no locality for, with their rows.
    pub unmapped_sites: Values,
    /// Values that no table knows, counted as unknown, by column.
    pub unrecognised: BTreeMap<String, Values>,
    /// What the cancer pathway rule caught.
    pub pathway: PathwayReport,
    /// The heading that each field was read from, by the field's name in a mapping.
    pub columns: BTreeMap<String, String>,
    /// Headings that nothing reads.
    pub columns_unread: Vec<String>,
    /// Attributes that the extract has no column for: everyone is unknown.
    pub attributes_missing: Vec<String>,
    /// Rows with a value, by the name of the field: for columns that decide who counts, or that tell of
    /// joining and leaving.
    pub filled: BTreeMap<String, u64>,
    /// Columns that the headcount filter and the choice of a person's first assignment read, and that
    /// the extract does not have.
    pub filters_missing: Vec<String>,
    /// The sheet of a workbook that was read.
    pub sheet: Option<String>,
    /// Sheets beside it that have a header too, and were not read.
    pub other_sheets: Vec<String>,
    /// Signs of mistakes in the extract as a whole.
    #[serde(skip)]
    pub(crate) signs: Signs,
    /// Who has which value, until the whole file was read and values were vetted.
    #[serde(skip)]
    pub(crate) vetting: Vetting,
    /// Rows above the header: titles and blank lines.
    pub rows_above_header: u64,
    /// Whether the employee numbers run from 1 to the last in whatever order, as numbers of rows do. In the report of a
    /// snapshot a person has said that they are people's own.
    pub running_numbers: bool,
}

/// One rejected row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// Line in the file, from 1.
    pub line: u64,
    /// Machine-readable reason.
    pub reason: String,
    /// The column, by its heading.
    pub column: String,
    /// The value, cut to a readable length.
    pub value: String,
    /// What would be accepted in its place.
    pub expected: String,
}

/// Something odd in rows or people that count all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is, in a sentence.
    pub meaning: String,
    /// Rows that show it; people, where no single row shows it.
    pub rows: u64,
    /// Lines of the first rows; empty where people are counted.
    pub lines: Vec<u64>,
}

/// Different values of a column, with the rows that have them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Values {
    /// Rows with any of these values.
    pub rows: u64,
    /// Number of different values; 200 stands for 200 or more.
    pub different: usize,
    /// The first different values, each with its number of rows. Not kept with the snapshot.
    #[serde(skip_deserializing)]
    pub listed: BTreeMap<String, u64>,
}

/// What the cancer pathway rule and the cancer manager's list did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathwayReport {
    /// Version of the rule; empty where the extract has a pathway column of its own.
    pub rule: String,
    /// People that each line caught, in the order of the rule.
    pub lines: Vec<PathwayLine>,
    /// People whom no line caught.
    pub not_caught: u64,
    /// What the list did, where one was given.
    pub list: Option<PathwayListReport>,
}

/// One line of the pathway rule, and whom it caught.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathwayLine {
    /// Name of the line.
    pub name: String,
    /// People whose kept assignment it caught.
    pub people: u64,
}

/// What became of the cancer manager's list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathwayListReport {
    /// Employee numbers on the list.
    pub listed: u64,
    /// People on the list who are in the snapshot, and whom it placed.
    pub placed: u64,
    /// People on the list who are not in the snapshot.
    pub not_found: u64,
}

// === impl Report ===

impl Report {
    /// Number of all rejected rows.
    #[must_use]
    pub fn rejected_rows(&self) -> u64 {
        self.rejected.values().sum()
    }

    /// Number of all rows that a rule left out.
    #[must_use]
    pub fn excluded_rows(&self) -> u64 {
        self.excluded.values().sum()
    }

    /// Whether the file is a list of applications, in which a person is a candidate id.
    #[must_use]
    pub fn is_of_applications(&self) -> bool {
        self.columns.contains_key(Field::CandidateId.code())
    }

    pub(super) fn exclude(&mut self, rule: &str) {
        count(&mut self.excluded, rule);
    }

    pub(super) fn find(&mut self, oddity: Oddity, line: u64) {
        let finding = self.finding(oddity);
        finding.rows += 1;
        if finding.lines.len() < MOST_EXAMPLES {
            finding.lines.push(line);
        }
    }

    /// Counts people who show an oddity that no single row has.
    pub(super) fn find_people(&mut self, oddity: Oddity, people: u64) {
        if people > 0 {
            self.finding(oddity).rows += people;
        }
    }

    /// Number of rows that show an oddity.
    pub(super) fn rows_with(&self, oddity: Oddity) -> u64 {
        self.findings
            .get(oddity.code())
            .map_or(0, |finding| finding.rows)
    }

    fn finding(&mut self, oddity: Oddity) -> &mut Finding {
        if !self.findings.contains_key(oddity.code()) {
            let finding = Finding {
                meaning: oddity.meaning().to_owned(),
                ..Finding::default()
            };
            self.findings.insert(oddity.code().to_owned(), finding);
        }
        self.findings
            .get_mut(oddity.code())
            .expect("inserted above")
    }

    /// Lists a value that no table knows: a site, or a value of the column with this heading.
    pub(super) fn unknown(&mut self, field: Field, column: &str, value: &str) {
        if field == Field::Site {
            return self.unmapped_sites.add(value, &mut self.vetting);
        }
        if !self.unrecognised.contains_key(column) {
            self.unrecognised
                .insert(column.to_owned(), Values::default());
        }
        self.unrecognised
            .get_mut(column)
            .expect("inserted above")
            .add(value, &mut self.vetting);
    }

    /// Replaces values that may be a person's own, once the whole file was read.
    pub(super) fn vet(&mut self) {
        let vetting = std::mem::take(&mut self.vetting);
        for error in &mut self.errors {
            let field = Field::ALL
                .into_iter()
                .find(|field| self.columns.get(field.code()) == Some(&error.column));
            if !vetting.may_be_shown(&error.value, field) {
                error.value = format!("({KEPT_BACK})");
            }
        }
        for group in &mut self.rejected_columns {
            let values = std::mem::take(&mut group.values);
            for (value, of) in values {
                group.values.insert(vetting.said(&value, group.field), of);
            }
        }
        for values in self.unrecognised.values_mut() {
            values.vet(&vetting, None);
        }
        self.unmapped_sites.vet(&vetting, Some(Field::Site));
    }

    /// The report without any row's value, as it is kept with the snapshot.
    #[must_use]
    pub fn without_values(&self) -> Self {
        let mut kept = self.clone();
        kept.errors.clear();
        kept.rejected_columns.clear();
        kept.unmapped_sites.listed.clear();
        kept.unrecognised
            .values_mut()
            .for_each(|values| values.listed.clear());
        kept
    }
}

fn count(counts: &mut BTreeMap<String, u64>, name: &str) {
    match counts.get_mut(name) {
        Some(rows) => *rows += 1,
        None => {
            counts.insert(name.to_owned(), 1);
        }
    }
}

// === impl Finding ===

impl Finding {
    /// `3 rows`, or `3 people` where no single row shows it.
    #[must_use]
    pub fn counted(&self) -> String {
        if self.lines.is_empty() {
            plural::people(self.rows)
        } else {
            plural::several(self.rows, "row")
        }
    }
}

// === impl Values ===

impl Values {
    fn add(&mut self, value: &str, vetting: &mut Vetting) {
        self.rows += 1;
        let shown = quoted(value, None);
        vetting.note(value, &shown);
        if let Some(rows) = self.listed.get_mut(shown.as_ref()) {
            *rows += 1;
        } else if self.listed.len() < MOST_VALUES {
            self.listed.insert(shown.into_owned(), 1);
            self.different += 1;
        }
    }

    fn vet(&mut self, vetting: &Vetting, field: Option<Field>) {
        for (value, rows) in std::mem::take(&mut self.listed) {
            *self.listed.entry(vetting.said(&value, field)).or_default() += rows;
        }
    }
}
