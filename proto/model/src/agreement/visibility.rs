//! Who may read what is shown of one organisation.

use serde::{Deserialize, Serialize};

/// Who, beside the organisation itself and the system's analysts, may read an organisation's own
/// tables at the aggregator. The aggregator keeps to it; noise and cost are the same either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Nobody beside the organisation and the analysts.
    #[default]
    Analysts,
    /// The other organisations of the system as well.
    Members,
}

// === impl Visibility ===

impl Visibility {
    /// The rule as a sentence, for people who decide on an agreement.
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

/// When the figures of a period are published to readers who are no analysts, and what those can tell apart:
/// a sentence for people who decide on an agreement. `after_days` counts from the period's end.
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
         ask for and subtract tells no fewer than three organisations apart (who reads their own organisation's \
         figures can take these off, and of three then knows the other two together), but for a correction that a \
         person there publishes: by how much it changed its organisation's figures can be told then"
    )
}
