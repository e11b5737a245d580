//! Whether the integers themselves are as random as they should be.

use super::{
    super::{
        sample::Sample,
        statistics::{binomial, goodness_of_fit, poisson_at_least},
    },
    Verdict,
};

/// Checks pairs of equal noise in each series, anywhere and at the same cell of two measurements.
///
/// Two draws of N(0, γ²) are equal with probability 1 / (2√π γ), so n draws have some n² / (4√π γ) equal
/// pairs, nearly Poisson distributed.
pub(super) fn repeats(sample: &Sample) -> Verdict {
    let series = sample.layout.series.iter();
    Verdict::least(series.flat_map(|series| {
        let equal = 1.0 / (2.0 * std::f64::consts::PI.sqrt() * series.gamma as f64);
        let part = |found: u64, pairs: f64, what: &str| {
            let name = &series.name;
            let expected = pairs * equal;
            let p = poisson_at_least(found, expected);
            (
                p,
                format!("{name}: {found} equal pairs {what}, {expected:.2e} expected"),
            )
        };
        let mut all: Vec<i64> = sample.integers(series.cells.clone()).collect();
        let anywhere = part(equal_pairs(&mut all), pairs(all.len()), "anywhere");
        let at_cells = series.cells.clone().map(|cell| {
            let mut column: Vec<i64> = sample.integers(cell..cell + 1).collect();
            (equal_pairs(&mut column), pairs(column.len()))
        });
        let (found, pairs) = at_cells.fold((0, 0.0), |(found, all), (more, pairs)| {
            (found + more, all + pairs)
        });
        // A single measurement has no pairs at the same cell.
        let at_cells = (pairs > 0.0).then(|| part(found, pairs, "at the same cell"));
        std::iter::once(anywhere).chain(at_cells)
    }))
}

fn pairs(count: usize) -> f64 {
    let count = count as f64;
    count * (count - 1.0) / 2.0
}

fn equal_pairs(values: &mut [i64]) -> u64 {
    values.sort_unstable();
    let runs = values.chunk_by(|a, b| a == b);
    runs.map(|run| (run.len() * (run.len() - 1) / 2) as u64)
        .sum()
}

pub(super) fn parity(sample: &Sample) -> Verdict {
    let series = sample.layout.series.iter();
    Verdict::least(series.map(|series| {
        let integers = sample.integers(series.cells.clone());
        let (odd, all) = integers.fold((0, 0), |(odd, all), z| {
            (odd + u64::from(z % 2 != 0), all + 1)
        });
        (
            binomial(odd, all, 0.5),
            format!("{}: {odd} odd of {all}", series.name),
        )
    }))
}

pub(super) fn sixteens(sample: &Sample) -> Verdict {
    let series = sample.layout.series.iter();
    Verdict::least(series.map(|series| {
        let mut remainders = Remainders::default();
        remainders.see(16, sample.integers(series.cells.clone()));
        remainders.part(&series.name)
    }))
}

/// Checks remainders by the weight w where γ ≥ w: there they are uniform to 1 in 10⁸.
pub(super) fn weights(sample: &Sample) -> Verdict {
    let series = sample.layout.series.iter();
    Verdict::least(series.map(|series| {
        let mut remainders = Remainders::default();
        let spans = sample.layout.spans.iter();
        for span in spans.filter(|span| series.cells.contains(&span.cells.start)) {
            if span.gamma >= span.weight {
                remainders.see(span.weight, sample.integers(span.cells.clone()));
            }
        }
        remainders.part(&series.name)
    }))
}

/// Remainders counted in sixteen bins.
#[derive(Default)]
struct Remainders {
    counts: [u64; 16],
    expected: [f64; 16],
}

impl Remainders {
    /// Adds the remainders of `values` by `modulus`.
    fn see(&mut self, modulus: u64, values: impl Iterator<Item = i64>) {
        let modulus = u128::from(modulus);
        let mut seen = 0.0;
        for value in values {
            let remainder = i128::from(value).rem_euclid(modulus.cast_signed());
            let bin = remainder.cast_unsigned() * 16 / modulus;
            self.counts[usize::try_from(bin).unwrap()] += 1;
            seen += 1.0;
        }
        // Where 16 does not divide the modulus, some bins are wider by one than others.
        for (expected, bin) in self.expected.iter_mut().zip(0..) {
            let width = ((bin + 1) * modulus).div_ceil(16) - (bin * modulus).div_ceil(16);
            *expected += seen * width as f64 / modulus as f64;
        }
    }

    fn part(&self, name: &str) -> (f64, String) {
        let Self { counts, expected } = self;
        let range = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
        let p = goodness_of_fit(counts, expected);
        (
            p,
            format!("{name}: {} to {} in each of 16 bins", range.0, range.1),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Check, *};
    use crate::audit::synthetic;

    #[test]
    fn each_sees_integers_that_are_not_random() {
        let right = synthetic::sample(16, 40, |draw| draw.normal);
        for check in [
            Check::Repeats,
            Check::Parity,
            Check::Sixteens,
            Check::Weights,
        ] {
            let verdict = check.look(&right);
            assert!(verdict.held, "{check:?}: {verdict:?}");
        }
        let multiples = |of: f64| {
            synthetic::sample(17, 20, move |draw| {
                (draw.normal * draw.gamma / of).round() * of / draw.gamma
            })
        };
        assert!(!parity(&multiples(2.0)).held);
        assert!(!sixteens(&multiples(4.0)).held);
        let of_weight = synthetic::sample(18, 20, |draw| {
            (draw.normal * draw.gamma / draw.weight).round() * draw.weight / draw.gamma
        });
        assert!(!weights(&of_weight).held);
        let mut first = Vec::new();
        let repeated = synthetic::sample(19, 2, move |draw| {
            if draw.observation == 0 {
                first.push(draw.normal);
            }
            first[draw.cell]
        });
        assert!(!repeats(&repeated).held);
    }
}
