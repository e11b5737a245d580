//! Quantiles of a function of counts that are jointly normal and not negative.

use statrs::distribution::{ContinuousCDF as _, Normal};

use super::Parts;

/// Points that are integrated over. The 2.5% quantile of a share then stands within 0.2 points of
/// probability of the true one (tested against closed forms).
const POINTS: u32 = 2048;
/// Beyond this many sds below 0 a count is taken as 0: the tail has no mass that a double can tell.
const MOST_SDS: f64 = 30.0;

/// The 2.5% and 97.5% quantiles of `f` over the non-negative counts, weighted by their probability.
///
/// Where `f` is not a number (0/0) the point counts for nothing.
pub(super) fn interval(parts: &Parts, f: impl Fn(&[f64]) -> f64) -> (f64, f64) {
    let normal = Normal::standard();
    let root = cholesky(parts);
    let steps = spread(parts.len());
    let n = parts.len();
    let (mut normals, mut counts) = (vec![0.0; n], vec![0.0; n]);
    let mut drawn: Vec<(f64, f64)> = Vec::with_capacity(POINTS as usize);
    for point in 1..=POINTS {
        let mut weight = 1.0;
        for i in 0..n {
            let before: f64 = (0..i).map(|j| root[i * n + j] * normals[j]).sum();
            let mean = parts.value(i) + before;
            let scale = root[i * n + i];
            if scale <= 0.0 {
                // Known from the ones before it, or without noise.
                (normals[i], counts[i]) = (0.0, mean.max(0.0));
                continue;
            }
            let below = (-mean / scale).min(MOST_SDS);
            // Counted from above, because the mass is in the upper tail where a count is near 0.
            let above = normal.cdf(-below);
            let u = (0.5 + f64::from(point) * steps[i]).fract();
            normals[i] = -normal.inverse_cdf((above * (1.0 - u)).max(f64::MIN_POSITIVE));
            counts[i] = (mean + scale * normals[i]).max(0.0);
            weight *= above;
        }
        let value = f(&counts);
        if !value.is_nan() {
            drawn.push((value, weight));
        }
    }
    quantiles(drawn)
}

fn quantiles(mut drawn: Vec<(f64, f64)>) -> (f64, f64) {
    drawn.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = drawn.iter().map(|(_, weight)| weight).sum();
    let at = |share: f64| {
        let mut sum = 0.0;
        for &(value, weight) in &drawn {
            sum += weight;
            if sum >= share * total {
                return value;
            }
        }
        drawn.last().map_or(0.0, |&(value, _)| value)
    };
    (at(0.025), at(0.975))
}

/// The lower triangular root of the covariance, row-major; a row that follows from those before it
/// has 0 on its diagonal.
fn cholesky(parts: &Parts) -> Vec<f64> {
    let n = parts.len();
    let mut root = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| root[i * n + k] * root[j * n + k]).sum();
            let rest = parts.covariance(i, j) - known;
            root[i * n + j] = if i == j {
                // What is left by rounding alone is nothing.
                let negligible = 1e-12 * parts.covariance(i, i);
                if rest > negligible { rest.sqrt() } else { 0.0 }
            } else if root[j * n + j] > 0.0 {
                rest / root[j * n + j]
            } else {
                0.0
            };
        }
    }
    root
}

/// Steps of the additive recurrence that fills the unit cube evenly: powers of the inverse of the
/// root of x^(d+1) = x + 1 (the generalised golden ratio; Roberts 2018).
fn spread(dimensions: usize) -> Vec<f64> {
    let exponent = f64::from(u32::try_from(dimensions).expect("a handful of parts")) + 1.0;
    let mut golden = 2.0_f64;
    for _ in 0..64 {
        golden = (1.0 + golden).powf(1.0 / exponent);
    }
    let mut step = 1.0;
    let next = |_| {
        step /= golden;
        step
    };
    (0..dimensions).map(next).collect()
}
