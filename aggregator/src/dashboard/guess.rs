//! How often the best guess about one person can be right: what a privacy loss means.
//!
//! Somebody knows all other records, and whether this person is in the data is a coin toss to them.
//! Each released number is Gaussian with the same spread in both cases and means that differ; together
//! they are one Gaussian whose means lie `sqrt(2 rho)` spreads apart (Gaussian differential privacy:
//! Dong, Roth and Su, J. R. Statist. Soc. B 84, 2022; a Gaussian mechanism of ρ-zCDP has μ = √(2ρ)).
//! The best rule guesses the nearer mean, and is right with probability `Φ(sqrt(2 rho) / 2)`.

use statrs::distribution::{ContinuousCDF as _, Normal};
use vwis_proto::rho::Rho;

/// Right guesses in 100 at best, for a privacy loss of `rho`.
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
        // Phi(0.5), of any table of the normal distribution.
        let half = "0.5".parse().unwrap();
        assert!((right_in_100(half) - 69.146).abs() < 1e-3);
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
