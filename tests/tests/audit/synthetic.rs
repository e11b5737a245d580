//! Samples from a seed, without a node, to test the statistics themselves.

use std::sync::{Arc, OnceLock};

use statrs::distribution::{ContinuousCDF as _, Normal};

use super::{
    collect::truths,
    data::{Arm, NEIGHBOURS, audited},
    sample::{Layout, Sample, SeriesPart},
};

/// The place of a draw, and a standard normal to make it from.
pub(crate) struct Synthetic {
    pub(crate) normal: f64,
    pub(crate) observation: usize,
    pub(crate) arm: Arm,
    pub(crate) span: usize,
    pub(crate) cell: usize,
    /// Index of the cell in its span.
    pub(crate) within: usize,
    pub(crate) gamma: f64,
    pub(crate) weight: f64,
    pub(crate) truth: i64,
    /// What the one person adds to this cell, in an arm that holds one.
    pub(crate) person: f64,
}

/// `SplitMix64`: repeatable, and random enough for these tests.
pub(crate) struct Seeded(pub(crate) u64);

// === impl Seeded ===

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A uniform number between 0 and 1, both excluded.
    pub(crate) fn uniform(&mut self) -> f64 {
        ((self.next() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// A standard normal number (Box and Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = f64::sqrt(-2.0 * self.uniform().ln());
        radius * f64::cos(2.0 * std::f64::consts::PI * self.uniform())
    }
}

/// The layout of the audit's agreement.
pub(crate) fn layout() -> &'static Arc<Layout> {
    static LAYOUT: OnceLock<Arc<Layout>> = OnceLock::new();
    LAYOUT.get_or_init(|| Arc::new(Layout::of(&audited())))
}

/// `observations` from `seed`. `noise` makes the noise of each draw, in units of γ.
pub(crate) fn sample(
    seed: u64,
    observations: usize,
    mut noise: impl FnMut(&Synthetic) -> f64,
) -> Sample {
    let layout = layout();
    let truths = truths(&audited());
    let mut seeded = Seeded(seed);
    let person = |arm: Arm| {
        let pair = NEIGHBOURS.iter().position(|(_, with)| *with == arm);
        let own = |series: &SeriesPart| match pair {
            Some(pair) => series.people[pair].clone(),
            None => vec![0; series.cells.len()],
        };
        layout.series.iter().flat_map(own).collect::<Vec<_>>()
    };
    let people = Arm::ALL.map(person);
    let mut observe = |observation: usize| {
        let at = observation % Arm::ALL.len();
        let (arm, truth) = (Arm::ALL[at], &truths[at]);
        let mut answer = Vec::with_capacity(layout.cells());
        for (index, span) in layout.spans.iter().enumerate() {
            for (within, cell) in span.cells.clone().enumerate() {
                let draw = Synthetic {
                    normal: seeded.normal(),
                    observation,
                    arm,
                    span: index,
                    cell,
                    within,
                    gamma: span.gamma as f64,
                    weight: span.weight as f64,
                    truth: truth[cell],
                    person: people[at][cell] as f64,
                };
                answer.push(truth[cell] + rounded(noise(&draw) * draw.gamma));
            }
        }
        layout.observe(arm, Arc::clone(truth), answer)
    };
    Sample {
        layout: Arc::clone(layout),
        observations: (0..observations).map(&mut observe).collect(),
    }
}

/// Rounds to the nearest integer.
#[expect(
    clippy::cast_possible_truncation,
    reason = "noise is far below 2^53 here"
)]
pub(crate) fn rounded(value: f64) -> i64 {
    value.round() as i64
}

#[test]
fn seeded_normals_are_normal() {
    let mut seeded = Seeded(99);
    let mut values: Vec<f64> = (0..10_000).map(|_| seeded.normal()).collect();
    values.sort_by(f64::total_cmp);
    // Kolmogorov and Smirnov's distance; 2.69 / √n is exceeded with probability 1e-6.
    let distance = values
        .iter()
        .enumerate()
        .map(|(at, value)| (Normal::standard().cdf(*value) - (at as f64 + 0.5) / 1e4).abs());
    assert!(distance.fold(0.0, f64::max) < 0.0269);
}
