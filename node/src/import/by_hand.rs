//! Small files that people make by hand: one bad row refuses the whole.

use std::path::{Path, PathBuf};

use csv::ByteRecord;
use vwis_model::dictionary::{Attribute, normalise};

use super::{
    Encoding, ImportError, Mapping, Progress,
    coding::{accepted, trimmed},
    field::Field,
    quoted::quoted,
    source::{Ended, Source},
    vetting,
};
use crate::plural::several;

/// Why such a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ByHandError {
    /// Not a file of rows, or of none.
    #[error(transparent)]
    File(#[from] ImportError),
    /// The first row does not name the columns.
    #[error("{path}: the first row must name {expected}")]
    Header {
        /// The file.
        path: PathBuf,
        /// The columns.
        expected: &'static str,
    },
    /// A workbook of which more or less would be read than is seen.
    #[error("{path}: {problem}. Nothing was imported")]
    Sheet {
        /// The file.
        path: PathBuf,
        /// What is the matter, and what to do.
        problem: String,
    },
    /// A row that says nothing, or something unknown.
    #[error("{path}, line {line}: `{value}` is no {column}; expected {expected}")]
    Row {
        /// The file.
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

/// What is wrong with a row: the column, what stands there, and what would be accepted.
pub(crate) type Fault = (&'static str, String, String);

/// One such file.
pub(crate) struct ByHand<'a> {
    pub(crate) path: &'a Path,
    pub(crate) encoding: Encoding,
    /// The sheet of a workbook, where one is named.
    pub(crate) sheet: Option<&'a str>,
    pub(crate) mapping: &'a Mapping,
    /// The columns, for the error where they are not named.
    pub(crate) columns: &'static str,
}

// === impl ByHand ===

impl ByHand<'_> {
    /// Finds the columns in the first row, and reads all others.
    pub(crate) fn read<C>(
        &self,
        find: impl Fn(&Headings) -> Option<C>,
        mut read: impl FnMut(&ByteRecord, &C) -> Result<(), Fault>,
    ) -> Result<(), ByHandError> {
        let progress = Progress::default();
        let source = Source {
            path: self.path,
            encoding: self.encoding,
            sheet: self.sheet,
            progress: &progress,
        };
        let mut columns: Option<C> = None;
        let mut rows = 0_u64;
        let mut fault = None;
        let ended = source.read(self.mapping, &mut |record| {
            let Some(columns) = &columns else {
                columns = find(&Headings::of(record));
                return Ok(columns.is_some());
            };
            rows += 1;
            if let Err((column, value, expected)) = read(record, columns) {
                fault = Some(ByHandError::Row {
                    path: self.path.to_owned(),
                    line: record.position().map_or(0, csv::Position::line),
                    column,
                    value: repeated(&value, column),
                    expected,
                });
            }
            Ok(fault.is_none())
        })?;
        match fault {
            Some(fault) => Err(fault),
            None if columns.is_none() => Err(ByHandError::Header {
                path: self.path.to_owned(),
                expected: self.columns,
            }),
            None if rows == 0 => Err(ImportError::Empty(self.path.to_owned()).into()),
            None => self.is_all_seen(&ended),
        }
    }

    /// Nobody can say how a small file is meant but by making it so.
    fn is_all_seen(&self, ended: &Ended) -> Result<(), ByHandError> {
        let problem = if ended.hidden_rows > 0 {
            format!(
                "{} of the workbook are hidden, by hand or by a filter: show them all, and take out what does \
                 not belong in it",
                several(ended.hidden_rows, "row")
            )
        } else if ended.sheet_is_hidden {
            "the sheet with the header is a hidden one: show it, or save it alone".to_owned()
        } else {
            return Ok(());
        };
        Err(ByHandError::Sheet {
            path: self.path.to_owned(),
            problem,
        })
    }
}

/// What of a value is repeated: nobody can tell how many have it.
fn repeated(value: &str, column: &str) -> String {
    let field = (column == "employee number").then_some(Field::EmployeeNumber);
    vetting::repeated(&quoted(value, field), field)
}

/// The first row.
pub(crate) struct Headings(Vec<String>);

// === impl Headings ===

impl Headings {
    fn of(record: &ByteRecord) -> Self {
        let headings = record
            .iter()
            .map(|heading| normalise(&String::from_utf8_lossy(heading)));
        Self(headings.collect())
    }

    /// Where a heading that the mapping has for `field` stands.
    pub(crate) fn position(&self, field: Field, mapping: &Mapping) -> Option<usize> {
        self.position_of(mapping.headings(field).iter().map(String::as_str))
    }

    /// Where one of these headings stands.
    pub(crate) fn position_of<'h>(
        &self,
        accepted: impl IntoIterator<Item = &'h str>,
    ) -> Option<usize> {
        let accepted: Vec<_> = accepted.into_iter().map(normalise).collect();
        self.0.iter().position(|heading| accepted.contains(heading))
    }
}

/// The text of a field, trimmed.
pub(crate) fn text(record: &ByteRecord, position: usize) -> String {
    let value = trimmed(record.get(position).unwrap_or_default());
    String::from_utf8_lossy(value).into_owned()
}

/// The fault of a value that `attribute` does not know.
pub(crate) fn unknown_value(column: &'static str, value: String, attribute: &Attribute) -> Fault {
    (column, value, accepted(attribute))
}
