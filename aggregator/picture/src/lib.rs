//! The picture: what measurements that were released say of a workforce, with honest intervals.
//!
//! ```text
//! Release ─► SeriesPicture ─► Archive ─► Estimator (whose, until when) ─► Indicator ─► Answer ─► CSV, JSON, XLSX, text
//!                                └─ Publication: for readers below analyst, nothing of fewer than three employers
//! ```
//!
//! **Architecture invariant**: pure. Releases and a question go in, an answer comes out: no store, no socket,
//! no clock, no async. The crate's dependencies keep it so, and a test reads them.

pub mod access;
pub mod answer;
pub mod archive;
pub mod default_agreement;
pub mod establishment;
pub mod estimate;
pub mod estimator;
pub mod export;
mod given;
pub mod indicator;
pub mod picture;
pub mod plan;
pub mod pool;
pub mod publication;
pub mod reader;
pub mod reference;
pub mod release;
pub mod spending;
pub mod suspicion;
