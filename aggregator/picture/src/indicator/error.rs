//! Why an indicator has no answer, and what there is instead.

use vwis_model::text;

use crate::{estimator::EstimatorError, picture::QueryError};

/// Why an indicator has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndicatorError {
    /// No indicator has this name.
    #[error(
        "there is no indicator `{name}`{}; there are: {}",
        nearest.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default(),
        there.join(", ")
    )]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The indicator with the nearest name.
        nearest: Option<String>,
        /// The names of all indicators.
        there: Vec<String>,
    },
    /// The indicator is deliberately not computed.
    #[error("{indicator} is not computed: {reason}")]
    Refused {
        /// The name of the indicator.
        indicator: String,
        /// Why not.
        reason: &'static str,
    },
    /// The indicator does not have this breakdown.
    #[error("{indicator} cannot be broken down by {by}; it can by: {}", there.join("; "))]
    Breakdown {
        /// The breakdown that was asked for.
        by: String,
        /// The name of the indicator.
        indicator: &'static str,
        /// The breakdowns that it has.
        there: Vec<String>,
    },
    /// A filter names an attribute that the indicator is not broken down by.
    #[error(
        "{indicator} is not broken down by {attribute}, so it cannot be filtered by it; it is by: {}. \
         Ask for another breakdown with `by`",
        if there.is_empty() { "nothing".to_owned() } else { there.join(", ") }
    )]
    Filter {
        /// The attribute of the filter.
        attribute: String,
        /// The name of the indicator.
        indicator: &'static str,
        /// The attributes of the breakdown.
        there: Vec<String>,
    },
    /// The indicator does not have this option.
    #[error(
        "{indicator} has no option `{option}`; it has: {}",
        if there.is_empty() { "none".to_owned() } else { there.join(", ") }
    )]
    UnknownOption {
        /// The option that was asked for.
        option: String,
        /// The name of the indicator.
        indicator: &'static str,
        /// The options that it has.
        there: Vec<String>,
    },
    /// The option does not allow this value.
    #[error("`{value}` is no value of {option}; {}", listed(there))]
    BadOption {
        /// The name of the option.
        option: &'static str,
        /// The value that was asked for.
        value: String,
        /// The values that it allows.
        there: Vec<String>,
    },
    /// Something that the user gave cannot be used; the text says what and why.
    #[error("{0}")]
    BadInput(String),
    /// The counts that the indicator needs cannot be given.
    #[error(transparent)]
    Estimator(#[from] EstimatorError),
    /// A category or table that was asked for does not exist.
    #[error(transparent)]
    Query(#[from] QueryError),
}

// === impl IndicatorError ===

impl IndicatorError {
    pub(super) fn unknown<'a>(name: &str, there: impl Iterator<Item = &'a str>) -> Self {
        let there: Vec<_> = there.map(str::to_owned).collect();
        let nearest = text::nearest(name, there.iter().map(String::as_str));
        Self::Unknown {
            name: name.chars().take(60).collect(),
            nearest: nearest.map(str::to_owned),
            there,
        }
    }
}

/// The values that are allowed, in words.
fn listed(there: &[String]) -> String {
    if there.is_empty() {
        "there is none".to_owned()
    } else {
        format!("there are: {}", there.join(", "))
    }
}
