//! Why an indicator has no answer, and what there is instead.

use crate::{facts::FactsError, picture::QueryError};

/// Why an indicator has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndicatorError {
    /// There is none of that name.
    #[error(
        "there is no indicator `{name}`{}; there are: {}",
        nearest.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default(),
        there.join(", ")
    )]
    Unknown {
        /// As asked for.
        name: String,
        /// The nearest one.
        nearest: Option<String>,
        /// All there are.
        there: Vec<String>,
    },
    /// It is deliberately not computed.
    #[error("{indicator} is not computed: {reason}")]
    Refused {
        /// Which one.
        indicator: String,
        /// Why not.
        reason: &'static str,
    },
    /// It cannot be broken down so.
    #[error("{indicator} cannot be broken down by {by}; it can by: {}", there.join("; "))]
    Breakdown {
        /// As asked for.
        by: String,
        /// Which one.
        indicator: &'static str,
        /// All there are.
        there: Vec<String>,
    },
    /// A filter on what it is not broken down by.
    #[error(
        "{indicator} is not broken down by {attribute}, so it cannot be filtered by it; it is by: {}. \
         Ask for another breakdown with `by`",
        if there.is_empty() { "nothing".to_owned() } else { there.join(", ") }
    )]
    Filter {
        /// As asked for.
        attribute: String,
        /// Which one.
        indicator: &'static str,
        /// The breakdown.
        there: Vec<String>,
    },
    /// Nothing of that name can be chosen.
    #[error(
        "{indicator} has no option `{option}`; it has: {}",
        if there.is_empty() { "none".to_owned() } else { there.join(", ") }
    )]
    UnknownOption {
        /// As asked for.
        option: String,
        /// Which one.
        indicator: &'static str,
        /// All there are.
        there: Vec<String>,
    },
    /// The option has no such value.
    #[error("`{value}` is no value of {option}; {}", listed(there))]
    BadOption {
        /// Which option.
        option: &'static str,
        /// As asked for.
        value: String,
        /// All there are.
        there: Vec<String>,
    },
    /// A file given by the user cannot be read.
    #[error("{0}")]
    BadInput(String),
    /// The counts are not there.
    #[error(transparent)]
    Facts(#[from] FactsError),
    /// A category that is not there.
    #[error(transparent)]
    Query(#[from] QueryError),
}

// === impl IndicatorError ===

impl IndicatorError {
    pub(super) fn unknown<'a>(name: &str, there: impl Iterator<Item = &'a str>) -> Self {
        let there: Vec<_> = there.map(str::to_owned).collect();
        let near = |other: &&String| strsim::jaro_winkler(name, other) > 0.8;
        let closeness = |other: &&String| strsim::jaro_winkler(name, other);
        let nearest = there.iter().filter(near);
        let nearest = nearest.max_by(|a, b| closeness(a).total_cmp(&closeness(b)));
        Self::Unknown {
            name: name.chars().take(60).collect(),
            nearest: nearest.cloned(),
            there,
        }
    }
}

/// What there is instead.
fn listed(there: &[String]) -> String {
    if there.is_empty() {
        "there is none".to_owned()
    } else {
        format!("there are: {}", there.join(", "))
    }
}
