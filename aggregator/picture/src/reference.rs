//! Published figures that indicators compare with, compiled in: pure, and without a store.
//!
//! `aggregator/picture/reference/SOURCES.md` says for each table where it comes from, what was done to it,
//! and which judgements are in it.

#[cfg(debug_assertions)]
pub(crate) mod england;
pub mod leavers;

/// What goes wherever a published figure goes.
pub const LICENCE: &str = "Contains public sector information licensed under the Open Government \
    Licence v3.0.";
