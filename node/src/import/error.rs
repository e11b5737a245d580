//! Why nothing was imported.

use std::{io, path::PathBuf};

use vwis_proto::{algebra::MAX_PEOPLE, ods::OdsCode};

use super::{HeaderError, Report};

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
    /// Not text, or text in another encoding.
    #[error("{path}, line {line}: {fault}")]
    Encoding {
        /// The file.
        path: PathBuf,
        /// The line.
        line: u64,
        /// What is there, and what to do.
        fault: &'static str,
    },
    /// Not CSV.
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
        /// Ours.
        expected: OdsCode,
    },
    /// Too much of it is unreadable to trust the rest.
    #[error(
        "{path}: {rejected} of {rows} rows were rejected, more than {most:.1}%: nothing was imported. \
         Mend the extract, or map local spellings in the mapping's [values], or allow more with \
         --most-rejected"
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
    /// There are rows, and nobody who counts.
    #[error(
        "{path}: nobody counts: all {rows} rows were left out or merged; if that is right, say \
         --allow-nobody",
        rows = report.rows_read
    )]
    Nobody {
        /// The file.
        path: PathBuf,
        /// Where every row would have gone.
        report: Box<Report>,
    },
    /// More than the mechanism is built for.
    #[error("{0} holds more than {MAX_PEOPLE} people: one node serves one employer")]
    TooManyPeople(PathBuf),
    /// The thread that reads the file ended without a result.
    #[error("{0}: reading was interrupted")]
    Interrupted(PathBuf),
}
