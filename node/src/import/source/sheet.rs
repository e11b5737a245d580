//! The sheet of a workbook that holds the extract, cell by cell.

use std::{
    fs::File,
    io::{self, BufReader, Read as _, Write as _},
};

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, Xlsx, XlsxError};
use csv::{ByteRecord, Position};
use zip::ZipArchive;

use super::{Each, Ended, Source};
use crate::import::{ImportError, Mapping, columns::is_known_header, reading::HEADER_ROWS};

/// Columns beyond this are no extract's: a sheet can have 16,384.
const MOST_COLUMNS: usize = 1024;
/// Largest workbook that is opened, in bytes. Its texts are held in memory; larger ones as CSV.
const MOST_BYTES: u64 = 256 << 20;
/// The same when unpacked: a few kilobytes can unpack to anything.
const MOST_BYTES_UNPACKED: u64 = 2 << 30;
/// What is added to a cell that is merged over several columns, so that no header is read from it.
pub(in crate::import) const MERGED: &str = " (merged over several columns)";
/// How much of a part's beginning is looked at.
const START_BYTES: u64 = 4096;
/// Rows below which cells that are merged do not matter: the header stands above.
const MERGES_MATTER: u32 = 40;

type Workbook = Xlsx<BufReader<File>>;

pub(super) fn read(
    source: &Source<'_>,
    file: File,
    mapping: &Mapping,
    each: Each<'_>,
) -> Result<Ended, ImportError> {
    let length = file.metadata().map_err(|error| source.file(error))?.len();
    if length > MOST_BYTES {
        return Err(
            source.sheet_problem("a workbook of more than 256 MiB: save it as \"CSV UTF-8\"")
        );
    }
    check_unpacked(source, &file)?;
    let mut workbook: Workbook =
        Xlsx::new(BufReader::new(file)).map_err(|error| broken(source, &error))?;
    let sheet = choose(source, &mut workbook, mapping)?;
    if read_sheet(source, &mut workbook, &sheet, each)? {
        // A workbook's size says little of how far it is: all at once at the end.
        source
            .progress
            .advance(usize::try_from(length).unwrap_or(usize::MAX));
    }
    Ok(Ended {
        breaks_off: false,
        sheet: Some(sheet),
    })
}

fn broken(source: &Source<'_>, error: &XlsxError) -> ImportError {
    source.sheet_problem(&format!("the workbook cannot be read: {error}"))
}

/// The sheet that was named, or the first one with a header: a cover often stands before it.
fn choose(
    source: &Source<'_>,
    workbook: &mut Workbook,
    mapping: &Mapping,
) -> Result<String, ImportError> {
    let names = workbook.sheet_names();
    if let Some(wanted) = source.sheet {
        let found = names.iter().find(|name| name.as_str() == wanted);
        return found.cloned().ok_or_else(|| {
            let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
            let names = names.join(", ");
            source.sheet_problem(&format!(
                "the workbook has no sheet `{wanted}`; it has {names}"
            ))
        });
    }
    if names.len() > 1 {
        for name in &names {
            // A sheet that cannot be read, such as a chart, has none.
            if has_header(source, workbook, name, mapping).unwrap_or(false) {
                return Ok(name.clone());
            }
        }
    }
    let first = names.into_iter().next();
    first.ok_or_else(|| source.sheet_problem("the workbook has no sheet"))
}

fn has_header(
    source: &Source<'_>,
    workbook: &mut Workbook,
    sheet: &str,
    mapping: &Mapping,
) -> Result<bool, ImportError> {
    let (mut rows, mut found) = (0, false);
    read_sheet(source, workbook, sheet, &mut |record| {
        rows += 1;
        found = is_known_header(record, mapping);
        Ok(!found && rows < HEADER_ROWS)
    })?;
    Ok(found)
}

/// Reads the rows of one sheet; whether to its end.
fn read_sheet(
    source: &Source<'_>,
    workbook: &mut Workbook,
    sheet: &str,
    each: Each<'_>,
) -> Result<bool, ImportError> {
    let broken = |error: XlsxError| broken(source, &error);
    let mut merged = workbook.merge_cells_by_sheet_name(sheet).map_err(broken)?;
    merged.retain(|region| region.start.0 < MERGES_MATTER);
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(broken)?;
    let mut row = Row::default();
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (at, column) = cell.get_position();
        if at != row.at && row.begun {
            if !each(&mut row.record(&merged))? {
                return Ok(false);
            }
            row.clear();
        }
        (row.at, row.begun) = (at, true);
        let column = column as usize;
        if column >= MOST_COLUMNS {
            if matches!(cell.get_value(), DataRef::Empty) {
                continue;
            }
            return Err(source.sheet_problem("the sheet has more than 1,024 columns"));
        }
        row.put(column, cell.get_value());
    }
    if row.begun {
        each(&mut row.record(&merged))?;
    }
    Ok(true)
}

