//! From a row's values to categories, and whether the row counts at all.
//!
//! The order of the questions is fixed, because a row has one fate: is it whole and of this organisation,
//! does the headcount filter leave it out, can every value be read? Oddities and unknown spellings are told
//! only of a row that counts. Nothing is recorded here: a row's reading says all that there is to it.

mod attributes;
mod column;
mod derived;
mod fields;
mod filter;
mod fte;
mod number;
mod oddities;
mod rejection;
mod stage;

use csv::ByteRecord;
use jiff::civil::Date;
use vwis_model::{ods::OdsCode, period::Period, text::plain};

use self::{
    attributes::{Lenient, Reading, reading},
    column::{CodedColumn, narrow},
    derived::{AgeReader, PathwayReader, RoleReader, SiteReader},
    fields::Fields,
    oddities::Contradictions,
    rejection::Rejection,
};
use super::{
    Kind,
    applications::{Reached, Stage},
    columns::Columns,
    date::{self, Written},
    field::Field,
    mapping::Mapping,
    oddity::{Oddities, Oddity},
    pathway::PathwayRule,
    reason::Reason,
    signs::{Codes, RowSigns},
    spreadsheet,
};

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
    /// How far it went and when it was made, where it is an application.
    pub(super) reached: Option<Reached>,
    /// Hash of all that is read of the row, except the person's number.
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

/// One row as it was read.
pub(super) struct Row<'r> {
    pub(super) fate: Fate<'r>,
    pub(super) signs: RowSigns<'r>,
}

