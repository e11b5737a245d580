//! The book of who read an organisation's own tables. It only grows.
//!
//! ```text
//! compute the answer ─► write request and organisations ─► send it
//!                       └─ cannot be written ─► not sent: 503
//! ```
//! Refusals are written, too: who tried belongs to the story.

use jiff::Timestamp;
use vwis_proto::ods::OdsCode;

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
    /// Whose table; none where no release and no node has a code that was asked for.
    pub ods_code: Option<OdsCode>,
    /// Path and query.
    pub request: String,
    /// The answer's HTTP status.
    pub status: u16,
}
