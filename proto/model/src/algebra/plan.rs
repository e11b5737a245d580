//! Choosing the strategy: `ResidualPlanner`'s closed form for the sum of variances, its dual
//! for the worst marginal, and integers that are very nearly as good.

use dashu::{base::SquareRoot, integer::UBig};

use super::{
    Domain, Levels, MAX_ENTRIES, MAX_GAMMA, MIN_GAMMA, MeasureUnit, Strategy, StrategyError,
    Variances, closure, residual::per_block,
};

mod continuous;

use continuous::Problem;

/// G = 2²⁶: about the noise scale of a headcount strategy, so that weights have some 26 bits.
const FIRST_SCALE: f64 = 67_108_864.0;
/// The least weight, 2¹⁰: rounding it is off by less than one part in 2000.
const LEAST_WEIGHT: f64 = 1_024.0;

/// What a plan minimises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Objective {
    /// Σ_M c_M · var_M.
    SumOfVariances,
    /// max_M var_M / c_M.
    WorstMarginal,
}

/// One marginal of a workload and its importance c_M > 0, 1 by default.
///
/// c_M multiplies the variance in the sum objective, and is the variance allowed relative to
/// others in the worst-marginal objective: there a *larger* c_M means *less* exact.
pub type MarginalImportance = (Levels, f64);

/// A strategy for a workload at a privacy loss, with the real-valued optimum that it was rounded
/// from.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    objective: Objective,
    strategy: Strategy,
    continuous: Variances,
    objective_value: f64,
    duality_gap: f64,
    rounding_cost: f64,
}

/// Why no strategy could be planned.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// The workload has no marginals.
    #[error("the workload is empty")]
    EmptyWorkload,
    /// A marginal over levels that the domain lacks.
    #[error("marginal {0} has levels that the domain lacks")]
    UnknownLevel(Levels),
    /// The same marginal twice.
    #[error("marginal {0} is repeated")]
    RepeatedMarginal(Levels),
    /// An importance that is not a positive finite number.
    #[error("the importance of marginal {0} must be positive and finite")]
    Importance(Levels),
    /// ρ is 0, at which nothing can be measured.
    #[error("rho must be above 0")]
    ZeroRho,
    /// More residual cells than a measurement may have.
    #[error("the workload needs more residual cells than a measurement may have")]
    TooManyEntries,
    /// One residual would need a weight below 2¹⁰ for the noise to stay in its bounds.
    #[error("the workload is too large or its importances too uneven for integer weights")]
    TooUneven,
    /// The rounded integers break a bound of [`Strategy`].
    #[error("no integer strategy within bounds")]
    Strategy(#[from] StrategyError),
}

/// Plans a strategy for `workload` that costs at most `rho_nano` billionths of ρ.
///
/// The variances σ_ℓ are chosen under the budget Σ 1/σ_ℓ = 2ρ. The integers are W_ℓ = round(G / √σ_ℓ), or
/// w_ℓ = round(G / √(σ_ℓ K)) where no attribute has groups, with G = 2²⁶ (2²⁶/u for differences)
/// doubled until every block's weight is at least 2¹⁰, and then the least γ with d²/(2γ²) ≤ ρ, exactly.
///
/// # Errors
/// [`PlanError`].
#[expect(
    clippy::cast_precision_loss,
    reason = "the exact loss is kept by `round`"
)]
pub fn plan(
    domain: &Domain,
    unit: MeasureUnit,
    workload: &[MarginalImportance],
    rho_nano: u64,
    objective: Objective,
) -> Result<Plan, PlanError> {
    check(domain, workload, rho_nano)?;
    let problem = Problem::new(domain, workload, rho_nano as f64 / 1e9);
    let solution = match objective {
        Objective::SumOfVariances => problem.least_sum(),
        Objective::WorstMarginal => problem.least_worst(),
    };
    let strategy = round(domain, unit, &problem.residuals, &solution.sigmas, rho_nano)?;
    let rounded = strategy.sigmas();
    let objective_value = problem.objective(objective, &solution.sigmas);
    // The problem is that of people who contribute 1 at most; figures are in wholes.
    let whole = (unit.most() as f64 / unit.per_whole() as f64).powi(2);
    let continuous = problem
        .residuals
        .iter()
        .zip(&solution.sigmas)
        .map(|(&residual, sigma)| {
            let block = |share: f64, m| share * (1.0 - 1.0 / f64::from(m));
            (
                residual,
                per_block(&domain.axes(residual), sigma * whole, block),
            )
        });
    Ok(Plan {
        objective,
        strategy,
        objective_value: objective_value * whole,
        duality_gap: solution.duality_gap,
        rounding_cost: problem.objective(objective, &rounded) / objective_value - 1.0,
        continuous: Variances::new(domain.clone(), continuous.collect()),
    })
}

