//! The ledger: an append-only, hash-chained book of everything that may cost privacy.
//!
//! ```text
//! opened ─► approved ─► reserved ─► sealed ─► reserved ─► sealed ─► …
//!    each entry names the hash of the one before; the state is the fold over all of them
//! ```
//!
//! The chain is the only source of truth: balances, approvals and reservations are computed from
//! it each time it is opened, so they cannot disagree with it, and whoever uses the ledger has
//! verified it. Chains are short (an entry per decision, two per measurement).
//!
//! Two shapes were weighed. Balances in tables of their own, updated in the same transaction, are
//! what most ledgers do; they make a second truth that a restored or edited store can bend. A fold
//! costs a hash per entry (measured in `tests/README.md`) and has nothing to bend.
//!
//! **Architecture invariant**: pure. No SQL, no clock, no async: time is an argument, persistence
//! is `store`'s.
//!
//! # Privacy
//! Nothing computed from unreleased data enters an entry: snapshot ids are random, and the only
//! content hash is that of a payload that is already noisy (design §3.6).

mod entry;
mod event;
mod state;

pub use entry::{Entry, EntryHash};
pub use event::{Event, SnapshotId};
pub use state::{Approval, Ledger, LedgerError, Refusal, Reservation, Seal};

#[cfg(test)]
mod tests;
