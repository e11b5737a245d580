//! The algebra of marginals, residuals and their noise: what is measured, what it costs, what
//! comes back, and how exactly.
//!
//! This is `ResidualPlanner` (Xiao, He, Zhang and Kifer, NeurIPS 2023, extended in
//! arXiv 2305.08175) with integer queries and one discrete Gaussian. In the order of use:
//!
//! 1. [`plan()`] chooses a [`Strategy`] for a workload of marginals and a privacy loss ρ.
//! 2. [`Strategy::encode`] turns exact tables into the exact integers of its residual queries;
//!    the node adds the noise.
//! 3. [`ResidualSum`] adds the noisy vectors of any set of nodes and reconstructs every table.
//! 4. [`Variances`] says how exact every cell, and every [`LinearCombination`] of cells, is:
//!    after the sum, or before anything is spent ([`Strategy::variances`]).
//!
//! From a plan to tables, at one node and without its noise:
//!
//! ```
//! use vwis_model::algebra::*;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Two attributes, of 3 and 2 categories; the table over both, at ρ = 0.04.
//! let domain = Domain::new(vec![3, 2])?;
//! let both = domain.by([0, 1]);
//! let (unit, least) = (MeasureUnit::Headcount, Objective::SumOfVariances);
//! let strategy = plan(&domain, unit, &[(both, 1.0)], 40_000_000, least)?.into_strategy();
//!
//! let mut exact = Tables::new(domain);
//! exact.insert(both, vec![40, 2, 17, 0, 5, 36])?;
//! let answer = strategy.encode(&exact)?; // a node adds noise of scale γ to each integer here
//!
//! let mut system = ResidualSum::for_strategy(&strategy);
//! system.add(&strategy, &answer)?; // and those of the other nodes
//! let by_second = system.table(strategy.domain().by([1])).ok_or("it follows from the other")?;
//! assert_eq!(by_second.estimates.iter().map(|count| count.round()).collect::<Vec<_>>(), [62.0, 38.0]);
//! let variance = system.variances().cell_variance(by_second.marginal, 0).ok_or("measured")?;
//! assert!(variance.sqrt() < 12.0); // what the noise would be worth
//! # Ok(())
//! # }
//! ```
//!
//! Conventions: attributes are positions in the data set's order; a marginal is a value of
//! [`Levels`], its axes in ascending position; tables are row-major, the last attribute fastest. Values are whole persons or whole FTE once reconstructed,
//! people or hundredths of an FTE before.
//!
//! **Architecture invariant**: pure. No IO, no clock, no randomness; and no float ever touches
//! exact data: floats begin where a noisy vector is reconstructed.

#![expect(clippy::doc_markdown, reason = "w_A and n_i are mathematics, not code")]
#![cfg_attr(
    test,
    allow(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "tests hold small numbers"
    )
)]

mod combination;
mod domain;
mod levels;
mod plan;
mod reconstruct;
mod residual;
mod strategy;
mod syndrome;
mod tables;
mod tree;
mod variances;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod testing;

pub use combination::LinearCombination;
pub use domain::{Domain, DomainError, MAX_ATTRIBUTES};
pub use levels::{Below, Levels, closure};
pub use plan::{MarginalImportance, Objective, Plan, PlanError, plan};
pub use reconstruct::{Distance, ReconstructError, ResidualSum, Table};
pub use residual::AlgebraError;
pub use strategy::{
    MAX_DIFFERENCE, MAX_ENTRIES, MAX_GAMMA, MAX_PEOPLE, MIN_GAMMA, MeasureUnit, ResidualSpan,
    Strategy, StrategyError,
};
pub use syndrome::Syndrome;
pub use tables::{EncodeError, Tables};
pub use tree::{Level, MAX_DEPTH, Tree, TreeError};
pub use variances::Variances;
