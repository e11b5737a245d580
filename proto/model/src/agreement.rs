//! Agreements: what may leave a node, how often, and at what privacy cost.
//!
//! People write a [`Draft`] in TOML. Compiling it against the data dictionary chooses the strategy
//! (design §3.4) and gives an [`Agreement`], whose canonical bytes are JSON without white space,
//! fields in one fixed order, integers only. The agreement's name is the SHA-256 of those bytes,
//! so `sha256sum` on the stored file tells what was approved. Parsing the bytes is the validation:
//! an `Agreement` that exists has every bound checked, and a node never plans.
//!
//! Two shapes were weighed for the canonical form. Protobuf has no canonical encoding by its own
//! documentation, and nobody at a trust can read it. JSON with declared field order is readable,
//! and re-encoding what was parsed must give the same bytes, which closes every loophole of
//! spelling (white space, escapes, repeated or unknown fields).

mod cadence;
mod compiled;
mod draft;
mod error;
mod hash;
mod series;
mod text;
mod visibility;

pub use cadence::Cadence;
pub use compiled::{
    Agreement, MAX_CELLS_PER_TABLE, MAX_ENTRIES_PER_SERIES, MAX_SERIES, MAX_TABLES_PER_SERIES,
};
pub use draft::{Draft, DraftError, DraftObjective, DraftSeries, DraftTable, SeriesPlan};
pub use error::{AgreementError, SeriesError};
pub use hash::{AgreementHash, InvalidHash};
pub use series::{Measure, Scope, Series, Table, UnknownMeasure, table_name};
pub use visibility::{Visibility, published_in_words};

#[cfg(test)]
mod tests;
