//! Scores on a scale between two thresholds, and their weighted mean.

use crate::estimate::{Figure, Unit};

/// Two thresholds: the value that scores 0 and the one that scores 1. Scores between them are linear.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) zero_at: f64,
    pub(super) one_at: f64,
}

/// The score where nothing can be said: any from 0 to 1.
pub(super) fn unknown() -> Figure {
    Figure::level(Unit::Score, None, 0.0, 1.0)
}

/// The weighted mean of scores whose errors are independent.
///
/// The interval is built from each score's own interval, separately on either side (Zou and Donner,
/// Statistics in Medicine 27, 2008), because a score that is cut off at 0 or 1 has no doubt on one side.
pub(super) fn composite(scores: &[(f64, Figure)]) -> Figure {
    let weights: f64 = scores.iter().map(|(weight, _)| weight).sum();
    let (mut mean, mut below, mut above) = (0.0, 0.0_f64, 0.0_f64);
    for (weight, score) in scores {
        let (weight, (lower, upper)) = (weight / weights, score.interval());
        let Some(value) = score.value() else {
            return unknown();
        };
        mean += weight * value;
        below = below.hypot(weight * (value - lower));
        above = above.hypot(weight * (upper - value));
    }
    Figure::level(Unit::Score, Some(mean), mean - below, mean + above)
}

// === impl Scale ===

impl Scale {
    /// The score of a value, with the scores of its interval's ends as the interval.
    pub(super) fn score(self, figure: &Figure) -> Figure {
        let Some(value) = figure.value() else {
            return unknown();
        };
        let (lower, upper) = figure.interval();
        let (a, b) = (self.at(lower), self.at(upper));
        Figure::level(Unit::Score, Some(self.at(value)), a.min(b), a.max(b))
    }

    fn at(self, value: f64) -> f64 {
        ((value - self.zero_at) / (self.one_at - self.zero_at)).clamp(0.0, 1.0)
    }

    /// A note for people that says which values score 0 and 1.
    pub(super) fn note(self) -> String {
        let text = |value: f64| {
            if self.zero_at.max(self.one_at) > 1.0 {
                Unit::People.text(value)
            } else {
                format!("{:.0}%", value * 100.0)
            }
        };
        format!("0 at {}, 1 at {}", text(self.zero_at), text(self.one_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Scale = Scale {
        zero_at: 100.0,
        one_at: 20.0,
    };

    #[test]
    fn a_score_lies_between_its_thresholds_whichever_is_larger() {
        let people = |low, high| Figure::level(Unit::People, Some(60.0), low, high);
        let score = SMALL.score(&people(40.0, 90.0));
        assert_eq!(
            (score.value(), score.interval()),
            (Some(0.5), (0.125, 0.75))
        );
        assert_eq!(SMALL.score(&people(0.0, 2_000.0)).interval(), (0.0, 1.0));
        assert_eq!(SMALL.note(), "0 at 100, 1 at 20");
        let share = Figure::level(Unit::Share, None, 0.0, 1.0);
        assert_eq!(SMALL.score(&share).value(), None);
    }

    #[test]
    fn a_composite_carries_the_doubt_of_its_parts() {
        let score = |low, high| Figure::level(Unit::Score, Some(0.5), low, high);
        let mean = composite(&[(1.0, score(0.2, 0.5)), (1.0, score(0.1, 0.5))]);
        // Half of root(0.3^2 + 0.4^2) below, and nothing above.
        let (low, high) = mean.interval();
        assert!((low - 0.25).abs() < 1e-12 && (high - 0.5).abs() < 1e-12);
        // With half the weight, half the doubt.
        let mean = composite(&[
            (0.5, score(0.2, 0.5)),
            (0.5, score(0.5, 0.5)),
            (1.0, score(0.5, 0.5)),
        ]);
        assert!((mean.interval().0 - 0.425).abs() < 1e-12);
        assert_eq!(
            composite(&[(1.0, score(0.2, 0.5)), (1.0, unknown())]).value(),
            None
        );
    }
}
