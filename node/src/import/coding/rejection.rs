//! Why a row cannot be read.

use super::fields::Fields;
use crate::import::{
    field::Field,
    report::{Report, RowError},
};

/// The reason, the place, and what would be accepted there.
pub(super) struct Rejection<'r> {
    reason: &'static str,
    /// None where it is the row as a whole.
    field: Option<Field>,
    value: &'r [u8],
    expected: String,
}

// === impl Rejection ===

impl<'r> Rejection<'r> {
    pub(super) fn new(
        reason: &'static str,
        field: Field,
        value: &'r [u8],
        expected: String,
    ) -> Self {
        Self {
            reason,
            field: Some(field),
            value,
            expected,
        }
    }

    /// Of the row as a whole.
    pub(super) fn of_row(reason: &'static str, value: &'r [u8], expected: String) -> Self {
        Self {
            reason,
            field: None,
            value,
            expected,
        }
    }

    pub(super) fn report(self, line: u64, fields: &Fields<'_>, report: &mut Report) {
        let column = self
            .field
            .map_or("(the whole row)", |field| fields.heading(field));
        let reason = self.reason;
        report.reject(reason, column, || {
            RowError::new(line, reason, column, self.value, self.expected)
        });
    }
}
