//! An organisation's node: its own staff records, the agreements its people approved, a ledger of
//! privacy spent, and one question it answers.
//!
//! ```text
//! import ─► snapshot ─► counts ─┐
//! agreement approve ─► ledger ──┴─► measure: reserve ─► draw ─► seal ─► answer
//! ```
//!
//! **Architecture invariants**: SQL stands only under `store`; the ledger knows neither store nor
//! clock; exact counts live in [`counts::ConfidentialCounts`] and leave through a
//! [`vwis_noise::Mechanism`] alone; bytes reach a caller only from a committed row.

pub mod cli;
pub mod config;
pub mod counts;
pub mod drill;
pub mod enrolled;
pub mod explain;
pub mod hedge_key;
pub mod import;
pub mod ledger;
pub mod node;
pub mod ops;
pub mod people;
mod plural;
pub mod quality;
pub mod receipt_key;
pub mod renewal;
pub mod rollback;
pub mod server;
pub mod store;
pub mod turnover;
pub mod witness;
