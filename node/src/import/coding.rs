//! From a row's values to categories, and whether the row counts at all.
//!
//! The order of the questions is fixed, because a row has one fate: is it whole and of this organisation,
//! does the headcount filter leave it out, can every value be read? Oddities and unknown spellings are noted
//! only for a row that counts.

mod attributes;
mod column;
mod derived;
mod fields;
mod filter;
mod fte;
mod number;
mod oddities;
mod rejection;

use csv::ByteRecord;
use jiff::civil::Date;
use vwis_model::{ods::OdsCode, period::Period, text::plain};

use self::{
    attributes::{Reading, reading},
    column::CodedColumn,
    derived::{AgeReader, PathwayReader, RoleReader, SiteReader},
    fields::Fields,
    oddities::{Contradictions, Oddities},
    rejection::Rejection,
};
use super::{
    Kind,
    columns::Columns,
    field::Field,
    mapping::Mapping,
    oddity::Oddity,
    pathway::PathwayRule,
    reason::Reason,
    report::Report,
    signs::{Codes, Signs},
    spreadsheet,
};
use crate::turnover::MONTHS;

/// Room for the attributes of a person; the largest data set has fewer.
const MOST_ATTRIBUTES: usize = 16;

/// One row that counts, coded.
#[derive(Clone, Copy)]
pub(super) struct Assignment {
    /// A category for each attribute of the data set, in its order.
    pub(super) codes: [u8; MOST_ATTRIBUTES],
    pub(super) fte_hundredths: u8,
    pub(super) primary: Option<bool>,
    /// When the person started.
    pub(super) began: Began,
    pub(super) joining_source: u8,
    /// Hash of all that is read of the row, except the employee number.
    pub(super) read: u64,
    /// The line of the pathway rule that caught the post; `None` where none did.
    pub(super) pathway_line: Option<u16>,
}

/// When somebody started, relative to the quarter that ends with the period. Where assignments of one person
/// differ, the greater variant counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Began {
    /// The extract does not say.
    NotSaid,
    /// In the quarter.
    InQuarter,
    /// Before the quarter.
    Before,
}

/// Someone who had left by the period's last day and is still listed.
pub(super) struct Leaver {
    /// Whether the person left in the quarter that ends with the period.
    pub(super) in_quarter: bool,
    pub(super) reason: u8,
    pub(super) destination: u8,
}

/// What becomes of one row.
pub(super) enum Fate<'r> {
    Counts(Assignment),
    /// Left out by the rule of this name.
    Excluded {
        rule: &'static str,
        whose: Whose,
    },
    /// Cannot be read.
    Rejected(Rejection<'r>),
}

/// Whose a row is that a rule leaves out.
pub(super) enum Whose {
    /// It is nobody's whom the snapshot should have.
    Nobodys,
    /// It is someone's who has left.
    Leavers(Leaver),
    /// It is someone's who is employed but does not count now, because of a career break. The person is
    /// missing from the snapshot, but is no leaver.
    Absent,
}

/// Codes the rows of one extract.
pub(super) struct Coder<'a> {
    fields: Fields<'a>,
    organisation: &'a OdsCode,
    kind: Kind,
    /// Last day before the quarter that joiners and leavers are counted over.
    quarter_after: Option<Date>,
    status: CodedColumn,
    contract: CodedColumn,
    joining_source: CodedColumn,
    leaving_reason: CodedColumn,
    leaving_destination: CodedColumn,
    /// How each attribute of a person is read, in the data set's order.
    readings: Vec<Reading>,
    age: AgeReader,
    role: RoleReader,
    site: SiteReader,
    pathway: PathwayReader<'a>,
    contradictions: Contradictions,
}

// === impl Coder ===

impl<'a> Coder<'a> {
    pub(super) fn new(
        columns: Columns,
        mapping: &'a Mapping,
        rule: &'a PathwayRule,
        kind: Kind,
        organisation: &'a OdsCode,
        period: Period,
        from_1904: bool,
    ) -> Self {
        let attributes = kind.data_set().attributes();
        let coded = |field| CodedColumn::new(field, &columns);
        Self {
            status: coded(Field::AssignmentStatus),
            contract: coded(Field::Contract),
            joining_source: coded(Field::JoiningSource),
            leaving_reason: coded(Field::LeavingReason),
            leaving_destination: coded(Field::LeavingDestination),
            readings: attributes
                .iter()
                .map(|attribute| reading(attribute, &columns))
                .collect(),
            age: AgeReader::new(),
            role: RoleReader::new(),
            site: SiteReader::new(),
            pathway: PathwayReader::new(rule),
            contradictions: Contradictions::new(kind.data_set()),
            quarter_after: period.months_before(MONTHS).map(Period::last_day),
            fields: Fields::new(columns, mapping, period.last_day(), from_1904),
            kind,
            organisation,
        }
    }

    /// The columns that the coder reads.
    pub(super) fn columns(&self) -> &Columns {
        self.fields.columns()
    }

