//! Why a mapping cannot be used.

use std::{fmt::Write as _, io, path::PathBuf};

use vwis_model::text::shown;

/// Why a mapping cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    File {
        /// Path of the mapping.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Not TOML, or keys that no mapping has.
    #[error("{path}: {source}")]
    Syntax {
        /// Path of the mapping.
        path: PathBuf,
        /// Line, column and key, as the parser gives them.
        source: Box<toml::de::Error>,
    },
    /// Written for another version of the format.
    #[error("{path}: version {found} of the mapping format; this software reads version 1")]
    Version {
        /// Path of the mapping.
        path: PathBuf,
        /// The version that it names.
        found: u32,
    },
    /// The delimiter has several characters.
    #[error("{path}: delimiter `{found}`: expected \"auto\" or one character such as \";\"")]
    Delimiter {
        /// Path of the mapping.
        path: PathBuf,
        /// The delimiter that it names.
        found: String,
    },
    /// Values or sites that are mapped to something that is no category: all of them at once.
    #[error("{path}: mapped to what is not known:{}", listed(.unknown))]
    Unknown {
        /// Path of the mapping.
        path: PathBuf,
        /// The entries.
        unknown: Vec<UnknownCategory>,
    },
    /// Two entries are read as one spelling and mean two things.
    #[error(
        "{path}, {table}: \"{first}\" and \"{second}\" are read as the same, since case, punctuation and \
         spacing do not matter, and mean two things: take one of them out",
        first = shown(first),
        second = shown(second)
    )]
    Contradiction {
        /// Path of the mapping.
        path: PathBuf,
        /// The table that both entries stand in.
        table: String,
        /// The spelling of one of them.
        first: String,
        /// The spelling of the other.
        second: String,
    },
    /// Values for a column that is no attribute by itself.
    #[error("{path}: [values.{field}]: this column has no list of values")]
    NoValues {
        /// Path of the mapping.
        path: PathBuf,
        /// The column, as a mapping names it.
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
    /// What the spelling was mapped to.
    pub category: String,
    /// What may have been meant, and what would be accepted.
    pub expected: String,
}

/// The entries, one a line; below the last entry of each table, what that table accepts.
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
