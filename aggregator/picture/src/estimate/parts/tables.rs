//! Tables of the normal distribution: precise enough for the points of an integral, and ten times as fast.

use std::sync::LazyLock;

use statrs::distribution::{ContinuousCDF as _, Normal};

/// The lowest tabled value: the tail below it has no mass that a double can tell from 0.
pub(super) const LOWEST: f64 = -30.0;
/// The highest tabled value: all mass but a billionth lies below it.
pub(super) const HIGHEST: f64 = 6.0;
/// The distance between two entries.
const STEP: f64 = 1.0 / 64.0;

/// The logarithm of the mass below a value.
static LOG_BELOW: LazyLock<Table> = LazyLock::new(|| {
    let normal = Normal::standard();
    Table::of(LOWEST, HIGHEST, |x| normal.cdf(x).ln())
});

/// The value above which a tail of at most half the mass lies. The argument is the root of the tail's
/// negative logarithm, in which the value is almost linear.
static OF_TAIL: LazyLock<Table> = LazyLock::new(|| {
    let normal = Normal::standard();
    let smallest = root(f64::MIN_POSITIVE);
    let of_root = |root: f64| -normal.inverse_cdf((-root * root).exp().max(f64::MIN_POSITIVE));
    Table::of(root(0.5), smallest, of_root)
});

/// A function tabled at even steps, linear between them.
struct Table {
    start: f64,
    values: Vec<f64>,
}

fn root(tail: f64) -> f64 {
    (-tail.ln()).sqrt()
}

/// The mass below `x`, with a relative error of at most a ten-thousandth. Outside [`LOWEST`] to [`HIGHEST`]
/// it is the mass at the nearer of the two.
pub(super) fn below(x: f64) -> f64 {
    LOG_BELOW.at(x).exp()
}

/// The value above which this much of the mass lies, to within a ten-thousandth of an sd.
pub(super) fn value_of_tail(tail: f64) -> f64 {
    if tail <= 0.5 {
        OF_TAIL.at(root(tail.max(f64::MIN_POSITIVE)))
    } else {
        -OF_TAIL.at(root((1.0 - tail).max(f64::MIN_POSITIVE)))
    }
}

// === impl Table ===

impl Table {
    fn of(start: f64, end: f64, f: impl Fn(f64) -> f64) -> Self {
        let steps = ((end - start) / STEP).ceil();
        let mut values = Vec::new();
        let mut step = 0.0;
        while step <= steps {
            values.push(f(start + step * STEP));
            step += 1.0;
        }
        Self { start, values }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in the table"
    )]
    fn at(&self, x: f64) -> f64 {
        let place = ((x - self.start) / STEP).max(0.0);
        let index = (place as usize).min(self.values.len() - 2);
        let (from, to) = (self.values[index], self.values[index + 1]);
        from + (place - place.floor()).min(1.0) * (to - from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_within_a_ten_thousandth() {
        let normal = Normal::standard();
        for x in (-2999..600).map(|x| f64::from(x) / 100.0 + 0.003) {
            let exact = normal.cdf(x);
            assert!((below(x) / exact - 1.0).abs() < 1e-4, "{x}");
            assert!((value_of_tail(exact) + x).abs() < 1e-4, "{x}");
        }
        for x in (-600..3000).map(|x| f64::from(x) / 100.0 + 0.003) {
            let tail = normal.cdf(-x);
            assert!((value_of_tail(tail) - x).abs() < 1e-4, "{x}: {tail}");
        }
    }
}
