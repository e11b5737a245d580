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

use jiff::Timestamp;
use vwis_model::ods::OdsCode;

/// Most characters of a refused request's address that are kept.
pub(crate) const MOST_REFUSED_CHARS: usize = 500;
/// Refusals of one identity in a minute that get a row each; further ones are counted.
pub(crate) const MOST_REFUSALS: u32 = 30;

/// One read of one organisation's own table, or one request for organisations that nobody here knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessEntry {
    /// Row number, ascending.
    pub id: i64,
    /// When it was asked.
    pub at: Timestamp,
    /// The reader's name, for people.
    pub who: String,
    /// How the reader was known: `loopback`, `token 7`, `oidc SUBJECT`.
    pub via: String,
    /// Whose table was read. None where no release and no node has the code asked for, and where one row
    /// counts several refusals.
    pub ods_code: Option<OdsCode>,
    /// Path and query; of a refusal, their beginning.
    pub request: String,
    /// The answer's HTTP status.
    pub status: u16,
    /// SHA-256 of all of path and query, where `request` holds only their beginning.
    pub request_hash: Option<[u8; 32]>,
}
