//! What both sides must agree on, without a wire between them: dictionary, place, agreement, the algebra of
//! private marginals, ρ, and the names of things. Pure: no IO, no clock, no randomness, no async.
//!
//! ```text
//! Dictionary ─► Agreement ─► Series ─► Strategy ─► encode ─► (noise, at a node) ─► reconstruct
//! ```

pub mod aggregator_name;
pub mod agreement;
pub mod algebra;
pub mod dictionary;
pub mod here;
pub mod hex;
pub mod measurement;
pub mod ods;
pub mod period;
pub mod place;
pub mod rho;
pub mod text;
