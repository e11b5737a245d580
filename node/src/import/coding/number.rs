//! Checks that a row has a person's own number, before anything else of it is read.

use csv::ByteRecord;

use super::{Coder, fields::Fields, rejection::Rejection};
use crate::{
    import::{
        employee_number::{IN_FULL, is_shortened},
        field::Field,
        missing::{Missing, is_note, missing},
        reason::Reason,
        signs::Signs,
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
    /// Refuses a row whose number is missing, or is shortened so that several people may share it.
    pub(super) fn check_number<'r>(
        &self,
        record: &'r ByteRecord,
        line: u64,
        signs: &mut Signs,
    ) -> Result<(), Rejection<'r>> {
        let number = self.employee_number(record);
        let normal = normal_form(number);
        let rejected = |reason, expected: &str| {
            Rejection::new(reason, Field::EmployeeNumber, number, expected.to_owned())
        };
        // `TBC` or `#N/A` in forty rows would make one person of forty.
        if let Some(missing) = missing(number, &normal) {
            if tells_of_somebody(&self.fields, record) {
                signs.missing_numbers.entry(missing).or_default().add(line);
            }
            let expected = match missing {
                Missing::Digits => {
                    "an employee number; zeros or equal digits stand where there is none"
                }
                Missing::Nothing | Missing::Word => "an employee number",
            };
            return Err(rejected(Reason::MissingEmployeeNumber, expected));
        }
        if is_note(number, &normal) && !tells_of_somebody(&self.fields, record) {
            return Err(rejected(
                Reason::MissingEmployeeNumber,
                "an employee number; the row tells of nobody, as a total or a note does",
            ));
        }
        if person_of(&normal).is_some() {
            signs.assignment_numbers.add(line);
        }
        signs.running.note(&normal, line);
        if is_shortened(&normal) {
            return Err(rejected(Reason::ShortenedEmployeeNumber, IN_FULL));
        }
        Ok(())
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
