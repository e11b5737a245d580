//! The access log: who read an organisation's own tables. It only grows.
//!
//! ```text
//! compute the answer ─► write request and organisations ─► send it
//!                       └─ cannot be written ─► not sent: 503
//! ```
//! Refusals are logged, too, so that attempts show. Each refusal's row is short, and beyond [`MOST_REFUSALS`]
//! a minute those of one identity are counted in one row: nobody can fill the disk with them. A malformed
//! question (400) reads nothing and is not logged. A process that is killed (SIGKILL, power) loses what it
//! counted in this minute and the last, but no row of its own.

mod book;
mod refusals;

pub(crate) use book::{Asked, Book};
use refusals::{Refusals, Uncounted};

/// Refusals of one identity in a minute that get a row each; further ones are counted.
pub(crate) const MOST_REFUSALS: u32 = 30;
