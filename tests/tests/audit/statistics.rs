//! Exact tests. Each gives the probability of a result at least as odd where nothing is wrong.

use statrs::distribution::{
    Binomial, ChiSquared, ContinuousCDF as _, DiscreteCDF as _, Normal, Poisson,
};

/// Largest false-alarm rate of one check on a correct node. With twenty checks, an audit has a false alarm
/// once in a million.
pub(crate) const ALPHA: f64 = 5e-8;

/// Two-sided probability, from those of the lower and the upper tail: twice the smaller.
fn two_sided(below: f64, above: f64) -> f64 {
    (2.0 * below.min(above)).min(1.0)
}

/// Probability of a standard normal at least as far from 0 as `z`.
pub(crate) fn normal(z: f64) -> f64 {
    (2.0 * Normal::standard().sf(z.abs())).min(1.0)
}

/// The value that a standard normal exceeds with probability `alpha`.
pub(crate) fn normal_quantile_above(alpha: f64) -> f64 {
    -Normal::standard().inverse_cdf(alpha)
}

/// Two-sided probability of a sum of `degrees` squared standard normals as extreme as `sum`.
pub(crate) fn chi_squared(sum: f64, degrees: f64) -> f64 {
    let distribution = ChiSquared::new(degrees).unwrap();
    two_sided(distribution.cdf(sum), distribution.sf(sum))
}

/// The value below which such a sum lies with probability `alpha`. Found by halving, because statrs' own
/// search answers 0 for many degrees.
pub(crate) fn chi_squared_quantile_below(alpha: f64, degrees: f64) -> f64 {
    let distribution = ChiSquared::new(degrees).unwrap();
    let (mut below, mut above) = (0.0, degrees);
    for _ in 0..60 {
        let middle = f64::midpoint(below, above);
        if distribution.cdf(middle) < alpha {
            below = middle;
        } else {
            above = middle;
        }
    }
    below
}

/// Two-sided probability of `hits` in `trials` of probability `p`.
pub(crate) fn binomial(hits: u64, trials: u64, p: f64) -> f64 {
    let distribution = Binomial::new(p, trials).unwrap();
    let at_least = hits
        .checked_sub(1)
        .map_or(1.0, |less| distribution.sf(less));
    two_sided(distribution.cdf(hits), at_least)
}

/// Probability of at least `events` where `expected` are expected.
pub(crate) fn poisson_at_least(events: u64, expected: f64) -> f64 {
    match events.checked_sub(1) {
        None => 1.0,
        Some(less) => Poisson::new(expected).unwrap().sf(less),
    }
}

/// Probability of counts at least as far from `expected` (Pearson).
///
/// Returns 1 where any bin expects fewer than 100: Pearson's statistic is not close enough to chi-square as
/// far out as [`ALPHA`] there.
pub(crate) fn goodness_of_fit(counts: &[u64], expected: &[f64]) -> f64 {
    if expected.iter().any(|expected| *expected < 100.0) {
        return 1.0;
    }
    let statistic: f64 = counts
        .iter()
        .zip(expected)
        .map(|(&count, expected)| (count as f64 - expected).powi(2) / expected)
        .sum();
    let degrees = (counts.len() - 1) as f64;
    ChiSquared::new(degrees).unwrap().sf(statistic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!(
            (found / expected - 1.0).abs() < 1e-3,
            "{found} and {expected}"
        );
    }

    #[test]
    fn known_values_are_met_as_far_out_as_alpha() {
        close(normal(4.8916), 1e-6);
        close(normal(-1.959_964), 0.05);
        close(normal_quantile_above(1e-6), 4.7534);
        // With one degree of freedom it is a squared normal, so both tails count.
        close(chi_squared(4.8916_f64.powi(2), 1.0), 2e-6);
        close(
            chi_squared(1e-12, 1.0),
            2.0 * 1e-6 * (2.0 / std::f64::consts::PI).sqrt(),
        );
        close(chi_squared_quantile_below(0.05, 10.0), 3.9403);
        // Compared with Wilson and Hilferty's approximation, which is good for this many degrees.
        for degrees in [2e4, 8e5] {
            let ninth: f64 = 2.0 / (9.0 * degrees);
            let root = 1.0 - ninth - normal_quantile_above(1e-8) * ninth.sqrt();
            close(
                chi_squared_quantile_below(1e-8, degrees),
                degrees * root.powi(3),
            );
        }
        // Compared with the series of the incomplete gamma function, summed elsewhere.
        close(chi_squared(0.86 * 2328.0, 2328.0), 2.0 * 2.726_584e-7);
        close(chi_squared(0.9025 * 3492.0, 3492.0), 2.0 * 1.296_791e-5);
        assert!(chi_squared(60_000.0, 60_000.0) > 0.99);
        assert!(chi_squared(61_900.0, 60_000.0) < 1e-6);
        assert!(chi_squared(58_100.0, 60_000.0) < 1e-6);
        close(binomial(0, 20, 0.5), 2.0 * 0.5_f64.powi(20));
        close(binomial(20, 20, 0.5), 2.0 * 0.5_f64.powi(20));
        assert!((binomial(10, 20, 0.5) - 1.0).abs() < 1e-9);
        close(poisson_at_least(1, 1e-6), 1e-6);
        close(poisson_at_least(3, 1.0), 0.0803);
        close(poisson_at_least(0, 1.0), 1.0);
    }

    #[test]
    fn bins_are_judged_only_where_they_hold_enough() {
        assert!(goodness_of_fit(&[1000; 4], &[1000.0; 4]) > 0.99);
        assert!(goodness_of_fit(&[4000, 0, 0, 0], &[1000.0; 4]) < ALPHA);
        assert!(goodness_of_fit(&[396, 0, 0, 0], &[99.0; 4]) > 0.99);
        // Two bins are one normal: (1100 − 1000)² / 1000 counts twice, so z² = 20.
        close(
            goodness_of_fit(&[1100, 900], &[1000.0; 2]),
            normal(20_f64.sqrt()),
        );
    }
}
