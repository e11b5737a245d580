//! Reading an extract as an HR system exports it.
//!
//! ```text
//! file ─► records ──channel──► header ─► coding ─► roll ─► people
//!         (a thread)                     │
//!                                        └─► report: where every row went
//! ```
//!
//! One row is one assignment. Every row ends in exactly one of four places, and the report says how
//! many in each: kept as a person, merged into one, excluded by a rule, or rejected for a reason.
//! Only codes are kept; employee numbers are kept as keyed hashes. In a list of applicants one row is one
//! application, and a person's that went furthest is kept (`applications`).
//!
//! `DuckDB` and `csvkit` guess types column by column from a sample. Here the types are known and the
//! headings are not, so a mapping names them and nothing is guessed silently.

mod allowance;
mod applications;
mod bits;
pub(crate) mod by_hand;
mod coding;
mod columns;
mod date;
mod employee_number;
mod encoding;
mod error;
mod establishment;
mod field;
mod mapping;
mod memo;
mod missing;
mod numbers;
mod oddity;
mod pathway;
mod pathway_list;
mod pipeline;
mod quoted;
mod reading;
mod reason;
mod report;
mod roll;
mod running;
mod seen;
pub mod sense;
mod signs;
mod sketch;
mod source;
mod spreadsheet;
mod suggest;
mod title;
mod vetting;

pub use allowance::Allowance;
pub use applications::APPLICANTS;
pub use by_hand::ByHandError;
pub use coding::Began;
pub use columns::HeaderError;
pub use encoding::Encoding;
pub use error::ImportError;
pub use establishment::{Posts, read_establishment};
pub use field::Field;
pub use mapping::{DEFAULT as DEFAULT_MAPPING, Mapping, MappingError, UnknownCategory};
pub use pathway::{DEFAULT as DEFAULT_PATHWAY_RULE, PathwayRule, PathwayRuleError};
pub use pathway_list::PathwayList;
pub use reason::{Reason, said};
pub use report::{
    Finding, PathwayLine, PathwayListReport, PathwayReport, RejectedColumn, RejectedValue, Report,
    RowError, Values,
};
pub use source::Progress;
pub use suggest::{suggest_mapping, suggest_mapping_beside};

use std::path::Path;

use csv::ByteRecord;
use vwis_model::{dictionary::DataSet, here, ods::OdsCode, period::Period};

use self::{reading::Reading, source::Source};
use crate::{
    people::{People, PersonTag, RowsTag, Tagger},
    turnover::{self, JOINERS, LEAVERS, Moving, STAFF},
};

/// Share of rows that may be rejected before the whole file is refused.
pub const DEFAULT_MOST_REJECTED: f64 = 0.01;

/// Largest share of people's further rows that may contradict the first. In ESR ethnic group, gender and date
/// of birth belong to the person, so all rows of a number agree; one in a hundred leaves room for extracts
/// that were joined by hand.
const MOST_CONTRADICTING: f64 = 0.01;
/// The same of applications, in which a person fills in a form each time and may say more in one than in
/// another. It is a judgement: where the column holds vacancies, or anything else that many people share, most
/// rows contradict each other.
const MOST_CONTRADICTING_APPLICATIONS: f64 = 0.1;
/// Up to this many contradicting rows are single mistakes, whatever share they are.
const FEW_CONTRADICTING: u64 = 2;

/// Whom a file lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Everyone in post, and perhaps people who left.
    Staff,
    /// People who joined in the quarter that ends with the period.
    Joiners,
    /// People who left in the quarter that ends with the period.
    Leavers,
    /// People who applied in the twelve months that end with the period, a row for each application.
    Applicants,
}

/// How to read an extract.
pub struct Options<'a> {
    /// Whom the file lists.
    pub kind: Kind,
    /// The organisation whose extract it is.
    pub organisation: &'a OdsCode,
    /// The period whose last day it shows.
    pub period: Period,
    /// Headings and local spellings.
    pub mapping: &'a Mapping,
    /// The rule that places posts on cancer pathways.
    pub pathway_rule: &'a PathwayRule,
    /// The cancer manager's list, which overrides the rule.
    pub pathway_list: Option<&'a PathwayList>,
    /// Encoding of a CSV file.
    pub encoding: Encoding,
    /// The sheet of a workbook; if none is named, the first one with a header that the mapping knows.
    pub sheet: Option<&'a str>,
    /// Hashes employee numbers and candidate ids under the node's key.
    pub tagger: &'a Tagger,
    /// Share of rows that may be rejected, 0 to 1.
    pub most_rejected: f64,
    /// What looks like a mistake and is taken all the same.
    pub allowed: &'a [Allowance],
}

