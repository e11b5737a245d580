//! Measures how often the intervals hold the truth, against the figures of design §3.8, over cells from
//! nobody to thousands. Seeds are fixed: a test fails only if the code changed.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use statrs::distribution::{ContinuousCDF as _, Normal};

use super::{super::change, *};

const SD: f64 = 10.0;
/// The correlation of the noise of two cells: cells of one table are slightly correlated.
const CORRELATION: f64 = -0.1;
const TRUTHS: [f64; 9] = [0.0, 1.0, 5.0, 12.0, 25.0, 55.0, 120.0, 800.0, 4000.0];
const DRAWS: u32 = 600;

/// Draws noise on counts, correlated as in the cells of one table.
struct Noise(ChaCha20Rng);

impl Noise {
    fn draw(&mut self) -> f64 {
        Normal::standard().inverse_cdf(self.0.random_range(1e-12..1.0 - 1e-12))
    }

    fn estimates(&mut self, truth: &[f64]) -> Parts {
        let shared = self.draw();
        let (own, common) = ((1.0 - CORRELATION.abs()).sqrt(), CORRELATION.abs().sqrt());
        let sign = |i: usize| if i.is_multiple_of(2) { 1.0 } else { -1.0 };
        let values = truth.iter().enumerate();
        let values: Vec<_> = values
            .map(|(i, t)| t + SD * (own * self.draw() + common * sign(i) * shared))
            .collect();
        Parts::new(values, |i, j| {
            SD * SD
                * if i == j {
                    1.0
                } else {
                    CORRELATION.abs() * sign(i) * sign(j)
                }
        })
    }
}

#[derive(Default)]
struct Tally {
    held: u32,
    of: u32,
}

impl Tally {
    fn add(&mut self, (low, high): (f64, f64), truth: f64) {
        self.of += 1;
        self.held += u32::from(low <= truth && truth <= high);
    }

    fn rate(&self) -> f64 {
        f64::from(self.held) / f64::from(self.of)
    }

    fn merge(&mut self, other: &Self) {
        self.held += other.held;
        self.of += other.of;
    }
}

#[test]
fn counts_and_differences_are_held_95_times_in_100() {
    let mut noise = Noise(ChaCha20Rng::seed_from_u64(20_261_125));
    let (mut raw, mut differences) = (Tally::default(), Tally::default());
    for truth in TRUTHS {
        let mut shown = Tally::default();
        for _ in 0..20 * DRAWS {
            let first = noise.estimates(&[truth]).estimate(Measure::Headcount, 0);
            let second = noise
                .estimates(&[truth + 30.0])
                .estimate(Measure::Headcount, 0);
            raw.add(first.confidence_interval(), truth);
            shown.add(first.clamped_interval(), truth);
            differences.add(change(&first, &second).interval(), 30.0);
        }
        assert!(shown.rate() >= 0.94, "{truth}: {}", shown.rate());
        if truth == 0.0 {
            assert!((0.970..=0.980).contains(&shown.rate()), "{}", shown.rate());
        }
    }
    for pooled in [&raw, &differences] {
        assert!((0.94..=0.96).contains(&pooled.rate()), "{}", pooled.rate());
    }
}

#[test]
fn shares_are_held_at_least_93_times_in_100_and_95_where_parts_are_large() {
    let mut noise = Noise(ChaCha20Rng::seed_from_u64(1));
    let mut large = Tally::default();
    for inside in TRUTHS {
        for outside in TRUTHS {
            let mut tally = Tally::default();
            if inside + outside == 0.0 {
                continue;
            }
            for _ in 0..DRAWS {
                let parts = noise.estimates(&[inside, outside]);
                tally.add(parts.share(0, 1).interval(), inside / (inside + outside));
            }
            assert!(
                tally.rate() >= 0.93,
                "{inside} of {}: {}",
                inside + outside,
                tally.rate()
            );
            if inside.min(outside) > 5.0 * SD {
                large.merge(&tally);
            }
        }
    }
    assert!((0.94..=0.96).contains(&large.rate()), "{}", large.rate());
}

#[test]
fn ratios_are_held_as_often() {
    let mut noise = Noise(ChaCha20Rng::seed_from_u64(2));
    let mut large = Tally::default();
    for (over, under) in [
        (0.0, 25.0),
        (12.0, 12.0),
        (25.0, 800.0),
        (55.0, 120.0),
        (800.0, 55.0),
    ] {
        let mut tally = Tally::default();
        for _ in 0..2 * DRAWS {
            let parts = noise.estimates(&[over, under]);
            tally.add(parts.ratio(&[0], &[1]).interval(), over / under);
        }
        assert!(tally.rate() >= 0.93, "{over}/{under}: {}", tally.rate());
    }
    for truth in [[55.0, 120.0, 800.0, 90.0], [300.0, 300.0, 60.0, 70.0]] {
        for _ in 0..2 * DRAWS {
            let parts = noise.estimates(&truth);
            let disparity = truth[0] * truth[1] / (truth[2] * truth[3]);
            large.add(parts.ratio(&[0, 1], &[2, 3]).interval(), disparity);
        }
    }
    assert!((0.94..=0.96).contains(&large.rate()), "{}", large.rate());
    // Small teams; one of them is truly empty.
    for truth in [[0.0, 120.0, 25.0, 90.0], [8.0, 300.0, 30.0, 12.0]] {
        let mut tally = Tally::default();
        for _ in 0..DRAWS {
            let parts = noise.estimates(&truth);
            let disparity = truth[0] * truth[1] / (truth[2] * truth[3]);
            tally.add(parts.ratio(&[0, 1], &[2, 3]).interval(), disparity);
        }
        assert!(tally.rate() >= 0.93, "{truth:?}: {}", tally.rate());
    }
}

#[test]
fn differences_of_shares_are_held_as_often() {
    let mut noise = Noise(ChaCha20Rng::seed_from_u64(3));
    let truths = [
        [55.0, 120.0, 80.0, 90.0],
        [12.0, 120.0, 25.0, 300.0],
        [0.0, 55.0, 12.0, 55.0],
        [800.0, 4000.0, 120.0, 800.0],
        // A truly empty group beside groups of any size.
        [0.0, 25.0, 55.0, 55.0],
        [0.0, 25.0, 800.0, 800.0],
        [0.0, 120.0, 120.0, 400.0],
        [25.0, 0.0, 800.0, 800.0],
        [800.0, 800.0, 0.0, 25.0],
    ];
    for truth in truths {
        let mut tally = Tally::default();
        for _ in 0..DRAWS {
            let parts = noise
                .estimates(&truth[..2])
                .beside(&noise.estimates(&truth[2..]));
            let shares = |a: f64, b: f64| a / (a + b);
            let difference = shares(truth[2], truth[3]) - shares(truth[0], truth[1]);
            tally.add(
                parts.difference_of_shares((0, 1), (2, 3)).interval(),
                difference,
            );
        }
        assert!(tally.rate() >= 0.93, "{truth:?}: {}", tally.rate());
    }
}
