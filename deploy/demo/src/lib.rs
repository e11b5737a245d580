//! A whole Greater Manchester on one machine: nine trusts and one aggregator, as real processes
//! with real mutual TLS on loopback, over synthetic staff.
//!
//! The demo does what its users would do, through the same commands: it makes the roles by running
//! itself again as `vwis-demo node …` and `vwis-demo aggregator …`.
//!
//! ```text
//! staff (seeded) ─► extracts ─► node init · enrol · import · serve ─┐
//!       └─► truth.csv                    aggregator init · propose ─┴► approve ─► collect ─► picture.csv
//! ```
//!
//! Only the demo knows the truth, because it invented it: `truth.csv` beside `picture.csv` is what
//! no real system could have.

mod check;
pub mod cli;
mod extract;
mod picture;
mod roles;
mod run;
mod show;
mod staff;
mod truth;

pub use check::{Fit, compare};
