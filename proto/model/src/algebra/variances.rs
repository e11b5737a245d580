//! How exact every cell, and every linear combination of cells, is: in closed form.

use super::{AttributeSet, Domain, LinearCombination, combination::Cell, residual::project};

/// The most pairs of terms for which a covariance is summed pair by pair.
const PAIRWISE: usize = 64;

/// The variance s_A of every residual, from which every variance and covariance follows.
///
/// In the estimates' unit squared: persons², or whole FTE². They are variances of the noise alone:
/// nothing here depends on data. Those of independent measurements add up ([`Self::add`]).
#[derive(Clone, Debug, PartialEq)]
pub struct Variances {
    domain: Domain,
    /// Sorted, closed under subsets.
    residuals: Vec<(AttributeSet, f64)>,
}

impl Variances {
    /// `residuals` must be sorted, closed under subsets, and over the domain.
    pub(super) fn new(domain: Domain, residuals: Vec<(AttributeSet, f64)>) -> Self {
        Self { domain, residuals }
    }

    /// The category count of every attribute.
    #[must_use]
    pub const fn domain(&self) -> &Domain {
        &self.domain
    }

    /// Each residual with its s_A, in the order of [`AttributeSet`].
    #[must_use]
    pub fn residuals(&self) -> &[(AttributeSet, f64)] {
        &self.residuals
    }

    /// The variance s_A of the residual A; `None` where A is not measured.
    #[must_use]
    pub fn of_residual(&self, residual: AttributeSet) -> Option<f64> {
        let index = self.index(residual)?;
        Some(self.residuals[index].1)
    }

    pub(super) fn index(&self, residual: AttributeSet) -> Option<usize> {
        self.residuals
            .binary_search_by_key(&residual, |&(set, _)| set)
            .ok()
    }

    /// The variance of each cell of a marginal (the same for all of them):
    /// Σ_{A⊆M} s_A ∏_{i∈A}(1 − 1/n_i) ∏_{j∈M∖A} n_j⁻². `None` where M is not in the closure.
    #[must_use]
    pub fn cell_variance(&self, marginal: AttributeSet) -> Option<f64> {
        self.index(marginal)?;
        let any = Cell::resolve(&self.domain, marginal, 0)?;
        Some(self.cell_covariance(&any, &any))
    }

    /// The covariance of cells `u` and `v` (row-major indices) of one marginal; `None` where M
    /// is not in the closure or an index is out of range.
    #[must_use]
    pub fn covariance(&self, marginal: AttributeSet, u: usize, v: usize) -> Option<f64> {
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

    /// Cov(u of M, v of M') = Σ_{A⊆M∩M'} s_A ∏_{i∈A}(1[u_i=v_i] − 1/n_i) ∏_{j∈M∖A} n_j⁻¹
    /// ∏_{j∈M'∖A} n_j⁻¹.
    fn cell_covariance(&self, u: &Cell, v: &Cell) -> f64 {
        let term = |residual: AttributeSet| {
            let variance = self
                .of_residual(residual)
                .expect("residuals are closed under subsets");
            let averaged = self.domain.cells_f64(u.marginal.difference(residual))
                * self.domain.cells_f64(v.marginal.difference(residual));
            residual.iter().fold(variance / averaged, |product, i| {
                let same = f64::from(u8::from(u.categories[i] == v.categories[i]));
                product * (same - 1.0 / f64::from(self.domain.size_of(i)))
            })
        };
        u.marginal
            .intersection(v.marginal)
            .subsets()
            .map(term)
            .sum()
    }

    fn covariance_by_pairs(&self, a: &[(Cell, f64)], b: &[(Cell, f64)]) -> f64 {
        let pairs = a.iter().flat_map(|u| b.iter().map(move |v| (u, v)));
        pairs
            .map(|((u, x), (v, y))| x * y * self.cell_covariance(u, v))
            .sum()
    }

    /// What [`Self::covariance_by_pairs`] gives, in time linear in the number of terms:
    /// Σ_A s_A · a_Aᵀ P_A b_A, where a_A are the coefficients of r_A in the combination.
    fn covariance_by_residuals(&self, a: &[(Cell, f64)], b: &[(Cell, f64)]) -> f64 {
        let term = |&(residual, variance): &(AttributeSet, f64)| {
            let (Some(mut a), Some(b)) = (
                self.coefficients(a, residual),
                self.coefficients(b, residual),
            ) else {
                return 0.0;
            };
            project(&mut a, &self.domain.sizes(residual)).expect("made with this shape");
            variance * a.iter().zip(&b).map(|(x, y)| x * y).sum::<f64>()
        };
        self.residuals.iter().map(term).sum()
    }

    /// The coefficients of r_A in a combination, `None` where r_A is no part of it.
    fn coefficients(&self, terms: &[(Cell, f64)], residual: AttributeSet) -> Option<Vec<f64>> {
        let cells = usize::try_from(self.domain.cells(residual)).expect("at most 2^24 entries");
        let mut result = None;
        for (cell, coefficient) in terms {
            if residual.is_subset_of(cell.marginal) {
                let averaged = self.domain.cells_f64(cell.marginal.difference(residual));
                let index = cell.index_within(&self.domain, residual);
                result.get_or_insert_with(|| vec![0.0; cells])[index] += coefficient / averaged;
            }
        }
        result
    }

    /// Whether both have variances of the same residuals.
    pub(super) fn has_residuals_of(&self, other: &Self) -> bool {
        let ours = self.residuals.iter().map(|&(set, _)| set);
        ours.eq(other.residuals.iter().map(|&(set, _)| set))
    }

    /// Adds the variances of independent measurements; `false`, and nothing is added, where the
    /// domain or the residuals differ.
    #[must_use]
    pub fn add(&mut self, other: &Self) -> bool {
        if self.domain != other.domain || !self.has_residuals_of(other) {
            return false;
        }
        for ((_, sum), (_, more)) in self.residuals.iter_mut().zip(&other.residuals) {
            *sum += more;
        }
        true
    }
}

#[cfg(test)]
mod tests;
