//! A row that cannot be read: why, where, and what would be accepted there.

use crate::import::{
    columns::Columns,
    field::Field,
    reason::Reason,
    report::{Refused, Report},
};

/// The reason, the column with its value, and what would be accepted there.
pub(in crate::import) struct Rejection<'r> {
    reason: Reason,
    /// `None` where the row as a whole is rejected.
    field: Option<Field>,
    value: &'r [u8],
    expected: String,
}

// === impl Rejection ===

impl<'r> Rejection<'r> {
    pub(super) fn new(reason: Reason, field: Field, value: &'r [u8], expected: String) -> Self {
        Self {
            reason,
            field: Some(field),
            value,
            expected,
        }
    }

    /// Rejects a row with more or fewer fields than the header.
    pub(super) fn of_width(value: &'r [u8], expected: String) -> Self {
        Self {
            reason: Reason::WrongNumberOfFields,
            field: None,
            value,
            expected,
        }
    }

    /// Whether the row tells of no person of this organisation.
    pub(in crate::import) fn is_of_nobody_here(&self) -> bool {
        self.reason.is_of_nobody_here()
    }

    pub(in crate::import) fn report(&self, line: u64, columns: &Columns, report: &mut Report) {
        let column = self
            .field
            .map_or("(the whole row)", |field| columns.heading(field));
        report.reject(&Refused {
            reason: self.reason,
            field: self.field,
            column,
            line,
            value: self.value,
            expected: &self.expected,
        });
    }
}
