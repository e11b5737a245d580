//! Adds up the measurements of nodes, and reconstructs every table of their sum.

mod pool;

pub use pool::Distance;

use super::{
    Domain, Levels, LinearCombination, MeasureUnit, Strategy, Variances,
    residual::{Spread, per_cell, project, spread},
};

/// The sum of any set of nodes' measurements, each entry divided by its own w ∏ m.
///
/// Nodes may differ in weights and γ, not in domain, unit or residuals. With no contributor
/// yet, every estimate is 0 with variance 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ResidualSum {
    unit: MeasureUnit,
    variances: Variances,
    /// r_ℓ for each residual, in the order of `variances`: whole units, projected by P_ℓ.
    residuals: Vec<Vec<f64>>,
    contributors: u64,
}

/// The estimated table over one marginal.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The levels counted by; the ascending positions of their attributes are the axes.
    pub marginal: Levels,
    /// The number of nodes along each axis.
    pub sizes: Vec<usize>,
    /// Unbiased signed estimates in whole persons or whole FTE: row-major, the last attribute
    /// fastest. Neither rounded nor clamped.
    pub estimates: Vec<f64>,
}

/// Why a measurement cannot be added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReconstructError {
    /// The categories or groups differ.
    #[error("the domains differ")]
    OtherDomain,
    /// Headcount and FTE do not add up.
    #[error("the units differ")]
    OtherUnit,
    /// The residuals measured differ.
    #[error("the residuals differ")]
    OtherResiduals,
    /// The measurement has not as many entries as its strategy makes.
    #[error("the measurement has {found} entries where its strategy makes {expected}")]
    Length {
        /// The number of entries that the strategy makes.
        expected: usize,
        /// The number of entries that the measurement has.
        found: usize,
    },
}

impl ResidualSum {
    /// The empty sum, for measurements of this strategy's residuals.
    #[must_use]
    pub fn for_strategy(strategy: &Strategy) -> Self {
        Self {
            unit: strategy.unit(),
            variances: strategy.variances(0),
            residuals: (strategy.layout().iter())
                .map(|span| vec![0.0; span.len])
                .collect(),
            contributors: 0,
        }
    }

    /// Adds one node's measurement `y`, made by `strategy`.
    ///
    /// # Errors
    /// A different domain, unit, residuals or length; then nothing is added.
    pub fn add(&mut self, strategy: &Strategy, y: &[i64]) -> Result<(), ReconstructError> {
        self.add_vector(strategy, y, &strategy.variances(1))
    }

