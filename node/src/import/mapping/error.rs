//! Why a mapping cannot be used.

use std::{fmt::Write as _, io, path::PathBuf};

use vwis_model::text::shown;

/// Why a mapping cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Not TOML, or keys that no mapping has.
    #[error("{path}: {source}")]
    Syntax {
        /// Which one.
        path: PathBuf,
        /// Line, column and the key.
        source: Box<toml::de::Error>,
    },
    /// Written for another version.
    #[error("{path}: version {found} of the mapping format; this software reads version 1")]
    Version {
        /// Which one.
        path: PathBuf,
        /// What it says.
        found: u32,
    },
    /// A delimiter of several characters.
    #[error("{path}: delimiter `{found}`: expected \"auto\" or one character such as \";\"")]
    Delimiter {
        /// Which one.
        path: PathBuf,
        /// What it says.
        found: String,
    },
    /// Values and sites that are mapped to no category: all of them at once.
    #[error("{path}: mapped to what is not known:{}", listed(.unknown))]
    Unknown {
        /// Which one.
        path: PathBuf,
        /// The entries.
        unknown: Vec<UnknownCategory>,
    },
    /// Two entries that are read as one spelling.
    #[error(
        "{path}, {table}: \"{first}\" and \"{second}\" are read as the same, since case, punctuation and \
         spacing do not matter, and mean two things: take one of them out",
        first = shown(first),
        second = shown(second)
    )]
    Contradiction {
        /// Which one.
        path: PathBuf,
        /// The table that both stand in.
        table: String,
        /// One of them.
        first: String,
        /// The other.
        second: String,
    },
    /// Values of a column that is no attribute by itself.
    #[error("{path}: [values.{field}]: this column has no list of values")]
    NoValues {
        /// Which one.
        path: PathBuf,
        /// The column.
        field: &'static str,
    },
}

/// An entry of a mapping that is mapped to no category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCategory {
    /// Its line, from 1.
    pub line: usize,
    /// The table of the mapping that it stands in, such as `[sites]`.
    pub table: String,
    /// The local spelling.
    pub spelling: String,
    /// What it was mapped to.
    pub category: String,
    /// What may have been meant, and what would be accepted.
    pub expected: String,
}

/// A line to each, and what a table accepts once, below its last entry.
fn listed(unknown: &[UnknownCategory]) -> String {
    let mut lines = String::new();
    for (position, entry) in unknown.iter().enumerate() {
        let UnknownCategory {
            line,
            table,
            spelling,
            category,
            expected,
        } = entry;
        let _ = write!(
            lines,
            "\n  line {line}, {table}: \"{}\" = \"{}\"",
            shown(spelling),
            shown(category)
        );
        let next = unknown.get(position + 1);
        if next.is_none_or(|next| next.expected != *expected) {
            let _ = write!(lines, "\n    expected {expected}");
        }
    }
    lines
}