/// The content of an extract that was read.
pub struct Imported {
    /// The people, each once, in the order of the first rows of theirs that count.
    pub people: People,
    /// What else the extract tells: sources of joiners, leavers still listed, and people who are absent.
    pub moving: Moving,
    /// When each person began, in the order of `people`. Not kept.
    pub began: Vec<Began>,
    /// Keyed hash of the rows that count, which tells whether two extracts have the same rows.
    pub rows_tag: RowsTag,
    /// Where every row went.
    pub report: Report,
}

// === impl Kind ===

impl Kind {
    /// The data set that a file of this kind is read into.
    #[must_use]
    pub fn data_set(self) -> &'static DataSet {
        let code = match self {
            Self::Staff => STAFF,
            Self::Joiners => JOINERS,
            Self::Leavers => LEAVERS,
            Self::Applicants => APPLICANTS,
        };
        here::dictionary()
            .data_set(code)
            .expect("the dictionary has this data set")
    }

    /// The field that tells people apart.
    pub(crate) fn number(self) -> Field {
        match self {
            Self::Staff | Self::Joiners | Self::Leavers => Field::EmployeeNumber,
            Self::Applicants => Field::CandidateId,
        }
    }

    /// What that field holds, in words: one, and several.
    fn numbers_in_words(self) -> (&'static str, &'static str) {
        match self {
            Self::Staff | Self::Joiners | Self::Leavers => {
                ("an employee number", "employee numbers")
            }
            Self::Applicants => ("a candidate id", "candidate ids"),
        }
    }

    /// The tag of a number of this kind of list.
    fn tag(self, tagger: &Tagger, number: &[u8]) -> PersonTag {
        match self {
            Self::Staff | Self::Joiners | Self::Leavers => tagger.tag(number),
            Self::Applicants => tagger.candidate_tag(number),
        }
    }

    /// Number of calendar months, the period's the last, that people who moved or applied are listed over.
    fn months(self) -> u16 {
        match self {
            Self::Staff | Self::Joiners | Self::Leavers => turnover::MONTHS,
            Self::Applicants => applications::MONTHS,
        }
    }

    /// Largest share of people's further rows that may contradict the first.
    fn most_contradicting(self) -> f64 {
        match self {
            Self::Staff | Self::Joiners | Self::Leavers => MOST_CONTRADICTING,
            Self::Applicants => MOST_CONTRADICTING_APPLICATIONS,
        }
    }
}

/// Reads the extract at `path`, which fills `progress` as it goes.
///
/// # Errors
/// [`ImportError`] where the file is refused. Single bad rows are rejected without an error, up to a share of
/// all.
pub fn read_extract(
    path: &Path,
    options: &Options<'_>,
    progress: &Progress,
) -> Result<Imported, ImportError> {
    let (mapping, kind) = (options.mapping, options.kind);
    let is_header = |record: &ByteRecord| columns::is_known_header(record, mapping, kind);
    let source = Source {
        path,
        encoding: options.encoding,
        sheet: options.sheet,
        is_header: Some(&is_header),
        progress,
    };
    let mut reading = Reading::new(path, options, progress);
    let ended = pipeline::read(&source, options.mapping, &mut |record| {
        reading.record(record)
    })?;
    reading.finish(&ended)
}

/// What cells that are merged over several rows do, and how to mend the file.
const MERGED_DOWN: &str = "cells are merged over several rows, of which only the first has the value and all \
     others are read as blank: unmerge them, and fill in what belongs in each row";
/// The same of cells that are merged over several columns.
const MERGED_ACROSS: &str = "cells are merged over several columns, of which only the first has the value and all \
     others are read as blank: unmerge them, and fill in what belongs in each column";

/// Says which columns are hidden; `None` where none are.
fn hidden_columns(headings: &[String]) -> Option<String> {
    let named: Vec<_> = headings.iter().map(|h| format!("`{h}`")).collect();
    match &named[..] {
        [] => None,
        [one] => Some(format!("column {one} is hidden")),
        several => Some(format!(
            "each of the columns {} is hidden",
            several.join(", ")
        )),
    }
}

#[cfg(test)]
mod tests;
