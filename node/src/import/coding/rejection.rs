//! Why a row cannot be read.

use super::fields::Fields;
use crate::import::{
    field::Field,
    report::{Report, RowError},
};

/// The row names nobody.
pub(super) const NO_EMPLOYEE_NUMBER: &str = "missing_employee_number";
/// The row's number is no longer anybody's own.
pub(super) const SHORTENED_EMPLOYEE_NUMBER: &str = "shortened_employee_number";
/// The row does not say when its person joined or left.
pub(super) const MISSING_DATE: &str = "missing_date";
/// The row is of somebody else's staff.
pub(in crate::import) const OTHER_ORGANISATION: &str = "other_organisation";
/// What stands where cannot be told.
const WRONG_NUMBER_OF_FIELDS: &str = "wrong_number_of_fields";

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

    /// Of a row with more or fewer fields than the header.
    pub(super) fn of_width(value: &'r [u8], expected: String) -> Self {
        Self {
            reason: WRONG_NUMBER_OF_FIELDS,
            field: None,
            value,
            expected,
        }
    }

    /// Whether the row tells of no person of this organisation.
    pub(super) fn is_of_nobody_here(&self) -> bool {
        [
            NO_EMPLOYEE_NUMBER,
            SHORTENED_EMPLOYEE_NUMBER,
            OTHER_ORGANISATION,
            WRONG_NUMBER_OF_FIELDS,
        ]
        .contains(&self.reason)
    }

    pub(super) fn report(&self, line: u64, fields: &Fields<'_>, report: &mut Report) {
        let column = self
            .field
            .map_or("(the whole row)", |field| fields.heading(field));
        let reason = self.reason;
        report.reject(reason, column, || {
            RowError::new(line, reason, column, self.value, self.expected.clone())
        });
    }
}
