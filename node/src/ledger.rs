//! The ledger: an append-only, hash-chained list of everything that may cost privacy.
//!
//! ```text
//! opened ─► approved ─► reserved ─► sealed ─► paused ─► resumed ─► reserved ─► sealed ─► …
//!    each entry names the hash of the one before; the state is the fold over all of them
//! ```
//!
//! The chain is the only source of truth. Balances, approvals and reservations are computed from it each time
//! it is opened, so they cannot disagree with it, and whoever uses the ledger has verified it. Chains are
//! short: an entry per decision and two per measurement.
//!
//! Most ledgers keep balances in tables of their own, updated in the same transaction. That makes a second
//! truth, which a restored or edited store can falsify. Folding the chain costs a hash per entry (measured in
//! `tests/README.md`) and leaves nothing to falsify.
//!
//! A recovery skips numbers: its entry is numbered after the longest history that anybody has proof of, so
//! that nothing is ever signed under a number that was signed before.
//!
//! A pause or a withdrawal stops charges and answers but changes no balance. What was charged stays charged,
//! and a measurement that is being drawn is still sealed, so that its charge is not lost.
//!
//! **Architecture invariant**: pure. It knows no SQL, no clock and no async: the time is an argument, and
//! `store` keeps the entries.
//!
//! # Privacy
//! Nothing computed from unreleased data enters an entry: snapshot ids are random, and the only
//! content hash is that of a payload that is already noisy (design §3.6).

mod account;
mod approval;
mod doubt;
mod entry;
mod event;
mod order;
mod refusal;
mod reservation;
mod state;

pub use approval::{Approval, ApprovalState, Decision, Turn};
pub use doubt::Doubt;
pub use entry::{Entry, EntryHash};
pub use event::{Charge, Decided, Event, KnownHead, Person, SnapshotId, YearSpent};
pub use order::Order;
pub use refusal::{LedgerError, Refusal};
pub use reservation::{Reservation, Seal};
pub use state::Ledger;

#[cfg(test)]
mod tests;
