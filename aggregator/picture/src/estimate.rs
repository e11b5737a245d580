//! Estimates: an unbiased value with its variance, and what may be shown of it (design §3.8).

mod displayed;
mod figure;
mod parts;
pub mod thresholds;
mod verdict;

pub use displayed::DisplayedFigure;
pub use figure::{Figure, Unit};
pub use parts::Parts;
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
/// Counts, ratios and rates are judged by the half-width of the 95% interval relative to the value (of a
/// count, by the half-width before clamping, relative to at least 1); shares and scores by the half-width
/// alone. The size of a count alone never decides: ±30 is good for 4,000 people and too noisy for 40.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reliability {
    /// Show the number.
    Good,
    /// Show the number with its interval and a note.
    UseWithCare,
    /// Show the interval alone: noise took a part below 0 people, so a share of 0 (or 1) would be no
    /// estimate.
    OnlyABound,
    /// Show the interval alone: it is too wide for a number.
    TooNoisyToShow,
}

// === impl Estimate ===

impl Estimate {
    /// An estimate with this value, in people or FTE (not hundredths), and this variance of the noise, in
    /// their squares.
    #[must_use]
    pub fn new(measure: Measure, value: f64, variance: f64) -> Self {
        Self {
            value,
            variance,
            measure,
        }
    }

    /// The measure of the estimate: people or FTE.
    #[must_use]
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// The unbiased value; may be negative.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }

    /// The variance of the noise, in people² or FTE².
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.variance
    }

    /// The standard deviation of the noise, in people or FTE.
    #[must_use]
    pub fn sd(&self) -> f64 {
        self.variance.sqrt()
    }

    /// Half the width of the 95% interval.
    #[must_use]
    pub fn half_width(&self) -> f64 {
        Z_95 * self.sd()
    }

    /// The 95% confidence interval, before clamping: the one that covers the truth 95 times in 100.
    #[must_use]
    pub fn confidence_interval(&self) -> (f64, f64) {
        (
            self.value - self.half_width(),
            self.value + self.half_width(),
        )
    }

    /// The interval as people, and the columns `lower` and `upper`, are shown it. No end is below 0. The
    /// upper end is at least one sd: `0 to 0` would say that there is certainly nobody, which noise never
    /// allows, and one sd is where the truncated posterior ends for an estimate three sds below 0.
    #[must_use]
    pub fn clamped_interval(&self) -> (f64, f64) {
        let (low, high) = self.confidence_interval();
        (at_least_0(low), at_least_0(high).max(self.sd()))
    }

    /// How far the estimate can be relied on, by [`Reliability`]'s rule for counts.
    #[must_use]
    pub fn reliability(&self) -> Reliability {
        Figure::from(*self)
            .reliability()
            .expect("a count is no difference, and all else is judged")
    }
}

/// Clamps at 0 without the negative zero that `f64::max` may give.
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

    /// The code in files and JSON, such as `use_with_care`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::UseWithCare => "use_with_care",
            Self::OnlyABound => "only_a_bound",
            Self::TooNoisyToShow => "too_noisy_to_show",
        }
    }

    /// The words for people, such as `use with care`.
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
        // A half-width of 15.0 is 15% of 100, and just more than that of 99; it is more than half of 29.
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
        // Without noise even a count of 0 is certain.
        assert_eq!(headcount(0.0, 0.0).reliability(), Reliability::Good);
    }

    #[test]
    fn a_negative_estimate_shows_zero_and_keeps_its_value() {
        let estimate = headcount(-7.5, 10.0);
        assert!((estimate.value() + 7.5).abs() < f64::EPSILON);
        assert_eq!(Figure::from(estimate).interval_text(), "0 to 15");
        assert!(estimate.confidence_interval().0 < -27.0);
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
            let (low, high) = estimate.confidence_interval();
            prop_assert!(low <= value && value <= high);
            prop_assert!(((high - low) - 2.0 * Z_95 * estimate.sd()).abs() <= 1e-6 * (1.0 + sd));
            let (lower, upper) = estimate.clamped_interval();
            prop_assert!(0.0 <= lower && lower <= upper);
        }
    }
}
