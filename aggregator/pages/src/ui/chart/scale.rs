//! Scales: from values to places, with few round ticks.

mod multiples;

use crate::estimate::{Figure, Unit};

/// The most ticks on one axis.
const MOST_TICKS: usize = 5;
/// The steps between ticks, within a power of ten.
const STEPS: [f64; 5] = [1.0, 2.0, 2.5, 5.0, 10.0];
/// A figure that is too noisy may widen a scale to this multiple of the shown figures, but not further: an
/// interval without end must not flatten all others.
const NOISY_WIDENS_TO: f64 = 1.5;
/// The tolerance for rounding errors, in steps or as a part of the scale.
const ON_A_STEP: f64 = 1e-6;

/// A scale from its first tick to its last.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    unit: Unit,
    from: f64,
    to: f64,
    ticks: Vec<f64>,
    spacing: Spacing,
}

/// The distance between ticks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Spacing {
    /// Linear: ticks differ by this step.
    Step(f64),
    /// Logarithmic: the distance of two ticks follows from their ratio.
    Multiple,
}

/// The values that a scale must show.
#[derive(Clone, Debug, Default)]
pub(super) struct Extent {
    shown: Option<(f64, f64)>,
    noisy: Option<(f64, f64)>,
}

// === impl Extent ===

impl Extent {
    /// Makes the extent hold the figure's interval as well.
    pub(super) fn hold(&mut self, figure: &Figure) {
        let (low, high) = figure.interval();
        let high = if high.is_finite() {
            high
        } else {
            figure.value().unwrap_or(low).max(low)
        };
        let side = if figure.is_shown() {
            &mut self.shown
        } else {
            &mut self.noisy
        };
        *side = Some(joined(*side, low, high));
    }

    /// Makes the extent hold a value without doubt as well.
    pub(super) fn hold_value(&mut self, value: f64) {
        if value.is_finite() {
            self.shown = Some(joined(self.shown, value, value));
        }
    }

    /// The lowest and the highest value; 0 to 1 where there is none.
    fn ends(&self) -> (f64, f64) {
        match (self.shown, self.noisy) {
            (Some((low, high)), Some((noisy_low, noisy_high))) => {
                let reach = NOISY_WIDENS_TO * low.abs().max(high.abs());
                let reach = if reach > 0.0 { reach } else { f64::INFINITY };
                (
                    low.min(noisy_low.max(-reach)),
                    high.max(noisy_high.min(reach)),
                )
            }
            (Some(ends), None) | (None, Some(ends)) => ends,
            (None, None) => (0.0, 1.0),
        }
    }
}

fn joined(ends: Option<(f64, f64)>, low: f64, high: f64) -> (f64, f64) {
    ends.map_or((low, high), |(least, most)| {
        (least.min(low), most.max(high))
    })
}

// === impl Scale ===

impl Scale {
    /// A scale over an extent, and also over 0 if `with_zero`.
    pub(super) fn over(unit: Unit, extent: &Extent, with_zero: bool) -> Self {
        Self::with_ticks(unit, extent, with_zero, MOST_TICKS)
    }

