//! The only way out of exact counts: one exact vector in, one noisy vector out.
//!
//! ```text
//! exact counts ──Strategy::encode──► w_A·Ξ_A·marg_A ──OpenDP measurement──► Payload
//!                                      (integers)   (discrete Gaussian N(0, γ²))
//! ```
//!
//! [`DiscreteGaussian`] is the one mechanism of the product. The trait exists so that the audit in
//! `tests/` can put broken mechanisms in its place and show that it catches them; no configuration
//! reaches it.
//!
//! **Architecture invariants**: a draw knows no records, ledger, file, clock or configuration. Whoever draws has
//! charged for it, and hands over exact counts, its own secret and nothing else; fresh randomness
//! comes from the kernel alone.

mod hedge;
mod measured;
mod randomness;
mod sampler;
mod stream;

pub use hedge::{Drawing, Hedge};
pub use measured::DiscreteGaussian;
pub use randomness::{KernelRandomness, RandomnessError};
pub use sampler::{DiscreteGaussianSampler, SamplerError};
pub use stream::NoiseStream;

use vwis_model::{algebra::Strategy, measurement::Payload};

/// Draws one measurement.
///
/// # Privacy
/// The caller has charged the ledger for `strategy` before it calls, and seals what comes back
/// before anything else sees it (design §3.6).
pub trait Mechanism: Send + Sync + 'static {
    /// `exact`, which [`Strategy::encode`] made, with noise on each entry. May block for milliseconds.
    ///
    /// # Errors
    /// [`MechanismError`] without any trace of the data.
    fn draw(
        &self,
        drawing: &Drawing<'_>,
        strategy: &Strategy,
        exact: &[i64],
    ) -> Result<Payload, MechanismError>;
}

/// Why no measurement was drawn. No variant holds anything computed from data.
#[derive(Debug, thiserror::Error)]
pub enum MechanismError {
    /// The counts held are not those of the strategy's tables.
    #[error("the counts held do not cover the agreement's tables")]
    CountsDoNotMatch,
    /// The kernel gave no randomness.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    /// The strategy's γ is outside what the sampler serves.
    #[error(transparent)]
    Sampler(#[from] SamplerError),
    /// OpenDP refused to build, map or invoke the measurement.
    #[error("OpenDP refused the measurement")]
    OpenDp,
    /// OpenDP's privacy map and the exact rational disagree.
    #[error("OpenDP's privacy map does not confirm the charge")]
    MapDisagrees,
    /// OpenDP answered another number of entries, or one that no 64-bit integer holds.
    #[error("the noisy vector has not the agreed shape")]
    Shape,
}
