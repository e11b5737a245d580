//! Quantiles of a function of counts that are jointly normal and not negative.

use std::{borrow::Cow, cmp::Ordering, iter, sync::OnceLock};

use statrs::distribution::{ContinuousCDF as _, Normal};

use super::{Parts, tables};

/// Points that are integrated over, a prime number of them. The quantiles of a difference of shares
/// then stand within 0.6 points of probability of the true ones, mostly within a quarter (tested against
/// many more points).
const POINTS: u32 = 1021;
/// What a point's coordinates are multiplied by from one dimension to the next (Korobov's rule). Chosen
/// by the test: as near to the true quantiles as twice the points of the golden ratio's sequence.
const MULTIPLIER: u32 = 331;
/// Of a variance: what is left of it by rounding alone.
pub(super) const NEGLIGIBLE: f64 = 1e-12;
/// Of fewer dimensions than this the points are kept.
const MOST_KEPT: usize = 8;
/// So many values are brought into order at first: the tail is among them, unless weights are uneven.
const FIRST: usize = 64;

/// One value of the function, and how probable it is.
#[derive(Clone, Copy)]
struct Drawn {
    value: f64,
    weight: f64,
}

/// The 2.5% and 97.5% quantiles of `f` over the non-negative counts, weighted by their probability.
///
/// Where `f` is not a number (0/0) the point counts for nothing.
pub(super) fn interval(parts: &Parts, f: impl Fn(&[f64]) -> f64) -> (f64, f64) {
    let n = parts.len();
    // Those that are least likely to be above 0 first: what follows is drawn beside them.
    let mut order: Vec<usize> = (0..n).collect();
    let sds_above = |i: usize| parts.value(i) / parts.sd(i);
    order.sort_by(|&i, &j| sds_above(i).total_cmp(&sds_above(j)));
    let parts = &parts.chosen(&order);
    let root = cholesky(parts);
    let points = points(n);
    let (mut normals, mut counts) = (vec![0.0; n], vec![0.0; n]);
    let mut drawn = Vec::with_capacity(POINTS as usize);
    for point in points.chunks_exact(n) {
        let mut weight = 1.0;
        for (i, &(from_above, unbounded)) in point.iter().enumerate() {
            let row = &root[i * n..][..n];
            let before: f64 = row[..i].iter().zip(&normals).map(|(r, z)| r * z).sum();
            let mean = parts.value(i) + before;
            let scale = row[i];
            if scale <= 0.0 {
                // Known from the ones before it, or without noise.
                (normals[i], counts[order[i]]) = (0.0, mean.max(0.0));
                continue;
            }
            if mean > tables::HIGHEST * scale {
                normals[i] = unbounded;
            } else {
                // Counted from above, because the mass is in the upper tail where a count is near 0.
                let above = tables::below(mean / scale);
                normals[i] = tables::value_of_tail(above * from_above);
                weight *= above;
            }
            counts[order[i]] = (mean + scale * normals[i]).max(0.0);
        }
        let value = f(&counts);
        if !value.is_nan() {
            drawn.push(Drawn { value, weight });
        }
    }
    quantiles(&mut drawn)
}

fn quantiles(drawn: &mut [Drawn]) -> (f64, f64) {
    let total: f64 = drawn.iter().map(|drawn| drawn.weight).sum();
    let low = reached(drawn, 0.025 * total, |a, b| a.value.total_cmp(&b.value));
    // From the other end: what is above 97.5%.
    let high = reached(drawn, 0.025 * total, |a, b| b.value.total_cmp(&a.value));
    (low, high)
}

/// The value at which the weights, added up in this order, reach `wanted`. Only the beginning is
/// brought into order.
fn reached(drawn: &mut [Drawn], wanted: f64, order: impl Fn(&Drawn, &Drawn) -> Ordering) -> f64 {
    let mut first = drawn.len().min(FIRST);
    loop {
        if first < drawn.len() {
            drawn.select_nth_unstable_by(first, &order);
        }
        let beginning = &mut drawn[..first];
        beginning.sort_unstable_by(&order);
        let mut sum = 0.0;
        for drawn in beginning.iter() {
            sum += drawn.weight;
            if sum >= wanted {
                return drawn.value;
            }
        }
        if first == drawn.len() {
            return drawn.last().map_or(0.0, |drawn| drawn.value);
        }
        first = drawn.len().min(4 * first);
    }
}

/// The points of so many dimensions, one after the other: each coordinate, as a share from above, and
/// the normal quantile of it.
fn points(dimensions: usize) -> Cow<'static, [(f64, f64)]> {
    static KEPT: [OnceLock<Vec<(f64, f64)>>; MOST_KEPT] = [const { OnceLock::new() }; MOST_KEPT];
    match KEPT.get(dimensions) {
        Some(kept) => kept.get_or_init(|| made(dimensions)).into(),
        None => made(dimensions).into(),
    }
}

fn made(dimensions: usize) -> Vec<(f64, f64)> {
    let normal = Normal::standard();
    let next = |step: &u32| Some(step * MULTIPLIER % POINTS);
    let steps: Vec<u32> = iter::successors(Some(1), next).take(dimensions).collect();
    let coordinates = (0..POINTS).flat_map(|point| steps.iter().map(move |step| point * step));
    let coordinate = |product: u32| {
        // In the middle of its place: neither end is among them.
        let from_above = (f64::from(product % POINTS) + 0.5) / f64::from(POINTS);
        (from_above, -normal.inverse_cdf(from_above))
    };
    coordinates.map(coordinate).collect()
}

/// The lower triangular root of the covariance, row-major; a row that follows from those before it
/// has 0 on its diagonal.
pub(super) fn cholesky(parts: &Parts) -> Vec<f64> {
    let n = parts.len();
    let mut root = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| root[i * n + k] * root[j * n + k]).sum();
            let rest = parts.covariance(i, j) - known;
            root[i * n + j] = if i == j {
                // What is left by rounding alone is nothing.
                let negligible = NEGLIGIBLE * parts.covariance(i, i);
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
