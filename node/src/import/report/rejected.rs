//! Rejected rows grouped by their fault, because a hundred rows with one fault are one thing to mend.

use std::collections::BTreeMap;

use super::{MOST_EXAMPLES, MOST_VALUES, Report, RowError};
use crate::import::{field::Field, quoted::quoted, reason::Reason};

/// One rejected row.
pub(in crate::import) struct Refused<'a> {
    pub(in crate::import) reason: Reason,
    /// `None` where the row as a whole is rejected.
    pub(in crate::import) field: Option<Field>,
    /// Heading of the column.
    pub(in crate::import) column: &'a str,
    pub(in crate::import) line: u64,
    /// The value that stands there.
    pub(in crate::import) value: &'a [u8],
    /// What would be accepted in its place.
    pub(in crate::import) expected: &'a str,
}

/// Rows that were rejected for one reason in one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedColumn {
    /// Why they were rejected.
    pub reason: Reason,
    /// The column's field; `None` where the rows as a whole are rejected.
    pub field: Option<Field>,
    /// Heading of the column.
    pub column: String,
    /// Number of rows.
    pub rows: u64,
    /// The first different values, each with its rows.
    pub values: BTreeMap<String, RejectedValue>,
}

/// Rows that were rejected for one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedValue {
    /// Number of rows.
    pub rows: u64,
    /// Lines of the first rows.
    pub lines: Vec<u64>,
    /// What would be accepted in its place.
    pub expected: String,
}

// === impl Report ===

impl Report {
    /// Counts a rejected row, and lists it while there is room.
    pub(in crate::import) fn reject(&mut self, refused: &Refused<'_>) {
        super::count(&mut self.rejected, refused.reason.code());
        super::count(&mut self.rejected_by_column, refused.column);
        let value = String::from_utf8_lossy(refused.value);
        let raw = value;
        let value = quoted(&raw, refused.field);
        self.vetting.note(&raw, &value);
        self.group(refused, &value);
        if self.errors.len() < super::MOST_ERRORS {
            self.errors.push(RowError {
                line: refused.line,
                reason: refused.reason.code().to_owned(),
                column: refused.column.to_owned(),
                value: value.clone().into_owned(),
                expected: refused.expected.to_owned(),
            });
        }
    }

    /// Counts further rows that were found in the record that was rejected last.
    pub(in crate::import) fn reject_joined(&mut self, rows: u64) {
        let reason = Reason::WrongNumberOfFields;
        if let Some(count) = self.rejected.get_mut(reason.code()) {
            *count += rows;
        }
        let group = |group: &&mut RejectedColumn| group.reason == reason;
        if let Some(group) = self.rejected_columns.iter_mut().find(group) {
            group.rows += rows;
            if let Some(count) = self.rejected_by_column.get_mut(&group.column) {
                *count += rows;
            }
        }
    }

    fn group(&mut self, refused: &Refused<'_>, value: &str) {
        let is_it =
            |group: &RejectedColumn| group.reason == refused.reason && group.field == refused.field;
        // There are few groups, columns times reasons, so they are searched one by one.
        let at = self.rejected_columns.iter().position(is_it);
        let at = at.unwrap_or_else(|| {
            self.rejected_columns.push(RejectedColumn {
                reason: refused.reason,
                field: refused.field,
                column: refused.column.to_owned(),
                rows: 0,
                values: BTreeMap::new(),
            });
            self.rejected_columns.len() - 1
        });
        let group = &mut self.rejected_columns[at];
        group.rows += 1;
        if let Some(known) = group.values.get_mut(value) {
            known.rows += 1;
            if known.lines.len() < MOST_EXAMPLES {
                known.lines.push(refused.line);
            }
        } else if group.values.len() < MOST_VALUES {
            let first = RejectedValue {
                rows: 1,
                lines: vec![refused.line],
                expected: refused.expected.to_owned(),
            };
            group.values.insert(value.to_owned(), first);
        }
    }

    /// A sentence on what to mend first; empty where nothing was rejected.
    pub(in crate::import) fn advice(&self) -> String {
        let Some(commonest) = self.rejected_columns.iter().max_by_key(|group| group.rows) else {
            return String::new();
        };
        let by_rows = commonest.by_rows();
        let value = by_rows.first().map_or("", |(value, _)| value);
        format!(
            "{} of them, in column {}: {}. {}",
            commonest.rows,
            commonest.column,
            commonest.reason.meaning(),
            commonest.reason.fix(commonest.field, value)
        )
    }
}

// === impl RejectedColumn ===

impl RejectedColumn {
    /// The values, those of most rows first.
    #[must_use]
    pub fn by_rows(&self) -> Vec<(&str, &RejectedValue)> {
        let mut values: Vec<_> = self.values.iter().map(|(v, of)| (v.as_str(), of)).collect();
        values.sort_by_key(|(_, of)| (std::cmp::Reverse(of.rows), of.lines[0]));
        values
    }
}
