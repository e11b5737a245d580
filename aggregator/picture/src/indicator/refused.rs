//! Well-known indicators that are deliberately not computed here, each with the reason.

/// The name of each such indicator, and the reason.
pub static REFUSED: [(&str, &str); 22] = [
    ("wres-2", SHORTLISTING),
    ("wres-3", DISCIPLINARY),
    ("wres-4", TRAINING),
    ("wres-5", SURVEY),
    ("wres-6", SURVEY),
    ("wres-7", SURVEY),
    ("wres-8", SURVEY),
    ("wres-9", BOARDS),
    ("wdes-2", SHORTLISTING),
    ("wdes-3", DISCIPLINARY),
    ("wdes-4", SURVEY),
    ("wdes-5", SURVEY),
    ("wdes-6", SURVEY),
    ("wdes-7", SURVEY),
    ("wdes-8", SURVEY),
    ("wdes-9", SURVEY),
    ("wdes-10", BOARDS),
    ("board-membership", BOARDS),
    ("disciplinary", DISCIPLINARY),
    ("gender-pay-gap", PAY),
    ("ethnicity-pay-gap", PAY),
    ("staff-survey", SURVEY),
];

const SHORTLISTING: &str = "appointments and shortlisting are recruitment records, which no node holds; \
    employers report this indicator themselves";
const DISCIPLINARY: &str = "an employer has a handful of formal cases a year, fewer than the noise that protects \
    each person, so the answer would be noise; and staff records do not hold them. Employers report this \
    indicator themselves";
const TRAINING: &str = "training is not in the staff records that nodes hold; employers report this indicator \
    themselves";
const SURVEY: &str = "it is answered by the NHS Staff Survey, which is anonymous, no part of staff records, and \
    published for each employer";
const BOARDS: &str = "a board has some fifteen members, so one person is seven percentage points and the noise \
    that protects each person is larger than the board: the answer would be noise. Boards are named in \
    annual reports, where this can be counted";
const PAY: &str = "pay is not in the data set, only bands, and employers publish their pay gaps by law. \
    `gender-balance` and `ladder` say who is on which band";

/// The reason why the indicator of this name is not computed, if it is one of these.
pub(super) fn reason(name: &str) -> Option<&'static str> {
    let found = REFUSED.iter().find(|(refused, _)| *refused == name);
    found.map(|(_, reason)| *reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::{ALL, IndicatorError, named};

    #[test]
    fn what_noise_would_drown_is_refused_with_the_reason() {
        for name in ["wres-9", "board-membership", "wdes-3", "gender-pay-gap"] {
            let error = named(name).err().unwrap();
            assert!(matches!(error, IndicatorError::Refused { .. }), "{error}");
        }
        let error = named("wres-9").err().unwrap().to_string();
        assert!(
            error.starts_with("wres-9 is not computed: a board has some fifteen members"),
            "{error}"
        );
    }

    #[test]
    fn nothing_is_refused_that_is_there_and_every_pointer_leads_somewhere() {
        for (name, reason) in REFUSED {
            let there = |name: &str| ALL.iter().any(|i| i.definition.name == name);
            assert!(!there(name), "{name}");
            for pointer in reason.split('`').skip(1).step_by(2) {
                assert!(there(pointer), "{name}: {pointer}");
            }
        }
    }
}
