//! The rows of a file of any kind: bytes in, records of fields out.
//!
//! ```text
//! .csv ─► decoded to UTF-8 ─► bounded, marked at its end ─► records ─┐
//! .xlsx ─► cells of the first sheet ─► records ──────────────────────┴─► each(record)
//! ```
//!
//! Only the current record is kept, so memory stays flat however large the file is.

mod bounded;
mod delimiter;
mod elements;
mod hidden;
mod kind;
mod lines;
mod sheet;

use std::{
    fs::File,
    io::{self, Cursor, Read},
    ops::RangeInclusive,
    os::fd::AsFd as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use csv::ByteRecord;

use self::{
    bounded::{Bounded, END, END_MARK, TooLong},
    hidden::Hidden,
    kind::FileKind,
    lines::LineEnds,
};
use super::{
    ImportError,
    encoding::{self, Encoding},
    mapping::Mapping,
};

/// Number of first rows in which the header is looked for; reports begin with titles.
pub(super) const HEADER_ROWS: u64 = 30;
/// Longest record that is read, in bytes; a record of an extract has some hundreds.
pub(super) const MAX_RECORD_BYTES: u64 = 1 << 16;
/// Bytes at the file's beginning that are looked at to tell its delimiter.
const SAMPLE_BYTES: usize = 64 * 1024;

/// How far a file is read, for whoever watches it.
#[derive(Debug, Default)]
pub struct Progress {
    bytes: AtomicU64,
    from_1904: AtomicBool,
}

// === impl Progress ===

impl Progress {
    /// Bytes of the file read so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Whether the file's serial numbers of days count from 1904; known before its first record.
    pub(super) fn counts_from_1904(&self) -> bool {
        self.from_1904.load(Ordering::Relaxed)
    }

    pub(super) fn set_from_1904(&self) {
        self.from_1904.store(true, Ordering::Relaxed);
    }

    pub(super) fn advance(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

/// A file to read, and how to read it.
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    pub(super) encoding: Encoding,
    /// The sheet of a workbook, where the command names one.
    pub(super) sheet: Option<&'a str>,
    /// What tells the sheet's header, where it is not that of an extract.
    pub(super) is_header: Option<&'a (dyn Fn(&ByteRecord) -> bool + Sync)>,
    pub(super) progress: &'a Progress,
}

/// What is known of a file once it was read to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ended {
    /// Whether its last line has no line end.
    pub(super) breaks_off: bool,
    /// The sheet of a workbook that was read.
    pub(super) sheet: Option<String>,
    /// Whether that sheet is hidden.
    pub(super) sheet_is_hidden: bool,
    /// Other sheets that have a header.
    pub(super) other_sheets: Vec<String>,
    /// Whether one of these other sheets is visible.
    pub(super) has_visible_others: bool,
    /// The rows and columns of the sheet that are hidden.
    hidden: Hidden,
    /// Blocks of merged cells of the sheet.
    merged: Vec<Merged>,
}

/// A block of merged cells.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Merged {
    /// The row in which it begins, from 1.
    line: u64,
    /// Whether it goes on in the rows below.
    is_down: bool,
    /// Its columns, from 0.
    columns: RangeInclusive<usize>,
}

// === impl Ended ===

impl Ended {
    /// Rows that are hidden, by hand or by a filter.
    pub(super) fn hidden_rows(&self) -> u64 {
        self.hidden.rows
    }

    /// Those of these columns that are hidden.
    pub(super) fn hidden_of(&self, columns: &[usize]) -> Vec<usize> {
        let is_hidden = |at: &usize| self.hidden.columns.iter().any(|run| run.contains(at));
        columns.iter().copied().filter(is_hidden).collect()
    }

