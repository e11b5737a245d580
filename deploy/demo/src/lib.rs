//! A whole health system on one machine: its trusts and one aggregator, as real processes
//! with real mutual TLS on loopback, over invented staff.
//!
//! The demo does what its users would do, through the same commands: it makes the roles by running
//! itself again as `vwis-demo node …` and `vwis-demo aggregator …`.
//!
//! ```text
//! published tables ─► people, eight quarters ─► extracts ─► node init · enrol · import · serve ─┐
//!    (data/*.csv)           └─► truth.csv             aggregator init · propose ─► approve ─────┴► collect ─► picture.csv
//! ```
//!
//! The tables and a seed decide who is invented: `published` reads the tables, `posts` the crosswalk
//! to what extracts hold, `inventor` makes one person, `history` lets eight quarters pass, `extract`
//! writes it all down in the mess that real extracts are in, and `applicants` who applied.
//!
//! Only the demo knows the truth, because it invented it. No real system could have the `truth.csv`
//! that it writes beside `picture.csv`.

mod applicants;
mod check;
mod choice;
pub mod cli;
mod extract;
mod grade;
mod history;
mod invent;
mod inventor;
mod person;
mod picture;
mod posts;
mod published;
mod roles;
mod run;
mod show;
mod trusts;
mod truth;
mod values;

pub use check::{Fit, Measured, compare};
