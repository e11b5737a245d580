//! How often the best guess about one person can be right: what a privacy loss means for that person.
//!
//! Somebody knows all other records, and to them it is a coin toss whether this person is in the data. Each
//! released number is Gaussian, with the same spread in both cases and different means. Together the numbers
//! are one Gaussian whose means lie `sqrt(2 rho)` spreads apart (Gaussian differential privacy: Dong, Roth
//! and Su, J. R. Statist. Soc. B 84, 2022; a Gaussian mechanism of ρ-zCDP has μ = √(2ρ)).
//!
//! The best rule guesses the nearer mean and is right with probability `Φ(sqrt(2 rho) / 2)`. No rule is
//! better: that is `1/2 + TV/2`, where `TV = 2 Φ(sqrt(2 rho) / 2) - 1` is the total variation distance of the
//! two cases.
//!
//! The noise is in truth a Gaussian of whole numbers. With spreads such as ours the difference is far less
//! than what rounding up adds; a test adds both distributions up.

use statrs::distribution::{ContinuousCDF as _, Normal};
use vwis_model::rho::Rho;

/// How many of 100 guesses are right at best, for a privacy loss of `rho`.
pub(super) fn right_in_100(rho: Rho) -> f64 {
    let apart = (2.0 * rho.as_f64()).sqrt();
    100.0 * Normal::standard().cdf(apart / 2.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn without_any_loss_a_guess_is_a_coin_toss() {
        assert!((right_in_100(Rho::ZERO) - 50.0).abs() < 1e-9);
        // Phi(0.5), from any table of the normal distribution.
        let half = "0.5".parse().unwrap();
        assert!((right_in_100(half) - 69.146).abs() < 1e-3);
    }

    /// How many of 100 guesses are right, added up over whole numbers: at each number the better guess is
    /// right, and each of the two cases has probability 1/2.
    fn added_up(apart: i32, spread: f64) -> f64 {
        let weight = |at: i32| (-f64::from(at).powi(2) / (2.0 * spread * spread)).exp();
        let all = -2_000..2_000;
        let sum: f64 = all.clone().map(weight).sum();
        let better: f64 = all.map(|at| weight(at).max(weight(at - apart)) / sum).sum();
        100.0 * better / 2.0
    }

    #[test]
    fn the_best_rule_over_whole_numbers_is_right_as_often() {
        for (apart, spread) in [(1, 10.0), (7, 20.0), (40, 50.0), (200, 120.0)] {
            let rho = f64::from(apart).powi(2) / (2.0 * spread * spread);
            let rho: Rho = format!("{rho:.9}").parse().unwrap();
            let (told, summed) = (right_in_100(rho), added_up(apart, spread));
            assert!((told - summed).abs() < 0.02, "{apart}: {told}, {summed}");
        }
    }

    proptest! {
        #[test]
        fn more_loss_never_helps_less(a in 0_u64..10_000_000_000, b in 0_u64..10_000_000_000) {
            let (less, more) = (a.min(b), a.max(b));
            let right = |nano| right_in_100(Rho::from_nano(nano));
            prop_assert!(right(less) <= right(more) && right(more) <= 100.0);
        }
    }
}
