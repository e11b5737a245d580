//! The faults of the mutants.

use vwis_model::algebra::Strategy;
use vwis_noise::{DiscreteGaussianSampler, KernelRandomness};

use super::{
    super::synthetic::{Seeded, rounded},
    Draw, sum,
};

/// Correct noise, but of scale `gamma`.
fn gaussian(gamma: u64, count: usize) -> Vec<i64> {
    let mut sampler = DiscreteGaussianSampler::new(gamma).unwrap();
    (0..count).map(|_| sampler.draw().unwrap()).collect()
}

/// Noise of the right scale, from a generator that begins at `seed`.
fn seeded(strategy: &Strategy, seed: u64) -> Vec<i64> {
    let mut generator = Seeded(seed);
    let gamma = strategy.gamma() as f64;
    let draws = (0..strategy.entries()).map(|_| rounded(gamma * generator.normal()));
    draws.collect()
}

pub(super) fn smaller_scale(draw: &Draw<'_>) -> Vec<i64> {
    let gamma = draw.strategy.gamma() / 20 * 19;
    sum(&draw.exact, &gaussian(gamma, draw.exact.len()))
}

pub(super) fn slightly_smaller_scale(draw: &Draw<'_>) -> Vec<i64> {
    let gamma = draw.strategy.gamma() / 100 * 99;
    sum(&draw.exact, &gaussian(gamma, draw.exact.len()))
}

pub(super) fn smaller_in_one_cell(draw: &Draw<'_>) -> Vec<i64> {
    let cell = draw.exact.len() / 2;
    let mut noise = draw.noise.clone();
    noise[cell] = gaussian(draw.strategy.gamma() / 10 * 6, 1)[0];
    sum(&draw.exact, &noise)
}

pub(super) fn variance_for_scale(draw: &Draw<'_>) -> Vec<i64> {
    let gamma = draw.strategy.gamma().isqrt();
    sum(&draw.exact, &gaussian(gamma, draw.exact.len()))
}

pub(super) fn smaller_for_few(draw: &Draw<'_>) -> Vec<i64> {
    let (_, weight) = draw.strategy.residuals()[0];
    let total = draw.exact[0].unsigned_abs() / weight;
    // Fewer than ten persons, or ten FTE, are faulty.
    if total >= 10 * draw.strategy.unit().per_whole() {
        return sum(&draw.exact, &draw.noise);
    }
    let gamma = draw.strategy.gamma() / 10 * 9;
    sum(&draw.exact, &gaussian(gamma, draw.exact.len()))
}

pub(super) fn exact_total(draw: &Draw<'_>) -> Vec<i64> {
    let mut noise = draw.noise.clone();
    noise[0] = 0;
    sum(&draw.exact, &noise)
}

pub(super) fn zero_stays_zero(draw: &Draw<'_>) -> Vec<i64> {
    let cells = draw.exact.iter().zip(&draw.noise);
    cells
        .map(|(x, z)| if *x == 0 { 0 } else { x + z })
        .collect()
}

pub(super) fn leaning(draw: &Draw<'_>) -> Vec<i64> {
    let lean = i64::try_from(draw.strategy.gamma() / 10).unwrap();
    sum(&draw.exact, &draw.noise)
        .iter()
        .map(|y| y + lean)
        .collect()
}

pub(super) fn clamped(draw: &Draw<'_>) -> Vec<i64> {
    sum(&draw.exact, &draw.noise)
        .iter()
        .map(|y| *y.max(&0))
        .collect()
}

pub(super) fn neighbours_share(draw: &Draw<'_>) -> Vec<i64> {
    let mut before = gaussian(draw.strategy.gamma(), 1)[0];
    let noise: Vec<_> = draw
        .noise
        .iter()
        .map(|z| {
            let shared = rounded((*z as f64 + before as f64) / f64::sqrt(2.0));
            before = *z;
            shared
        })
        .collect();
    sum(&draw.exact, &noise)
}

pub(super) fn residuals_share(draw: &Draw<'_>) -> Vec<i64> {
    let spans = draw.strategy.layout().into_iter();
    let noise: Vec<_> = spans
        .flat_map(|span| draw.noise[..span.len].to_vec())
        .collect();
    sum(&draw.exact, &noise)
}

pub(super) fn fixed_seed(draw: &Draw<'_>) -> Vec<i64> {
    sum(&draw.exact, &seeded(draw.strategy, 1))
}

pub(super) fn seed_kept(draw: &Draw<'_>) -> Vec<i64> {
    let seed = draw.seed.wrapping_add(draw.number / 8);
    sum(&draw.exact, &seeded(draw.strategy, seed))
}

pub(super) fn seed_of_data(draw: &Draw<'_>) -> Vec<i64> {
    let mixed = draw.exact.iter().fold(draw.seed, |seed, x| {
        seed.wrapping_mul(31).wrapping_add(x.cast_unsigned())
    });
    sum(&draw.exact, &seeded(draw.strategy, mixed))
}

