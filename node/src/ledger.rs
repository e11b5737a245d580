//! The ledger: an append-only, hash-chained book of everything that may cost privacy.
//!
//! ```text
//! opened ─► approved ─► reserved ─► sealed ─► paused ─► resumed ─► reserved ─► sealed ─► …
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
//! A recovery leaps: its entry is numbered behind the longest history that anybody holds proof of, so
//! that nothing is ever signed under a number that was signed before.
//!
//! A pause or a withdrawal stops charges and answers, never the books: what was charged stays
//! charged, and a draw under way when it comes is still sealed, so that the charge is not lost.
//!
//! **Architecture invariant**: pure. No SQL, no clock, no async: time is an argument, persistence
//! is `store`'s.
//!
//! # Privacy
//! Nothing computed from unreleased data enters an entry: snapshot ids are random, and the only
//! content hash is that of a payload that is already noisy (design §3.6).

mod account;
mod approval;
mod entry;
mod event;
mod order;
mod refusal;
mod reservation;
mod state;

pub use approval::{Approval, Decision, Standing, Turn};
pub use entry::{Entry, EntryHash};
pub use event::{Charge, Decided, Event, KnownHead, Person, SnapshotId, YearSpent};
pub use order::Order;
pub use refusal::{LedgerError, Refusal};
pub use reservation::{Reservation, Seal};
pub use state::Ledger;

#[cfg(test)]
mod tests;
