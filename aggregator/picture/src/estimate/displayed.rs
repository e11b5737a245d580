//! A figure as people are shown it, on a page, in a workbook, on a terminal and in a file's `display`: the
//! estimate rounded to what its doubt allows, the interval rounded outwards.
//!
//! Counts are rounded to 10 (to 5 below 1,000, to 1 where the half-width is below 5); shares to a tenth of a
//! percent, or to whole percents where the half-width is above 5 points. The step is finer where the interval
//! holds no multiple of it. Only the figure's own estimate and doubt decide: neither its neighbours nor a
//! total beside it move it.

use super::{Figure, Reliability, Unit, figure::written, thresholds::SHARE_USE_WITH_CARE_ABOVE};

/// Below this half-width, in people or FTE, counts are rounded to 1.
const SINGLE_PEOPLE_BELOW: f64 = 5.0;
/// From this count on, counts are rounded to 10.
const TENS_FROM: f64 = 1_000.0;
/// How near to a multiple of the step, in steps, an end counts as on it: division makes errors of this size.
const ON_A_STEP: f64 = 1e-9;
/// How near to an end of the interval, relative to its size, a number counts as on it.
const TOUCHES: f64 = 1e-12;
/// The most decimals that a number is shown with. An interval that holds no such number has no doubt worth
/// showing.
const MOST_DECIMALS: usize = 9;

/// A figure, rounded for people.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DisplayedFigure {
    form: Form,
    value: Option<f64>,
    lower: f64,
    upper: f64,
    give_or_take: f64,
    is_exact: bool,
    kind: Kind,
    /// Whether it is too noisy to say anything.
    is_noisy: bool,
}

/// Whether the figure is a level or a difference.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Level,
    Difference {
        /// Whether the interval excludes 0, though a rounded end may reach it.
        excludes_0: bool,
    },
}

/// The unit and the decimals that a number is written with.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Form {
    unit: Unit,
    decimals: usize,
}

/// The steps that a figure is rounded to, and the decimals that it is then written with.
#[derive(Clone, Copy, Debug)]
struct Rounding {
    /// The step of the value.
    step: f64,
    /// The step of the interval's ends.
    end_step: f64,
    decimals: usize,
}

// === impl DisplayedFigure ===

impl From<&Figure> for DisplayedFigure {
    fn from(figure: &Figure) -> Self {
        let (low, high) = figure.interval();
        let half = figure.half_width();
        let value = figure.point();
        let is_difference = figure.reliability().is_none();
        let is_exact = value.is_some() && half == 0.0;
        let unit = figure.unit();
        let mut rounding = Rounding::of(unit, value.unwrap_or(high), half, is_exact);
        // Noise may take a count below 0; show the nearest value of its interval.
        let value = value.map(|value| value.max(low).min(high));
        let mut rounded = value.map(|value| to_nearest(value, rounding.step));
        let is_inside = |rounded: Option<f64>| {
            rounded.is_none_or(|r| low <= r + TOUCHES * r.abs() && r <= high + TOUCHES * r.abs())
        };
        while !is_exact && !is_inside(rounded) && rounding.decimals < MOST_DECIMALS {
            rounding = rounding.finer(unit);
            rounded = value.map(|value| to_nearest(value, rounding.step));
        }
        if !is_exact {
            // Still outside by rounding error, or the interval is narrower than the finest step: do not
            // round.
            rounded = if is_inside(rounded) { rounded } else { value };
            rounded = rounded.map(|rounded| rounded.max(low).min(high));
        }
        let moved = rounded
            .zip(figure.point())
            .map_or(0.0, |(r, v)| (r - v).abs());
        Self {
            form: Form {
                unit,
                decimals: rounding.decimals,
            },
            value: rounded,
            lower: down(low, rounding.end_step),
            upper: up(high, rounding.end_step),
            give_or_take: up(half + moved, rounding.end_step),
            is_exact,
            kind: if is_difference {
                let excludes_0 = low > 0.0 || high < 0.0;
                Kind::Difference { excludes_0 }
            } else {
                Kind::Level
            },
            is_noisy: !figure.is_shown(),
        }
    }
}

impl DisplayedFigure {
    /// The figure, rounded.
    #[must_use]
    pub fn of(figure: &Figure) -> Self {
        figure.into()
    }