pub(super) fn opposite(draw: &Draw<'_>) -> Vec<i64> {
    let mut noise = seeded(draw.strategy, draw.seed.wrapping_add(draw.number / 2));
    if draw.number % 2 == 1 {
        for z in &mut noise {
            *z = -*z;
        }
    }
    sum(&draw.exact, &noise)
}

pub(super) fn laplace(draw: &Draw<'_>) -> Vec<i64> {
    let mut generator = Seeded(u64::from_le_bytes(KernelRandomness::new().take().unwrap()));
    let scale = draw.strategy.gamma() as f64 / f64::sqrt(2.0);
    let noise = draw.exact.iter().map(|_| {
        let sign = if generator.uniform() < 0.5 { -1.0 } else { 1.0 };
        rounded(-sign * scale * generator.uniform().ln())
    });
    let noise: Vec<_> = noise.collect();
    sum(&draw.exact, &noise)
}

pub(super) fn cut(draw: &Draw<'_>) -> Vec<i64> {
    cut_at(draw, 25)
}

pub(super) fn cut_far_out(draw: &Draw<'_>) -> Vec<i64> {
    cut_at(draw, 42)
}

/// Noise redrawn wherever it is beyond `tenths` tenths of γ.
fn cut_at(draw: &Draw<'_>, tenths: u64) -> Vec<i64> {
    let most = draw.strategy.gamma() / 10 * tenths;
    let mut noise = draw.noise.clone();
    for z in &mut noise {
        while z.unsigned_abs() > most {
            *z = gaussian(draw.strategy.gamma(), 1)[0];
        }
    }
    sum(&draw.exact, &noise)
}

pub(super) fn even(draw: &Draw<'_>) -> Vec<i64> {
    to_multiples(draw, |_| 2)
}

pub(super) fn multiples_of_16(draw: &Draw<'_>) -> Vec<i64> {
    to_multiples(draw, |_| 16)
}

pub(super) fn multiples_of_weight(draw: &Draw<'_>) -> Vec<i64> {
    to_multiples(draw, |weight| weight)
}

/// What block weights make of the exact vector where each is `instead` of the strategy's own: given the weights of
/// a residual's entries.
fn reweighted(draw: &Draw<'_>, instead: impl Fn(&[u64]) -> Vec<u64>) -> Vec<i64> {
    let mut exact = draw.exact.clone();
    for (index, span) in draw.strategy.layout().into_iter().enumerate() {
        let weights = draw.strategy.entry_weights(index);
        let cells = &mut exact[span.offset..span.offset + span.len];
        for ((x, own), other) in cells.iter_mut().zip(&weights).zip(instead(&weights)) {
            *x = *x / i64::try_from(*own).unwrap() * i64::try_from(other).unwrap();
        }
    }
    sum(&exact, &draw.noise)
}

/// The weight of the smallest block stands at the largest, and the other way round.
pub(super) fn blocks_exchanged(draw: &Draw<'_>) -> Vec<i64> {
    reweighted(draw, |weights| {
        let (least, most) = (
            *weights.iter().min().unwrap(),
            *weights.iter().max().unwrap(),
        );
        let other = |weight: &u64| match *weight {
            own if own == least => most,
            own if own == most => least,
            own => own,
        };
        weights.iter().map(other).collect()
    })
}

/// K lacks a factor: the size of the smallest block, at which m(m − 1) is 2 for most.
pub(super) fn factor_forgotten(draw: &Draw<'_>) -> Vec<i64> {
    reweighted(draw, |weights| {
        let blocks = weights.iter().max() > weights.iter().min();
        let more = |weight: &u64| {
            if blocks {
                (2 * weight * weight).isqrt()
            } else {
                *weight
            }
        };
        weights.iter().map(more).collect()
    })
}

/// One block of one residual has half the noise.
pub(super) fn smaller_in_one_block(draw: &Draw<'_>) -> Vec<i64> {
    let mut noise = draw.noise.clone();
    for (index, span) in draw.strategy.layout().into_iter().enumerate() {
        let weights = draw.strategy.entry_weights(index);
        let (least, most) = (weights.iter().min().unwrap(), weights.iter().max().unwrap());
        if least < most {
            for (cell, _) in weights
                .iter()
                .enumerate()
                .filter(|(_, weight)| *weight == most)
            {
                noise[span.offset + cell] = gaussian(draw.strategy.gamma() / 2, 1)[0];
            }
            break;
        }
    }
    sum(&draw.exact, &noise)
}

/// Noise of each residual, rounded to multiples of what `of` makes of its weight.
fn to_multiples(draw: &Draw<'_>, of: impl Fn(u64) -> u64) -> Vec<i64> {
    let mut answer = draw.exact.clone();
    for span in draw.strategy.layout() {
        let of = i64::try_from(of(span.weight)).unwrap();
        let cells = span.offset..span.offset + span.len;
        for (y, z) in answer[cells.clone()].iter_mut().zip(&draw.noise[cells]) {
            *y += (z + of / 2).div_euclid(of) * of;
        }
    }
    answer
}
