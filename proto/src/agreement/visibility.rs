//! Who may read what is shown of one organisation.

use serde::{Deserialize, Serialize};

/// Who, beside the organisation itself and the system's analysts, may read an organisation's own
/// tables at the aggregator. The aggregator keeps to it; noise and cost are the same either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Nobody else.
    #[default]
    Analysts,
    /// The other organisations of the system, too.
    Members,
}

// === impl Visibility ===

impl Visibility {
    /// In a sentence, for those who decide.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Analysts => {
                "what is shown of one organisation is for itself and for the system's analysts, not \
                 for other organisations"
            }
            Self::Members => {
                "what is shown of one organisation is for itself, for the system's analysts and for \
                 every other organisation of the system"
            }
        }
    }
}
