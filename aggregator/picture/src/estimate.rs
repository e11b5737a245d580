//! Estimates: an unbiased value with its variance, and what may be shown of it (design §3.8).

mod figure;
mod parts;
mod shown;
pub mod thresholds;
mod verdict;

pub use figure::{Figure, Unit};
pub use parts::Parts;
pub use shown::Shown;
pub use verdict::{Verdict, change};

use serde::Serialize;
use vwis_model::agreement::Measure;

use thresholds::Z_95;

/// An unbiased value and its variance from privacy noise. Signed, neither rounded nor clamped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    value: f64,
    variance: f64,
    measure: Measure,
}

/// How far an estimate can be relied on.
///
/// By the half-width of the 95% interval before clamping, relative to the displayed value or to 1
/// where that is less; never by the count alone. Two looks at the same noise are thus judged by
/// what they are used for: ±30 is good for 4,000 people and too noisy for 40.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reliability {
    /// Show it.
    Good,
    /// Show it with its interval and a note.
    UseWithCare,
    /// Show the interval alone: noise took a part below nobody, which is no share of 0.
    OnlyABound,
    /// Show the interval alone.
    TooNoisyToShow,
}

// === impl Estimate ===

impl Estimate {
    /// An estimate of this value and variance, in whole people or whole FTE (squared).
    #[must_use]
    pub fn new(measure: Measure, value: f64, variance: f64) -> Self {
        Self {
            value,
            variance,
            measure,
        }
    }

    /// What it counts.
    #[must_use]
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// The unbiased value; may be negative.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Variance of the noise.
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.variance
    }

    /// Standard deviation of the noise.
    #[must_use]
    pub fn sd(&self) -> f64 {
        self.variance.sqrt()
    }

    /// Half the width of the 95% interval.
    #[must_use]
    pub fn half_width(&self) -> f64 {
        Z_95 * self.sd()
    }

    /// The 95% interval before clamping: what coverage of the truth is measured by.
    #[must_use]
    pub fn interval(&self) -> (f64, f64) {
        (
            self.value - self.half_width(),
            self.value + self.half_width(),
        )
    }

    /// The interval as shown, and as columns `lower` and `upper` hold it: no end below 0, and the upper one
    /// not below one sd, which is where the truncated posterior of a count ends whose estimate lies three sds
    /// below 0. `0 to 0` would say that there is certainly nobody, which no noise can.
    #[must_use]
    pub fn shown_interval(&self) -> (f64, f64) {
        let (low, high) = self.interval();
        (at_least_0(low), at_least_0(high).max(self.sd()))
    }

    /// How far it can be relied on.
    #[must_use]
    pub fn reliability(&self) -> Reliability {
        Figure::from(*self)
            .reliability()
            .expect("a count is no difference, and all else is judged")
    }
}

/// Never the negative zero that `f64::max` may give.
fn at_least_0(value: f64) -> f64 {
    if value > 0.0 { value } else { 0.0 }
}

// === impl Reliability ===

impl Reliability {
    fn by(doubt: f64, with_care_above: f64, too_noisy_above: f64) -> Self {
        if doubt > too_noisy_above {
            Self::TooNoisyToShow
        } else if doubt > with_care_above {
            Self::UseWithCare
        } else {
            Self::Good
        }
    }

    /// As files spell it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::UseWithCare => "use_with_care",
            Self::OnlyABound => "only_a_bound",
            Self::TooNoisyToShow => "too_noisy_to_show",
        }
    }

    /// For people.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::UseWithCare => "use with care",
            Self::OnlyABound => "only a bound",
            Self::TooNoisyToShow => "too noisy to show",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn headcount(value: f64, sd: f64) -> Estimate {
        Estimate::new(Measure::Headcount, value, sd * sd)
    }

    #[test]
    fn reliability_follows_the_relative_half_width() {
        // A half-width of 15.0 around 100, 99 and 29.
        let sd = 15.0 / Z_95;
        assert_eq!(headcount(100.4, sd).reliability(), Reliability::Good);
        assert_eq!(headcount(99.4, sd).reliability(), Reliability::UseWithCare);
        assert_eq!(
            headcount(29.4, sd).reliability(),
            Reliability::TooNoisyToShow
        );
        assert_eq!(
            headcount(-3.0, sd).reliability(),
            Reliability::TooNoisyToShow
        );
        // Without noise even nobody is certain.
        assert_eq!(headcount(0.0, 0.0).reliability(), Reliability::Good);
    }

    #[test]
    fn a_negative_estimate_shows_zero_and_keeps_its_value() {
        let estimate = headcount(-7.5, 10.0);
        assert!((estimate.value() + 7.5).abs() < f64::EPSILON);
        assert_eq!(Figure::from(estimate).interval_text(), "0 to 15");
        assert!(estimate.interval().0 < -27.0);
        assert_eq!(
            Figure::from(headcount(-100.0, 10.0)).interval_text(),
            "0 to 10"
        );
    }

    #[test]
    fn fte_is_shown_in_tenths() {
        let figure = Figure::from(Estimate::new(Measure::Fte, 12.345, 0.0));
        assert_eq!(figure.display_text(), "12.3");
        assert_eq!(figure.interval_text(), "exact");
    }

    proptest! {
        #[test]
        fn what_is_shown_is_never_negative_and_the_interval_holds_the_estimate(
            value in -1e6..1e6_f64, sd in 0.0..1e4_f64,
        ) {
            let estimate = headcount(value, sd);
            let (low, high) = estimate.interval();
            prop_assert!(low <= value && value <= high);
            prop_assert!(((high - low) - 2.0 * Z_95 * estimate.sd()).abs() <= 1e-6 * (1.0 + sd));
            let (lower, upper) = estimate.shown_interval();
            prop_assert!(0.0 <= lower && lower <= upper);
        }
    }
}
