//! What stands in a row's column of employee numbers, which is read before anything else of it.

use csv::ByteRecord;

use super::{Coder, fields::Fields, rejection::Rejection};
use crate::{
    import::{
        employee_number::{IN_FULL, is_shortened},
        field::Field,
        missing::{Missing, is_note, missing},
        reason::Reason,
        signs::Number,
    },
    people::{normal_form, person_of},
};

/// Columns of which a person's row fills at least two.
const TOLD: [Field; 8] = [
    Field::StaffGroup,
    Field::Band,
    Field::JobRole,
    Field::EthnicGroup,
    Field::Gender,
    Field::BirthDate,
    Field::Age,
    Field::Contract,
];

// === impl Coder ===

impl Coder<'_> {
    /// What stands in the row's column of employee numbers.
    pub(super) fn number<'r>(&self, record: &'r ByteRecord) -> Number<'r> {
        let number = self.employee_number(record);
        let normal = normal_form(number);
        if let Some(what) = missing(number, &normal) {
            let is_somebodys = tells_of_somebody(&self.fields, record);
            Number::Missing { what, is_somebodys }
        } else if is_note(number, &normal) && !tells_of_somebody(&self.fields, record) {
            Number::Note
        } else {
            Number::Given {
                is_assignments: person_of(&normal).is_some(),
                normal,
            }
        }
    }

    /// Refuses a row whose number is missing, or is shortened so that several people may share it.
    pub(super) fn check_number<'r>(
        &self,
        record: &'r ByteRecord,
        number: &Number<'r>,
    ) -> Result<(), Rejection<'r>> {
        let (reason, expected) = match number {
            // `TBC` or `#N/A` in forty rows would make one person of forty.
            Number::Missing { what, .. } => (
                Reason::MissingEmployeeNumber,
                match what {
                    Missing::Digits => {
                        "an employee number; zeros or equal digits stand where there is none"
                    }
                    Missing::Nothing | Missing::Word => "an employee number",
                },
            ),
            Number::Note => (
                Reason::MissingEmployeeNumber,
                "an employee number; the row tells of nobody, as a total or a note does",
            ),
            Number::Given { normal, .. } if is_shortened(normal) => {
                (Reason::ShortenedEmployeeNumber, IN_FULL)
            }
            Number::Given { .. } => return Ok(()),
        };
        let value = self.employee_number(record);
        let expected = expected.to_owned();
        Err(Rejection::new(
            reason,
            Field::EmployeeNumber,
            value,
            expected,
        ))
    }
}

/// Whether the row tells of a person, unlike a total, a note or a second header.
fn tells_of_somebody(fields: &Fields<'_>, record: &ByteRecord) -> bool {
    let is_told = |field: &&Field| {
        let value = fields.get(record, **field);
        let heading = fields.heading(**field).as_bytes();
        !value.is_empty() && !value.eq_ignore_ascii_case(heading)
    };
    TOLD.iter().filter(is_told).count() > 1
}
