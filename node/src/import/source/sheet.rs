//! Reads the sheet of a workbook that holds the extract, cell by cell.

use std::{
    fs::File,
    io::{self, BufReader, Cursor, Read, Seek, Write as _},
};

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, SheetVisible, Xlsx, XlsxError};
use csv::{ByteRecord, Position};
use vwis_model::text::shown;
use zip::ZipArchive;

use super::{
    Each, Ended, HEADER_ROWS, Merged, Source,
    hidden::{HiddenParts, is_telling},
    kind,
};
use crate::import::{
    ImportError, Kind, Mapping,
    columns::is_known_header,
    spreadsheet::{MERGED, NO_VALUE},
};

/// Most columns that are read: an extract has fewer, and a sheet can have 16,384.
const MOST_COLUMNS: usize = 1024;
/// Largest workbook that is opened, in bytes, because its texts are held in memory. A larger extract must be
/// CSV.
const MOST_BYTES: u64 = 256 << 20;
/// Largest size of all its parts unpacked, in bytes, because a few kilobytes can unpack to any size.
const MOST_BYTES_UNPACKED: u64 = 2 << 30;
/// Bytes at a part's beginning that are looked at.
const START_BYTES: u64 = 4096;
/// The number of 31 December 9999, after which a spreadsheet knows no day.
const LAST_DAY: f64 = 2_958_465.0;
/// Rows at the top in which merged cells matter, because the header is among them.
const MERGES_MATTER: u32 = 40;

type Workbook = Xlsx<BufReader<Box<dyn Seekable>>>;

/// A file, or the buffered content of a pipe.
trait Seekable: Read + Seek {}

impl<T: Read + Seek> Seekable for T {}

/// The sheet that was chosen.
struct Chosen {
    sheet: String,
    /// Its index among the sheets, from 0.
    at: usize,
    is_hidden: bool,
    /// Other sheets that have a header too.
    others: Vec<String>,
    /// Whether one of these other sheets is visible.
    has_visible_others: bool,
}

/// Reads the workbook in `file`; `start` are its first bytes, which were taken from it already.
pub(super) fn read(
    source: &Source<'_>,
    start: Vec<u8>,
    file: File,
    mapping: &Mapping,
    each: Each<'_>,
) -> Result<Ended, ImportError> {
    let (mut file, length) = seekable(source, start, file)?;
    let hidden = check_unpacked(source, &mut *file)?;
    file.rewind().map_err(|error| source.file(error))?;
    let mut workbook: Workbook =
        Xlsx::new(BufReader::new(file)).map_err(|error| broken(source, &error))?;
    if workbook.has_1904_epoch() {
        source.progress.set_from_1904();
    }
    let chosen = choose(source, &mut workbook, mapping)?;
    let merged = workbook.merge_cells_by_sheet_name(&chosen.sheet);
    let merged = merged.map_err(|error| broken(source, &error))?;
    let merged = merged.iter().map(|region| Merged {
        line: u64::from(region.start.0) + 1,
        is_down: region.start.0 < region.end.0,
        columns: region.start.1 as usize..=region.end.1 as usize,
    });
    let merged = merged.collect();
    if read_sheet(source, &mut workbook, &chosen.sheet, mapping, each)? {
        // A workbook's size says little about how far reading is, so progress comes all at once at the end.
        source
            .progress
            .advance(usize::try_from(length).unwrap_or(usize::MAX));
    }
    Ok(Ended {
        breaks_off: false,
        sheet: Some(chosen.sheet),
        sheet_is_hidden: chosen.is_hidden,
        other_sheets: chosen.others,
        has_visible_others: chosen.has_visible_others,
        hidden: hidden.in_sheet(chosen.at),
        merged,
    })
}

