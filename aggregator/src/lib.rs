//! The aggregator: it asks each node for its measurement, adds them up, and shows the picture.
//!
//! ```text
//! node add ─► agreement propose ─► collect ─► measurements ─► release ─► picture ─► tables
//!                                  (one pull per node and series, validated, stored as received)
//! ```
//!
//! **Architecture invariants**: SQL stands only under [`store`]; [`federation::Assembler`],
//! [`estimate`], [`picture`] and [`plan`] know neither async, store nor clock; a measurement is
//! stored whole and validated or not at all; measurements, receipts and releases never change once
//! stored (the database refuses it, too).

pub mod access;
pub mod access_log;
pub mod answer;
pub mod api;
pub mod archive;
pub mod cli;
pub mod collect;
pub mod config;
pub mod dashboard;
pub mod enrolment;
pub mod establishment;
pub mod estimate;
pub mod export;
pub mod facts;
pub mod federation;
mod given;
pub mod identity;
pub mod indicator;
pub mod keys;
pub mod meant;
pub mod page;
pub mod picture;
pub mod pictures;
pub mod plan;
pub mod proof;
pub mod publication;
pub mod reference;
pub mod release;
pub mod spending;
pub mod store;
pub mod upkeep;
pub mod web;
