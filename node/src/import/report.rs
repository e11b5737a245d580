//! Where every row of an extract went. Stays at the node.

use std::collections::BTreeMap;

use serde::Serialize;

/// Most single errors that a report lists; all are counted.
const MOST_ERRORS: usize = 100;
/// Most characters of a value that a report repeats.
const MOST_CHARACTERS: usize = 60;

/// The reconciliation of one import:
/// `rows_read = kept + merged + Σ excluded + Σ rejected`.
///
/// # Privacy
/// Exact counts about people, for the organisation itself: never sent, never logged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Rows below the header.
    pub rows_read: u64,
    /// Rows that became a person.
    pub kept: u64,
    /// Further rows of a person.
    pub merged: u64,
    /// Rows that a rule leaves out, by rule.
    pub excluded: BTreeMap<String, u64>,
    /// Rows that cannot be read, by reason.
    pub rejected: BTreeMap<String, u64>,
    /// The first of the rejected, one by one.
    pub errors: Vec<RowError>,
}

/// One rejected row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowError {
    /// Line in the file; the header is 1.
    pub line: u64,
    /// Machine-readable reason.
    pub reason: String,
    /// The column.
    pub column: String,
    /// What stands there, cut to a readable length.
    pub value: String,
    /// What would be accepted.
    pub expected: String,
}

// === impl Report ===

impl Report {
    /// All rejected rows.
    #[must_use]
    pub fn rejected_rows(&self) -> u64 {
        self.rejected.values().sum()
    }

    /// All rows left out by a rule.
    #[must_use]
    pub fn excluded_rows(&self) -> u64 {
        self.excluded.values().sum()
    }

    pub(super) fn reject(&mut self, error: RowError) {
        *self.rejected.entry(error.reason.clone()).or_default() += 1;
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(error);
        }
    }
}

// === impl RowError ===

impl RowError {
    pub(super) fn new(
        line: u64,
        reason: &str,
        column: &str,
        value: &str,
        expected: String,
    ) -> Self {
        Self {
            line,
            reason: reason.to_owned(),
            column: column.to_owned(),
            value: value.chars().take(MOST_CHARACTERS).collect(),
            expected,
        }
    }
}