/// What becomes of one row.
pub(super) enum Fate<'r> {
    Counts(Counted<'r>),
    /// Left out by the rule of this name.
    Excluded {
        rule: &'static str,
        whose: Whose,
    },
    /// Cannot be read.
    Rejected(Rejection<'r>),
}

/// A row that counts.
pub(super) struct Counted<'r> {
    pub(super) assignment: Assignment,
    pub(super) oddities: Oddities,
    /// Values that no table knows and that count as unknown, each with its column.
    pub(super) unknown: Vec<(Field, &'r [u8])>,
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
    /// Last day before the months that joiners, leavers or applicants are listed over.
    after: Option<Date>,
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
            role: RoleReader::new(&columns, kind),
            site: SiteReader::new(),
            pathway: PathwayReader::new(rule),
            contradictions: Contradictions::new(kind.data_set()),
            after: period.months_before(kind.months()).map(Period::last_day),
            fields: Fields::new(columns, mapping, period.last_day(), from_1904),
            kind,
            organisation,
        }
    }

    /// The columns that the coder reads.
    pub(super) fn columns(&self) -> &Columns {
        self.fields.columns()
    }

    /// The person's number in a row, trimmed.
    pub(super) fn persons_number<'r>(&self, record: &'r ByteRecord) -> &'r [u8] {
        self.fields.get(record, self.kind.number())
    }

    /// Reads one row: its fate, and what it shows of the extract as a whole.
    pub(super) fn row<'r>(&mut self, record: &'r ByteRecord) -> Row<'r> {
        if let Some(fate) = self.not_whole(record) {
            let signs = RowSigns::default();
            return Row { fate, signs };
        }
        let number = self.number(record);
        let checked = self.check_number(record, &number);
        let mut signs = match checked {
            Ok(()) => self.signs(record),
            Err(_) => RowSigns::default(),
        };
        signs.number = Some(number);
        let fate = checked.and_then(|()| self.fate(record));
        Row {
            fate: fate.unwrap_or_else(Fate::Rejected),
            signs,
        }
    }

    /// Whether the row has a value in the column of `field`, and not merely a word for none.
    pub(super) fn has_value(&self, record: &ByteRecord, field: Field) -> bool {
        let value = self.fields.get(record, field);
        let is_none = || match field {
            Field::StartDate | Field::LeavingDate => date::is_none(value),
            _ => false,
        };
        !value.is_empty() && !is_none()
    }

    /// The fate of a row that is blank, or has more or fewer fields than the header.
    fn not_whole<'r>(&self, record: &'r ByteRecord) -> Option<Fate<'r>> {
        if self.fields.is_blank(record, self.kind.number()) {
            return Some(Fate::Excluded {
                rule: "blank_row",
                whose: Whose::Nobodys,
            });
        }
        self.fields.check_width(record).err().map(Fate::Rejected)
    }

    fn fate<'r>(&mut self, record: &'r ByteRecord) -> Result<Fate<'r>, Rejection<'r>> {
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
        Ok(Fate::Counts(self.counted(record)?))
    }

    /// What the row of somebody with a number shows, beside that number.
    fn signs<'r>(&self, record: &'r ByteRecord) -> RowSigns<'r> {
        let dates = [
            Field::BirthDate,
            Field::StartDate,
            Field::LeavingDate,
            Field::AppliedOn,
        ];
        let dates = dates.map(|field| {
            let raw = self.fields.get(record, field);
            Some((field, raw, self.fields.written(raw, field)?))
        });
        let year = jiff::Span::new().years(1);
        let is_far = |(_, _, started): &(_, _, Written)| {
            started.date > self.fields.last_day().saturating_add(year)
        };
        let is_error = |field: &Field| spreadsheet::is_error(self.fields.get(record, *field));
        RowSigns {
            number: None,
            starts_far: dates[1].as_ref().is_some_and(is_far),
            has_error: Field::ALL.iter().any(is_error),
            dates,
        }
    }

    /// The columns that hold codes, with who says what these mean.
    pub(super) fn codes(&self) -> Vec<Codes> {
        let own = self.readings.iter().filter_map(|reading| match reading {
            Reading::Coded(column) | Reading::FreeText(column) => Some(column),
            Reading::Stage(stage) => Some(stage.status()),
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

    fn counted<'r>(&mut self, record: &'r ByteRecord) -> Result<Counted<'r>, Rejection<'r>> {
        let fte_hundredths = match self.kind {
            // Somebody who applies has no hours yet, and is one whole person.
            Kind::Applicants => 100,
            _ => fte::read(self.fields.get(record, Field::Fte))?,
        };
        let (mut codes, mut oddities) = self.strict_codes(record)?;
        let primary = self.primary(record)?;
        let date = |field| self.fields.date(record, field).ok().flatten();
        let (started, left) = (date(Field::StartDate), date(Field::LeavingDate));
        if left.is_some() && left < started {
            oddities.note(Oddity::LeftBeforeStart);
        }
        // No error follows: from here on the row counts.
        let Lenient {
            pathway_line,
            unknown,
        } = self.lenient_codes(record, &mut codes);
        if self.kind == Kind::Staff {
            oddities = oddities.and(self.contradictions.find(&codes, fte_hundredths));
        }
        let assignment = Assignment {
            codes,
            fte_hundredths,
            primary,
            began: match started {
                None => Began::NotSaid,
                Some(_) if started > self.after => Began::InQuarter,
                Some(_) => Began::Before,
            },
            joining_source: self
                .joining_source
                .read_or_unknown(record, self.fields.mapping()),
            reached: self.reached(record, &codes),
            read: self.fields.hash_of_read(record),
            pathway_line,
        };
        Ok(Counted {
            assignment,
            oddities,
            unknown,
        })
    }

    /// How far an application with these codes went, and when it was made; `None` for an assignment.
    fn reached(&self, record: &ByteRecord, codes: &[u8; MOST_ATTRIBUTES]) -> Option<Reached> {
        let position = self.kind.data_set().position("furthest_stage")?;
        let unknown = self.kind.data_set().attributes()[position].unknown();
        let stage = Stage::of(codes[position], narrow(unknown));
        let applied_on = self.fields.date(record, Field::AppliedOn).ok()??;
        Some(Reached::new(stage, applied_on))
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
