//! One reading of an extract: its header is found, each row that follows has a fate, and at the end the rows
//! become people.

mod header;
mod whole;

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use csv::ByteRecord;
use vwis_model::{algebra::MAX_PEOPLE, dictionary::DataSet};

use super::{
    Field, HeaderError, ImportError, Kind, Options, Report,
    bits::Bits,
    coding::{Assignment, Began, Coder, Counted, Fate, Leaver, Whose},
    oddity::Oddity,
    roll::{Entered, Roll, TooManyPeople},
    sense::DECIDING,
    sketch::Sketch,
    source::Progress,
    spreadsheet::trimmed,
    title::Titles,
};
use crate::{
    people::{PersonTag, normal_form},
    turnover::LeaverDetails,
};

/// A reading under way.
pub(super) struct Reading<'a> {
    path: &'a Path,
    options: &'a Options<'a>,
    progress: &'a Progress,
    data_set: &'static DataSet,
    /// The coder and the sketch of the rows, once the header was found.
    coder: Option<(Coder<'a>, Sketch)>,
    /// The row that came closest to a header: how many of its headings are known, and its fault.
    nearly_header: Option<(usize, HeaderError)>,
    header_line: u64,
    /// Lines of the rows that count.
    counted_lines: Bits,
    /// Line of the last row, and how many fields it has.
    last_row: (u64, usize),
    roll: Roll,
    leavers: HashMap<PersonTag, LeaverDetails>,
    absent: HashSet<PersonTag>,
    /// Positions of the columns that nothing reads and that may hold personal details.
    unread: Vec<usize>,
    report: Report,
    /// Rows with a value in each column of [`DECIDING`].
    filled: [u64; DECIDING.len()],
    /// What the lines above the header say.
    titles: Titles,
}

// === impl Reading ===

impl<'a> Reading<'a> {
    pub(super) fn new(path: &'a Path, options: &'a Options<'a>, progress: &'a Progress) -> Self {
        let data_set = options.kind.data_set();
        Self {
            path,
            options,
            progress,
            data_set,
            coder: None,
            nearly_header: None,
            header_line: 0,
            counted_lines: Bits::default(),
            last_row: (0, 0),
            roll: Roll::new(data_set),
            leavers: HashMap::new(),
            absent: HashSet::new(),
            unread: Vec::new(),
            report: Report::default(),
            filled: [0; DECIDING.len()],
            titles: Titles::default(),
        }
    }

    pub(super) fn record(&mut self, record: &ByteRecord) -> Result<bool, ImportError> {
        let Some((coder, sketch)) = &mut self.coder else {
            return self.look_for_header(record).map(|()| true);
        };
        let line = record.position().map_or(0, csv::Position::line);
        let rows = rows_in(record, coder.columns().width());
        self.report.rows_read += rows;
        sketch.add(record);
        self.last_row = (line, record.len());
        let vetting = &mut self.report.vetting;
        vetting.begin_row(&normal_form(coder.persons_number(record)), line);
        for position in &self.unread {
            vetting.note_unread(trimmed(record.get(*position).unwrap_or_default()));
        }
        let number = coder.persons_number(record);
        let has = DECIDING.map(|field| coder.has_value(record, field));
        for (filled, has) in self.filled.iter_mut().zip(has) {
            *filled += u64::from(has);
        }
        let has = |field| {
            DECIDING
                .iter()
                .zip(has)
                .any(|(of, has)| *of == field && has)
        };
        let signs = &mut self.report.signs;
        signs
            .leaving
            .add(has(Field::LeavingDate), has(Field::LeavingReason));
        // Every row is counted here or in `enter`, so the report adds up.
        let row = coder.row(record);
        self.report.signs.add(&row.signs, line);
        match row.fate {
            Fate::Counts(Counted {
                assignment,
                oddities,
                unknown,
            }) => {
                self.counted_lines.insert(line);
                for oddity in oddities.iter() {
                    self.report.find(oddity, line);
                }
                for (field, value) in unknown {
                    let value = String::from_utf8_lossy(value);
                    let column = coder.columns().heading(field);
                    self.report.unknown(field, column, &value);
                }
                self.enter(&assignment, number, line)?;
            }
            Fate::Excluded { rule, whose } => {
                self.report.exclude(rule);
                match whose {
                    Whose::Leavers(leaver) => self.note_leaver(number, &leaver)?,
                    Whose::Absent => self.note_absent(number)?,
                    Whose::Nobodys => {}
                }
            }
            Fate::Rejected(rejection) => {
                rejection.report(line, coder.columns(), &mut self.report);
                if !rejection.is_of_nobody_here() {
                    self.note_absent(number)?;
                } else if coder.columns().are_moved_in(record, self.options.kind) {
                    return Err(ImportError::OtherHeader {
                        path: self.path.to_owned(),
                        line,
                    });
                } else if rows > 1 {
                    // Such a record was rejected for its width, and holds several rows.
                    self.report.reject_joined(rows - 1);
                }
            }
        }
        Ok(true)
    }

