//! Reading an extract as it is.
//!
//! ```text
//! file ─► records ──channel──► header ─► coding ─► roll ─► people
//!         (a thread)                     │
//!                                        └─► report: where every row went
//! ```
//!
//! One row is one assignment. Every row ends in exactly one of four places, and the report says how
//! many in each: kept as a person, merged into one, excluded by a rule, or rejected for a reason.
//! Only codes are kept; employee numbers are kept as keyed hashes.
//!
//! How others do it, and what was chosen: `DuckDB` and `csvkit` guess types column by column from a
//! sample; here the types are known and the headings are not, so a mapping names them and nothing is
//! guessed silently.

mod coding;
mod columns;
mod date;
mod establishment;
mod field;
mod mapping;
mod memo;
mod pathway;
mod pathway_list;
mod pipeline;
mod report;
mod roll;
mod source;
mod suggest;

pub use columns::HeaderError;
pub use establishment::{EstablishmentError, Posts, read_establishment};
pub use field::Field;
pub use mapping::{DEFAULT as DEFAULT_MAPPING, Mapping, MappingError};
pub use pathway::{DEFAULT as DEFAULT_PATHWAY_RULE, PathwayRule, PathwayRuleError};
pub use pathway_list::{PathwayList, PathwayListError};
pub use report::{
    Finding, PathwayLine, PathwayListReport, PathwayReport, Report, RowError, Values,
};
pub use source::{Encoding, Progress};
pub use suggest::suggest_mapping;

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
};

use csv::ByteRecord;
use jiff::civil::Date;
use vwis_proto::{
    algebra::MAX_PEOPLE,
    dictionary::{DataSet, Dictionary},
    ods::OdsCode,
    period::Period,
};

use self::{
    coding::{Coder, Row},
    columns::{Columns, is_surely_a_header, no_header},
    roll::{Roll, TooManyPeople},
    source::Source,
};
use crate::{
    movement::{JOINERS, LEAVERS, MONTHS},
    people::{People, PersonTag, Tagger},
};

/// Share of rows that may be rejected before the whole file is refused.
pub const DEFAULT_MOST_REJECTED: f64 = 0.01;
/// The data set of an extract of staff.
pub const STAFF: &str = "staff";
/// Rows among which the header is looked for: reports begin with titles.
const HEADER_ROWS: u64 = 30;

/// Whom a file lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Everyone in post, and perhaps people who left.
    Staff,
    /// People who joined in the quarter that ends with the period.
    Joiners,
    /// People who left in it.
    Leavers,
}

/// How an extract is read.
pub struct Options<'a> {
    /// Whom it lists.
    pub kind: Kind,
    /// Whose extract it is.
    pub organisation: &'a OdsCode,
    /// The period whose last day it shows.
    pub period: Period,
    /// Headings and local spellings.
    pub mapping: &'a Mapping,
    /// The cancer pathway rule.
    pub pathway_rule: &'a PathwayRule,
    /// The cancer manager's list.
    pub pathway_list: Option<&'a PathwayList>,
    /// Of a CSV file.
    pub encoding: Encoding,
    /// Keyed hashing of employee numbers.
    pub tagger: &'a Tagger,
    /// Share of rows that may be rejected, 0 to 1.
    pub most_rejected: f64,
}

/// What an extract held.
pub struct Imported {
    /// The people, each once, in the order of their first rows.
    pub people: People,
    /// A category of `joining_source` for each of them.
    pub joining_source: Vec<u8>,
    /// Reason and destination of those who left in the three months up to the period's end.
    pub leavers: HashMap<PersonTag, LeaverDetails>,
    /// Where every row went.
    pub report: Report,
}

/// Categories of `leaving_reason` and `leaving_destination`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaverDetails {
    /// Why.
    pub reason: u8,
    /// Where to.
    pub destination: u8,
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
    /// More than the mechanism is built for.
    #[error("{0} holds more than {MAX_PEOPLE} people: one node serves one employer")]
    TooManyPeople(PathBuf),
    /// The thread that reads the file ended without a result.
    #[error("{0}: reading was interrupted")]
    Interrupted(PathBuf),
}

