//! Where a figure stands against a benchmark, and the tags that say so.

use askama::Template;

use super::markup::parts;
use crate::estimate::{Figure, Unit, Verdict};

/// Where a figure stands against a benchmark, as far as its interval supports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The whole interval lies below the benchmark.
    Lower,
    /// The whole interval lies above the benchmark.
    Higher,
    /// The whole interval lies so near to the benchmark that the difference does not matter.
    Alike,
    /// The interval allows more than one of these.
    CannotTell,
    /// The figure is too noisy to be compared with anything.
    NoAnswer,
}

/// A verdict as a word and a shape; colour never says it alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/tag.html")]
pub struct Tag {
    icon: &'static str,
    words: &'static str,
    /// Whether it has no border, as in a table or on a card.
    is_plain: bool,
}

parts!(Tag);

// === impl Comparison ===

impl Comparison {
    /// Where a figure stands against a benchmark in its unit. A verdict says whether the two are alike
    /// ([`Verdict::looks_like`], [`Verdict::is_parity`]); without one the interval alone decides. What the
    /// interval does not support becomes [`Comparison::CannotTell`].
    #[must_use]
    pub fn of(figure: &Figure, benchmark: f64, verdict: Option<Verdict>) -> Self {
        let (low, high) = figure.interval();
        if !figure.is_shown() {
            Self::NoAnswer
        } else if verdict == Some(Verdict::CannotTell) {
            Self::CannotTell
        } else if verdict == Some(Verdict::Yes) {
            if is_alike(figure, benchmark) {
                Self::Alike
            } else {
                Self::CannotTell
            }
        } else if high < benchmark {
            Self::Lower
        } else if low > benchmark {
            Self::Higher
        } else {
            Self::CannotTell
        }
    }

    /// Whether the figure is clearly different from the benchmark, which charts show as a filled dot.
    #[must_use]
    pub fn is_clear(self) -> bool {
        matches!(self, Self::Lower | Self::Higher)
    }

    /// The tag that says where the figure stands.
    #[must_use]
    pub fn tag(self) -> Tag {
        match self {
            Self::Lower => Tag::new("i-clear", "Lower"),
            Self::Higher => Tag::new("i-clear", "Higher"),
            Self::Alike => Tag::new("i-same", "Much the same"),
            Self::CannotTell => Tag::CANNOT_TELL,
            Self::NoAnswer => Tag::NO_ANSWER,
        }
    }
}

/// Whether the interval supports that figure and benchmark are alike, by the rule of the figure's unit.
fn is_alike(figure: &Figure, benchmark: f64) -> bool {
    let verdict = match figure.unit() {
        Unit::Share => Verdict::looks_like(figure, benchmark),
        Unit::Ratio => Verdict::is_parity(figure),
        // These units have no rule of what is alike.
        Unit::People | Unit::Fte | Unit::Rate | Unit::Score => Verdict::CannotTell,
    };
    verdict == Verdict::Yes
}

// === impl Tag ===

impl Tag {
    /// The interval allows both answers.
    pub const CANNOT_TELL: Self = Self::new("i-open", "Cannot tell");
    /// Too noisy for an answer.
    pub const NO_ANSWER: Self = Self::new("i-noisy", "No answer");
    /// The interval of the difference excludes 0.
    pub const REAL_CHANGE: Self = Self::new("i-clear", "Real change");
    /// The interval of the difference holds 0 and lies within 1% of the earlier value.
    pub const NO_REAL_CHANGE: Self = Self::new("i-same", "No real change");

    const fn new(icon: &'static str, words: &'static str) -> Self {
        Self {
            icon,
            words,
            is_plain: false,
        }
    }

    /// The tag of a verdict on a change ([`Verdict::is_real_change`]), as far as the interval of the
    /// difference supports it.
    #[must_use]
    pub fn of_change(difference: &Figure, verdict: Verdict) -> Self {
        let (low, high) = difference.interval();
        let excludes_0 = low > 0.0 || high < 0.0;
        match verdict {
            Verdict::Yes if excludes_0 => Self::REAL_CHANGE,
            Verdict::No if !excludes_0 => Self::NO_REAL_CHANGE,
            _ => Self::CANNOT_TELL,
        }
    }

    /// The same tag without a border.
    #[must_use]
    pub fn plain(self) -> Self {
        Self {
            is_plain: true,
            ..self
        }
    }

    /// The words of the tag.
    #[must_use]
    pub fn words(self) -> &'static str {
        self.words
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn share(low: f64, high: f64) -> Figure {
        Figure::level(Unit::Share, Some(f64::midpoint(low, high)), low, high)
    }

    #[test]
    fn a_verdict_that_the_interval_does_not_support_is_not_repeated() {
        let wide = share(0.1, 0.3);
        assert_eq!(
            Comparison::of(&wide, 0.2, Some(Verdict::Yes)),
            Comparison::CannotTell
        );
        assert_eq!(
            Comparison::of(&wide, 0.2, Some(Verdict::No)),
            Comparison::CannotTell
        );
        let near = share(0.195, 0.205);
        assert_eq!(
            Comparison::of(&near, 0.2, Some(Verdict::Yes)),
            Comparison::Alike
        );
        let far = share(0.30, 0.32);
        assert_eq!(
            Comparison::of(&far, 0.2, Some(Verdict::No)),
            Comparison::Higher
        );
        assert_eq!(
            Comparison::of(&share(0.0, 0.5), 0.9, None),
            Comparison::NoAnswer
        );
    }

    #[test]
    fn a_change_is_called_real_only_if_its_interval_excludes_none() {
        let held = Figure::difference(Unit::People, 5.0, -1.0, 11.0);
        assert_eq!(Tag::of_change(&held, Verdict::Yes), Tag::CANNOT_TELL);
        let clear = Figure::difference(Unit::People, 5.0, 1.0, 9.0);
        assert_eq!(Tag::of_change(&clear, Verdict::Yes), Tag::REAL_CHANGE);
        assert_eq!(Tag::of_change(&clear, Verdict::No), Tag::CANNOT_TELL);
    }

    proptest! {
        #[test]
        fn a_comparison_never_claims_what_the_interval_does_not_support(
            a in 0.0..1.0_f64, b in 0.0..1.0_f64, benchmark in 0.0..1.0_f64,
            verdict in prop::option::of(prop::sample::select(vec![
                Verdict::Yes, Verdict::No, Verdict::CannotTell,
            ])),
        ) {
            let (low, high) = (a.min(b), a.max(b));
            match Comparison::of(&share(low, high), benchmark, verdict) {
                Comparison::Lower => prop_assert!(high < benchmark),
                Comparison::Higher => prop_assert!(low > benchmark),
                Comparison::Alike => prop_assert!(high - low <= 0.04 + 1e-9),
                Comparison::CannotTell | Comparison::NoAnswer => {}
            }
        }
    }
}
