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

/// When what is in of a period is published to readers of the system who are no analysts, and over whom: a
/// sentence for those who decide.
#[must_use]
pub fn published_in_words(after_days: Option<u16>) -> String {
    let when = match after_days {
        None => "when all expected organisations are in, or when a person at the aggregator publishes it".to_owned(),
        Some(days) => format!(
            "when all expected organisations are in, {days} days after its end, or when a person at the \
             aggregator publishes it"
        ),
    };
    format!(
        "figures of the system are for every reader: a period is published to them {when}, and whatever they \
         ask for and subtract tells no fewer than three organisations apart, but for a correction that a \
         person there publishes: by how much it changed its organisation's figures can be told then"
    )
}