    /// Lines below the header where blocks of cells begin that are merged over several rows, in one of these
    /// columns. All cells of a block but the first hold nothing.
    pub(super) fn merged_down(&self, header: u64, columns: &[usize]) -> impl Iterator<Item = u64> {
        let below = self.merged.iter().filter(move |m| m.line > header);
        let down = below.filter(|merged| merged.is_down);
        down.filter(|merged| columns.iter().any(|at| merged.columns.contains(at)))
            .map(|merged| merged.line)
    }

    /// Lines below the header with cells that are merged over several columns, of which one of these is not the
    /// first.
    pub(super) fn merged_across(
        &self,
        header: u64,
        columns: &[usize],
    ) -> impl Iterator<Item = u64> {
        let below = self.merged.iter().filter(move |m| m.line > header);
        let loses = |merged: &&Merged| {
            let mut within = columns.iter().filter(|at| merged.columns.contains(at));
            within.any(|at| at != merged.columns.start())
        };
        let across = below.filter(|merged| !merged.is_down);
        across.filter(loses).map(|merged| merged.line)
    }
}

/// Takes each record in order; the record's position names the line (in a sheet: the row). Returns whether to
/// go on.
///
/// It may swap the record for another one, which is then overwritten.
pub(super) type Each<'e> = &'e mut dyn FnMut(&mut ByteRecord) -> Result<bool, ImportError>;

// === impl Source ===

