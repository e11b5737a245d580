//! Applications for posts: which of a person's is the one that counts.
//!
//! A list of applications has as many rows of a person as they applied. The person is counted once, by the
//! application that went furthest; of several that went as far, by the latest; and of several of one day, by
//! their codes in the order of the dictionary, so that the order of the rows decides nothing.
//!
//! # Privacy
//! The row of a person follows from their own applications alone (design §3.1).

use jiff::civil::Date;

/// Code of the data set of people who applied.
pub const APPLICANTS: &str = "applicants";
/// Number of calendar months that the applicants of a period cover.
pub(super) const MONTHS: u16 = 12;

/// How far an application went, and when it was made. The greater one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reached {
    stage: Stage,
    applied_on: Date,
}

/// A stage of an application. Not to know the stage is less than any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stage(Option<u8>);

// === impl Reached ===

impl Reached {
    pub(super) fn new(stage: Stage, applied_on: Date) -> Self {
        Self { stage, applied_on }
    }
}

// === impl Stage ===

impl Stage {
    /// The stage of a category of `furthest_stage`, of which the dictionary lists the nearest first.
    pub(super) fn of(category: u8, unknown: u8) -> Self {
        Self((category != unknown).then_some(category))
    }

    /// Its category.
    pub(super) fn category(self, unknown: u8) -> u8 {
        self.0.unwrap_or(unknown)
    }
}

#[cfg(test)]
mod tests {
    use vwis_model::here;

    use super::*;

    #[test]
    fn the_dictionary_lists_the_stages_as_an_application_passes_them() {
        let stages = here::dictionary().attribute("furthest_stage").unwrap();
        let unknown = u8::try_from(stages.unknown()).unwrap();
        let stage = |code: &str| {
            let category = stages.category(code).unwrap();
            Stage::of(u8::try_from(category).unwrap(), unknown)
        };
        let passed = ["unknown", "applied", "shortlisted", "appointed"].map(stage);
        assert!(passed.is_sorted_by(|one, next| one < next), "{passed:?}");
        assert_eq!(passed[0].category(unknown), unknown);
    }
}
