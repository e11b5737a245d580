#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "statistics over bounded draws"
)]

use std::collections::BTreeMap;

use dashu::rational::RBig;
use opendp::traits::samplers::sample_discrete_gaussian;
use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};

use super::*;

/// False-alarm rate of each test below.
const ALPHA: f64 = 1e-6;

fn draws(gamma: u64, count: usize) -> Vec<i64> {
    let mut sampler = DiscreteGaussianSampler::new(gamma).unwrap();
    (0..count).map(|_| sampler.draw().unwrap()).collect()
}

fn chi_square_bound(degrees: usize) -> f64 {
    ChiSquared::new(degrees as f64)
        .unwrap()
        .inverse_cdf(1.0 - ALPHA)
}

/// Two-sided bound on a standard normal statistic.
fn z_bound() -> f64 {
    Normal::standard().inverse_cdf(1.0 - ALPHA / 2.0)
}

/// Exact probabilities of the discrete Gaussian on −limit..=limit; the rest is below 1e-30.
fn exact(gamma: f64, limit: i64) -> BTreeMap<i64, f64> {
    let weight = |x: i64| (-((x * x) as f64) / (2.0 * gamma * gamma)).exp();
    let total: f64 = (-limit..=limit).map(weight).sum();
    (-limit..=limit).map(|x| (x, weight(x) / total)).collect()
}

#[test]
fn draws_follow_the_exact_probabilities() {
    const DRAWS: usize = 400_000;
    for gamma in [16_u64, 17, 31] {
        let probabilities = exact(gamma as f64, 13 * gamma.cast_signed());
        let mut counts: BTreeMap<i64, f64> = BTreeMap::new();
        for draw in draws(gamma, DRAWS) {
            *counts.entry(draw).or_default() += 1.0;
        }
        // Values expected at least 20 times have a cell of their own; the two tails together are one more.
        let (mut statistic, mut cells, mut rest_seen, mut rest_expected) = (0.0, 0, 0.0, 0.0);
        for (value, probability) in &probabilities {
            let expected = probability * DRAWS as f64;
            let seen = counts.remove(value).unwrap_or_default();
            if expected >= 20.0 {
                statistic += (seen - expected).powi(2) / expected;
                cells += 1;
            } else {
                rest_seen += seen;
                rest_expected += expected;
            }
        }
        assert!(counts.is_empty(), "draws beyond thirteen scales");
        statistic += (rest_seen - rest_expected).powi(2) / rest_expected;
        assert!(
            statistic < chi_square_bound(cells),
            "gamma {gamma}: {statistic} over {cells} degrees"
        );
    }
}

#[test]
fn draws_follow_opendps_own_sampler() {
    const DRAWS: usize = 60_000;
    let gamma = 20_u64;
    let scale = RBig::from(gamma);
    let bin = |value: i64| value.clamp(-60, 60).div_euclid(3);
    let mut table: BTreeMap<i64, [f64; 2]> = BTreeMap::new();
    for draw in draws(gamma, DRAWS) {
        table.entry(bin(draw)).or_default()[0] += 1.0;
    }
    for _ in 0..DRAWS {
        let draw = sample_discrete_gaussian(scale.clone()).unwrap();
        table.entry(bin(i64::try_from(draw).unwrap())).or_default()[1] += 1.0;
    }
    let statistic: f64 = table
        .values()
        .map(|[ours, theirs]| (ours - theirs).powi(2) / (ours + theirs))
        .sum();
    assert!(statistic < chi_square_bound(table.len() - 1), "{statistic}");
}

/// At the γ of FTE (about 2³³) single values are too rare to be counted, so moments and a histogram in units
/// of γ are tested.
#[test]
fn draws_keep_their_scale_at_the_gamma_of_fte() {
    const DRAWS: usize = 200_000;
    for gamma in [1 << 33, MAX_GAMMA] {
        let scaled: Vec<f64> = draws(gamma, DRAWS)
            .iter()
            .map(|draw| *draw as f64 / gamma as f64)
            .collect();
        let n = DRAWS as f64;
        let mean = scaled.iter().sum::<f64>() / n;
        assert!(mean.abs() * n.sqrt() < z_bound(), "mean {mean}");
        let sum_of_squares: f64 = scaled.iter().map(|x| x * x).sum();
        let z = (sum_of_squares - n) / (2.0 * n).sqrt();
        assert!(z.abs() < z_bound(), "variance {}", sum_of_squares / n);

        let normal = Normal::standard();
        let mut bins = [0.0; 42];
        for x in &scaled {
            bins[((x.clamp(-4.0, 4.0) + 4.0) * 5.0) as usize + 1] += 1.0;
        }
        let mut statistic = 0.0;
        for (index, seen) in bins.iter().enumerate().skip(1) {
            let low = (index as f64 - 1.0) / 5.0 - 4.0;
            let probability = match index {
                1 => normal.cdf(low + 0.2),
                40 => normal.cdf(4.0) - normal.cdf(low),
                41 => 1.0 - normal.cdf(4.0),
                _ => normal.cdf(low + 0.2) - normal.cdf(low),
            };
            let expected = probability * n;
            statistic += (seen - expected).powi(2) / expected;
        }
        assert!(statistic < chi_square_bound(40), "{statistic}");
    }
}

#[test]
fn low_bits_and_signs_are_fair_at_large_gamma() {
    const DRAWS: usize = 100_000;
    let drawn = draws(1 << 33, DRAWS);
    for modulus in [2_i64, 16] {
        let mut bins = vec![0.0; usize::try_from(modulus).unwrap()];
        for draw in &drawn {
            bins[usize::try_from(draw.rem_euclid(modulus)).unwrap()] += 1.0;
        }
        let expected = DRAWS as f64 / modulus as f64;
        let statistic: f64 = bins.iter().map(|b| (b - expected).powi(2) / expected).sum();
        assert!(
            statistic < chi_square_bound(bins.len() - 1),
            "mod {modulus}: {statistic}"
        );
    }
    let negative = drawn.iter().filter(|draw| **draw < 0).count() as f64;
    let z = (negative - DRAWS as f64 / 2.0) / (DRAWS as f64 / 4.0).sqrt();
    assert!(z.abs() < z_bound());
}

#[test]
fn a_gamma_out_of_bounds_is_refused() {
    for gamma in [0, 1, MIN_GAMMA - 1, MAX_GAMMA + 1, u64::MAX] {
        assert!(DiscreteGaussianSampler::new(gamma).is_err(), "{gamma}");
    }
}
