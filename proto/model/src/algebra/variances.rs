//! How exact every cell, and every linear combination of cells, is: in closed form.

use super::{
    Domain, Levels, LinearCombination,
    combination::Cell,
    residual::{Spread, per_cell, project, spread},
};

/// The most pairs of terms for which a covariance is summed pair by pair.
const PAIRWISE: usize = 64;

/// The variance of every block of every residual, from which every variance and covariance follows.
///
/// In the estimates' unit squared: persons², or whole FTE². They are variances of the noise alone:
/// nothing here depends on data. Those of independent measurements add up ([`Self::add`]).
#[derive(Clone, Debug, PartialEq)]
pub struct Variances {
    domain: Domain,
    /// Sorted, with everything coarser; the variances row-major over the parents.
    residuals: Vec<(Levels, Vec<f64>)>,
}

impl Variances {
    /// `residuals` must be sorted, with everything coarser, and over the domain.
    pub(super) fn new(domain: Domain, residuals: Vec<(Levels, Vec<f64>)>) -> Self {
        Self { domain, residuals }
    }

    /// The categories and groups of every attribute.
    #[must_use]
    pub const fn domain(&self) -> &Domain {
        &self.domain
    }

    /// Each residual with the variance s of each of its blocks (one where no attribute has groups), in
    /// the order of [`Levels`].
    #[must_use]
    pub fn residuals(&self) -> &[(Levels, Vec<f64>)] {
        &self.residuals
    }

    /// The variances of the blocks of a residual; `None` where it is not measured.
    #[must_use]
    pub fn of_residual(&self, residual: Levels) -> Option<&[f64]> {
        let index = self.index(residual)?;
        Some(&self.residuals[index].1)
    }

    pub(super) fn index(&self, residual: Levels) -> Option<usize> {
        self.residuals
            .binary_search_by_key(&residual, |&(levels, _)| levels)
            .ok()
    }

    /// The variance of every cell of a marginal, in the order of its table. `None` where the marginal is
    /// not in the closure.
    ///
    /// Σ_{ℓ≤M} s ∏ h²(1 − 1/m) over the axes that ℓ has and ∏ h² over those that it lacks, with h the
    /// part of its ancestor in ℓ that falls to the cell.
    #[must_use]
    pub fn cell_variances(&self, marginal: Levels) -> Option<Vec<f64>> {
        self.index(marginal)?;
        let mut variances = vec![0.0; self.domain.sizes(marginal).iter().product()];
        for residual in marginal.below() {
            let axes: Vec<_> = (marginal.iter())
                .map(|(at, finer)| self.axis(at, finer, residual.level(at)))
                .collect();
            spread(&mut variances, &axes, self.of_residual(residual)?);
        }
        Some(variances)
    }

    /// How the variances of a residual's blocks come to the cells of a finer marginal, along one axis.
    #[expect(clippy::cast_precision_loss, reason = "category counts are small")]
    fn axis(&self, at: usize, finer: usize, level: usize) -> Spread {
        let tree = self.domain.tree(at);
        let from = |node| {
            let squared = tree.share(finer, node, level).powi(2);
            if level == 0 {
                return (0, squared);
            }
            let nodes = tree.level(level);
            let ancestor = tree.ancestor(finer, node, level);
            let contrast = 1.0 - 1.0 / nodes.siblings(ancestor) as f64;
            (nodes.parent(ancestor), squared * contrast)
        };
        Spread {
            size: tree.size(level.saturating_sub(1)),
            from: (0..tree.size(finer)).map(from).collect(),
        }
    }

    /// The variance of the cell of a marginal at a row-major index; `None` where the marginal is not in
    /// the closure or the index out of range.
    #[must_use]
    pub fn cell_variance(&self, marginal: Levels, cell: usize) -> Option<f64> {
        self.covariance(marginal, cell, cell)
    }

    /// The covariance of cells `u` and `v` (row-major indices) of one marginal; `None` where the marginal
    /// is not in the closure or an index is out of range.
    #[must_use]
    pub fn covariance(&self, marginal: Levels, u: usize, v: usize) -> Option<f64> {
        self.index(marginal)?;
        let u = Cell::resolve(&self.domain, marginal, u)?;
        let v = Cell::resolve(&self.domain, marginal, v)?;
        Some(self.cell_covariance(&u, &v))
    }

    /// The variance of a linear combination over any marginals; `None` where one of its cells
    /// is not in the closure.
    #[must_use]
    pub fn combination_variance(&self, combination: &LinearCombination) -> Option<f64> {
        let variance = self.combination_covariance(combination, combination)?;
        // Rounding must not make the variance of a difference of equals negative.
        Some(variance.max(0.0))
    }

    /// The covariance of two linear combinations over any marginals; `None` where one of their
    /// cells is not in the closure.
    #[must_use]
    pub fn combination_covariance(
        &self,
        a: &LinearCombination,
        b: &LinearCombination,
    ) -> Option<f64> {
        let (a, b) = (self.resolve(a)?, self.resolve(b)?);
        Some(if a.len().saturating_mul(b.len()) <= PAIRWISE {
            self.covariance_by_pairs(&a, &b)
        } else {
            self.covariance_by_residuals(&a, &b)
        })
    }

