//! Small files that people make by hand. One bad row refuses the whole file.

use std::path::{Path, PathBuf};

use csv::ByteRecord;
use vwis_model::{
    dictionary::{Attribute, normalise},
    text::shown,
};

use super::{
    Encoding, ImportError, MERGED_ACROSS, MERGED_DOWN, Mapping, Progress, columns,
    field::Field,
    hidden_columns,
    mapping::accepted,
    quoted::quoted,
    seen::Seen,
    source::{Ended, HEADER_ROWS, Source},
    spreadsheet::trimmed,
    vetting,
};
use crate::plural::several;

/// Why a file made by hand cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ByHandError {
    /// The file cannot be read as rows, or has none.
    #[error(transparent)]
    File(#[from] ImportError),
    /// None of the first rows names the columns.
    #[error("{path}: one of the first rows must name {expected}")]
    Header {
        /// The file.
        path: PathBuf,
        /// The columns that it must name.
        expected: &'static str,
    },
    /// Several columns for one meaning.
    #[error("{path}: {headings} mean the same, and nobody can tell which one counts: leave one")]
    Twice {
        /// The file.
        path: PathBuf,
        /// The headings that mean the same.
        headings: String,
    },
    /// A workbook of which more or less would be read than a person sees.
    #[error("{path}: {problem}. Nothing was imported")]
    Sheet {
        /// The file.
        path: PathBuf,
        /// What is the matter, and what to do.
        problem: String,
    },
    /// A row with a value that is missing, unknown or not accepted.
    #[error("{path}, line {line}: `{value}` is no {column}; expected {expected}")]
    Row {
        /// The file.
        path: PathBuf,
        /// The line.
        line: u64,
        /// Name of the column.
        column: &'static str,
        /// The value that stands there.
        value: String,
        /// What would be accepted.
        expected: String,
    },
}

/// What is wrong with a row: the column, the value that stands there, and what would be accepted.
pub(crate) type Fault = (&'static str, String, String);

/// Positions of the columns that a kind of file needs.
pub(crate) trait Positions {
    /// The positions of all columns that are read.
    fn read(&self) -> Vec<usize>;
}

impl Positions for (usize, usize) {
    fn read(&self) -> Vec<usize> {
        vec![self.0, self.1]
    }
}

/// How to read one such file.
pub(crate) struct ByHand<'a> {
    pub(crate) path: &'a Path,
    pub(crate) encoding: Encoding,
    /// The sheet of a workbook, where the command names one.
    pub(crate) sheet: Option<&'a str>,
    pub(crate) mapping: &'a Mapping,
    /// The columns in words, for the error where no row names them.
    pub(crate) columns: &'static str,
}

// === impl ByHand ===

