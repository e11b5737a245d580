//! The ticks of a logarithmic scale.

use super::MOST_TICKS;

/// Choices of ticks within a power of ten, the closest first.
const WITHIN_TEN: [&[f64]; 3] = [
    &[1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0],
    &[1.0, 2.0, 5.0],
    &[1.0],
];
/// The most powers of ten on one scale, counted from its upper end down.
const MOST_POWERS: i32 = 4;
/// How near to a tick, relative to it, a value counts as on it, so that a rounding error does not move it.
const ON_A_TICK: f64 = 1e-9;

/// Ticks around a lower and an upper end: few, but at least two. A lower end at 0, which no logarithm
/// reaches, becomes a tenth of the upper end, or of 1 if that is less.
pub(super) fn ticks((low, high): (f64, f64)) -> Vec<f64> {
    let high = if high > 0.0 { high } else { 1.0 };
    let low = if low > 0.0 { low } else { high.min(1.0) / 10.0 };
    let low = low.max(high / 10_f64.powi(MOST_POWERS - 1));
    let around = |within: &[f64]| -> Vec<f64> {
        let mut ticks = all(within, (low, high));
        let below = |tick: &f64| *tick <= low * (1.0 + ON_A_TICK);
        let above = |tick: &f64| *tick >= high * (1.0 - ON_A_TICK);
        let first = ticks.iter().rposition(below).unwrap_or(0);
        let last = ticks.iter().position(above).unwrap_or(ticks.len() - 1);
        // A single value gets room on both sides.
        let (first, last) = if first < last {
            (first, last)
        } else {
            (last.saturating_sub(1), first + 1)
        };
        ticks.truncate(last + 1);
        ticks.drain(..first);
        ticks
    };
    let mut choices = WITHIN_TEN.map(around).into_iter();
    choices
        .find(|ticks| ticks.len() <= MOST_TICKS)
        .expect("four powers of ten have five ticks at most")
}

/// All ticks from well below the lower end to well above the upper end.
fn all(within: &[f64], (low, high): (f64, f64)) -> Vec<f64> {
    let power = |value: f64| value.log10().floor();
    let mut ticks = Vec::new();
    let mut exponent = power(low) - 1.0;
    while exponent <= power(high) + 1.0 {
        // Below 1 divide instead of multiplying: 2 / 10 is the double nearest to 0.2.
        let at = |&times: &f64| {
            if exponent < 0.0 {
                times / 10_f64.powf(-exponent)
            } else {
                times * 10_f64.powf(exponent)
            }
        };
        ticks.extend(within.iter().map(at));
        exponent += 1.0;
    }
    ticks
}