/// The whole file from its beginning, with its length. What comes through a pipe is held in memory, never on
/// a disk.
fn seekable(
    source: &Source<'_>,
    start: Vec<u8>,
    mut file: File,
) -> Result<(Box<dyn Seekable>, u64), ImportError> {
    let in_file = |error| source.file(error);
    let metadata = file.metadata().map_err(in_file)?;
    let (seekable, length): (Box<dyn Seekable>, u64) = if metadata.is_file() {
        file.rewind().map_err(in_file)?;
        (Box::new(file), metadata.len())
    } else {
        let mut bytes = start;
        file.take(MOST_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(in_file)?;
        let length = bytes.len() as u64;
        (Box::new(Cursor::new(bytes)), length)
    };
    if length > MOST_BYTES {
        return Err(
            source.sheet_problem("a workbook of more than 256 MiB: save it as \"CSV UTF-8\"")
        );
    }
    Ok((seekable, length))
}

/// The error for a file of Microsoft's old compound format: an old workbook, or a new one that is protected.
pub(super) fn compound(source: &Source<'_>, start: Vec<u8>, file: File) -> ImportError {
    let file = match seekable(source, start, file) {
        Ok((file, _)) => file,
        Err(error) => return error,
    };
    source.sheet_problem(match Workbook::new(BufReader::new(file)) {
        Err(XlsxError::Password) => {
            "this workbook is protected with a password: open it, take the password out (File, Info, \
             Protect Workbook), and save it again"
        }
        _ => "this is a workbook of the old kind (.xls): save it as .xlsx or as \"CSV UTF-8\"",
    })
}

fn broken(source: &Source<'_>, error: &XlsxError) -> ImportError {
    source.sheet_problem(&format!("the workbook cannot be read: {error}"))
}

/// Chooses the named sheet, or the first visible one with a header, because a cover often stands before it. A
/// hidden sheet is read only where no visible one has a header: it is often last quarter's.
fn choose(
    source: &Source<'_>,
    workbook: &mut Workbook,
    mapping: &Mapping,
) -> Result<Chosen, ImportError> {
    let sheets: Vec<_> = (workbook.sheets_metadata().iter())
        .map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible))
        .collect();
    if let Some(wanted) = source.sheet {
        let Some(at) = sheets.iter().position(|(name, _)| name == wanted) else {
            let names: Vec<_> = sheets
                .iter()
                .map(|(name, _)| format!("`{}`", shown(name)))
                .collect();
            let names = names.join(", ");
            return Err(source.sheet_problem(&format!(
                "the workbook has no sheet `{}`; it has {names}",
                shown(wanted)
            )));
        };
        // A hidden sheet that is named is meant, so it does not count as hidden.
        return Ok(Chosen {
            sheet: wanted.to_owned(),
            at,
            is_hidden: false,
            others: Vec::new(),
            has_visible_others: false,
        });
    }
    let mut with_header = Vec::new();
    if sheets.len() > 1 {
        for (at, (name, _)) in sheets.iter().enumerate() {
            // A sheet that cannot be read, such as a chart, has no header.
            if has_header(source, workbook, name, mapping).unwrap_or(false) {
                with_header.push(at);
            }
        }
        with_header.sort_by_key(|at| sheets[*at].1);
    }
    let first_visible = || sheets.iter().position(|(_, is_hidden)| !is_hidden);
    let at = with_header.first().copied().or_else(first_visible);
    let at = at.unwrap_or_default();
    let (sheet, is_hidden) = (sheets.get(at).cloned())
        .ok_or_else(|| source.sheet_problem("the workbook has no sheet"))?;
    let others = || with_header.iter().skip(1).map(|at| &sheets[*at]);
    let has_visible_others = others().any(|(_, is_hidden)| !is_hidden);
    Ok(Chosen {
        sheet,
        at,
        is_hidden,
        others: others().map(|(name, _)| name.clone()).collect(),
        has_visible_others,
    })
}

fn has_header(
    source: &Source<'_>,
    workbook: &mut Workbook,
    sheet: &str,
    mapping: &Mapping,
) -> Result<bool, ImportError> {
    let (mut rows, mut found) = (0, false);
    read_sheet(source, workbook, sheet, mapping, &mut |record| {
        rows += 1;
        found = is_header(source, record, mapping);
        Ok(!found && rows < HEADER_ROWS)
    })?;
    Ok(found)
}

fn is_header(source: &Source<'_>, record: &ByteRecord, mapping: &Mapping) -> bool {
    match source.is_header {
        Some(is_header) => is_header(record),
        None => is_known_header(record, mapping, Kind::Staff),
    }
}

