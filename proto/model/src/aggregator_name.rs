//! Names of aggregators, as certificates and agreements spell them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An aggregator's name: 1 to 40 lower-case letters, digits and inner dashes, such as `gm-icb`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AggregatorName(String);

/// Why a text is no aggregator name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an aggregator's name: expected 1 to 40 lower-case letters, digits and inner \
     dashes, such as gm-icb"
)]
pub struct InvalidAggregatorName(String);

// === impl AggregatorName ===

impl AggregatorName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AggregatorName {
    type Err = InvalidAggregatorName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let well_formed = (1..=40).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidAggregatorName(text.chars().take(60).collect()))
        }
    }
}

impl TryFrom<String> for AggregatorName {
    type Error = InvalidAggregatorName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AggregatorName> for String {
    fn from(name: AggregatorName) -> Self {
        name.0
    }
}

impl fmt::Display for AggregatorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_into_a_dns_label() {
        assert!("gm-icb".parse::<AggregatorName>().is_ok());
        for wrong in ["", "-gm", "gm-", "GM", "gm icb", "gm.icb", &"a".repeat(41)] {
            assert!(wrong.parse::<AggregatorName>().is_err(), "{wrong:?}");
        }
    }
}
