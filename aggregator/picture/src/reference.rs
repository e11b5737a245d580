//! Published figures that indicators compare with. They are compiled in, so no store is needed.
//!
//! `aggregator/picture/reference/SOURCES.md` says for each table where it comes from, what was done to it,
//! and which judgements are in it.

#[cfg(debug_assertions)]
pub(crate) mod england;
pub mod leavers;

/// The licence notice that must stand wherever a published figure is shown.
pub const LICENCE: &str = "Contains public sector information licensed under the Open Government \
    Licence v3.0.";
