//! The optimum over real-valued variances s_A, before they are rounded to integers.

use super::{AttributeSet, Domain, MarginalImportance, Objective, closure};

/// The dual's iterations end at this gap, or after [`MOST_STEPS`].
const ENOUGH: f64 = 1e-9;
const MOST_STEPS: usize = 20_000;

/// A workload's variances as linear functions of s_A: var_M = Σ_{A⊆M} V_{M,A} s_A.
pub(super) struct Problem {
    /// 𝒜: the workload's closure, sorted.
    pub(super) residuals: Vec<AttributeSet>,
    /// p_A = ∏ (n_i − 1)/n_i.
    shares: Vec<f64>,
    marginals: Vec<Marginal>,
    twice_rho: f64,
}

struct Marginal {
    importance: f64,
    /// (index of A, V_{M,A} = p_A ∏_{j∈M∖A} n_j⁻²) for each A ⊆ M.
    terms: Vec<(usize, f64)>,
}

pub(super) struct Solution {
    /// s_A, in the order of the residuals.
    pub(super) variances: Vec<f64>,
    pub(super) duality_gap: f64,
}

// === impl Problem ===

impl Problem {
    /// The workload must have been checked.
    pub(super) fn new(domain: &Domain, workload: &[MarginalImportance], rho: f64) -> Self {
        let sets: Vec<_> = workload.iter().map(|&(marginal, _)| marginal).collect();
        let residuals = closure(&sets);
        let share = |residual: &AttributeSet| {
            let factors = residual.iter().map(|i| f64::from(domain.size_of(i)));
            factors.map(|n| (n - 1.0) / n).product()
        };
        let shares: Vec<f64> = residuals.iter().map(share).collect();
        let term = |marginal: AttributeSet, residual: AttributeSet| {
            let index = residuals
                .binary_search(&residual)
                .expect("the closure holds every subset");
            let averaged = domain.cells_f64(marginal.difference(residual));
            (index, shares[index] / (averaged * averaged))
        };
        let marginals = (workload.iter())
            .map(|&(marginal, importance)| Marginal {
                importance,
                terms: marginal.subsets().map(|set| term(marginal, set)).collect(),
            })
            .collect();
        Self {
            residuals,
            shares,
            marginals,
            twice_rho: 2.0 * rho,
        }
    }

    /// Σ c_M var_M, or max var_M / c_M.
    pub(super) fn objective(&self, objective: Objective, variances: &[f64]) -> f64 {
        let each = self.marginals.iter();
        match objective {
            Objective::SumOfVariances => each
                .map(|marginal| marginal.importance * marginal.variance(variances))
                .sum(),
            Objective::WorstMarginal => each
                .map(|marginal| marginal.variance(variances) / marginal.importance)
                .fold(0.0, f64::max),
        }
    }

    pub(super) fn least_sum(&self) -> Solution {
        let weights = self.marginals.iter().map(|marginal| marginal.importance);
        Solution {
            variances: self.least_weighted_sum(weights).1,
            duality_gap: 0.0,
        }
    }

    /// The least max_M var_M / c_M, by its dual: the maximum over λ in the simplex of T(λ), the
    /// least Σ λ_M var_M / c_M.
    ///
    /// For every λ, T(λ) is a lower bound on the least maximum, and the maximum at T's own
    /// variances is an upper bound. The gap between the two is the certificate.
    pub(super) fn least_worst(&self) -> Solution {
        let mut lambda = vec![1.0; self.marginals.len()];
        let mut best = Solution {
            variances: Vec::new(),
            duality_gap: f64::INFINITY,
        };
        let (mut upper, mut lower) = (f64::INFINITY, 0.0_f64);
        for _ in 0..MOST_STEPS {
            let sum: f64 = lambda.iter().sum();
            for lambda in &mut lambda {
                *lambda /= sum;
            }
            let weights = lambda.iter().zip(&self.marginals);
            let weights = weights.map(|(lambda, marginal)| lambda / marginal.importance);
            let (total, variances) = self.least_weighted_sum(weights);
            let worst = self.objective(Objective::WorstMarginal, &variances);
            lower = lower.max(total);
            for (lambda, marginal) in lambda.iter_mut().zip(&self.marginals) {
                *lambda *= marginal.variance(&variances) / marginal.importance / total;
            }
            if worst < upper || best.variances.is_empty() {
                upper = worst;
                best.variances = variances;
            }
            if upper - lower <= ENOUGH * upper {
                break;
            }
        }
        best.duality_gap = (1.0 - lower / upper).max(0.0);
        best
    }

    /// T, the least Σ weight_M var_M, and its s_A: `ResidualPlanner`, in closed form.
    fn least_weighted_sum(&self, weights: impl Iterator<Item = f64>) -> (f64, Vec<f64>) {
        let mut v = vec![0.0; self.residuals.len()];
        for (weight, marginal) in weights.zip(&self.marginals) {
            for &(index, coefficient) in &marginal.terms {
                v[index] += weight * coefficient;
            }
        }
        let roots = v.iter().zip(&self.shares).map(|(v, p)| (v * p).sqrt());
        let sum: f64 = roots.sum();
        let total = sum * sum / self.twice_rho;
        let variance = |(v, p): (&f64, &f64)| (total * p / (self.twice_rho * v)).sqrt();
        let variances = v.iter().zip(&self.shares).map(variance).collect();
        (total, variances)
    }
}

// === impl Marginal ===

impl Marginal {
    /// var_M: the variance of each cell.
    fn variance(&self, variances: &[f64]) -> f64 {
        let terms = self.terms.iter();
        terms
            .map(|&(index, coefficient)| coefficient * variances[index])
            .sum()
    }
}
