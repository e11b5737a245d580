//! The aggregator: it asks each node for its measurement, adds them up, and shows the picture.
//!
//! ```text
//! node add ─► agreement propose ─► collect ─► measurements ─► release ─► picture ─► tables
//!                                  (one pull per node and series, validated, stored as received)
//! ```
//!
//! What releases say, and what may be read of them, is the crate `vwis_picture`.
//!
//! **Architecture invariants**: SQL stands only under [`store`]; `node_client::Assembler` knows neither
//! async, store nor clock; a measurement is stored whole and validated or not at all; measurements, receipts
//! and releases never change once stored (the database refuses it, too).

mod audit;
mod cache;
pub mod cli;
mod collect;
pub mod config;
mod credentials;
mod enrolment;
mod http;
mod identity;
mod keys;
mod node_client;
mod proof;
mod publications;
mod received;
pub mod store;
mod upkeep;

use vwis_picture::{
    access, answer, archive, default_agreement, establishment, estimate, estimator, export,
    indicator, picture, plan, pool, publication, reference, release,
};
