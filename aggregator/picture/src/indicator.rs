//! Indicators: questions of boards and analysts, each answered from releases alone.
//!
//! Each indicator has a file of its own with its [`Definition`] (what is asked, how it is computed, about
//! whom, what is left out, whose definition it is, what it cannot say) and the few lines that compute it from
//! [`Estimator`]. All answer with [`Findings`]: one number a row, with its unit, its interval, its verdict if it
//! has one, and the release it comes from. So one writer turns any of them into JSON, CSV, a workbook or a
//! page, and nobody meets a number without its doubt.
//!
//! Other systems shaped this. The indicator catalogues of public health dashboards keep metadata apart from
//! code, and the two drift apart: here both are in one file. Statistics packages return one object per test,
//! with estimate, interval and method together: so do indicators.
//!
//! **Architecture invariants**: indicators are pure; none asks a node anything; they read only [`Estimator`] and
//! the published tables of `reference`.

mod age_profile;
mod career_movement;
mod change;
mod clinical;
mod compared;
mod comparison;
mod completeness;
mod composition;
mod definition;
mod destinations;
mod error;
mod finding;
mod flow;
mod gender_balance;
mod international_staff;
mod joiners;
mod key_figure;
mod ladder;
mod leavers;
mod neighbourhood_team;
mod pairs;
mod pathway_rule;
mod population;
mod question;
mod race_disparity;
mod recruitment;
mod refused;
mod representation;
mod representation_trend;
mod resilience;
mod retirement_outlook;
mod shares;
mod sides;
mod succession;
mod support_workers;
mod tables;
mod trend;
mod vacancy_rate;
mod wdes_1;
mod wres_1;

pub use definition::{Breakdown, Definition, OptionDefinition};
pub use error::IndicatorError;
pub use finding::{Benchmark, Category, Dimension, Finding, Findings};
pub use key_figure::{KeyFigure, typical_share};
pub use question::Question;
pub use refused::REFUSED;

use std::fmt;

use crate::estimator::Estimator;

/// A question with its definition and the function that answers it.
pub struct Indicator {
    /// The indicator in words, and what it can be asked.
    pub definition: Definition,
    answer: fn(&Estimator<'_>, &Question) -> Result<Findings, IndicatorError>,
}

/// All indicators, in the order in which they are listed.
pub static ALL: &[&Indicator] = &[
    // Who works here, and what changed.
    &composition::COMPOSITION,
    &age_profile::AGE_PROFILE,
    &change::CHANGE_OVER_TIME,
    &trend::TREND,
    &neighbourhood_team::NEIGHBOURHOOD_TEAM,
    &vacancy_rate::VACANCY_RATE,
    &comparison::COMPARISON,
    &pairs::PAIRS,
    // Who comes and who goes.
    &leavers::LEAVERS,
    &destinations::DESTINATIONS,
    &joiners::JOINERS,
    // What is to be expected.
    &retirement_outlook::RETIREMENT_OUTLOOK,
    &succession::SUCCESSION,
    &resilience::RESILIENCE,
    // Equality.
    &representation::REPRESENTATION,
    &representation_trend::REPRESENTATION_OVER_TIME,
    &ladder::LADDER,
    &wres_1::WRES_1,
    &race_disparity::RACE_DISPARITY_RATIO,
    &recruitment::RECRUITMENT,
    &career_movement::CAREER_MOVEMENT,
    &wdes_1::WDES_1,
    &gender_balance::GENDER_BALANCE,
    &support_workers::SUPPORT_WORKERS,
    &international_staff::INTERNATIONAL_STAFF,
    // How much the numbers can be trusted.
    &completeness::COMPLETENESS,
    // Cancer pathways.
    &pathway_rule::PATHWAY_RULE,
];

/// The indicator of this name.
///
/// # Errors
/// [`IndicatorError::Unknown`] names the nearest indicator and all that exist. [`IndicatorError::Refused`]
/// gives the reason where an indicator is deliberately not computed.
pub fn named(name: &str) -> Result<&'static Indicator, IndicatorError> {
    let found = ALL
        .iter()
        .find(|indicator| indicator.definition.name == name);
    if let Some(reason) = refused::reason(name) {
        let indicator = name.to_owned();
        return Err(IndicatorError::Refused { indicator, reason });
    }
    found
        .copied()
        .ok_or_else(|| IndicatorError::unknown(name, ALL.iter().map(|i| i.definition.name)))
}

// === impl Indicator ===

/// By its name, which no other has.
impl PartialEq for Indicator {
    fn eq(&self, other: &Self) -> bool {
        self.definition.name == other.definition.name
    }
}

impl fmt::Debug for Indicator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Indicator({})", self.definition.name)
    }
}

impl Indicator {
    /// The answer to `question`.
    ///
    /// # Errors
    /// [`IndicatorError`] says what can be asked instead.
    pub fn answer(
        &self,
        estimator: &Estimator<'_>,
        question: &Question,
    ) -> Result<Findings, IndicatorError> {
        question.check(&self.definition)?;
        let mut question = question.clone();
        question.edition = estimator.edition();
        (self.answer)(estimator, &question)
    }
}

#[cfg(debug_assertions)]
#[doc(hidden)]
#[allow(
    missing_docs,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    clippy::unwrap_used,
    reason = "what tests of several crates share"
)]
pub mod testing;
#[cfg(test)]
pub(crate) mod tests;
