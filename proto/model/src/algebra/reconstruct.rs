//! Adds up the measurements of nodes, and reconstructs every table of their sum.

use super::{
    AttributeSet, Domain, LinearCombination, MIN_GAMMA, MeasureUnit, Strategy, StrategyError,
    Variances, residual::project,
};

/// The sum of any set of nodes' measurements, each divided by its own w_A ∏ n_i.
///
/// Nodes may differ in weights and γ, not in domain, unit or residuals. With no contributor
/// yet, every estimate is 0 with variance 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ResidualSum {
    unit: MeasureUnit,
    variances: Variances,
    /// r_A for each residual, in the order of `variances`: whole units, projected by P_A.
    residuals: Vec<Vec<f64>>,
    contributors: u64,
}

/// The estimated table over one marginal.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The attributes, whose ascending positions are the axes.
    pub marginal: AttributeSet,
    /// The category count of each axis.
    pub sizes: Vec<usize>,
    /// Unbiased signed estimates in whole persons or whole FTE: row-major, the last attribute
    /// fastest. Neither rounded nor clamped.
    pub estimates: Vec<f64>,
    /// The variance of each cell (the same for all of them), in the same unit squared.
    pub cell_variance: f64,
}

/// Why a measurement cannot be added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReconstructError {
    /// The category counts differ.
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
    /// The residuals make no strategy.
    #[error(transparent)]
    Residuals(#[from] StrategyError),
}

impl ResidualSum {
    /// The empty sum, for measurements of these residuals: in any order, subsets included.
    ///
    /// # Errors
    /// [`ReconstructError::Residuals`] where the residuals are not closed under subsets, not
    /// over the domain, or too many.
    pub fn new(
        domain: Domain,
        unit: MeasureUnit,
        residuals: impl IntoIterator<Item = AttributeSet>,
    ) -> Result<Self, ReconstructError> {
        let mut residuals: Vec<_> = residuals.into_iter().map(|set| (set, 1)).collect();
        residuals.sort_unstable();
        residuals.dedup();
        // The strategy with the smallest numbers: every other is refused for what this one is.
        let least = Strategy::new(domain, unit, residuals, MIN_GAMMA)?;
        Ok(Self::for_strategy(&least))
    }

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
        let mut scratch = Vec::new();
        for (sum, span) in self.residuals.iter_mut().zip(strategy.layout()) {
            let divisor = strategy.divisor(span.residual, span.weight);
            let entries = &y[span.offset..][..span.len];
            scratch.clear();
            #[expect(
                clippy::cast_precision_loss,
                reason = "beyond 2^53 the loss is 2^-53 of a noisy value"
            )]
            scratch.extend(entries.iter().map(|&entry| entry as f64 / divisor));
            let sizes = strategy.domain().sizes(span.residual);
            project(&mut scratch, &sizes).expect("the span has the residual's shape");
            for (sum, x) in sum.iter_mut().zip(&scratch) {
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

    /// The category count of every attribute.
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

    /// See [`Variances::cell_variance`].
    #[must_use]
    pub fn cell_variance(&self, marginal: AttributeSet) -> Option<f64> {
        self.variances.cell_variance(marginal)
    }

    /// See [`Variances::covariance`].
    #[must_use]
    pub fn covariance(&self, marginal: AttributeSet, u: usize, v: usize) -> Option<f64> {
        self.variances.covariance(marginal, u, v)
    }

    /// The estimated table over `marginal`, or `None` where it is not in the closure.
    ///
    /// It is Σ_{A⊆M} broadcast(r_A) / ∏_{j∈M∖A} n_j. Any two tables have the same common margins.
    #[must_use]
    pub fn table(&self, marginal: AttributeSet) -> Option<Table> {
        let cell_variance = self.cell_variance(marginal)?;
        let domain = self.domain();
        let sizes = domain.sizes(marginal);
        let mut estimates = vec![0.0; sizes.iter().product()];
        for residual in marginal.subsets() {
            let averaged = domain.cells_f64(marginal.difference(residual));
            let strides = strides_within(domain, marginal, residual);
            let source = self.residual(residual)?;
            broadcast_add(&mut estimates, &sizes, &strides, source, 1.0 / averaged);
        }
        Some(Table {
            marginal,
            sizes,
            estimates,
            cell_variance,
        })
    }

    /// r_A, projected, in whole persons or FTE.
    fn residual(&self, residual: AttributeSet) -> Option<&[f64]> {
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
            for residual in cell.marginal.subsets() {
                let averaged = domain.cells_f64(cell.marginal.difference(residual));
                let index = cell.index_within(domain, residual);
                value += coefficient * self.residual(residual)?[index] / averaged;
            }
        }
        Some(value)
    }
}

/// For each axis of `marginal`, how far apart its categories lie in the table of `residual`:
/// 0 where the residual does not have the axis.
fn strides_within(domain: &Domain, marginal: AttributeSet, residual: AttributeSet) -> Vec<usize> {
    let behind = |axis| residual.iter().filter(move |&position| position > axis);
    (marginal.iter())
        .map(|axis| {
            if residual.contains(axis) {
                behind(axis).map(|i| domain.size_of(i) as usize).product()
            } else {
                0
            }
        })
        .collect()
}

/// Adds `factor` times `source` to `out`, and repeats `source` along the axes that it lacks
/// (stride 0).
fn broadcast_add(out: &mut [f64], sizes: &[usize], strides: &[usize], source: &[f64], factor: f64) {
    let (Some((&size, sizes)), Some((&stride, strides))) =
        (sizes.split_first(), strides.split_first())
    else {
        out[0] += factor * source[0];
        return;
    };
    let slabs = out.chunks_exact_mut(out.len() / size);
    for (category, slab) in slabs.enumerate() {
        broadcast_add(slab, sizes, strides, &source[category * stride..], factor);
    }
}

#[cfg(test)]
mod tests;