    /// Adds a vector that carries no noise: published figures, encoded by `strategy` as a node's
    /// counts are. Estimates of them have variance 0.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn add_exact(&mut self, strategy: &Strategy, y: &[i64]) -> Result<(), ReconstructError> {
        self.add_vector(strategy, y, &strategy.variances(0))
    }

    fn add_vector(
        &mut self,
        strategy: &Strategy,
        y: &[i64],
        more: &Variances,
    ) -> Result<(), ReconstructError> {
        self.check(strategy.unit(), more)?;
        let expected = strategy.entries();
        if y.len() != expected {
            let found = y.len();
            return Err(ReconstructError::Length { expected, found });
        }
        for (index, (sum, span)) in self.residuals.iter_mut().zip(strategy.layout()).enumerate() {
            let axes = strategy.domain().axes(span.residual);
            let divisors = per_cell(&axes, &strategy.divisors(index));
            let entries = &y[span.offset..][..span.len];
            #[expect(
                clippy::cast_precision_loss,
                reason = "beyond 2^53 the loss is 2^-53 of a noisy value"
            )]
            let divided = entries
                .iter()
                .zip(divisors)
                .map(|(&entry, divisor)| entry as f64 / divisor);
            let mut residual: Vec<_> = divided.collect();
            project(&mut residual, &axes).expect("the span has the residual's shape");
            for (sum, x) in sum.iter_mut().zip(&residual) {
                *sum += x;
            }
        }
        self.finish(more, 1);
        Ok(())
    }

    /// Adds another sum, over other nodes.
    ///
    /// # Errors
    /// A different domain, unit or residuals; then nothing is added.
    pub fn merge(&mut self, other: &Self) -> Result<(), ReconstructError> {
        self.check(other.unit, &other.variances)?;
        for (sum, more) in self.residuals.iter_mut().zip(&other.residuals) {
            for (sum, x) in sum.iter_mut().zip(more) {
                *sum += x;
            }
        }
        self.finish(&other.variances, other.contributors);
        Ok(())
    }

    /// The mean of these sums, which are of one series: of the same day in several years, say. `None` where there
    /// is none.
    ///
    /// # Errors
    /// As [`Self::merge`].
    #[expect(clippy::cast_precision_loss, reason = "means are over a few sums")]
    pub fn mean(sums: &[Self]) -> Result<Option<Self>, ReconstructError> {
        let Some((first, others)) = sums.split_first() else {
            return Ok(None);
        };
        let mut mean = first.clone();
        for other in others {
            mean.merge(other)?;
        }
        let part = 1.0 / sums.len() as f64;
        for x in mean.residuals.iter_mut().flatten() {
            *x *= part;
        }
        mean.variances.scale(part.powi(2));
        Ok(Some(mean))
    }

    fn check(&self, unit: MeasureUnit, more: &Variances) -> Result<(), ReconstructError> {
        if self.domain() != more.domain() {
            return Err(ReconstructError::OtherDomain);
        }
        if self.unit != unit {
            return Err(ReconstructError::OtherUnit);
        }
        if !self.variances.has_residuals_of(more) {
            return Err(ReconstructError::OtherResiduals);
        }
        Ok(())
    }

    fn finish(&mut self, more: &Variances, contributors: u64) {
        let added = self.variances.add(more);
        debug_assert!(added, "domain and residuals were checked");
        self.contributors += contributors;
    }

    /// What is measured: headcount or FTE.
    #[must_use]
    pub const fn unit(&self) -> MeasureUnit {
        self.unit
    }

    /// The categories and groups of every attribute.
    #[must_use]
    pub const fn domain(&self) -> &Domain {
        self.variances.domain()
    }

    /// The number of measurements that were added.
    #[must_use]
    pub const fn contributors(&self) -> u64 {
        self.contributors
    }

    /// The variances of this sum.
    #[must_use]
    pub const fn variances(&self) -> &Variances {
        &self.variances
    }

    /// The estimated table over `marginal`, or `None` where it is not in the closure. How exact its cells
    /// are: [`Variances::cell_variances`].
    ///
    /// It is Σ_{ℓ≤M} of r_ℓ, each shared out equally among the children of every node on the way down
    /// to M. Any two tables have the same common margins.
    #[must_use]
    pub fn table(&self, marginal: Levels) -> Option<Table> {
        self.variances.index(marginal)?;
        let domain = self.domain();
        let sizes = domain.sizes(marginal);
        let mut estimates = vec![0.0; sizes.iter().product()];
        for residual in marginal.below() {
            let axes: Vec<_> = (marginal.iter())
                .map(|(at, finer)| {
                    let (tree, to) = (domain.tree(at), residual.level(at));
                    let from = |node| (tree.ancestor(finer, node, to), tree.share(finer, node, to));
                    Spread {
                        size: tree.size(to),
                        from: (0..tree.size(finer)).map(from).collect(),
                    }
                })
                .collect();
            spread(&mut estimates, &axes, self.residual(residual)?);
        }
        Some(Table {
            marginal,
            sizes,
            estimates,
        })
    }

    /// r_ℓ, projected, in whole persons or FTE.
    fn residual(&self, residual: Levels) -> Option<&[f64]> {
        let index = self.variances.index(residual)?;
        Some(&self.residuals[index])
    }

    /// The estimate of a linear combination, or `None` where one of its cells is not in the
    /// closure. Its variance: [`Variances::combination_variance`].
    #[must_use]
    pub fn value(&self, combination: &LinearCombination) -> Option<f64> {
        let domain = self.domain();
        let mut value = 0.0;
        for (cell, coefficient) in self.variances.resolve(combination)? {
            for residual in cell.marginal.below() {
                let index = cell.index_within(domain, residual);
                let share = cell.share_of(domain, residual);
                value += coefficient * share * self.residual(residual)?[index];
            }
        }
        Some(value)
    }
}

#[cfg(test)]
mod tests;
