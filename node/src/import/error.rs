//! Why nothing was imported.

use std::{io, path::PathBuf};

use vwis_model::{algebra::MAX_PEOPLE, ods::OdsCode};

use super::{Allowance, HeaderError, Kind, Report};

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
    /// Not text, or text in another encoding than expected.
    #[error("{path}, line {line}: {fault}")]
    Encoding {
        /// The file.
        path: PathBuf,
        /// The line.
        line: u64,
        /// What is there, and what to do.
        fault: &'static str,
    },
    /// Not CSV that can be read.
    #[error("{path}: {problem}")]
    Csv {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        problem: String,
    },
    /// Not a workbook that can be read.
    #[error("{path}: {problem}")]
    Sheet {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// No header, or nothing below it.
    #[error("{0} holds no rows")]
    Empty(PathBuf),
    /// No row is a header that can be mapped.
    #[error("{path}: {source}")]
    Header {
        /// The file.
        path: PathBuf,
        /// What is missing or doubled.
        source: HeaderError,
    },
    /// Every row is another organisation's.
    #[error("{path} is an extract of {found}; this is the node of {expected}")]
    OtherOrganisation {
        /// The file.
        path: PathBuf,
        /// The ODS code in its rows.
        found: String,
        /// This node's organisation.
        expected: OdsCode,
    },
    /// More rows were rejected than the limit allows.
    #[error(
        "{path}: {rejected} of {rows} rows were rejected, more than {most:.1}%: nothing was imported. \
         {advice}; or allow more with --most-rejected",
        advice = report.advice()
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
    /// There are rows, but nobody counts.
    #[error(
        "{path}: nobody counts: all {rows} rows were left out or merged; if that is right, say {option}",
        rows = report.rows_read,
        option = Allowance::Nobody.option()
    )]
    Nobody {
        /// The file.
        path: PathBuf,
        /// Where every row would have gone.
        report: Box<Report>,
    },
    /// The file ends in the middle of a row.
    #[error(
        "{path}: the file seems to be cut off: line {line}, the last one, has {fields} of {width} fields \
         and no line end. Nothing was imported. Export it again; if the line is a note below the \
         table, say {option}",
        option = Allowance::CutOff.option()
    )]
    CutOff {
        /// The file.
        path: PathBuf,
        /// Its last line.
        line: u64,
        /// Fields in it.
        fields: usize,
        /// Fields in the header.
        width: usize,
        /// Where every row would have gone.
        report: Box<Report>,
    },
    /// A second table follows in the same file.
    #[error(
        "{path}, line {line}: another header stands there, with its columns in another order, and what follows \
         would be read in that of the first: nothing was imported. Import one part, or put the columns of both \
         in one order"
    )]
    OtherHeader {
        /// The file.
        path: PathBuf,
        /// The line of the second header.
        line: u64,
    },
    /// Every row is there twice.
    #[error(
        "{path}: every row stands there twice, which counts everybody's FTE twice: nothing was \
         imported. Take one copy out; if it is right as it is, say {option}",
        option = Allowance::Repeats.option()
    )]
    Doubled {
        /// The file.
        path: PathBuf,
        /// Where every row would have gone.
        report: Box<Report>,
    },
    /// Many further rows of people contradict the person's first row.
    #[error(
        "{path}: {rows} of {further} further rows of people differ from the person's first row in \
         ethnic group, gender or age, more than {most:.1}%: nothing was imported. Does the column of \
         {numbers} tell people apart? Name the right one in the mapping's [columns] \
         {column}; if it is right, say {option}",
        most = kind.most_contradicting() * 100.0,
        numbers = kind.numbers_in_words().1,
        column = kind.number().code(),
        option = Allowance::Contradictions.option()
    )]
    Contradictory {
        /// The file.
        path: PathBuf,
        /// Rows that tell of somebody else.
        rows: u64,
        /// Rows merged into a person.
        further: u64,
        /// Whom the file lists.
        kind: Kind,
        /// Where every row would have gone.
        report: Box<Report>,
    },
    /// A column of codes that are read in two ways, or of numbers of which only some are known.
    #[error(
        "{path}: {half_read}: it looks like the list of another system, in which the same codes mean \
         something else. Nothing was imported. Say in the mapping what every one of them means, under \
         [values.{field}]; if they are right as they are, say {option}",
        half_read = half_read(column, *are_numbers),
        option = Allowance::Codes.option()
    )]
    OtherCodes {
        /// The file.
        path: PathBuf,
        /// The column's heading.
        column: String,
        /// The column, as a mapping names it.
        field: &'static str,
        /// Whether all its values are numbers.
        are_numbers: bool,
        /// Where every row would have gone.
        report: Box<Report>,
    },
    /// More people than a node is built for.
    #[error("{0} holds more than {MAX_PEOPLE} people: one node serves one employer")]
    TooManyPeople(PathBuf),
    /// The thread that reads the file ended without a result.
    #[error("{0}: reading was interrupted")]
    Interrupted(PathBuf),
}

fn half_read(column: &str, are_numbers: bool) -> String {
    let of = if are_numbers {
        format!("all values of column {column} are numbers, and only some of them are known, or")
    } else {
        format!("of the short codes in column {column}")
    };
    format!("{of} the mapping says what some mean and the data dictionary what others do")
}

// === impl ImportError ===

impl ImportError {
    /// Where every row would have gone; `None` where the file was refused before it was read to its end.
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::TooManyRejected { report, .. }
            | Self::Nobody { report, .. }
            | Self::CutOff { report, .. }
            | Self::Doubled { report, .. }
            | Self::OtherCodes { report, .. }
            | Self::Contradictory { report, .. } => Some(report),
            _ => None,
        }
    }
}
