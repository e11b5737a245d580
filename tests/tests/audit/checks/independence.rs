//! Whether any noise is correlated with any other.
//!
//! All four checks rest on one fact: for independent standard normal vectors a and b, ⟨a, b⟩ / ‖b‖ is exactly
//! standard normal, however short they are.

use super::{
    super::{sample::Sample, statistics::normal},
    Verdict,
};

/// ⟨a, b⟩ / ‖b‖ of the pairs (a, b); `None` where all b are 0, which other checks notice.
fn projection(pairs: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let (products, squares) = pairs.fold((0.0, 0.0), |(products, squares), (a, b)| {
        (products + a * b, squares + b * b)
    });
    (squares > 0.0).then(|| products / f64::sqrt(squares))
}

/// The largest of `count` projections, as one part.
#[derive(Default)]
struct Largest {
    count: f64,
    z: f64,
    at: (usize, usize),
}

impl Largest {
    fn see(&mut self, z: Option<f64>, at: (usize, usize)) {
        if let Some(z) = z {
            self.count += 1.0;
            if z.abs() > self.z.abs() {
                (self.z, self.at) = (z, at);
            }
        }
    }

    /// The part as (probability, description); `None` where nothing was seen.
    fn part(&self, what: &str) -> Option<(f64, String)> {
        let Self { count, z, at } = self;
        let p = (normal(*z) * count).min(1.0);
        let evidence = format!("{what} {} and {}: z {z:+.2} of {count}", at.0, at.1);
        (*count > 0.0).then_some((p, evidence))
    }
}

/// Checks every pair of cells over the measurements, and neighbouring cells over everything.
pub(super) fn cells(sample: &Sample) -> Verdict {
    let observations = sample.observations.len();
    let columns: Vec<Vec<f64>> = sample
        .all()
        .map(|cell| sample.noise(cell..cell + 1).collect())
        .collect();
    let mut largest = Largest::default();
    // A single measurement shows no correlation between cells; neighbours below do.
    for (a, column) in columns.iter().enumerate().filter(|_| observations > 1) {
        for (b, other) in columns[..a].iter().enumerate() {
            let pairs = column.iter().copied().zip(other.iter().copied());
            largest.see(projection(pairs), (a, b));
        }
    }
    let neighbours = sample.observations.iter().flat_map(|observation| {
        let noise = &observation.noise;
        let spans = sample
            .layout
            .spans
            .iter()
            .map(|span| &noise[span.cells.clone()]);
        spans.flat_map(|part| part.windows(2).map(|pair| (pair[1], pair[0])))
    });
    let neighbours = projection(neighbours);
    let neighbours = neighbours.map(|z| (normal(z), format!("neighbouring cells: z {z:+.2}")));
    Verdict::least(largest.part("cells").into_iter().chain(neighbours))
}

/// Checks every pair of residuals, cell by cell as far as the shorter one goes.
pub(super) fn residuals(sample: &Sample) -> Verdict {
    let spans = &sample.layout.spans;
    let mut largest = Largest::default();
    for (a, span) in spans.iter().enumerate() {
        for (b, other) in spans[..a].iter().enumerate() {
            let pairs = sample.observations.iter().flat_map(|observation| {
                let first = observation.noise[span.cells.clone()].iter().copied();
                first.zip(observation.noise[other.cells.clone()].iter().copied())
            });
            largest.see(projection(pairs), (a, b));
        }
    }
    Verdict::least(largest.part("residuals"))
}

/// Checks each measurement against the next, over everything.
pub(super) fn successive(sample: &Sample) -> Verdict {
    let pairs = sample.observations.windows(2);
    let z = projection(pairs.flat_map(|pair| {
        let earlier = pair[0].noise.iter().copied();
        pair[1].noise.iter().copied().zip(earlier)
    }));
    Verdict::least(z.map(|z| (normal(z), format!("z {z:+.2}"))))
}

/// Checks every pair of measurements.
pub(super) fn any_two(sample: &Sample) -> Verdict {
    let mut largest = Largest::default();
    for (a, later) in sample.observations.iter().enumerate() {
        for (b, earlier) in sample.observations[..a].iter().enumerate() {
            let earlier = earlier.noise.iter().copied();
            largest.see(projection(later.noise.iter().copied().zip(earlier)), (a, b));
        }
    }
    Verdict::least(largest.part("measurements"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::synthetic;

    #[test]
    fn each_sees_noise_that_goes_with_other_noise() {
        let right = synthetic::sample(8, 40, |draw| draw.normal);
        for look in [cells, residuals, successive, any_two] {
            let verdict = look(&right);
            assert!(verdict.held, "{verdict:?}");
        }
        // Faulty noise: neighbouring cells share half of it.
        let mut before = 0.0;
        let shared = synthetic::sample(9, 4, move |draw| {
            let noise = (draw.normal + before) / f64::sqrt(2.0);
            before = draw.normal;
            noise
        });
        assert!(!cells(&shared).held);
        // Faulty noise: two cells far apart have the same.
        let mut kept = 0.0;
        let paired = synthetic::sample(10, 100, move |draw| match draw.cell {
            3 => {
                kept = draw.normal;
                kept
            }
            200 => kept,
            _ => draw.normal,
        });
        assert!(!cells(&paired).held);
        // Faulty noise: every second measurement is the opposite of the one before.
        let mut last = Vec::new();
        let opposite = synthetic::sample(11, 2, move |draw| {
            if draw.observation % 2 == 0 {
                last.push(draw.normal);
                draw.normal
            } else {
                -last[draw.cell]
            }
        });
        assert!(!successive(&opposite).held);
        assert!(!any_two(&opposite).held);
        // Faulty noise: each residual begins with the same draws.
        let mut stream = Vec::new();
        let restarted = synthetic::sample(12, 10, move |draw| {
            if draw.cell == 0 {
                stream.clear();
            }
            if draw.within == stream.len() {
                stream.push(draw.normal);
            }
            stream[draw.within]
        });
        assert!(!residuals(&restarted).held);
    }
}