    /// The unit that the figure counts in.
    #[must_use]
    pub fn unit(&self) -> Unit {
        self.form.unit
    }

    /// How many decimals it is written with; of a share, decimals of the percentage.
    #[must_use]
    pub fn decimals(&self) -> usize {
        self.form.decimals
    }

    /// The rounded estimate, if it may be shown as a number.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        self.value
    }

    /// The interval with its ends rounded outwards, so never narrower than the figure's.
    #[must_use]
    pub fn rounded_interval(&self) -> (f64, f64) {
        (self.lower, self.upper)
    }

    /// How far the true value may lie to either side of the shown one.
    #[must_use]
    pub fn give_or_take(&self) -> f64 {
        self.give_or_take
    }

    /// Whether the figure has a value without noise.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// A number in this figure's form: `4,310`, `17.1%`, `−3`.
    #[must_use]
    pub fn text(&self, number: f64) -> String {
        let text = written(self.form.unit, number, self.form.decimals);
        // Use a minus sign, not a hyphen, and no sign before 0.
        match text.strip_prefix('-') {
            Some(rest) if rest.contains(|c| ('1'..='9').contains(&c)) => format!("\u{2212}{rest}"),
            Some(rest) => rest.to_owned(),
            None => text,
        }
    }

    /// The number in this figure's form, with a plus sign if it is above 0: a table's form of a difference.
    #[must_use]
    pub fn signed(&self, number: f64) -> String {
        let text = self.text(number);
        let is_none = !text.contains(|c| ('1'..='9').contains(&c));
        if number > 0.0 && !is_none {
            format!("+{text}")
        } else {
            text
        }
    }

    /// The estimate for a table or a card; a difference carries its sign. `None` where it may not be shown.
    #[must_use]
    pub fn value_text(&self) -> Option<String> {
        self.value.map(|value| self.end(value))
    }

    /// The words in place of a value that is not shown: `at most 14%` where noise took it below 0, or that it
    /// is too noisy.
    #[must_use]
    pub fn without_value(&self) -> String {
        if self.is_noisy {
            Reliability::TooNoisyToShow.in_words().to_owned()
        } else if self.lower > 0.0 {
            format!("at least {}", self.text(self.lower))
        } else {
            format!("at most {}", self.text(self.upper))
        }
    }

    /// `86,680 to 86,840`, or `exact`.
    #[must_use]
    pub fn interval_text(&self) -> String {
        if self.is_exact {
            "exact".to_owned()
        } else if self.upper.is_infinite() {
            format!("{} or more", self.end(self.lower))
        } else if self.excludes_0() && self.lower == 0.0 {
            format!("above 0 to {}", self.end(self.upper))
        } else if self.excludes_0() && self.upper == 0.0 {
            format!("{} to below 0", self.end(self.lower))
        } else {
            format!("{} to {}", self.end(self.lower), self.end(self.upper))
        }
    }

    /// The interval on a card: `between 86,680 and 86,840`, or `exact`.
    #[must_use]
    pub fn between(&self) -> String {
        if self.is_exact {
            "exact".to_owned()
        } else if self.upper.is_infinite() {
            format!("at least {}", self.end(self.lower))
        } else if self.excludes_0() && self.lower == 0.0 {
            format!("above 0, at most {}", self.end(self.upper))
        } else if self.excludes_0() && self.upper == 0.0 {
            format!("below 0, at least {}", self.end(self.lower))
        } else {
            let (low, high) = (self.end(self.lower), self.end(self.upper));
            format!("between {low} and {high}")
        }
    }

    fn excludes_0(&self) -> bool {
        matches!(self.kind, Kind::Difference { excludes_0: true })
    }

    fn end(&self, number: f64) -> String {
        if matches!(self.kind, Kind::Difference { .. }) {
            self.signed(number)
        } else {
            self.text(number)
        }
    }
}

// === impl Rounding ===

impl Rounding {
    fn of(unit: Unit, value: f64, half_width: f64, is_exact: bool) -> Self {
        let both = |step: f64, decimals| Self {
            step,
            end_step: step,
            decimals,
        };
        match unit {
            _ if is_exact => both(unit.step(), unit.decimals()),
            Unit::People | Unit::Fte if half_width < SINGLE_PEOPLE_BELOW => both(1.0, 0),
            Unit::People | Unit::Fte if value.abs() >= TENS_FROM => Self {
                step: 10.0,
                end_step: 5.0,
                decimals: 0,
            },
            Unit::People | Unit::Fte => both(5.0, 0),
            Unit::Share | Unit::Rate if half_width > SHARE_USE_WITH_CARE_ABOVE => both(0.01, 0),
            Unit::Share | Unit::Rate | Unit::Ratio | Unit::Score => {
                both(unit.step(), unit.decimals())
            }
        }
    }

