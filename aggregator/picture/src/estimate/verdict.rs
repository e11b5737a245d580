//! Yes, no or cannot tell: the answer that the doubt of a figure allows.

use serde::Serialize;

use super::{
    Estimate, Figure, Unit,
    thresholds::{LOOKS_ALIKE_WITHIN, NO_REAL_CHANGE_WITHIN, PARITY_WITHIN, Z_95},
};

/// The answer to a yes-or-no question about a figure, as far as its doubt allows one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The whole interval says yes.
    Yes,
    /// The whole interval says no.
    No,
    /// The interval allows both answers.
    CannotTell,
}

// === impl Verdict ===

impl Verdict {
    /// Whether a change is real. Yes where the interval of the difference excludes 0, however small the
    /// change is. No where the interval holds 0 and lies within [`NO_REAL_CHANGE_WITHIN`] of the earlier
    /// value. Otherwise one cannot tell. Chance alone makes about five of 100 unchanged rows look real.
    #[must_use]
    pub fn is_real_change(earlier: f64, difference: &Figure) -> Self {
        let (low, high) = difference.interval();
        let none = NO_REAL_CHANGE_WITHIN * earlier.max(0.0);
        if low > 0.0 || high < 0.0 {
            Self::Yes
        } else if -none <= low && high <= none {
            Self::No
        } else {
            Self::CannotTell
        }
    }

    /// Whether a share has really changed. Yes where the interval of the difference excludes 0, however small
    /// the change is. No where the interval holds 0 and lies within [`LOOKS_ALIKE_WITHIN`] of it. Otherwise
    /// one cannot tell.
    #[must_use]
    pub fn is_real_change_of_share(difference: &Figure) -> Self {
        let (low, high) = difference.interval();
        if difference.value().is_none() {
            Self::CannotTell
        } else if low > 0.0 || high < 0.0 {
            Self::Yes
        } else if Self::are_alike(difference) == Self::Yes {
            Self::No
        } else {
            Self::CannotTell
        }
    }

    /// Whether a share looks like a benchmark. Yes where its whole interval lies within
    /// [`LOOKS_ALIKE_WITHIN`] of the benchmark, even if the difference is real. No where the whole interval
    /// lies further away. Otherwise one cannot tell.
    #[must_use]
    pub fn looks_like(share: &Figure, benchmark: f64) -> Self {
        let (low, high) = share.interval();
        if share.value().is_none() {
            Self::CannotTell
        } else if benchmark - LOOKS_ALIKE_WITHIN <= low && high <= benchmark + LOOKS_ALIKE_WITHIN {
            Self::Yes
        } else if low > benchmark + LOOKS_ALIKE_WITHIN || high < benchmark - LOOKS_ALIKE_WITHIN {
            Self::No
        } else {
            Self::CannotTell
        }
    }

    /// Whether two shares are alike, judged by their difference. Yes where its whole interval lies within
    /// [`LOOKS_ALIKE_WITHIN`] of 0, no where it lies further away, otherwise one cannot tell.
    #[must_use]
    pub fn are_alike(difference: &Figure) -> Self {
        Self::looks_like(difference, 0.0)
    }

    /// Whether a ratio is parity. Yes where its whole interval lies within a factor of [`PARITY_WITHIN`] of
    /// 1, no where it lies further away, otherwise one cannot tell.
    #[must_use]
    pub fn is_parity(ratio: &Figure) -> Self {
        let (low, high) = ratio.interval();
        if ratio.value().is_none() {
            Self::CannotTell
        } else if 1.0 / PARITY_WITHIN <= low && high <= PARITY_WITHIN {
            Self::Yes
        } else if low > PARITY_WITHIN || high < 1.0 / PARITY_WITHIN {
            Self::No
        } else {
            Self::CannotTell
        }
    }

    /// The code in files and JSON: `yes`, `no`, `cannot_tell`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::CannotTell => "cannot_tell",
        }
    }

    /// The words for people.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::CannotTell => "cannot tell",
        }
    }
}