    /// The employee number of a row, trimmed.
    pub(super) fn employee_number<'r>(&self, record: &'r ByteRecord) -> &'r [u8] {
        self.fields.get(record, Field::EmployeeNumber)
    }

    /// Decides the fate of one row, and notes in `report` what is odd about it.
    pub(super) fn row<'r>(
        &mut self,
        record: &'r ByteRecord,
        line: u64,
        report: &mut Report,
    ) -> Fate<'r> {
        self.try_row(record, line, report)
            .unwrap_or_else(Fate::Rejected)
    }

    fn try_row<'r>(
        &mut self,
        record: &'r ByteRecord,
        line: u64,
        report: &mut Report,
    ) -> Result<Fate<'r>, Rejection<'r>> {
        if self.fields.is_blank(record) {
            return Ok(Fate::Excluded {
                rule: "blank_row",
                whose: Whose::Nobodys,
            });
        }
        self.fields.check_width(record)?;
        self.check_number(record, line, &mut report.signs)?;
        self.note_signs(record, line, &mut report.signs);
        let organisation = self.fields.get(record, Field::Organisation);
        let ours = self.organisation.as_str();
        if !organisation.is_empty()
            && !plain(&String::from_utf8_lossy(organisation)).eq_ignore_ascii_case(ours)
        {
            let reason = Reason::OtherOrganisation;
            return Err(Rejection::new(
                reason,
                Field::Organisation,
                organisation,
                ours.to_owned(),
            ));
        }
        if let Some(rule) = self.filter(record)? {
            let whose = match self.leaver(record) {
                Some(leaver) => Whose::Leavers(leaver),
                None if rule.is_for_now => Whose::Absent,
                None => Whose::Nobodys,
            };
            return Ok(Fate::Excluded {
                rule: rule.name,
                whose,
            });
        }
        let assignment = self.assignment(record, line, report)?;
        Ok(Fate::Counts(assignment))
    }

    /// Notes signs of mistakes in the extract as a whole.
    fn note_signs(&self, record: &ByteRecord, line: u64, signs: &mut Signs) {
        for field in [Field::BirthDate, Field::StartDate, Field::LeavingDate] {
            let raw = self.fields.get(record, field);
            let Some(written) = self.fields.written(raw, field) else {
                continue;
            };
            signs.date(field, raw, written, line);
            let year = jiff::Span::new().years(1);
            if field == Field::StartDate
                && written.date > self.fields.last_day().saturating_add(year)
            {
                signs.far_starts.add(line);
            }
        }
        let is_error = |field: &Field| spreadsheet::is_error(self.fields.get(record, *field));
        if Field::ALL.iter().any(is_error) {
            signs.spreadsheet_errors.add(line);
        }
    }

    /// The columns that hold codes, with who says what these mean.
    pub(super) fn codes(&self) -> Vec<Codes> {
        let own = self.readings.iter().filter_map(|reading| match reading {
            Reading::Coded(column) | Reading::FreeText(column) => Some(column),
            _ => None,
        });
        let beside = [
            &self.status,
            &self.contract,
            &self.joining_source,
            &self.leaving_reason,
            &self.leaving_destination,
        ];
        let all = beside.into_iter().chain(own);
        all.map(|column| column.codes(self.fields.heading(column.field())))
            .collect()
    }

    fn assignment<'r>(
        &mut self,
        record: &'r ByteRecord,
        line: u64,
        report: &mut Report,
    ) -> Result<Assignment, Rejection<'r>> {
        let mut oddities = Oddities::default();
        let fte_hundredths = fte::read(self.fields.get(record, Field::Fte))?;
        let mut codes = self.strict_codes(record, &mut oddities)?;
        let primary = self.primary(record)?;
        let date = |field| self.fields.date(record, field).ok().flatten();
        let (started, left) = (date(Field::StartDate), date(Field::LeavingDate));
        if left.is_some() && left < started {
            oddities.note(Oddity::LeftBeforeStart);
        }
        // No error follows: from here on the row counts.
        let pathway_line = self.lenient_codes(record, &mut codes, report);
        if self.kind == Kind::Staff {
            self.contradictions
                .find(&codes, fte_hundredths, &mut oddities);
        }
        for oddity in oddities.iter() {
            report.find(oddity, line);
        }
        Ok(Assignment {
            codes,
            fte_hundredths,
            primary,
            began: match started {
                None => Began::NotSaid,
                Some(_) if started > self.quarter_after => Began::InQuarter,
                Some(_) => Began::Before,
            },
            joining_source: self
                .joining_source
                .read_or_unknown(record, self.fields.mapping()),
            read: self.fields.hash_of_read(record),
            pathway_line,
        })
    }

    fn primary<'r>(&self, record: &'r ByteRecord) -> Result<Option<bool>, Rejection<'r>> {
        let raw = self.fields.get(record, Field::Primary);
        let text = String::from_utf8_lossy(raw);
        let value = plain(&text);
        let is = |words: &[&str]| words.iter().any(|word| value.eq_ignore_ascii_case(word));
        if raw.is_empty() {
            Ok(None)
        } else if is(&["y", "yes", "primary", "true", "1", "01"]) {
            Ok(Some(true))
        } else if is(&["n", "no", "secondary", "false", "0", "02"]) {
            Ok(Some(false))
        } else {
            let expected = "Y or N, Yes or No, Primary or Secondary".to_owned();
            Err(Rejection::new(
                Reason::UnrecognisedValue,
                Field::Primary,
                raw,
                expected,
            ))
        }
    }
}