fn check(domain: &Domain, workload: &[MarginalImportance], rho_nano: u64) -> Result<(), PlanError> {
    if rho_nano == 0 {
        return Err(PlanError::ZeroRho);
    }
    if workload.is_empty() {
        return Err(PlanError::EmptyWorkload);
    }
    for (index, &(marginal, importance)) in workload.iter().enumerate() {
        if !domain.holds(marginal) {
            return Err(PlanError::UnknownLevel(marginal));
        }
        if !(importance > 0.0 && importance.is_finite()) {
            return Err(PlanError::Importance(marginal));
        }
        if workload[..index]
            .iter()
            .any(|&(other, _)| other == marginal)
        {
            return Err(PlanError::RepeatedMarginal(marginal));
        }
        // A marginal's residuals have ∏ (1 + N_1 + … + N_M) cells together. This bounds their number too,
        // before any of them is made.
        let cells = |(at, finest)| {
            (0..=finest)
                .map(|level| domain.tree(at).size(level) as u64)
                .sum()
        };
        if marginal.iter().map(cells).fold(1, u64::saturating_mul) > MAX_ENTRIES {
            return Err(PlanError::TooManyEntries);
        }
    }
    Ok(())
}

/// Rounds to integers: weights in proportion to 1/√σ, then the least noise that ρ allows.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive, and a weight beyond 64 bits saturates and is refused for its entries"
)]
fn round(
    domain: &Domain,
    unit: MeasureUnit,
    residuals: &[Levels],
    sigmas: &[f64],
    rho_nano: u64,
) -> Result<Strategy, PlanError> {
    // √K of the block with the largest K, whose weight is the least.
    let roots = residuals.iter().map(|&residual| {
        let norms = per_block(&domain.axes(residual), 1.0, |norm: f64, m| {
            norm * f64::from(m) * f64::from(m - 1)
        });
        norms.into_iter().fold(0.0, f64::max).sqrt()
    });
    let (mut shares, mut least) = (Vec::new(), f64::INFINITY);
    for (sigma, root) in sigmas.iter().zip(roots) {
        let share = 1.0 / sigma.sqrt();
        least = least.min(share / root);
        shares.push(if domain.is_flat() {
            share / root
        } else {
            share
        });
    }
    // Importances near the largest or the smallest float overflow.
    if !shares.iter().all(|share| share.is_finite()) {
        return Err(PlanError::TooUneven);
    }
    // An entry of a sum of differences is as much larger as one person adds: its weights have fewer bits.
    let mut scale = if unit.is_signed() {
        FIRST_SCALE / unit.most() as f64
    } else {
        FIRST_SCALE
    };
    while (scale * least).round() < LEAST_WEIGHT {
        scale *= 2.0;
        // γ will be about scale · u, so a larger scale would only break its bound.
        if scale * unit.most() as f64 > MAX_GAMMA as f64 {
            return Err(PlanError::TooUneven);
        }
    }
    let weighted: Vec<_> = (residuals.iter().zip(&shares))
        .map(|(&residual, share)| (residual, (scale * share).round() as u64))
        .collect();
    // Sensitivity does not depend on γ: any γ will do until the right one is known.
    let strategy = Strategy::new(domain.clone(), unit, weighted, MIN_GAMMA)?;
    let gamma = least_gamma(&strategy.sensitivity_squared(), rho_nano);
    let gamma = u64::try_from(gamma).unwrap_or(u64::MAX);
    let (domain, weighted) = (domain.clone(), strategy.residuals().to_vec());
    Ok(Strategy::new(domain, unit, weighted, gamma)?)
}

/// The least γ ≥ 16 with d²/(2γ²) ≤ ρ, that is γ² ≥ d²·10⁹ / (2 · `rho_nano`).
fn least_gamma(sensitivity_squared: &UBig, rho_nano: u64) -> UBig {
    let twice = UBig::from(rho_nano) * 2_u8;
    let least_square = (sensitivity_squared * 1_000_000_000_u32 + &twice - 1_u8) / twice;
    let root = least_square.sqrt();
    let gamma = if root.pow(2) < least_square {
        root + 1_u8
    } else {
        root
    };
    gamma.max(UBig::from(MIN_GAMMA))
}

impl Plan {
    /// What the plan minimised.
    #[must_use]
    pub const fn objective(&self) -> Objective {
        self.objective
    }

    /// The integer strategy: what an agreement states.
    #[must_use]
    pub const fn strategy(&self) -> &Strategy {
        &self.strategy
    }

    /// The integer strategy, by value.
    #[must_use]
    pub fn into_strategy(self) -> Strategy {
        self.strategy
    }

    /// The optimum over real numbers s_A that the integers were rounded from, for one node.
    #[must_use]
    pub const fn continuous(&self) -> &Variances {
        &self.continuous
    }

    /// The objective at [`Self::continuous`]: Σ c_M var_M, or max var_M / c_M.
    #[must_use]
    pub const fn objective_value(&self) -> f64 {
        self.objective_value
    }

    /// The certificate: the true optimum lies within this fraction below
    /// [`Self::objective_value`]. 0 for the sum objective, whose closed form is the optimum.
    #[must_use]
    pub const fn duality_gap(&self) -> f64 {
        self.duality_gap
    }

    /// The fraction by which the integers' objective is worse than [`Self::objective_value`].
    #[must_use]
    pub const fn rounding_cost(&self) -> f64 {
        self.rounding_cost
    }
}

#[cfg(test)]
mod tests;
