//! Which columns a list must have, by its kind.

use super::HeaderError;
use crate::import::{Kind, field::Field};

/// Columns that every list of staff must have. Each kind of it needs one more.
const NEEDED: [Field; 5] = [
    Field::EmployeeNumber,
    Field::Fte,
    Field::StaffGroup,
    Field::Band,
    Field::EthnicGroup,
];
/// Columns that a list of applications must have. What else it lacks is unknown of everybody.
const NEEDED_OF_APPLICANTS: [Field; 4] = [
    Field::CandidateId,
    Field::AppliedOn,
    Field::EthnicGroup,
    Field::Gender,
];
/// Columns that a file of this kind must have, beside those of its [`Choice`].
pub(in crate::import) fn needed(kind: Kind) -> impl Iterator<Item = Field> {
    // Joiners and leavers keep no gender; without its date any list of staff could pass for one of theirs.
    let (all, own) = match kind {
        Kind::Staff => (&NEEDED[..], Some(Field::Gender)),
        Kind::Joiners => (&NEEDED[..], Some(Field::StartDate)),
        Kind::Leavers => (&NEEDED[..], Some(Field::LeavingDate)),
        Kind::Applicants => (&NEEDED_OF_APPLICANTS[..], None),
    };
    all.iter().copied().chain(own)
}

/// What a file must tell in one of several ways, each by one column or by several together.
pub(in crate::import) struct Choice {
    pub(super) ways: [&'static [Field]; 2],
    pub(in crate::import) in_words: &'static str,
}

// === impl Choice ===

impl Choice {
    /// The age of staff, or the stage of an application.
    pub(in crate::import) fn of(kind: Kind) -> Self {
        match kind {
            Kind::Staff | Kind::Joiners | Kind::Leavers => Self {
                ways: [&[Field::BirthDate], &[Field::Age]],
                in_words: "`birth_date` or `age`",
            },
            // Who is not appointed may have been shortlisted or not, so one of the two columns tells too little.
            Kind::Applicants => Self {
                ways: [&[Field::Stage], &[Field::Shortlisted, Field::Appointed]],
                in_words: "`stage`, or `shortlisted` and `appointed`",
            },
        }
    }

    /// Whether a file that has these columns tells it.
    pub(in crate::import) fn is_told(&self, has: impl Fn(Field) -> bool) -> bool {
        self.ways
            .iter()
            .any(|way| way.iter().all(|field| has(*field)))
    }
}

/// The error that says what a header must have.
pub(in crate::import) fn no_header(kind: Kind) -> HeaderError {
    let needed: Vec<_> = needed(kind).map(Field::code).collect();
    HeaderError::NoHeader {
        expected: format!(
            "{}, and {}",
            needed.join(", "),
            Choice::of(kind).in_words.replace('`', "")
        ),
    }
}
