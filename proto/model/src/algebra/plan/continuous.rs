//! The optimum over real-valued variances, before they are rounded to integers.

use super::{Domain, Levels, MarginalImportance, Objective, closure};
use crate::algebra::Tree;

/// The dual's iterations end at this gap, or after [`MOST_STEPS`].
const ENOUGH: f64 = 1e-9;
const MOST_STEPS: usize = 20_000;

/// A workload's variances as linear functions of σ_ℓ: mean var_M = Σ_{ℓ≤M} k_{M,ℓ} σ_ℓ.
///
/// σ_ℓ is the variance of residual ℓ in units of its noise in a person's own direction: measuring it costs
/// 1/σ_ℓ of 2ρ, whatever the sizes of its groups. The variance of a block is s = σ_ℓ ∏ (1 − 1/m).
pub(super) struct Problem {
    /// 𝓛: the workload's closure, sorted.
    pub(super) residuals: Vec<Levels>,
    marginals: Vec<Marginal>,
    twice_rho: f64,
}

struct Marginal {
    importance: f64,
    /// (index of ℓ, k_{M,ℓ}) for each ℓ ≤ M.
    terms: Vec<(usize, f64)>,
}

pub(super) struct Solution {
    /// σ_ℓ, in the order of the residuals.
    pub(super) sigmas: Vec<f64>,
    pub(super) duality_gap: f64,
}

/// k(M, ℓ) along one axis: the mean over the nodes of level `finer` of h²(1 − 1/m)², or of h² where the
/// residual lacks the axis (`level` 0), with h the part of its ancestor that falls to the node.
#[expect(clippy::cast_precision_loss, reason = "category counts are small")]
fn coefficient(tree: &Tree, finer: usize, level: usize) -> f64 {
    let of_node = |node| {
        let share = tree.share(finer, node, level);
        let contrast = if level == 0 {
            1.0
        } else {
            let ancestor = tree.ancestor(finer, node, level);
            1.0 - 1.0 / tree.level(level).siblings(ancestor) as f64
        };
        (share * contrast).powi(2)
    };
    let size = tree.size(finer);
    (0..size).map(of_node).sum::<f64>() / size as f64
}

// === impl Problem ===

impl Problem {
    /// The workload must have been checked.
    pub(super) fn new(domain: &Domain, workload: &[MarginalImportance], rho: f64) -> Self {
        let all: Vec<_> = workload.iter().map(|&(marginal, _)| marginal).collect();
        let residuals = closure(&all);
        let term = |marginal: Levels, residual: Levels| {
            let index = residuals
                .binary_search(&residual)
                .expect("the closure holds everything coarser");
            let axes = marginal.iter();
            let along = |(at, finer)| coefficient(domain.tree(at), finer, residual.level(at));
            (index, axes.map(along).product())
        };
        let marginals = (workload.iter())
            .map(|&(marginal, importance)| Marginal {
                importance,
                terms: marginal
                    .below()
                    .map(|residual| term(marginal, residual))
                    .collect(),
            })
            .collect();
        Self {
            residuals,
            marginals,
            twice_rho: 2.0 * rho,
        }
    }

    /// Σ c_M var_M, or max var_M / c_M.
    pub(super) fn objective(&self, objective: Objective, sigmas: &[f64]) -> f64 {
        let each = self.marginals.iter();
        match objective {
            Objective::SumOfVariances => each
                .map(|marginal| marginal.importance * marginal.variance(sigmas))
                .sum(),
            Objective::WorstMarginal => each
                .map(|marginal| marginal.variance(sigmas) / marginal.importance)
                .fold(0.0, f64::max),
        }
    }

    pub(super) fn least_sum(&self) -> Solution {
        let weights = self.marginals.iter().map(|marginal| marginal.importance);
        Solution {
            sigmas: self.least_weighted_sum(weights).1,
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
            sigmas: Vec::new(),
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
            let (total, sigmas) = self.least_weighted_sum(weights);
            let worst = self.objective(Objective::WorstMarginal, &sigmas);
            lower = lower.max(total);
            for (lambda, marginal) in lambda.iter_mut().zip(&self.marginals) {
                *lambda *= marginal.variance(&sigmas) / marginal.importance / total;
            }
            if worst < upper || best.sigmas.is_empty() {
                upper = worst;
                best.sigmas = sigmas;
            }
            if upper - lower <= ENOUGH * upper {
                break;
            }
        }
        best.duality_gap = (1.0 - lower / upper).max(0.0);
        best
    }

    /// T, the least Σ weight_M var_M, and its σ_ℓ: `ResidualPlanner`, in closed form.
    fn least_weighted_sum(&self, weights: impl Iterator<Item = f64>) -> (f64, Vec<f64>) {
        let mut v = vec![0.0; self.residuals.len()];
        for (weight, marginal) in weights.zip(&self.marginals) {
            for &(index, coefficient) in &marginal.terms {
                v[index] += weight * coefficient;
            }
        }
        let sum: f64 = v.iter().map(|v| v.sqrt()).sum();
        let sigma = |v: &f64| sum / (self.twice_rho * v.sqrt());
        (sum * sum / self.twice_rho, v.iter().map(sigma).collect())
    }
}

// === impl Marginal ===

impl Marginal {
    /// The mean variance of a cell.
    fn variance(&self, sigmas: &[f64]) -> f64 {
        let terms = self.terms.iter();
        terms
            .map(|&(index, coefficient)| coefficient * sigmas[index])
            .sum()
    }
}
