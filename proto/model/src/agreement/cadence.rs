//! How often a series is released.

use serde::{Deserialize, Serialize};

use crate::period::Period;

/// Which months a series is measured for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cadence {
    /// Every month.
    Monthly,
    /// The last month of each quarter: March, June, September, December.
    Quarterly,
    /// March, whose snapshot is of 31 March, the last day of the financial year.
    Yearly,
}

// === impl Cadence ===

impl Cadence {
    /// Whether a series of this cadence is measured for `period`.
    #[must_use]
    pub fn includes(self, period: Period) -> bool {
        match self {
            Self::Monthly => true,
            Self::Quarterly => period.month() % 3 == 0,
            Self::Yearly => period.month() == 3,
        }
    }

    /// The number of measurements in one financial year.
    #[must_use]
    pub fn per_year(self) -> u64 {
        match self {
            Self::Monthly => 12,
            Self::Quarterly => 4,
            Self::Yearly => 1,
        }
    }

    /// In words, to stand after "measured".
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Monthly => "every month",
            Self::Quarterly => "each quarter (March, June, September, December)",
            Self::Yearly => "once a year, on 31 March",
        }
    }
}
