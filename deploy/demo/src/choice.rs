//! Weighted choices.

use rand::Rng;

/// Indices with weights, to draw from quickly.
pub(crate) struct Choice {
    indices: Vec<usize>,
    /// Sums of the weights so far.
    sums: Vec<f64>,
}

// === impl Choice ===

impl Choice {
    /// Without any weight, all are as likely.
    pub(crate) fn new(weighted: impl Iterator<Item = (usize, f64)>) -> Self {
        let (mut indices, mut sums) = (Vec::new(), Vec::new());
        let mut sum = 0.0;
        let weighted: Vec<_> = weighted.collect();
        let flat = weighted.iter().all(|(_, weight)| *weight <= 0.0);
        for (index, weight) in weighted {
            let weight = if flat { 1.0 } else { weight };
            if weight > 0.0 {
                sum += weight;
                indices.push(index);
                sums.push(sum);
            }
        }
        Self { indices, sums }
    }

    /// Draws one.
    pub(crate) fn draw(&self, rng: &mut impl Rng) -> usize {
        let at = rng.random_range(0.0..*self.sums.last().expect("choices are never empty"));
        let index = self.sums.partition_point(|sum| *sum <= at);
        self.indices[index.min(self.indices.len() - 1)]
    }
}

/// Draws an index by its weight, without preparation.
pub(crate) fn draw(weights: &[f64], rng: &mut impl Rng) -> usize {
    let total: f64 = weights.iter().sum();
    let mut at = rng.random_range(0.0..total);
    for (index, weight) in weights.iter().enumerate() {
        if at < *weight {
            return index;
        }
        at -= weight;
    }
    weights.len() - 1
}

/// Draws one of a list.
pub(crate) fn any<'a, T: ?Sized>(of: &[&'a T], rng: &mut impl Rng) -> &'a T {
    of[rng.random_range(0..of.len())]
}