/// The difference of two counts from independent releases, `later` minus `earlier`. Its variance is the sum
/// of the two variances.
#[must_use]
pub fn change(earlier: &Estimate, later: &Estimate) -> Figure {
    let sd = (earlier.variance() + later.variance()).sqrt();
    let difference = later.value() - earlier.value();
    let half = Z_95 * sd;
    Figure::difference(
        Unit::of(later.measure()),
        difference,
        difference - half,
        difference + half,
    )
    .with_sd(sd)
}

#[cfg(test)]
mod tests {
    use vwis_model::agreement::Measure;

    use super::*;

    fn people(value: f64, sd: f64) -> Estimate {
        Estimate::new(Measure::Headcount, value, sd * sd)
    }

    #[test]
    fn a_change_is_real_only_if_both_noises_together_cannot_explain_it() {
        let earlier = people(1000.0, 10.0);
        let verdict = |later: Estimate| {
            let difference = change(&earlier, &later);
            Verdict::is_real_change(earlier.value(), &difference)
        };
        // A difference of 28 is 2.8 sds of one count, but 1.98 sds of the difference of both.
        assert_eq!(verdict(people(1028.0, 10.0)), Verdict::Yes);
        assert_eq!(verdict(people(1027.0, 10.0)), Verdict::CannotTell);
        assert_eq!(verdict(people(970.0, 10.0)), Verdict::Yes);
        assert_eq!(verdict(people(1000.0, 10.0)), Verdict::CannotTell);
    }

    #[test]
    fn no_change_is_claimed_only_within_a_hundredth() {
        let earlier = people(10_000.0, 20.0);
        let verdict = |later: f64| {
            let difference = change(&earlier, &people(later, 20.0));
            Verdict::is_real_change(earlier.value(), &difference)
        };
        assert_eq!(verdict(10_010.0), Verdict::No);
        assert_eq!(verdict(10_050.0), Verdict::CannotTell);
        assert_eq!(verdict(10_060.0), Verdict::Yes);
        // There is no 1% of a base that is not above 0.
        let nobody = people(-5.0, 10.0);
        let difference = change(&nobody, &people(2.0, 10.0));
        assert_eq!(
            Verdict::is_real_change(-5.0, &difference),
            Verdict::CannotTell
        );
    }

    #[test]
    fn alike_means_wholly_within_two_points() {
        let share =
            |low, high| Figure::level(Unit::Share, Some(f64::midpoint(low, high)), low, high);
        assert_eq!(Verdict::looks_like(&share(0.27, 0.29), 0.28), Verdict::Yes);
        assert_eq!(Verdict::looks_like(&share(0.29, 0.295), 0.28), Verdict::Yes);
        assert_eq!(Verdict::looks_like(&share(0.301, 0.32), 0.28), Verdict::No);
        // The interval reaches from alike to not alike; one that lies within the limits is alike.
        assert_eq!(
            Verdict::looks_like(&share(0.285, 0.305), 0.28),
            Verdict::CannotTell
        );
        assert_eq!(
            Verdict::looks_like(&share(0.25, 0.29), 0.28),
            Verdict::CannotTell
        );
        let nobody = Figure::level(Unit::Share, None, 0.0, 1.0);
        assert_eq!(Verdict::looks_like(&nobody, 0.28), Verdict::CannotTell);
    }

    #[test]
    fn parity_is_within_a_tenth_or_wholly_beyond() {
        let ratio =
            |low, high| Figure::level(Unit::Ratio, Some(f64::midpoint(low, high)), low, high);
        assert_eq!(Verdict::is_parity(&ratio(0.95, 1.05)), Verdict::Yes);
        assert_eq!(Verdict::is_parity(&ratio(1.2, 1.6)), Verdict::No);
        assert_eq!(Verdict::is_parity(&ratio(0.8, 1.6)), Verdict::CannotTell);
        assert_eq!(Verdict::is_parity(&ratio(1.2, f64::INFINITY)), Verdict::No);
    }
}
