//! Organisation Data Service codes: the names of employers.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An organisation's code in the NHS Organisation Data Service: two to ten upper-case letters and
/// digits, such as `R0A` (an NHS trust) or `P81013` (a GP practice).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OdsCode(String);

/// Why a text is no ODS code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an ODS code: expected 2 to 10 capital letters and digits, such as R0A")]
pub struct InvalidOdsCode(String);

// === impl OdsCode ===

impl OdsCode {
    /// The code as text, such as `R0A`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OdsCode {
    type Err = InvalidOdsCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let well_formed = (2..=10).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidOdsCode(text.chars().take(40).collect()))
        }
    }
}

impl TryFrom<String> for OdsCode {
    type Error = InvalidOdsCode;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<OdsCode> for String {
    fn from(code: OdsCode) -> Self {
        code.0
    }
}

impl fmt::Display for OdsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_codes_of_capitals_and_digits_parse() {
        assert_eq!("R0A".parse::<OdsCode>().unwrap().to_string(), "R0A");
        for wrong in ["", "R", "r0a", "R0A ", "R-0", "../R0A", "ABCDEFGHIJK", "RÄ"] {
            assert!(wrong.parse::<OdsCode>().is_err(), "{wrong:?}");
        }
    }
}