impl ByHand<'_> {
    /// Finds the columns in one of the first rows, below any titles, and reads all rows that follow.
    pub(crate) fn read<C: Positions>(
        &self,
        find: impl Fn(&Headings) -> Result<Option<C>, Twice> + Sync,
        mut read: impl FnMut(&ByteRecord, &C) -> Result<(), Fault>,
    ) -> Result<(), ByHandError> {
        let progress = Progress::default();
        let is_header = |record: &ByteRecord| !matches!(find(&Headings::of(record)), Ok(None));
        let source = Source {
            path: self.path,
            encoding: self.encoding,
            sheet: self.sheet,
            is_header: Some(&is_header),
            progress: &progress,
        };
        let mut header: Option<Header<C>> = None;
        let (mut above, mut rows) = (0_u64, 0_u64);
        let mut fault = None;
        let ended = source.read(self.mapping, &mut |record| {
            let line = record.position().map_or(0, csv::Position::line);
            let Some(header) = &header else {
                above += 1;
                let headings = Headings::of(record);
                match find(&headings) {
                    Ok(found) => {
                        header = found.map(|columns| Header {
                            columns,
                            headings,
                            line,
                        });
                    }
                    Err(Twice(headings)) => {
                        let path = self.path.to_owned();
                        fault = Some(ByHandError::Twice { path, headings });
                    }
                }
                return Ok(fault.is_none() && (header.is_some() || above < HEADER_ROWS));
            };
            rows += 1;
            if let Err((column, value, expected)) = read(record, &header.columns) {
                fault = Some(ByHandError::Row {
                    path: self.path.to_owned(),
                    line,
                    column,
                    value: repeated(&value, column),
                    expected,
                });
            }
            Ok(fault.is_none())
        })?;
        match (fault, header) {
            (Some(fault), _) => Err(fault),
            (None, None) => Err(ByHandError::Header {
                path: self.path.to_owned(),
                expected: self.columns,
            }),
            (None, Some(_)) if rows == 0 => Err(ImportError::Empty(self.path.to_owned()).into()),
            (None, Some(header)) => self.is_all_seen(&ended, &header),
        }
    }

    /// Refuses a workbook of which more or less is read than a person sees. No option allows it, because a
    /// small file is quickly mended.
    fn is_all_seen<C: Positions>(
        &self,
        ended: &Ended,
        header: &Header<C>,
    ) -> Result<(), ByHandError> {
        let read = header.columns.read();
        let hidden = ended.hidden_of(&read).into_iter();
        let hidden: Vec<_> = hidden.map(|at| header.headings.quoted(at)).collect();
        let down = Seen::at(ended.merged_down(header.line, &read));
        let across = Seen::at(ended.merged_across(header.line, &read));
        let problem = if ended.hidden_rows() > 0 {
            format!(
                "{} of the sheet are hidden, by hand or by a filter: show them all, and take out what does \
                 not belong in it",
                several(ended.hidden_rows(), "row")
            )
        } else if let Some(said) = hidden_columns(&hidden) {
            format!("{said}: show it, and look whether it holds what is meant")
        } else if ended.sheet_is_hidden {
            "the sheet with the header is a hidden one: show it, or save it alone".to_owned()
        } else if down.rows > 0 {
            format!("from {} on, {MERGED_DOWN}", down.lines_said())
        } else if across.rows > 0 {
            format!("in {}, {MERGED_ACROSS}", across.lines_said())
        } else if ended.has_visible_others {
            let others = ended.other_sheets.iter();
            let others: Vec<_> = others.map(|name| format!("`{}`", shown(name))).collect();
            format!(
                "another visible sheet has a header too, and would not be read ({}): put all into one, or save \
                 the right one alone",
                others.join(", ")
            )
        } else {
            return Ok(());
        };
        Err(ByHandError::Sheet {
            path: self.path.to_owned(),
            problem,
        })
    }
}

/// The row that names the columns, and where it stands.
struct Header<C> {
    columns: C,
    headings: Headings,
    line: u64,
}

/// The part of a value that an error may repeat; nothing here can tell how many rows have it.
fn repeated(value: &str, column: &str) -> String {
    let field = (column == "employee number").then_some(Field::EmployeeNumber);
    vetting::repeated(&quoted(value, field), field)
}

/// Headings of several columns that mean the same.
pub(crate) struct Twice(String);

/// Headings of a row that may be the header.
pub(crate) struct Headings(Vec<String>);

// === impl Headings ===

impl Headings {
    fn of(record: &ByteRecord) -> Self {
        let headings = record
            .iter()
            .map(|heading| normalise(&String::from_utf8_lossy(heading)));
        Self(headings.collect())
    }

    fn quoted(&self, position: usize) -> String {
        quoted(&self.0[position], None).into_owned()
    }

    /// The position of a heading that the mapping has for `field`.
    pub(crate) fn position(&self, field: Field, mapping: &Mapping) -> Result<Option<usize>, Twice> {
        let (found, is_ambiguous) = columns::found(field, mapping, &self.0);
        self.first(&found, is_ambiguous)
    }

    /// The position of one of these headings.
    pub(crate) fn position_of<'h>(
        &self,
        accepted: impl IntoIterator<Item = &'h str>,
    ) -> Result<Option<usize>, Twice> {
        let accepted: Vec<_> = accepted.into_iter().map(normalise).collect();
        let is_one = |at: &usize| accepted.contains(&self.0[*at]);
        let found: Vec<_> = (0..self.0.len()).filter(is_one).collect();
        self.first(&found, found.len() > 1)
    }

    fn first(&self, found: &[usize], is_ambiguous: bool) -> Result<Option<usize>, Twice> {
        if !is_ambiguous {
            return Ok(found.first().copied());
        }
        let said = |at: &usize| format!("`{}` ({})", self.quoted(*at), at + 1);
        let all: Vec<_> = found.iter().map(said).collect();
        Err(Twice(format!("columns {}", all.join(", "))))
    }
}

/// The text of a field, trimmed.
pub(crate) fn text(record: &ByteRecord, position: usize) -> String {
    let value = trimmed(record.get(position).unwrap_or_default());
    String::from_utf8_lossy(value).into_owned()
}

/// The fault of a row whose value `attribute` does not know.
pub(crate) fn unknown_value(column: &'static str, value: String, attribute: &Attribute) -> Fault {
    (column, value, accepted(attribute))
}
