//! Pools measurements of the same people: the mean of what they say, by their precision.
//!
//! Two strategies may have components in common: a residual over the same levels of the same groups. In each of
//! its blocks the noise of both has the same shape, r ~ N(r, s·P), so that the best unbiased estimate is
//! (r_A/s_A + r_B/s_B) / (1/s_A + 1/s_B), with the variance 1 / (1/s_A + 1/s_B). The shape stays, and with it
//! everything that is said about tables: they agree with each other, and their variances are exact. A component
//! that only one of them measures stays as it is.

use crate::algebra::{Levels, ResidualSum, Variances, residual::per_cell};

/// How far two measurements of the same people lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distance {
    /// The squared length of the difference of what they have in common, in its variance.
    pub squares: f64,
    /// Its dimensions: of honest measurements `squares` is χ² with as many degrees of freedom.
    pub degrees: u64,
}

/// A residual that two series measure over the same groups, and where it lies in each.
struct Shared {
    residual: Levels,
    here: usize,
    there: usize,
}

impl Variances {
    /// The variances of one measurement pooled with another, of other variances, of the same people. They are of
    /// the components of this one.
    #[must_use]
    pub fn pooled(&self, other: &Self) -> Self {
        let mut pooled = self.residuals().to_vec();
        for shared in self.shared(other) {
            let pairs = self.pairs(other, &shared);
            for (variance, (s, t)) in pooled[shared.here].1.iter_mut().zip(pairs) {
                // Two exact figures pool to an exact one.
                *variance = if s + t > 0.0 { s * t / (s + t) } else { 0.0 };
            }
        }
        Self::new(self.domain().clone(), pooled)
    }

    fn shared(&self, other: &Self) -> Vec<Shared> {
        let (ours, theirs) = (self.domain(), other.domain());
        if ours.attributes() != theirs.attributes() {
            return Vec::new();
        }
        let alike = |at| ours.tree(at) == theirs.tree(at);
        let shared = |(here, (residual, _)): (usize, &(Levels, Vec<f64>))| {
            let there = other.index(*residual)?;
            residual.positions().all(alike).then_some(Shared {
                residual: *residual,
                here,
                there,
            })
        };
        let all = self.residuals().iter().enumerate();
        all.filter_map(shared).collect()
    }

    /// The variances here and there of every block of a residual.
    fn pairs(&self, other: &Self, shared: &Shared) -> Vec<(f64, f64)> {
        let ours = self.residuals()[shared.here].1.iter();
        let theirs = other.residuals()[shared.there].1.iter();
        ours.copied().zip(theirs.copied()).collect()
    }
}

impl ResidualSum {
    /// This sum with what `other` says of the same components, where both counted the same people with
    /// independent noise. It has the components of this sum: those that only `other` measures are left out.
    #[must_use]
    pub fn pooled(&self, other: &Self) -> Self {
        if self.unit != other.unit {
            return self.clone();
        }
        let mut pooled = self.residuals.clone();
        for shared in self.variances.shared(&other.variances) {
            let pairs = self.variances.pairs(&other.variances, &shared);
            let parts: Vec<_> = pairs.into_iter().map(|(s, t)| parts(s, t)).collect();
            let parts = per_cell(&self.domain().axes(shared.residual), &parts);
            let (own, theirs) = (&mut pooled[shared.here], &other.residuals[shared.there]);
            for ((x, y), (own, others)) in own.iter_mut().zip(theirs).zip(parts) {
                *x = own * *x + others * y;
            }
        }
        Self {
            variances: self.variances.pooled(&other.variances),
            residuals: pooled,
            ..*self
        }
    }

    /// How far this sum and `other` lie apart in what both measure.
    #[must_use]
    pub fn distance(&self, other: &Self) -> Distance {
        let mut distance = Distance {
            squares: 0.0,
            degrees: 0,
        };
        if self.unit != other.unit {
            return distance;
        }
        for shared in self.variances.shared(&other.variances) {
            let axes = self.domain().axes(shared.residual);
            let pairs = self.variances.pairs(&other.variances, &shared);
            let of_both: Vec<_> = pairs.into_iter().map(|(s, t)| s + t).collect();
            let values = self.residuals[shared.here].iter();
            let values = values.zip(&other.residuals[shared.there]);
            // Exact figures that are equal lie nowhere apart.
            let apart = values
                .zip(per_cell(&axes, &of_both))
                .map(|((x, y), variance)| ((x - y).powi(2), variance))
                .filter(|(squared, _)| *squared > 0.0);
            distance.squares += apart
                .map(|(squared, of_both)| squared / of_both)
                .sum::<f64>();
            let free = axes.iter().map(|level| level.size() - level.groups());
            distance.degrees += free.product::<usize>() as u64;
        }
        distance
    }
}

/// What two estimates with these variances count for in their mean.
fn parts(s: f64, t: f64) -> (f64, f64) {
    if s + t > 0.0 {
        (t / (s + t), s / (s + t))
    } else {
        (0.5, 0.5)
    }
}

#[cfg(test)]
mod tests;
