//! Reading an extract: a CSV file in the dictionary's own columns.
//!
//! One row is one assignment. Rows of one employee number are one person: the attributes of the
//! first row, the FTE of all, clamped to [0, 1.00] (design §3.1). Only codes are kept; employee
//! numbers are kept as keyed hashes.
//!
//! Every row read ends in exactly one of four places, and the report says how many in each:
//! kept, merged into a person, excluded by a rule, or rejected for a reason.

mod columns;
mod report;

pub use report::{Report, RowError};

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use aws_lc_rs::hmac;
use vwis_proto::{
    algebra::MAX_PEOPLE,
    dictionary::{Category, DataSet, Resolution},
};

use self::columns::Columns;
use crate::store::StaffRecord;

/// Longest line that is read, in bytes: an extract's is some hundreds.
const MAX_LINE_BYTES: u64 = 1 << 20;
/// Share of rows that may be rejected before the whole file is refused.
pub const DEFAULT_MOST_REJECTED: f64 = 0.01;

/// What an extract held.
pub struct Imported {
    /// The people, each once, in the order of their first rows.
    pub people: Vec<StaffRecord>,
    /// Where every row went.
    pub report: Report,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Not UTF-8.
    #[error("{path}, line {line}: the text is not UTF-8; save the extract as \"CSV UTF-8\"")]
    Encoding {
        /// The file.
        path: PathBuf,
        /// The line.
        line: u64,
    },
    /// Not CSV, or not rectangular.
    #[error("{path}: {problem}")]
    Csv {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        problem: String,
    },
    /// No header, or nothing below it.
    #[error("{0} holds no rows")]
    Empty(PathBuf),
    /// A column that must be there is not.
    #[error("{path}: the header has no column `{column}`; it must have {expected}")]
    MissingColumn {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// All that must be there.
        expected: String,
    },
    /// A column stands twice.
    #[error("{path}: the header has column `{column}` twice")]
    RepeatedColumn {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
    },
    /// Too much of it is unreadable to trust the rest.
    #[error(
        "{path}: {rejected} of {rows} rows were rejected, more than {most:.1}%: nothing was imported"
    )]
    TooManyRejected {
        /// The file.
        path: PathBuf,
        /// Rows rejected.
        rejected: u64,
        /// Rows read.
        rows: u64,
        /// The limit, in percent.
        most: f64,
        /// Where every row would have gone.
        report: Box<Report>,
    },
    /// More than the mechanism is built for.
    #[error("{0} holds more than {MAX_PEOPLE} people: one node serves one employer")]
    TooManyPeople(PathBuf),
}

/// What becomes of one row.
enum Row {
    Person(StaffRecord),
    Excluded(String),
    Rejected(Box<RowError>),
}

/// Reads `path` as an extract of `data_set`.
///
/// # Errors
/// [`ImportError`]; single bad rows are no error but rejected, up to `most_rejected` of all.
pub fn read_extract(
    path: &Path,
    data_set: &DataSet,
    employee_key: &[u8],
    most_rejected: f64,
) -> Result<Imported, ImportError> {
    let in_file = |source| ImportError::File {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(in_file)?;
    let (content, bom_bytes) = without_bom(BufReader::new(file)).map_err(in_file)?;
    let mut reader = csv::ReaderBuilder::new()
        .flexible(false)
        .trim(csv::Trim::All)
        .from_reader(content);
    let columns = Columns::read(&mut reader, path, data_set)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, employee_key);

    let mut report = Report::default();
    let mut people: Vec<StaffRecord> = Vec::new();
    let mut fte_sums: Vec<u32> = Vec::new();
    let mut known: HashMap<[u8; 16], usize> = HashMap::new();
    let mut record = csv::StringRecord::new();
    let mut last: Option<csv::Position> = None;
    while reader
        .read_record(&mut record)
        .map_err(|error| csv_error(path, &error))?
    {
        report.rows_read += 1;
        last = record.position().cloned();
        let line = record.position().map_or(0, csv::Position::line);
        if record.as_slice().len() as u64 > MAX_LINE_BYTES {
            return Err(ImportError::Csv {
                path: path.to_owned(),
                problem: format!(
                    "line {line} is longer than {MAX_LINE_BYTES} bytes; is a quote left open?"
                ),
            });
        }
        // A field that runs over lines has swallowed the rows of other people: to a CSV reader all
        // from one quote to the next is one field, in a column that is not read as well.
        if record.iter().any(|field| field.contains(['\n', '\r'])) {
            return Err(ImportError::Csv {
                path: path.to_owned(),
                problem: format!("a quote opened in line {line} is not closed in its line"),
            });
        }
        match read_row(&record, line, &columns, data_set, &key) {
            Row::Excluded(rule) => *report.excluded.entry(rule).or_default() += 1,
            Row::Rejected(error) => report.reject(*error),
            Row::Person(person) => {
                let fte = u32::from(person.fte_hundredths);
                if let Some(index) = known.get(&person.person) {
                    report.merged += 1;
                    fte_sums[*index] = fte_sums[*index].saturating_add(fte);
                } else {
                    report.kept += 1;
                    known.insert(person.person, people.len());
                    people.push(person);
                    fte_sums.push(fte);
                    if people.len() as u64 > MAX_PEOPLE {
                        return Err(ImportError::TooManyPeople(path.to_owned()));
                    }
                }
            }
        }
    }
    if let Some(last) = last
        && quote_is_open(path, last.byte() + bom_bytes).map_err(in_file)?
    {
        return Err(ImportError::Csv {
            path: path.to_owned(),
            problem: format!("the quote opened in line {} is never closed", last.line()),
        });
    }
    for (person, fte) in people.iter_mut().zip(fte_sums) {
        person.fte_hundredths = u8::try_from(fte.min(100)).expect("clamped to 100");
    }
    if report.rows_read == 0 {
        return Err(ImportError::Empty(path.to_owned()));
    }
    accept(path, report, people, most_rejected)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a share of rows, compared with a limit"
)]
fn accept(
    path: &Path,
    report: Report,
    people: Vec<StaffRecord>,
    most_rejected: f64,
) -> Result<Imported, ImportError> {
    let rejected = report.rejected_rows();
    if rejected as f64 > most_rejected * report.rows_read as f64 {
        return Err(ImportError::TooManyRejected {
            path: path.to_owned(),
            rejected,
            rows: report.rows_read,
            most: most_rejected * 100.0,
            report: Box::new(report),
        });
    }
    Ok(Imported { people, report })
}