    /// A scale over an extent, with at most `most` ticks.
    pub(super) fn with_ticks(unit: Unit, extent: &Extent, with_zero: bool, most: usize) -> Self {
        let (mut low, mut high) = extent.ends();
        if with_zero {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        if high - low < unit.step() {
            // There is only one value, so leave some room above it.
            high = low + 10.0 * unit.step();
        }
        let least_step = if matches!(unit, Unit::People | Unit::Fte) {
            1.0
        } else {
            0.0
        };
        let gaps = as_f64(most.max(2) - 1);
        let mut power = 10_f64.powf(((high - low) / gaps).log10().floor() - 1.0);
        loop {
            for step in STEPS.map(|step| step * power) {
                let first = (low / step + ON_A_STEP).floor();
                let last = (high / step - ON_A_STEP).ceil();
                if step >= least_step && last - first <= gaps {
                    let count = count_of(last - first).max(1);
                    let ticks = (0..=count).map(|tick| (first + as_f64(tick)) * step);
                    return Self::through(unit, ticks.collect(), Spacing::Step(step));
                }
            }
            power *= 10.0;
        }
    }

    /// A logarithmic scale over an extent above 0: ½ and 2 are equally far from 1.
    pub(super) fn of_multiples(unit: Unit, extent: &Extent) -> Self {
        Self::through(unit, multiples::ticks(extent.ends()), Spacing::Multiple)
    }

    /// A scale through these ticks, of which there are at least two.
    fn through(unit: Unit, ticks: Vec<f64>, spacing: Spacing) -> Self {
        Self {
            unit,
            from: ticks[0],
            to: ticks[ticks.len() - 1],
            ticks,
            spacing,
        }
    }

    /// Where a value stands on the scale, 0 to 1. Values beyond the scale stand at its ends.
    pub(super) fn at(&self, value: f64) -> f64 {
        let place = self.place(value);
        if place.is_nan() {
            return 0.0;
        }
        place.clamp(0.0, 1.0)
    }

    /// Whether a value lies on the scale.
    pub(super) fn holds(&self, value: f64) -> bool {
        (-ON_A_STEP..=1.0 + ON_A_STEP).contains(&self.place(value))
    }

    /// Where a value stands; below 0 or above 1 if it lies beyond the scale.
    fn place(&self, value: f64) -> f64 {
        match self.spacing {
            Spacing::Step(_) => (value - self.from) / (self.to - self.from),
            Spacing::Multiple => (value.max(0.0) / self.from).ln() / (self.to / self.from).ln(),
        }
    }

    /// Whether a tick stands at 0.
    pub(super) fn is_zero(&self, tick: f64) -> bool {
        match self.spacing {
            Spacing::Step(step) => tick.abs() < ON_A_STEP * step,
            Spacing::Multiple => false,
        }
    }

    /// The ticks in ascending order.
    pub(super) fn ticks(&self) -> impl ExactSizeIterator<Item = f64> {
        self.ticks.iter().copied()
    }

    /// The label of a tick, with no more decimals than the step has.
    pub(super) fn text(&self, tick: f64) -> String {
        // Near 0, show 0 instead of a rounding error.
        let tick = if self.is_zero(tick) { 0.0 } else { tick };
        let (times, suffix) = match self.unit {
            Unit::Share | Unit::Rate if tick == 0.0 && self.from < 0.0 => (100.0, ""),
            Unit::Share | Unit::Rate => (100.0, "%"),
            Unit::People | Unit::Fte => return signless(&Unit::People.text(tick)),
            Unit::Ratio | Unit::Score => (1.0, ""),
        };
        let decimals = match self.spacing {
            Spacing::Step(step) => decimals_of(step * times),
            Spacing::Multiple => decimals_of(tick * times),
        };
        let text = format!("{:.decimals$}", tick * times);
        let text = match text.split_once('.') {
            Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
            _ => &text,
        };
        signless(&format!("{text}{suffix}"))
    }

    /// The label of a tick of a change, with a plus sign above 0.
    pub(super) fn signed(&self, tick: f64) -> String {
        let text = self.text(tick);
        if tick > 0.0 && !self.is_zero(tick) {
            format!("+{text}")
        } else {
            text
        }
    }

    /// A sentence for beneath the title, where the scale does not start at 0.
    pub(super) fn start_in_words(&self) -> Option<String> {
        match self.spacing {
            Spacing::Multiple => {
                Some("On this scale a half is as far from 1 as twice is".to_owned())
            }
            Spacing::Step(_) => {
                (self.from > 0.0).then(|| format!("The scale starts at {}", self.text(self.from)))
            }
        }
    }
}

fn signless(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

fn decimals_of(step: f64) -> usize {
    (0..4)
        .find(|decimals| {
            let scaled = step * 10_f64.powi(*decimals);
            (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1.0)
        })
        .map_or(4, |decimals| usize::try_from(decimals).unwrap_or(4))
}

/// The number of some marks as a float: marks are few, so this is exact.
pub(super) fn as_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn count_of(steps: f64) -> usize {
    (0..=MOST_TICKS)
        .find(|count| as_f64(*count) + 0.5 > steps)
        .unwrap_or(MOST_TICKS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn over(unit: Unit, low: f64, high: f64, with_zero: bool) -> Scale {
        let mut extent = Extent::default();
        extent.hold_value(low);
        extent.hold_value(high);
        Scale::over(unit, &extent, with_zero)
    }

    fn texts(scale: &Scale) -> Vec<String> {
        scale.ticks().map(|tick| scale.text(tick)).collect()
    }

    #[test]
    fn ticks_are_few_and_round() {
        assert_eq!(
            texts(&over(Unit::People, 310.0, 26_895.0, true)),
            ["0", "10,000", "20,000", "30,000"]
        );
        assert_eq!(
            texts(&over(Unit::Share, 0.171, 0.243, false)),
            ["15%", "17.5%", "20%", "22.5%", "25%"]
        );
        assert_eq!(
            texts(&over(Unit::Share, -0.043, 0.02, true)),
            ["\u{2212}6%", "\u{2212}4%", "\u{2212}2%", "0", "2%"]
        );
    }

    #[test]
    fn a_half_is_as_far_from_parity_as_twice() {
        let mut extent = Extent::default();
        extent.hold(&Figure::level(Unit::Ratio, Some(1.4), 1.2, 1.9));
        extent.hold_value(1.0);
        let near = Scale::of_multiples(Unit::Ratio, &extent);
        assert_eq!(texts(&near), ["1", "1.2", "1.5", "2"]);
        extent.hold(&Figure::level(Unit::Ratio, Some(2.0), 0.5, 3.0));
        let wide = Scale::of_multiples(Unit::Ratio, &extent);
        assert_eq!(texts(&wide), ["0.5", "1", "2", "5"]);
        assert!((wide.at(2.0) - wide.at(1.0) - wide.at(1.0)).abs() < 1e-12);
        // The lower end lies beyond the scale: the whisker goes to the edge.
        assert!(!wide.holds(0.0) && wide.at(0.0) == 0.0);
    }

    #[test]
    fn where_a_scale_starts_is_said() {
        let near = over(Unit::People, 84_846.0, 86_834.0, false);
        assert_eq!(
            near.start_in_words(),
            Some("The scale starts at 84,000".to_owned())
        );
        assert_eq!(over(Unit::People, 0.0, 5.0, true).start_in_words(), None);
    }

    #[test]
    fn what_is_too_noisy_does_not_flatten_the_rest() {
        let mut extent = Extent::default();
        extent.hold(&Figure::level(Unit::Ratio, Some(1.2), 1.1, 1.3));
        extent.hold(&Figure::level(Unit::Ratio, Some(5.0), 0.2, 90.0));
        extent.hold(&Figure::level(Unit::Ratio, None, 0.2, f64::INFINITY));
        assert!(Scale::over(Unit::Ratio, &extent, true).to <= 2.5);
    }

    proptest! {
        #[test]
        fn a_scale_holds_its_extent_with_two_to_five_rising_ticks(
            low in -1e5..1e5_f64, width in 0.0..1e6_f64, with_zero: bool,
        ) {
            let scale = over(Unit::Ratio, low, low + width, with_zero);
            prop_assert!(scale.holds(low) && scale.holds(low + width));
            let ticks: Vec<_> = scale.ticks().collect();
            prop_assert!((2..=MOST_TICKS).contains(&ticks.len()), "{:?}", ticks);
            prop_assert!(ticks.windows(2).all(|pair| pair[0] < pair[1]));
            let places: Vec<_> = ticks.iter().map(|tick| scale.at(*tick)).collect();
            prop_assert!(places.iter().all(|place| (0.0..=1.0).contains(place)));
        }

        #[test]
        fn multiples_have_two_to_five_rising_ticks_around_all_there_is(
            low in 0.0..20.0_f64, factor in 1.0..1e4_f64,
        ) {
            let mut extent = Extent::default();
            extent.hold_value(low);
            extent.hold_value(low * factor);
            let scale = Scale::of_multiples(Unit::Ratio, &extent);
            let ticks: Vec<_> = scale.ticks().collect();
            prop_assert!((2..=MOST_TICKS).contains(&ticks.len()), "{:?}", ticks);
            prop_assert!(ticks.windows(2).all(|pair| 0.0 < pair[0] && pair[0] < pair[1]));
            prop_assert!(scale.holds(low * factor) || low == 0.0);
            prop_assert!((0.0..=1.0).contains(&scale.at(0.0)) && (0.0..=1.0).contains(&scale.at(f64::INFINITY)));
        }

        #[test]
        fn shares_never_need_a_scale_beyond_all(a in 0.0..=1.0_f64, b in 0.0..=1.0_f64) {
            let scale = over(Unit::Share, a.min(b), a.max(b), false);
            prop_assert!(scale.from >= 0.0 && scale.to <= 1.0 + 1e-9);
        }
    }
}