/// Reads the rows of one sheet; returns whether to its end.
fn read_sheet(
    source: &Source<'_>,
    workbook: &mut Workbook,
    sheet: &str,
    mapping: &Mapping,
    each: Each<'_>,
) -> Result<bool, ImportError> {
    let broken = |error: XlsxError| broken(source, &error);
    let mut merged = workbook.merge_cells_by_sheet_name(sheet).map_err(broken)?;
    merged.retain(|region| region.start.0 < MERGES_MATTER);
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(broken)?;
    // Below the header, merged cells are asked about as a whole, and values stay as they are.
    let mut each = |row: &Row| {
        let mut record = row.record(&merged);
        if !merged.is_empty() && is_header(source, &record, mapping) {
            merged.clear();
        }
        each(&mut record)
    };
    let mut row = Row::default();
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(broken)? {
        let (at, column) = cell.pos;
        if at != row.at && row.begun {
            if !each(&row)? {
                return Ok(false);
            }
            row.clear();
        }
        (row.at, row.begun) = (at, true);
        let column = column as usize;
        let is_empty = matches!(cell.value, DataRef::Empty);
        if column >= MOST_COLUMNS {
            if is_empty {
                continue;
            }
            return Err(source.sheet_problem("the sheet has more than 1,024 columns"));
        }
        if is_empty && cell.formula.is_some() {
            row.put(column, &DataRef::SharedString(NO_VALUE));
        } else {
            row.put(column, &cell.value);
        }
    }
    if row.begun {
        each(&row)?;
    }
    Ok(true)
}

/// Unpacks every part into nothing, up to a limit, and returns what the parts say is hidden. Refuses a list
/// of texts that claims more texts than it can hold, because the workbook's reader reserves room for as many.
fn check_unpacked(
    source: &Source<'_>,
    file: &mut dyn Seekable,
) -> Result<HiddenParts, ImportError> {
    let broken = |error: &dyn std::fmt::Display| {
        source.sheet_problem(&format!("the workbook cannot be read: {error}"))
    };
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| broken(&error))?;
    let names: Vec<_> = archive.file_names().collect();
    if let Some(sentence) = kind::of_parts(&names) {
        return Err(source.sheet_problem(sentence));
    }
    let mut unpacked = 0;
    let mut hidden = HiddenParts::default();
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
        let name = limited.get_ref().name().to_owned();
        let rest = if is_telling(&name) {
            hidden.begin(&name, &start);
            io::copy(&mut limited, &mut hidden)
        } else {
            io::copy(&mut limited, &mut io::sink())
        };
        let rest = rest.map_err(|error| broken(&error))?;
        if let Some(reference) = hidden.beyond() {
            return Err(source.sheet_problem(&format!(
                "the workbook names the cell, row or range `{}`, beyond the last cell of any sheet, XFD1048576: \
                 it is damaged, or not a spreadsheet's own",
                shown(reference)
            )));
        }
        unpacked += start.len() as u64 + rest;
        if unpacked > MOST_BYTES_UNPACKED {
            return Err(source.sheet_problem(
                "the workbook unpacks to more than 2 GiB: save the extract as \"CSV UTF-8\"",
            ));
        }
        let claimed = claimed_texts(&String::from_utf8_lossy(&start));
        // Every text takes some bytes of the part that lists it.
        if claimed.is_some_and(|texts| texts > unpacked) {
            return Err(source.sheet_problem("the workbook claims more texts than it can hold"));
        }
    }
    Ok(hidden)
}

/// The larger of `uniqueCount` and `count` in a list of shared texts; `None` for any other part.
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

/// The current row.
#[derive(Default)]
struct Row {
    /// Its index, from 0.
    at: u32,
    begun: bool,
    /// As many fields as the widest row so far has, because a sheet stores no cells after a row's last one.
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
            DataRef::Float(number) => {
                write!(field, "{}", displayed(*number)).expect("a Vec takes all");
            }
            DataRef::Int(number) => write!(field, "{number}").expect("a Vec takes all"),
            DataRef::Bool(flag) => write!(field, "{flag}").expect("a Vec takes all"),
            DataRef::Error(error) => write!(field, "{error}").expect("a Vec takes all"),
            DataRef::Empty => {}
        }
    }

    /// The row as a record. A field under a cell that is merged over several columns says so, so that no
    /// header is read from it.
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

/// The number as a spreadsheet shows it, to 15 digits: 1 and not 1.0, 7 and not 7.000000000000001.
fn displayed(number: f64) -> f64 {
    format!("{number:.14e}").parse().unwrap_or(number)
}

/// The date in ISO form, or the time of day where there is no date.
/// A number that is no day up to the end of 9999 stays a number, which is read as no date.
fn iso(date: ExcelDateTime) -> String {
    let number = date.as_f64();
    if !(0.0..LAST_DAY + 1.0).contains(&number) {
        return number.to_string();
    }
    let (year, month, day, hours, minutes, seconds, _) = date.to_ymd_hms_milli();
    if date.as_f64() < 1.0 {
        return format!("{hours:02}:{minutes:02}:{seconds:02}");
    }
    format!("{year:04}-{month:02}-{day:02}")
}
