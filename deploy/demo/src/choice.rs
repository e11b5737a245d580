//! Weighted choices.

use rand::Rng;

/// Indices with weights, prepared so that drawing is quick.
pub(crate) struct Choice {
    indices: Vec<usize>,
    /// For each index, the sum of the weights up to and including its own.
    sums: Vec<f64>,
}

// === impl Choice ===

impl Choice {
    /// Prepares a choice among indices by their weights. If no weight is above 0, all are equally likely.
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

    /// Draws an index.
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

/// Draws an element of a list, all equally likely.
pub(crate) fn any<'a, T: ?Sized>(of: &[&'a T], rng: &mut impl Rng) -> &'a T {
    of[rng.random_range(0..of.len())]
}
