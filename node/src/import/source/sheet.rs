//! The first sheet of a workbook, cell by cell.

use std::{
    fs::File,
    io::{BufReader, Write as _},
};

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, Xlsx, XlsxError};
use csv::{ByteRecord, Position};

use super::{Each, Source};
use crate::import::ImportError;

/// Columns beyond this are no extract's: a sheet can have 16,384.
const MOST_COLUMNS: usize = 1024;
/// Largest workbook that is opened, in bytes. Its texts are held in memory; larger ones as CSV.
const MOST_BYTES: u64 = 256 << 20;

pub(super) fn read(source: &Source<'_>, file: File, each: Each<'_>) -> Result<(), ImportError> {
    let length = file.metadata().map_err(|error| source.file(error))?.len();
    if length > MOST_BYTES {
        return Err(source.sheet("a workbook of more than 256 MiB: save it as \"CSV UTF-8\""));
    }
    let broken = |error: XlsxError| source.sheet(&format!("the workbook cannot be read: {error}"));
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(broken)?;
    let sheet = workbook
        .sheet_names()
        .first()
        .cloned()
        .ok_or_else(|| source.sheet("the workbook has no sheet"))?;
    let merged = workbook.merge_cells_by_sheet_name(&sheet).map_err(broken)?;
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(broken)?;
    let mut row = Row::default();
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (at, column) = cell.get_position();
        if at != row.at && row.begun {
            if !each(&mut row.record(&merged))? {
                return Ok(());
            }
            row.clear();
        }
        (row.at, row.begun) = (at, true);
        let column = column as usize;
        if column >= MOST_COLUMNS {
            if matches!(cell.get_value(), DataRef::Empty) {
                continue;
            }
            return Err(source.sheet("the sheet has more than 1,024 columns"));
        }
        row.put(column, cell.get_value());
    }
    if row.begun {
        each(&mut row.record(&merged))?;
    }
    // A workbook's size says little of how far it is: all at once at the end.
    source
        .progress
        .advance(usize::try_from(length).unwrap_or(usize::MAX));
    Ok(())
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
                record.push_field(&[field, &b" (merged over several columns)"[..]].concat());
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
