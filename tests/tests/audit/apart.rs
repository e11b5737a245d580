//! Whether what holds two answers apart is noise.

use statrs::distribution::{ChiSquared, ContinuousCDF as _};

/// Two-sided: the rate of false alarms is 1e-6 for each look.
pub(super) const SIGMAS: f64 = 4.9;

/// One answer less another.
pub(super) fn less(a: &[i64], b: &[i64]) -> Vec<i64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// How far `noise` goes along `direction`, in lengths of `direction`, with its standard deviation.
pub(super) fn along(noise: &[i64], direction: &[i64], scale: f64) -> (f64, f64) {
    let product = |a: &[i64], b: &[i64]| -> f64 {
        let products = a.iter().zip(b).map(|(a, b)| *a as f64 * *b as f64);
        products.sum()
    };
    let squared = product(direction, direction);
    (product(noise, direction) / squared, scale / squared.sqrt())
}

/// Whether this can be noise of that scale: by its length, and along each direction.
pub(super) fn is_noise(noise: &[i64], scale: f64, directions: &[Vec<i64>]) -> bool {
    let squares: f64 = noise.iter().map(|z| (*z as f64 / scale).powi(2)).sum();
    let below = ChiSquared::new(noise.len() as f64).unwrap().cdf(squares);
    let is_short = |direction: &Vec<i64>| {
        let (far, sd) = along(noise, direction, scale);
        far.abs() < SIGMAS * sd
    };
    (5e-7..1.0 - 5e-7).contains(&below) && directions.iter().all(is_short)
}