    /// The terms, or `None` where a cell does not exist or is not in the closure.
    pub(super) fn resolve(&self, combination: &LinearCombination) -> Option<Vec<(Cell, f64)>> {
        let terms = combination.resolve(&self.domain)?;
        let measured = |(cell, _): &(Cell, f64)| self.index(cell.marginal).is_some();
        terms.iter().all(measured).then_some(terms)
    }

    /// Cov(u of M, v of N) = Σ_{ℓ ≤ M, N} s ∏ κ, with κ = h(u)h(v) along the axes that ℓ lacks, and
    /// h(u)h(v)(1[same node] − 1/m) along the others where u and v have one parent there; where they
    /// have not, they share no block and the term is 0.
    fn cell_covariance(&self, u: &Cell, v: &Cell) -> f64 {
        let both = u.marginal.meet(v.marginal);
        both.below()
            .map(|residual| self.common_part(u, v, residual))
            .sum()
    }

    /// The part of the covariance of two cells that comes from one residual.
    #[expect(clippy::cast_precision_loss, reason = "category counts are small")]
    fn common_part(&self, u: &Cell, v: &Cell, residual: Levels) -> f64 {
        let domain = &self.domain;
        let mut contrast = 1.0;
        for (at, level) in residual.iter() {
            let nodes = domain.tree(at).level(level);
            let (u, v) = (u.ancestor(domain, at, level), v.ancestor(domain, at, level));
            if nodes.parent(u) != nodes.parent(v) {
                return 0.0;
            }
            contrast *= f64::from(u8::from(u == v)) - 1.0 / nodes.siblings(u) as f64;
        }
        let blocks = self
            .of_residual(residual)
            .expect("everything coarser is measured");
        let shares = u.share_of(domain, residual) * v.share_of(domain, residual);
        contrast * shares * blocks[u.block_within(domain, residual)]
    }

    fn covariance_by_pairs(&self, a: &[(Cell, f64)], b: &[(Cell, f64)]) -> f64 {
        let pairs = a.iter().flat_map(|u| b.iter().map(move |v| (u, v)));
        pairs
            .map(|((u, x), (v, y))| x * y * self.cell_covariance(u, v))
            .sum()
    }

    /// What [`Self::covariance_by_pairs`] gives, in time linear in the number of terms:
    /// Σ_ℓ Σ_blocks s · a_ℓᵀ P_ℓ b_ℓ, where a_ℓ are the coefficients of r_ℓ in the combination.
    fn covariance_by_residuals(&self, a: &[(Cell, f64)], b: &[(Cell, f64)]) -> f64 {
        let term = |(residual, blocks): &(Levels, Vec<f64>)| {
            let (Some(mut a), Some(b)) = (
                self.coefficients(a, *residual),
                self.coefficients(b, *residual),
            ) else {
                return 0.0;
            };
            let axes = self.domain.axes(*residual);
            project(&mut a, &axes).expect("made with this shape");
            let products = a.iter().zip(&b).map(|(x, y)| x * y);
            match blocks.as_slice() {
                [only] => only * products.sum::<f64>(),
                _ => per_cell(&axes, blocks)
                    .into_iter()
                    .zip(products)
                    .map(|(s, xy)| s * xy)
                    .sum(),
            }
        };
        self.residuals.iter().map(term).sum()
    }

    /// The coefficients of r_ℓ in a combination, `None` where r_ℓ is no part of it.
    fn coefficients(&self, terms: &[(Cell, f64)], residual: Levels) -> Option<Vec<f64>> {
        let cells = usize::try_from(self.domain.cells(residual)).expect("at most 2^24 entries");
        let mut result = None;
        for (cell, coefficient) in terms {
            if residual.is_within(cell.marginal) {
                let index = cell.index_within(&self.domain, residual);
                let share = cell.share_of(&self.domain, residual);
                result.get_or_insert_with(|| vec![0.0; cells])[index] += coefficient * share;
            }
        }
        result
    }

    /// Whether both have variances of the same residuals.
    pub(super) fn has_residuals_of(&self, other: &Self) -> bool {
        let ours = self.residuals.iter().map(|(levels, _)| levels);
        ours.eq(other.residuals.iter().map(|(levels, _)| levels))
    }

    /// Multiplies every variance.
    pub(super) fn scale(&mut self, by: f64) {
        for variance in self.residuals.iter_mut().flat_map(|(_, blocks)| blocks) {
            *variance *= by;
        }
    }

    /// Adds the variances of independent measurements; `false`, and nothing is added, where the
    /// domain or the residuals differ.
    #[must_use]
    pub fn add(&mut self, other: &Self) -> bool {
        if self.domain != other.domain || !self.has_residuals_of(other) {
            return false;
        }
        for ((_, sums), (_, more)) in self.residuals.iter_mut().zip(&other.residuals) {
            for (sum, more) in sums.iter_mut().zip(more) {
                *sum += more;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests;