fn read_row(
    record: &csv::StringRecord,
    line: u64,
    columns: &Columns,
    data_set: &DataSet,
    key: &hmac::Key,
) -> Row {
    let field = |index: usize| record.get(index).unwrap_or_default();
    let rejected = |reason: &str, column: &str, value: &str, expected: String| {
        Row::Rejected(Box::new(RowError::new(
            line, reason, column, value, expected,
        )))
    };
    let number = field(columns.employee_number);
    if number.is_empty() {
        let expected = "an employee number".to_owned();
        return rejected(
            "missing_employee_number",
            columns::EMPLOYEE_NUMBER,
            number,
            expected,
        );
    }
    let Some(fte_hundredths) = parse_fte(field(columns.fte)) else {
        let expected = "0 to 1.5, with at most two decimals counted, such as 0.6".to_owned();
        return rejected("bad_fte", columns::FTE, field(columns.fte), expected);
    };
    let mut codes = Vec::with_capacity(data_set.attributes().len());
    for (attribute, index) in data_set.attributes().iter().zip(&columns.attributes) {
        let value = field(*index);
        let category = match attribute.resolve(value) {
            Resolution::Firm(category) | Resolution::Weak(category) => category,
            Resolution::Blank => attribute.unknown(),
            Resolution::Excluded(rule) => return Row::Excluded(rule.code().to_owned()),
            Resolution::Unrecognised => {
                let accepted = attribute.categories().iter().map(Category::code);
                let expected = accepted.collect::<Vec<_>>().join(", ");
                return rejected("unrecognised_value", attribute.code(), value, expected);
            }
        };
        codes.push(u8::try_from(category).expect("an attribute has at most 64 categories"));
    }
    let tag = hmac::sign(key, number.as_bytes());
    Row::Person(StaffRecord {
        person: *tag.as_ref().first_chunk().expect("the tag is 32 bytes"),
        codes,
        fte_hundredths,
    })
}

/// Hundredths of one assignment's FTE, rounded to the nearest; 1.5 is the most that one assignment
/// plausibly has (12 programmed activities of a consultant come to 1.2).
fn parse_fte(text: &str) -> Option<u8> {
    let fte: f64 = text.parse().ok()?;
    if !(0.0..=1.5).contains(&fte) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 150 after the check above"
    )]
    let hundredths = (fte * 100.0).round() as u8;
    Some(hundredths)
}

fn csv_error(path: &Path, error: &csv::Error) -> ImportError {
    let path = path.to_owned();
    match error.kind() {
        csv::ErrorKind::Utf8 { pos, .. } => ImportError::Encoding {
            path,
            line: pos.as_ref().map_or(0, csv::Position::line),
        },
        csv::ErrorKind::UnequalLengths {
            pos,
            expected_len,
            len,
        } => ImportError::Csv {
            path,
            problem: format!(
                "line {} has {len} fields and the header has {expected_len}; is a quote or a \
                 comma out of place?",
                pos.as_ref().map_or(0, csv::Position::line)
            ),
        },
        _ => ImportError::Csv {
            path,
            problem: error.to_string(),
        },
    }
}

/// Skips the byte-order mark that spreadsheets write before UTF-8; says how many bytes that were.
fn without_bom<R: Read>(mut reader: BufReader<R>) -> io::Result<(BufReader<R>, u64)> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    if reader.fill_buf()?.starts_with(MARK) {
        reader.consume(MARK.len());
        return Ok((reader, MARK.len() as u64));
    }
    Ok((reader, 0))
}

/// Whether the last record, which begins at byte `start`, opens a quote that it does not close. The
/// csv crate takes the end of the file for the closing quote, and with it all lines in between.
fn quote_is_open(path: &Path, start: u64) -> io::Result<bool> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut open = false;
    let mut reader = BufReader::new(file);
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(open);
        }
        for byte in buffer {
            open ^= *byte == b'"';
        }
        let length = buffer.len();
        reader.consume(length);
    }
}

#[cfg(test)]
mod tests;
