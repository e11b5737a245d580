//! A headcount that somebody published, to compare with.

use std::{
    io,
    path::{Path, PathBuf},
};

use vwis_proto::dictionary::{Attribute, Category};

/// People by staff group, in the dictionary's order; none for a group that the file does not name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published(Vec<Option<u64>>);

/// Why a headcount cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PublishedError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system or the CSV reader said.
        source: io::Error,
    },
    /// A row that is no staff group and number.
    #[error("{path}, line {line}: `{value}` is no {column}; expected {expected}")]
    Row {
        /// Which file.
        path: PathBuf,
        /// The line.
        line: u64,
        /// Which column.
        column: &'static str,
        /// What stands there.
        value: String,
        /// What would be accepted.
        expected: String,
    },
}

// === impl Published ===

impl Published {
    /// Reads a CSV file with a header and two columns: staff group, headcount.
    ///
    /// # Errors
    /// [`PublishedError`] names the line, the column and what is accepted.
    pub fn read(path: &Path, staff_group: &Attribute) -> Result<Self, PublishedError> {
        let in_file = |error: csv::Error| PublishedError::File {
            path: path.to_owned(),
            source: error.into(),
        };
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_path(path)
            .map_err(in_file)?;
        let mut counts = vec![None; staff_group.size()];
        for record in reader.records() {
            let record = record.map_err(in_file)?;
            let fault = |column, value: &str, expected: String| PublishedError::Row {
                path: path.to_owned(),
                line: record.position().map_or(0, csv::Position::line),
                column,
                value: value.chars().take(60).collect(),
                expected,
            };
            let group = record.get(0).unwrap_or_default();
            let category = staff_group.resolve(group).category().ok_or_else(|| {
                let codes: Vec<_> = staff_group
                    .categories()
                    .iter()
                    .map(Category::code)
                    .collect();
                fault("staff group", group, codes.join(", "))
            })?;
            let number = record.get(1).unwrap_or_default();
            let people: u64 = number
                .replace(',', "")
                .parse()
                .map_err(|_| fault("headcount", number, "a whole number".to_owned()))?;
            counts[category] = Some(counts[category].unwrap_or(0) + people);
        }
        Ok(Self(counts))
    }

    /// People by staff group, in the dictionary's order; none where nothing was published.
    #[must_use]
    pub fn by_group(&self) -> &[Option<u64>] {
        &self.0
    }
}