impl Source<'_> {
    /// Reads all records, from the first to the last or until `each` has enough.
    pub(super) fn read(&self, mapping: &Mapping, each: Each<'_>) -> Result<Ended, ImportError> {
        let mut file = self.open().map_err(|error| self.file(error))?;
        let mut start = Vec::new();
        (&mut file)
            .take(kind::START_BYTES as u64)
            .read_to_end(&mut start)
            .map_err(|error| self.file(error))?;
        match kind::of(&start) {
            FileKind::Zip => sheet::read(self, start, file, mapping, each),
            FileKind::Compound => Err(sheet::compound(self, start, file)),
            FileKind::Other(sentence) => Err(self.sheet_problem(sentence)),
            FileKind::Text if self.sheet.is_some() => {
                Err(self.sheet_problem("this is no workbook and has no sheets: leave --sheet out"))
            }
            FileKind::Text => {
                self.encoding
                    .fits(&start)
                    .map_err(|hint| self.encoding_error(1, hint))?;
                self.read_csv(Cursor::new(start).chain(file), mapping, each)
            }
        }
    }

    /// Opens the file, or standard input where the name is `-`. It is read once from its beginning to its
    /// end, so a pipe will do.
    fn open(&self) -> io::Result<File> {
        if self.path == Path::new("-") {
            return Ok(io::stdin().as_fd().try_clone_to_owned()?.into());
        }
        File::open(self.path)
    }

    fn read_csv(
        &self,
        file: impl Read,
        mapping: &Mapping,
        each: Each<'_>,
    ) -> Result<Ended, ImportError> {
        let counted = Counted {
            file,
            progress: self.progress,
        };
        let mut decoded = LineEnds::new(encoding::decode(counted, self.encoding));
        let mut sample = Vec::new();
        decoded
            .by_ref()
            .take(SAMPLE_BYTES as u64)
            .read_to_end(&mut sample)
            .map_err(|error| self.file(error))?;
        let delimiter = mapping
            .delimiter
            .unwrap_or_else(|| delimiter::likely(&sample, mapping));
        let decoded = Cursor::new(sample).chain(decoded);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            // A carriage return before a line feed is trimmed with the last field; one that stands alone was
            // turned into a line feed before.
            .terminator(csv::Terminator::Any(b'\n'))
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(SAMPLE_BYTES)
            .from_reader(Bounded::new(decoded, MAX_RECORD_BYTES));
        let mut record = ByteRecord::new();
        let mut last_line = 1;
        loop {
            let more = reader
                .read_byte_record(&mut record)
                .map_err(|error| self.csv_error(error, last_line))?;
            if !more {
                // The end mark did not come out as a record, so a quote was open when the file ended.
                return Err(self.open_quote(last_line, reader.get_ref().breaks_off()));
            }
            reader.get_mut().record_is_done();
            if record.len() == 1 && record[0] == *END_MARK {
                return Ok(Ended {
                    breaks_off: reader.get_ref().breaks_off(),
                    ..Ended::default()
                });
            }
            // The reader counts blank lines above a record as part of it.
            let breaks = memchr::memchr_iter(b'\n', record.as_slice()).count() as u64;
            // A record that holds the end mark ran from an open quote to the end, so no line feed ended it.
            let ended = u64::from(!record.as_slice().ends_with(END));
            let line = reader.position().line().saturating_sub(ended + breaks);
            let mut position = csv::Position::new();
            position.set_line(line);
            record.set_position(Some(position));
            last_line = line;
            if record.len() == 1 && record[0].trim_ascii().is_empty() {
                continue;
            }
            self.check_text(&record, line)?;
            if !mapping.line_breaks && breaks > 0 {
                // The field has swallowed the rows of other people. To a CSV reader everything from one quote
                // to the next is one field, even in a column that is not read.
                return Err(self.open_quote(line, reader.get_ref().breaks_off()));
            }
            if !each(&mut record)? {
                return Ok(Ended::default());
            }
        }
    }

    /// Refuses a record that is no text in the expected encoding.
    fn check_text(&self, record: &ByteRecord, line: u64) -> Result<(), ImportError> {
        let bytes = record.as_slice();
        if bytes.is_ascii() && !bytes.contains(&0) {
            return Ok(());
        }
        for field in record {
            let fault = match std::str::from_utf8(field) {
                Ok(text) if text.contains('\0') => {
                    "a zero byte: is it UTF-16? Try --encoding utf-16"
                }
                Ok(text) if self.encoding != Encoding::Utf8 && text.contains('\u{fffd}') => {
                    "bytes that are no characters in the --encoding that was given"
                }
                Ok(_) => continue,
                Err(_) => encoding::NOT_UTF8,
            };
            return Err(self.encoding_error(line, fault));
        }
        Ok(())
    }

    fn csv_error(&self, error: csv::Error, last_line: u64) -> ImportError {
        match error.into_kind() {
            csv::ErrorKind::Io(error) if TooLong::is(&error) => ImportError::Csv {
                path: self.path.to_owned(),
                problem: format!(
                    "the row after line {last_line} is longer than {MAX_RECORD_BYTES} bytes; is a \
                     quote left open?"
                ),
            },
            csv::ErrorKind::Io(error) => self.file(error),
            other => ImportError::Csv {
                path: self.path.to_owned(),
                problem: format!("after line {last_line}: {other:?}"),
            },
        }
    }

    fn open_quote(&self, line: u64, breaks_off: bool) -> ImportError {
        let cut_off = if breaks_off {
            "; or is the file cut off there?"
        } else {
            ""
        };
        ImportError::Csv {
            path: self.path.to_owned(),
            problem: format!(
                "a quote opened in line {line} is not closed in its line; if fields of this extract \
                 run over lines, say `line_breaks = true` in the mapping's [format]{cut_off}"
            ),
        }
    }

    fn encoding_error(&self, line: u64, fault: &'static str) -> ImportError {
        ImportError::Encoding {
            path: self.path.to_owned(),
            line,
            fault,
        }
    }

    fn file(&self, source: io::Error) -> ImportError {
        ImportError::File {
            path: self.path.to_owned(),
            source,
        }
    }

    fn sheet_problem(&self, problem: &str) -> ImportError {
        ImportError::Sheet {
            path: PathBuf::from(self.path),
            problem: problem.to_owned(),
        }
    }
}

/// A file that notes how many bytes of it were read.
struct Counted<'a, R> {
    file: R,
    progress: &'a Progress,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.progress.advance(length);
        Ok(length)
    }
}

#[cfg(test)]
mod tests;