// === impl Kind ===

impl Kind {
    /// The data set that such a file is read into.
    #[must_use]
    pub fn data_set(self) -> &'static DataSet {
        let code = match self {
            Self::Staff => STAFF,
            Self::Joiners => JOINERS,
            Self::Leavers => LEAVERS,
        };
        Dictionary::builtin()
            .data_set(code)
            .expect("the dictionary has this data set")
    }
}

/// Reads the file at `path`; `progress` can be watched meanwhile.
///
/// # Errors
/// [`ImportError`]; single bad rows are no error but rejected, up to a share of all.
pub fn read_extract(
    path: &Path,
    options: &Options<'_>,
    progress: &Progress,
) -> Result<Imported, ImportError> {
    let source = Source {
        path,
        encoding: options.encoding,
        progress,
    };
    let mut reading = Reading::new(path, options);
    pipeline::read(&source, options.mapping, &mut |record| {
        reading.record(record)
    })?;
    reading.finish()
}

/// A reading under way.
struct Reading<'a> {
    path: &'a Path,
    options: &'a Options<'a>,
    data_set: &'static DataSet,
    /// Once the header was found.
    coder: Option<Coder<'a>>,
    /// The row that came closest to a header: how many of its headings are known, and its fault.
    nearly_header: Option<(usize, HeaderError)>,
    roll: Roll,
    leavers: HashMap<PersonTag, LeaverDetails>,
    leavers_after: Option<Date>,
    report: Report,
}

// === impl Reading ===

impl<'a> Reading<'a> {
    fn new(path: &'a Path, options: &'a Options<'a>) -> Self {
        let data_set = options.kind.data_set();
        Self {
            path,
            options,
            data_set,
            coder: None,
            nearly_header: None,
            roll: Roll::new(data_set),
            leavers: HashMap::new(),
            leavers_after: options.period.months_before(MONTHS).map(Period::last_day),
            report: Report::default(),
        }
    }

    fn record(&mut self, record: &ByteRecord) -> Result<bool, ImportError> {
        let Some(coder) = &mut self.coder else {
            return self.look_for_header(record).map(|()| true);
        };
        let line = record.position().map_or(0, csv::Position::line);
        self.report.rows_read += 1;
        match coder.row(record, line, &mut self.report) {
            Row::Rejected | Row::Excluded(None) => {}
            Row::Excluded(Some(leaver)) => {
                if self
                    .leavers_after
                    .is_some_and(|after| leaver.left_on > after)
                {
                    let tag = self.options.tagger.tag(coder.employee_number(record));
                    let details = LeaverDetails {
                        reason: leaver.reason,
                        destination: leaver.destination,
                    };
                    self.leavers.insert(tag, details);
                }
            }
            Row::Counts(assignment) => {
                let tag = self.options.tagger.tag(coder.employee_number(record));
                self.roll
                    .enter(tag, &assignment, line, &mut self.report)
                    .map_err(|TooManyPeople| ImportError::TooManyPeople(self.path.to_owned()))?;
            }
        }
        Ok(true)
    }

    fn look_for_header(&mut self, record: &ByteRecord) -> Result<(), ImportError> {
        match Columns::find(record, self.options.mapping, self.options.kind) {
            Ok(columns) => {
                self.note_columns(&columns);
                self.coder = Some(Coder::new(
                    columns,
                    self.options.mapping,
                    self.options.pathway_rule,
                    self.options.kind,
                    self.options.organisation,
                    self.options.period,
                ));
                return Ok(());
            }
            Err((known, fault)) => {
                if is_surely_a_header(known) {
                    return Err(self.header(fault));
                }
                if self
                    .nearly_header
                    .as_ref()
                    .is_none_or(|(most, _)| known > *most)
                {
                    self.nearly_header = Some((known, fault));
                }
            }
        }
        self.report.rows_above_header += 1;
        if self.report.rows_above_header >= HEADER_ROWS {
            return Err(self.no_header());
        }
        Ok(())
    }

