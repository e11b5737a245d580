//! Whether the noise has a normal distribution, far out and in between.
//!
//! At γ ≥ 2²⁰ a discrete Gaussian cannot be told from a continuous one.

use statrs::distribution::{ContinuousCDF as _, Normal};

use super::{
    super::{
        sample::Sample,
        statistics::{binomial, goodness_of_fit},
    },
    Verdict,
};

/// Distances from 0 beyond which values are counted, in units of γ.
const THRESHOLDS: [f64; 6] = [2.0, 2.5, 3.0, 3.5, 4.0, 4.2];
/// Number of equally probable bins.
const BINS: usize = 64;

pub(super) fn tails(sample: &Sample) -> Verdict {
    let draws = sample.draws() as u64;
    Verdict::least(THRESHOLDS.map(|threshold| {
        let beyond = sample.noise(sample.all()).filter(|z| z.abs() > threshold);
        let beyond = beyond.count() as u64;
        let probability = 2.0 * Normal::standard().sf(threshold);
        let expected = probability * draws as f64;
        let p = binomial(beyond, draws, probability);
        (
            p,
            format!("{beyond} beyond {threshold} γ, {expected:.1} expected"),
        )
    }))
}

pub(super) fn bins(sample: &Sample) -> Verdict {
    let normal = Normal::standard();
    let edges: Vec<f64> = (1..BINS)
        .map(|edge| normal.inverse_cdf(edge as f64 / BINS as f64))
        .collect();
    let mut counts = [0; BINS];
    for z in sample.noise(sample.all()) {
        counts[edges.partition_point(|edge| *edge < z)] += 1;
    }
    let p = goodness_of_fit(&counts, &[sample.draws() as f64 / BINS as f64; BINS]);
    let range = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
    Verdict::least([(
        p,
        format!("{} to {} in each of {BINS} bins", range.0, range.1),
    )])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::synthetic;

    #[test]
    fn both_see_what_is_no_normal() {
        let right = synthetic::sample(13, 40, |draw| draw.normal);
        for look in [tails, bins] {
            let verdict = look(&right);
            assert!(verdict.held, "{verdict:?}");
        }
        let cut = synthetic::sample(14, 8, |draw| draw.normal.clamp(-2.4, 2.4));
        assert!(!tails(&cut).held);
        // Faulty noise: a Laplace distribution of the same variance.
        let laplace = synthetic::sample(15, 40, |draw| {
            let tail = 2.0 * Normal::standard().sf(draw.normal.abs());
            -draw.normal.signum() * tail.ln() / f64::sqrt(2.0)
        });
        assert!(!tails(&laplace).held);
        assert!(!bins(&laplace).held);
    }
}
