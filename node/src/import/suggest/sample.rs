//! Reads a file's header and first rows, by column.

use std::path::Path;

use csv::ByteRecord;
use vwis_model::text::plain;

use crate::import::{
    Encoding, HeaderError, ImportError, Mapping, Progress,
    columns::{is_headless, known_headings},
    source::Source,
    spreadsheet::trimmed,
};

/// Most rows that are sampled.
pub(super) const SAMPLE_ROWS: usize = 2_000;
/// Fewest headings of a row that may be the header; a title above it has one or two.
const FEWEST_HEADINGS: usize = 4;

/// One column of the sample.
pub(super) struct Sampled {
    pub(super) heading: String,
    /// Its position, from 1.
    pub(super) number: usize,
    pub(super) values: Vec<String>,
    /// The row of each value, in the order of `values`.
    pub(super) rows: Vec<u32>,
}

pub(super) fn sample(
    path: &Path,
    encoding: Encoding,
    sheet: Option<&str>,
    mapping: &Mapping,
) -> Result<Vec<Sampled>, ImportError> {
    let progress = Progress::default();
    let source = Source {
        path,
        encoding,
        sheet,
        is_header: None,
        progress: &progress,
    };
    let mut columns: Vec<Sampled> = Vec::new();
    let mut rows = 0_u32;
    let builtin = Mapping::builtin();
    source.read(mapping, &mut |record: &mut ByteRecord| {
        let field = |at: usize| {
            let raw = record.get(at).unwrap_or_default();
            // A value is put on one line, because it may end up in a comment of the proposed mapping.
            plain(&String::from_utf8_lossy(trimmed(raw))).into_owned()
        };
        if columns.is_empty() {
            let filled = record.iter().filter(|f| !f.trim_ascii().is_empty()).count();
            if filled >= FEWEST_HEADINGS {
                if is_headless(record, known_headings(record, &builtin)) {
                    return Err(ImportError::Header {
                        path: path.to_owned(),
                        source: HeaderError::Headless,
                    });
                }
                columns = (0..record.len())
                    .map(|at| Sampled {
                        heading: field(at),
                        number: at + 1,
                        values: Vec::new(),
                        rows: Vec::new(),
                    })
                    .collect();
            }
            return Ok(true);
        }
        for (at, column) in columns.iter_mut().enumerate() {
            let value = field(at);
            if !value.is_empty() {
                column.values.push(value);
                column.rows.push(rows);
            }
        }
        rows += 1;
        Ok((rows as usize) < SAMPLE_ROWS)
    })?;
    columns.retain(|column| !column.heading.is_empty());
    if columns.is_empty() {
        return Err(ImportError::Empty(path.to_owned()));
    }
    Ok(columns)
}