    fn enter(
        &mut self,
        assignment: &Assignment,
        number: &[u8],
        line: u64,
    ) -> Result<(), ImportError> {
        let tag = self.tag(number);
        let report = &mut self.report;
        if let (Some(began), Began::InQuarter) = (&mut report.began_in_quarter, assignment.began) {
            *began += 1;
        }
        let entered = self
            .roll
            .enter(tag, assignment, number, line)
            .map_err(|TooManyPeople| ImportError::TooManyPeople(self.path.to_owned()))?;
        match entered {
            Entered::First => report.kept += 1,
            Entered::Further {
                is_repeated,
                disagrees,
                is_second_primary,
            } => {
                report.merged += 1;
                if is_repeated {
                    report.signs.equal_rows.add(line);
                }
                if disagrees {
                    report.find(disagreement(self.options.kind), line);
                }
                if is_second_primary {
                    report.find(Oddity::TwoPrimaryAssignments, line);
                }
            }
        }
        Ok(())
    }

    fn note_leaver(&mut self, number: &[u8], leaver: &Leaver) -> Result<(), ImportError> {
        if !leaver.in_quarter {
            return Ok(());
        }
        let details = LeaverDetails {
            reason: leaver.reason,
            destination: leaver.destination,
        };
        let tag = self.tag(number);
        // Of several assignments the first one counts; bank rows follow it.
        self.leavers.entry(tag).or_insert(details);
        self.check_people(self.leavers.len())
    }

    /// Notes someone who is employed here and missing from the snapshot, because the row does not count now
    /// or cannot be read.
    fn note_absent(&mut self, number: &[u8]) -> Result<(), ImportError> {
        self.absent.insert(self.tag(number));
        self.check_people(self.absent.len())
    }

    fn tag(&self, number: &[u8]) -> PersonTag {
        self.options.kind.tag(self.options.tagger, number)
    }

    fn check_people(&self, people: usize) -> Result<(), ImportError> {
        if people as u64 > MAX_PEOPLE {
            return Err(ImportError::TooManyPeople(self.path.to_owned()));
        }
        Ok(())
    }
}

/// What it is that rows of one person contradict each other.
fn disagreement(kind: Kind) -> Oddity {
    match kind {
        Kind::Staff | Kind::Joiners | Kind::Leavers => Oddity::AssignmentsDisagree,
        Kind::Applicants => Oddity::ApplicationsDisagree,
    }
}

/// The number of rows in a record. It is more than one where line ends are missing, with a delimiter or
/// nothing in their place.
fn rows_in(record: &ByteRecord, width: usize) -> u64 {
    let is_joined = width > 1 && record.len() >= 2 * width - 1;
    let has_values = |field: &[u8]| !trimmed(field).is_empty();
    // Spreadsheets leave empty fields after the last column, so the record counts as several only where there
    // are values.
    if is_joined && record.iter().skip(width).any(has_values) {
        record.len().div_ceil(width) as u64
    } else {
        1
    }
}
