//! What this process is of: one place, and by it one dictionary.
//!
//! A process works for one place, as it works in one time zone. Its command line [settles](settle) which
//! before anything is read; whoever settles nothing works for the place that ships. What was asked for first
//! is final, so that no two answers of a process are of different places.

use std::sync::OnceLock;

use crate::{
    dictionary::{Dictionary, Editions},
    place::Place,
};

static HERE: OnceLock<&'static Place> = OnceLock::new();

/// The place that this process works for: the one that was [settled](settle) before anything here was first
/// called, else the one that ships. It stays the same as long as the process runs.
#[must_use]
pub fn place() -> &'static Place {
    HERE.get_or_init(Place::shipped)
}

/// The newest edition with the localities of this process's place, by which extracts are read.
#[must_use]
pub fn dictionary() -> &'static Dictionary {
    place().dictionary()
}

/// The editions with the localities of this process's place.
#[must_use]
pub fn editions() -> &'static Editions {
    place().editions()
}

/// Sets the place that this process works for. Call it before anything is read by a place. Returns whether
/// this place is the one now: `false` if something was read by another before.
#[must_use]
pub fn settle(own: &'static Place) -> bool {
    HERE.get_or_init(|| own).pack().hash() == own.pack().hash()
}
