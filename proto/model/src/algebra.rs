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
//! Conventions: attributes are positions in the data set's order; a marginal is an
//! [`AttributeSet`], its axes in ascending position; tables are row-major, the last attribute
//! fastest. Values are whole persons or whole FTE once reconstructed,
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

mod attributes;
mod combination;
mod domain;
mod plan;
mod reconstruct;
pub mod residual;
mod strategy;
mod tables;
mod variances;

#[cfg(test)]
mod testing;

pub use attributes::{AttributeSet, Positions, Subsets, closure};
pub use combination::LinearCombination;
pub use domain::{Domain, DomainError, MAX_ATTRIBUTES};
pub use plan::{MarginalImportance, Objective, Plan, PlanError, plan};
pub use reconstruct::{ReconstructError, ResidualSum, Table};
pub use residual::AlgebraError;
pub use strategy::{
    MAX_ENTRIES, MAX_GAMMA, MAX_PEOPLE, MIN_GAMMA, MeasureUnit, ResidualSpan, Strategy,
    StrategyError,
};
pub use tables::{EncodeError, Tables};
pub use variances::Variances;