/// Unpacks every part into nothing, up to a limit, and looks at what the list of texts claims: the
/// workbook's reader makes room for as many as it says there are.
fn check_unpacked(source: &Source<'_>, file: &File) -> Result<(), ImportError> {
    let broken = |error: &dyn std::fmt::Display| {
        source.sheet_problem(&format!("the workbook cannot be read: {error}"))
    };
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| broken(&error))?;
    let mut unpacked = 0;
    for part in 0..archive.len() {
        let mut part = archive.by_index(part).map_err(|error| broken(&error))?;
        let mut start = Vec::new();
        let limit = MOST_BYTES_UNPACKED - unpacked + 1;
        let mut limited = (&mut part).take(limit);
        limited
            .by_ref()
            .take(START_BYTES)
            .read_to_end(&mut start)
            .map_err(|error| broken(&error))?;
        let rest = io::copy(&mut limited, &mut io::sink()).map_err(|error| broken(&error))?;
        unpacked += start.len() as u64 + rest;
        if unpacked > MOST_BYTES_UNPACKED {
            return Err(source.sheet_problem(
                "the workbook unpacks to more than 2 GiB: save the extract as \"CSV UTF-8\"",
            ));
        }
        let claimed = claimed_texts(&String::from_utf8_lossy(&start));
        // A text takes some bytes of the part that lists it.
        if claimed.is_some_and(|texts| texts > unpacked) {
            return Err(source.sheet_problem("the workbook claims more texts than it can hold"));
        }
    }
    Ok(())
}

/// `uniqueCount` or `count` of a list of shared texts, the larger; `None` for any other part.
fn claimed_texts(start: &str) -> Option<u64> {
    let (_, list) = start.split_once("<sst")?;
    let counts = list.split_once('>')?.0.split("ount=\"").skip(1);
    counts
        .map(|rest| {
            let digits = rest.split('"').next().unwrap_or_default();
            digits.parse().unwrap_or(u64::MAX)
        })
        .max()
}

/// The row at hand.
#[derive(Default)]
struct Row {
    /// Its number, from 0.
    at: u32,
    begun: bool,
    /// As many as the widest row so far has: a sheet holds no cells behind a row's last one.
    fields: Vec<Vec<u8>>,
}

// === impl Row ===

impl Row {
    fn clear(&mut self) {
        self.fields.iter_mut().for_each(Vec::clear);
    }

    fn put(&mut self, column: usize, value: &DataRef<'_>) {
        if self.fields.len() <= column {
            self.fields.resize(column + 1, Vec::new());
        }
        let field = &mut self.fields[column];
        match value {
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                field.extend_from_slice(text.as_bytes());
            }
            DataRef::SharedString(text) => field.extend_from_slice(text.as_bytes()),
            DataRef::DateTime(date) => field.extend_from_slice(iso(*date).as_bytes()),
            // Displayed as a spreadsheet shows it: 1 and not 1.0.
            DataRef::Float(number) => write!(field, "{number}").expect("a Vec takes all"),
            DataRef::Int(number) => write!(field, "{number}").expect("a Vec takes all"),
            DataRef::Bool(flag) => write!(field, "{flag}").expect("a Vec takes all"),
            DataRef::Error(error) => write!(field, "{error}").expect("a Vec takes all"),
            DataRef::Empty => {}
        }
    }

    /// The row as a record; a field under a cell that is merged over several columns says so, so
    /// that no header is read from it.
    fn record(&self, merged: &[Dimensions]) -> ByteRecord {
        let mut record = ByteRecord::new();
        for (column, field) in (0_u32..).zip(&self.fields) {
            let spans = merged.iter().any(|region| {
                let columns = region.start.1..=region.end.1;
                region.start.1 < region.end.1
                    && (region.start.0..=region.end.0).contains(&self.at)
                    && columns.contains(&column)
            });
            if spans && !field.is_empty() {
                record.push_field(&[field, MERGED.as_bytes()].concat());
            } else {
                record.push_field(field);
            }
        }
        let mut position = Position::new();
        position.set_line(u64::from(self.at) + 1);
        record.set_position(Some(position));
        record
    }
}

fn iso(date: ExcelDateTime) -> String {
    let (year, month, day, ..) = date.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}
