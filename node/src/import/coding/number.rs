//! What stands in a row's column of people's numbers, which is read before anything else of it.

use csv::ByteRecord;

use super::{Coder, fields::Fields, rejection::Rejection};
use crate::{
    import::{
        Kind,
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
    /// What stands in the row's column of people's numbers.
    pub(super) fn number<'r>(&self, record: &'r ByteRecord) -> Number<'r> {
        let number = self.persons_number(record);
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
        let (missing, shortened) = match self.kind {
            Kind::Applicants => (Reason::MissingCandidateId, Reason::ShortenedCandidateId),
            Kind::Staff | Kind::Joiners | Kind::Leavers => {
                let missing = Reason::MissingEmployeeNumber;
                (missing, Reason::ShortenedEmployeeNumber)
            }
        };
        let (one, _) = self.kind.numbers_in_words();
        let (reason, expected) = match number {
            // `TBC` or `#N/A` in forty rows would make one person of forty.
            Number::Missing { what, .. } => (
                missing,
                match what {
                    Missing::Digits => {
                        format!("{one}; zeros or equal digits stand where there is none")
                    }
                    Missing::Nothing | Missing::Word => one.to_owned(),
                },
            ),
            Number::Note => (
                missing,
                format!("{one}; the row tells of nobody, as a total or a note does"),
            ),
            Number::Given { normal, .. } if is_shortened(normal) => (shortened, IN_FULL.to_owned()),
            Number::Given { .. } => return Ok(()),
        };
        let value = self.persons_number(record);
        Err(Rejection::new(reason, self.kind.number(), value, expected))
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