    fn note_columns(&mut self, columns: &Columns) {
        let read = Field::ALL
            .into_iter()
            .filter(|field| columns.position(*field).is_some());
        self.report.columns = read
            .map(|field| (field.code().to_owned(), columns.heading(field).to_owned()))
            .collect();
        self.report.columns_unread = columns.unread();
        let has = |field| columns.position(field).is_some();
        self.report.attributes_missing = self
            .data_set
            .attributes()
            .iter()
            .map(|attribute| attribute.code())
            .filter(|code| match *code {
                // The rule needs something to read; the age comes from either column.
                "pathway" => ![
                    Field::Pathway,
                    Field::PositionTitle,
                    Field::AreaOfWork,
                    Field::JobRole,
                ]
                .into_iter()
                .any(has),
                "role" => !has(Field::JobRole) && !has(Field::OccupationCode),
                "age_band" => false,
                code => !Field::ALL
                    .into_iter()
                    .any(|field| field.attribute() == Some(code) && has(field)),
            })
            .map(str::to_owned)
            .collect();
    }

    fn finish(mut self) -> Result<Imported, ImportError> {
        let Some(coder) = self.coder.take() else {
            return Err(match self.nearly_header {
                None => ImportError::Empty(self.path.to_owned()),
                Some(_) => self.no_header(),
            });
        };
        drop(coder);
        if self.report.rows_read == 0 {
            return Err(ImportError::Empty(self.path.to_owned()));
        }
        self.report = self.accept(self.report.clone())?;
        self.place_pathways();
        let (people, joining_source) = self.roll.into_people(&mut self.report);
        Ok(Imported {
            people,
            joining_source,
            leavers: self.leavers,
            report: self.report,
        })
    }

    fn place_pathways(&mut self) {
        let has_own_column = self.report.columns.contains_key(Field::Pathway.code());
        let mut list_report = None;
        if let Some(list) = self.options.pathway_list
            && let Some(pathway) = self.data_set.position("pathway")
        {
            let placed = self
                .roll
                .override_pathway(pathway, |tag| list.pathway_of(tag));
            list_report = Some(PathwayListReport {
                listed: list.len(),
                placed,
                not_found: list.len() - placed,
            });
        }
        let has_no_pathway = self.data_set.position("pathway").is_none();
        self.report.pathway = if has_own_column || has_no_pathway {
            PathwayReport::default()
        } else {
            self.roll.pathway_report(self.options.pathway_rule)
        };
        self.report.pathway.list = list_report;
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a share of rows, compared with a limit"
    )]
    fn accept(&self, report: Report) -> Result<Report, ImportError> {
        let path = self.path.to_owned();
        let others = report
            .rejected
            .get("other_organisation")
            .copied()
            .unwrap_or(0);
        if others * 2 > report.rows_read {
            let first = report
                .errors
                .iter()
                .find(|error| error.reason == "other_organisation");
            return Err(ImportError::OtherOrganisation {
                path,
                found: first.map_or(String::new(), |error| error.value.clone()),
                expected: self.options.organisation.clone(),
            });
        }
        let rejected = report.rejected_rows();
        if rejected as f64 > self.options.most_rejected * report.rows_read as f64 {
            return Err(ImportError::TooManyRejected {
                path,
                rejected,
                rows: report.rows_read,
                most: self.options.most_rejected * 100.0,
                report: Box::new(report),
            });
        }
        Ok(report)
    }

    fn no_header(&self) -> ImportError {
        // One heading that is known says more than a list of all that must be there.
        match &self.nearly_header {
            Some((known, fault)) if *known > 0 => self.header(fault.clone()),
            _ => self.header(no_header()),
        }
    }

    fn header(&self, source: HeaderError) -> ImportError {
        ImportError::Header {
            path: self.path.to_owned(),
            source,
        }
    }
}

#[cfg(test)]
mod tests;
