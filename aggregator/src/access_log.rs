//! The book of who read an organisation's own tables. It only grows.
//!
//! ```text
//! compute the answer ─► write request and organisations ─► send it
//!                       └─ cannot be written ─► not sent: 503
//! ```
//! Refusals are written, too: who tried belongs to the story. So that nobody can fill the disk by them,
//! each is short, and beyond [`MOST_REFUSALS`] a minute of one identity they are counted in one row. A
//! question that is none (400) reads nothing, and is in no row. A process that is killed (SIGKILL, power)
//! loses what was counted in the running minute and the last, and nothing that has a row of its own.

mod book;
mod refusals;

pub(crate) use book::{Asked, Book};
use refusals::{Refusals, Uncounted};

use jiff::Timestamp;
use vwis_model::ods::OdsCode;

/// Longest address that is kept of a refusal, in characters.
pub(crate) const MOST_REFUSED_CHARS: usize = 500;
/// Refusals of one identity in a minute that have a row each.
pub(crate) const MOST_REFUSALS: u32 = 30;

/// One read of one organisation's own table, or one request for organisations that nobody here knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessEntry {
    /// Its number, ascending.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who, for people.
    pub who: String,
    /// How they were known: `loopback`, `token 7`, `oidc SUBJECT`.
    pub via: String,
    /// Whose table; none where no release and no node has a code that was asked for, and where several
    /// refusals are counted together.
    pub ods_code: Option<OdsCode>,
    /// Path and query.
    pub request: String,
    /// The answer's HTTP status.
    pub status: u16,
    /// SHA-256 of the whole of path and query, where only their beginning is kept.
    pub request_hash: Option<[u8; 32]>,
}