    /// The next finer rounding: 1 after 10 and 5, then one more decimal.
    fn finer(self, unit: Unit) -> Self {
        let (step, decimals) = if self.step > 1.0 {
            (1.0, 0)
        } else {
            // Made from the decimals, so that steps are the doubles nearest to 0.1, 0.01, …
            let decimals = self.decimals + 1;
            let places = decimals + unit.places_of_percent();
            (
                1.0 / 10_f64.powi(i32::try_from(places).unwrap_or(i32::MAX)),
                decimals,
            )
        };
        Self {
            step,
            end_step: step,
            decimals,
        }
    }
}

/// `steps` times `step`. Divides by the inverse of a fraction, because 123 / 10 is the double nearest to
/// 12.3.
fn times(steps: f64, step: f64) -> f64 {
    if step < 1.0 {
        steps / (1.0 / step).round()
    } else {
        steps * step
    }
}

fn to_nearest(value: f64, step: f64) -> f64 {
    times((value / step).round(), step)
}

fn down(value: f64, step: f64) -> f64 {
    times((value / step + ON_A_STEP).floor(), step)
}

fn up(value: f64, step: f64) -> f64 {
    times((value / step - ON_A_STEP).ceil(), step)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vwis_model::agreement::Measure;

    use super::*;
    use crate::estimate::{Estimate, Parts};

    fn people(value: f64, half_width: f64) -> Figure {
        let sd = half_width / crate::estimate::thresholds::Z_95;
        Estimate::new(Measure::Headcount, value, sd * sd).into()
    }

    #[test]
    fn counts_are_shown_in_tens_fives_or_ones() {
        let shown = |value, half| {
            let shown = DisplayedFigure::of(&people(value, half));
            (shown.value_text().unwrap(), shown.interval_text())
        };
        assert_eq!(
            shown(26_837.0, 52.0),
            ("26,840".into(), "26,785 to 26,890".into())
        );
        assert_eq!(shown(903.0, 18.0), ("905".into(), "885 to 925".into()));
        assert_eq!(shown(903.4, 2.0), ("903".into(), "901 to 906".into()));
    }

    #[test]
    fn wide_shares_are_shown_in_whole_percents() {
        let shown = |half: f64| {
            let figure = Figure::level(Unit::Share, Some(0.171), 0.171 - half, 0.171 + half);
            let shown = DisplayedFigure::of(&figure);
            (shown.value_text(), shown.interval_text())
        };
        assert_eq!(
            shown(0.022),
            (Some("17.1%".into()), "14.9% to 19.3%".into())
        );
        assert_eq!(shown(0.06), (Some("17%".into()), "11% to 24%".into()));
        let noisy = Figure::level(Unit::Share, Some(0.26), 0.03, 0.49);
        assert_eq!(DisplayedFigure::of(&noisy).value_text(), None);
        assert_eq!(DisplayedFigure::of(&noisy).interval_text(), "3% to 49%");
    }

    #[test]
    fn differences_carry_their_sign_and_minus_is_not_a_hyphen() {
        let shown = DisplayedFigure::of(&Figure::difference(Unit::People, -41.0, -62.0, -20.0));
        assert_eq!(
            (shown.value_text().unwrap(), shown.interval_text()),
            ("\u{2212}40".into(), "\u{2212}65 to \u{2212}20".into())
        );
        let up = DisplayedFigure::of(&Figure::difference(Unit::Share, 0.007, -0.025, 0.039));
        assert_eq!(up.between(), "between \u{2212}2.5% and +3.9%");
    }

    #[test]
    fn what_is_exact_says_so_and_an_open_end_is_named() {
        let exact = DisplayedFigure::of(&Figure::exact(Unit::People, 1_234.0));
        assert_eq!(
            (exact.value_text().unwrap(), exact.interval_text()),
            ("1,234".into(), "exact".into())
        );
        let open = DisplayedFigure::of(&Figure::level(Unit::Ratio, Some(1.5), 1.2, f64::INFINITY));
        assert_eq!(open.interval_text(), "1.20 or more");
        // An estimate far below 0 still has noise, so it is not exact.
        assert!(!DisplayedFigure::of(&people(-500.0, 10.0)).is_exact());
    }

    #[test]
    fn an_end_that_excludes_0_never_reads_as_0() {
        let up = DisplayedFigure::of(&Figure::difference(Unit::Share, 0.01, 0.000_4, 0.022));
        assert_eq!(up.interval_text(), "above 0 to +2.2%");
        assert_eq!(up.between(), "above 0, at most +2.2%");
        let down = DisplayedFigure::of(&Figure::difference(Unit::People, -40.0, -78.0, -2.0));
        assert_eq!(down.interval_text(), "\u{2212}80 to below 0");
        let neither = DisplayedFigure::of(&Figure::difference(Unit::People, -40.0, -78.0, 2.0));
        assert_eq!(neither.interval_text(), "\u{2212}80 to +5");
    }

    #[test]
    fn a_part_that_noise_took_below_nobody_is_no_share_of_0() {
        let parts = Parts::new(vec![-40.0, 290.0], |i, j| if i == j { 400.0 } else { 0.0 });
        let share = parts.share(0, 1);
        assert_eq!(share.reliability(), Some(Reliability::OnlyABound));
        let shown = DisplayedFigure::of(&share);
        assert_eq!(shown.value_text(), None);
        assert!(shown.without_value().starts_with("at most "), "{shown:?}");
        let rest = DisplayedFigure::of(&parts.share(1, 0));
        assert!(rest.without_value().starts_with("at least "), "{rest:?}");
        // A group of 0 people, told without noise, is a share of 0.
        let exact = Parts::new(vec![0.0, 290.0], |_, _| 0.0).share(0, 1);
        assert_eq!(
            DisplayedFigure::of(&exact).value_text().as_deref(),
            Some("0.0%")
        );
    }

    proptest! {
        #[test]
        fn what_is_shown_is_in_the_interval_itself_however_narrow(
            value in -200.0..200_000.0_f64, digits in -6_i32..4, of in 0.1..1.0_f64, is_fte in any::<bool>(),
        ) {
            let sd = of * 10_f64.powi(digits);
            let measure = if is_fte { Measure::Fte } else { Measure::Headcount };
            let count = Figure::from(Estimate::new(measure, value, sd * sd));
            let part = value.abs() / 200_000.0;
            let share = Figure::level(Unit::Share, Some(part), part - sd / 1e3, part + sd / 5e3);
            for figure in [count, share] {
                let (low, high) = figure.interval();
                if let Some(shown) = figure.display() {
                    prop_assert!(0.0 <= shown && low <= shown && shown <= high, "{figure:?}: {shown}");
                }
            }
        }

        #[test]
        fn rounding_never_narrows_the_doubt(value in -200.0..200_000.0_f64, half in 0.01..5_000.0_f64) {
            let figure = people(value, half);
            let shown = DisplayedFigure::of(&figure);
            let ((low, high), (lower, upper)) = (figure.interval(), shown.rounded_interval());
            prop_assert!(lower <= low + 1e-6 && high <= upper + 1e-6);
            if let Some(rounded) = shown.value() {
                prop_assert!(rounded >= 0.0 && lower <= rounded && rounded <= upper);
                prop_assert!(rounded - shown.give_or_take() <= value - half + 1e-6);
                prop_assert!(rounded + shown.give_or_take() >= value + half - 1e-6);
            }
        }

        #[test]
        fn a_shares_interval_is_never_narrowed_and_holds_what_is_shown(
            a in 0.0..=1.0_f64, b in 0.0..=1.0_f64, at in 0.0..=1.0_f64,
        ) {
            let (low, high) = (a.min(b), a.max(b));
            let figure = Figure::level(Unit::Share, Some(low + at * (high - low)), low, high);
            let shown = DisplayedFigure::of(&figure);
            let (lower, upper) = shown.rounded_interval();
            prop_assert!(0.0 <= lower && lower <= low + 1e-9 && high <= upper + 1e-9 && upper <= 1.0);
            if let Some(rounded) = shown.value() {
                prop_assert!(lower <= rounded && rounded <= upper);
            }
        }
    }
}
