//! From a row's values to categories, and whether the row counts at all.
//!
//! The order of the questions is fixed, because a row has one fate: is it whole and of this
//! organisation, does the headcount filter leave it out, can every value be read?

use csv::ByteRecord;
use jiff::civil::Date;
use vwis_proto::{
    dictionary::{Attribute, Category, Resolution, UNKNOWN, normalise},
    ods::OdsCode,
    period::Period,
};

use super::{
    Kind,
    columns::Columns,
    date,
    field::Field,
    mapping::{Mapping, attribute_of},
    memo::Memo,
    pathway::{PathwayRule, Placed, Post},
    report::{Report, RowError},
};
use crate::movement::MONTHS;

/// Attributes of the largest data set, with room.
const MOST_ATTRIBUTES: usize = 16;

/// One row that counts, coded.
#[derive(Clone, Copy)]
pub(super) struct Assignment {
    /// A category for each attribute of `staff`, in its order.
    pub(super) codes: [u8; MOST_ATTRIBUTES],
    pub(super) fte_hundredths: u8,
    pub(super) primary: Option<bool>,
    pub(super) joining_source: u8,
    /// The line of the pathway rule that caught it.
    pub(super) pathway_line: Option<u16>,
}

/// Someone who had left when the extract was made.
pub(super) struct Leaver {
    pub(super) left_on: Date,
    pub(super) reason: u8,
    pub(super) destination: u8,
}

/// What becomes of one row.
pub(super) enum Row {
    Counts(Assignment),
    /// Left out by a rule; the rule is in the report already.
    Excluded(Option<Leaver>),
    Rejected,
}

/// What a spelling means.
#[derive(Clone, Copy)]
enum Meaning {
    Category(u8),
    /// Position in the attribute's list of rules.
    Excluded(usize),
    Unrecognised,
}

/// A column whose values are read by one attribute's table.
struct CodedColumn {
    field: Field,
    position: usize,
    attribute: &'static Attribute,
    memo: Memo<Meaning>,
}

/// Reads the rows of one extract.
pub(super) struct Coder<'a> {
    columns: Columns,
    mapping: &'a Mapping,
    rule: &'a PathwayRule,
    organisation: &'a OdsCode,
    kind: Kind,
    last_day: Date,
    /// Last day before the quarter that joiners and leavers are counted over.
    quarter_after: Option<Date>,
    status: Option<CodedColumn>,
    contract: Option<CodedColumn>,
    /// Where in a person's codes each attribute stands, and how it is read.
    readings: Vec<Reading>,
    /// The role, and whether a table knew what it says.
    role_memo: Memo<(u8, bool)>,
    site_memo: Memo<Option<u8>>,
    pathway_memo: Memo<Placed>,
    movements: [Option<CodedColumn>; 3],
    medical_bands: Vec<bool>,
    positions: Positions,
}

enum Reading {
    Coded(CodedColumn),
    Contract,
    Age,
    Role,
    Locality,
    Pathway,
    /// No column: everyone is unknown.
    Missing(u8),
}

/// Where the attributes that findings compare stand.
struct Positions {
    staff_group: usize,
    band: usize,
    /// `staff` alone has one.
    role: Option<usize>,
    medical_group: u8,
    nursing_group: u8,
    first_registered_band: u8,
    last_afc_band: u8,
}

/// Reason, column (none: the whole row), value, and what would be accepted.
type Rejection<'r> = (&'static str, Option<Field>, &'r [u8], String);

// === impl Coder ===

impl<'a> Coder<'a> {
    pub(super) fn new(
        columns: Columns,
        mapping: &'a Mapping,
        rule: &'a PathwayRule,
        kind: Kind,
        organisation: &'a OdsCode,
        period: Period,
    ) -> Self {
        let data_set = kind.data_set();
        let coded = |field: Field| {
            Some(CodedColumn {
                field,
                position: columns.position(field)?,
                attribute: attribute_of(field)?,
                memo: Memo::new(),
            })
        };
        let readings = data_set
            .attributes()
            .iter()
            .map(|attribute| reading(attribute, &columns, coded))
            .collect();
        let band = data_set
            .position("band")
            .expect("every data set has a band");
        let band_table = &data_set.attributes()[band];
        let medical = band_table
            .grouping("pay_system")
            .and_then(|grouping| {
                grouping
                    .groups()
                    .iter()
                    .find(|group| group.code() == "medical")
            })
            .expect("bands are grouped by pay system");
        let staff_group = data_set
            .position("staff_group")
            .expect("every data set has a staff group");
        let group = |code| category(&data_set.attributes()[staff_group], code);
        Self {
            status: coded(Field::AssignmentStatus),
            contract: coded(Field::Contract),
            movements: [
                coded(Field::JoiningSource),
                coded(Field::LeavingReason),
                coded(Field::LeavingDestination),
            ],
            medical_bands: (0..band_table.size())
                .map(|index| medical.categories().contains(&index))
                .collect(),
            positions: Positions {
                staff_group,
                band,
                role: data_set.position("role"),
                medical_group: group("medical_and_dental"),
                nursing_group: group("nursing_and_midwifery"),
                first_registered_band: category(band_table, "afc_5"),
                last_afc_band: category(band_table, "afc_9"),
            },
            readings,
            role_memo: Memo::new(),
            site_memo: Memo::new(),
            pathway_memo: Memo::new(),
            last_day: period.last_day(),
            quarter_after: period.months_before(MONTHS).map(Period::last_day),
            kind,
            columns,
            mapping,
            rule,
            organisation,
        }
    }

    /// The employee number of a row, trimmed.
    pub(super) fn employee_number<'r>(&self, record: &'r ByteRecord) -> &'r [u8] {
        self.field(record, Field::EmployeeNumber)
    }

    /// Decides the fate of one row, and counts it in `report` unless it counts as an assignment.
    pub(super) fn row(&mut self, record: &ByteRecord, line: u64, report: &mut Report) -> Row {
        match self.try_row(record, line, report) {
            Ok(row) => row,
            Err((reason, field, value, expected)) => {
                let column = field.map_or("(the whole row)", |field| self.columns.heading(field));
                report.reject(reason, column, || {
                    RowError::new(line, reason, column, value, expected)
                });
                Row::Rejected
            }
        }
    }

    fn try_row<'r>(
        &mut self,
        record: &'r ByteRecord,
        line: u64,
        report: &mut Report,
    ) -> Result<Row, Rejection<'r>> {
        if let Some(rule) = self.blank_or_ragged(record)? {
            report.exclude(rule);
            return Ok(Row::Excluded(None));
        }
        let number = self.employee_number(record);
        if number.is_empty() {
            let expected = "an employee number".to_owned();
            return Err((
                "missing_employee_number",
                Some(Field::EmployeeNumber),
                number,
                expected,
            ));
        }
        let organisation = self.field(record, Field::Organisation);
        let ours = self.organisation.as_str().as_bytes();
        if !organisation.is_empty() && !organisation.eq_ignore_ascii_case(ours) {
            let expected = self.organisation.to_string();
            return Err((
                "other_organisation",
                Some(Field::Organisation),
                organisation,
                expected,
            ));
        }
        if let Some(excluded) = self.filter(record, report)? {
            return Ok(excluded);
        }
        let assignment = self.assignment(record, line, report)?;
        self.look_for_contradictions(&assignment, line, report);
        Ok(Row::Counts(assignment))
    }

    /// `Some` names the rule for a row without any value.
    fn blank_or_ragged<'r>(
        &self,
        record: &'r ByteRecord,
    ) -> Result<Option<&'static str>, Rejection<'r>> {
        let width = self.columns.width();
        let beyond = record
            .iter()
            .skip(width)
            .find(|field| !field.trim_ascii().is_empty());
        if record.len() < width || beyond.is_some() {
            if record.iter().all(|field| field.trim_ascii().is_empty()) {
                return Ok(Some("blank_row"));
            }
            let expected = format!(
                "{width} fields as in the header, not {}; is a quote or a comma out of place?",
                record.len()
            );
            let value = beyond.unwrap_or_default();
            return Err((
                "wrong_number_of_fields",
                None,
                value,
                expected,
            ));
        }
        let blank = self.employee_number(record).is_empty()
            && record.iter().all(|field| field.trim_ascii().is_empty());
        Ok(blank.then_some("blank_row"))
    }

    /// The standard headcount filter (design §6). `Some` for a row that it leaves out.
    fn filter<'r>(
        &mut self,
        record: &'r ByteRecord,
        report: &mut Report,
    ) -> Result<Option<Row>, Rejection<'r>> {
        // The assignment of someone who left is over, whatever it was.
        let status = self.status.as_mut().filter(|_| self.kind != Kind::Leavers);
        let mut rule = None;
        for column in [status, self.contract.as_mut()].into_iter().flatten() {
            let raw = trimmed(record, column.position);
            match column.read(raw, self.mapping) {
                Meaning::Category(_) => {}
                Meaning::Excluded(number) => {
                    rule = Some(column.attribute.excluded()[number].code());
                    break;
                }
                Meaning::Unrecognised => return Err(unrecognised(column, raw)),
            }
        }
        if let Some(rule) = rule {
            report.exclude(rule);
            return Ok(Some(Row::Excluded(self.leaver(record))));
        }
        let started = self.date(record, Field::StartDate)?;
        let left = self.date(record, Field::LeavingDate)?;
        let in_quarter = |date: Date| {
            date <= self.last_day && self.quarter_after.is_none_or(|after| date > after)
        };
        let rule = match self.kind {
            Kind::Staff if left.is_some_and(|date| date <= self.last_day) => "left",
            Kind::Staff if started.is_some_and(|date| date > self.last_day) => "not_started",
            Kind::Joiners if started.is_some_and(|date| !in_quarter(date)) => "another_quarter",
            Kind::Leavers if left.is_some_and(|date| !in_quarter(date)) => "another_quarter",
            _ => return Ok(None),
        };
        report.exclude(rule);
        Ok(Some(Row::Excluded(self.leaver(record))))
    }

    /// When and why someone left who is still listed.
    fn leaver(&mut self, record: &ByteRecord) -> Option<Leaver> {
        if self.kind != Kind::Staff {
            return None;
        }
        let left_on = self.date(record, Field::LeavingDate).ok().flatten()?;
        (left_on <= self.last_day).then(|| Leaver {
            left_on,
            reason: self.movement(record, 1, "leaving_reason"),
            destination: self.movement(record, 2, "leaving_destination"),
        })
    }

    /// Reason, destination or source; unknown where there is none or none that a table knows.
    fn movement(&mut self, record: &ByteRecord, which: usize, attribute: &'static str) -> u8 {
        let read = self.movements[which].as_mut().and_then(|column| {
            let raw = trimmed(record, column.position);
            match column.read(raw, self.mapping) {
                Meaning::Category(code) => Some(code),
                Meaning::Excluded(_) | Meaning::Unrecognised => None,
            }
        });
        read.unwrap_or_else(|| unknown_of(attribute))
    }

    fn assignment<'r>(
        &mut self,
        record: &'r ByteRecord,
        line: u64,
        report: &mut Report,
    ) -> Result<Assignment, Rejection<'r>> {
        let raw = self.field(record, Field::Fte);
        let Some(fte_hundredths) = parse_fte(raw) else {
            return Err(("bad_fte", Some(Field::Fte), raw, fte_expected(raw)));
        };
        if fte_hundredths == 0 && self.kind == Kind::Staff {
            report.find(
                "fte_zero",
                "an active assignment with no contracted time",
                line,
            );
        }
        let born = self.date(record, Field::BirthDate)?;
        let mut readings = std::mem::take(&mut self.readings);
        let read = self.codes(record, line, born, &mut readings, report);
        self.readings = readings;
        let (codes, pathway_line) = read?;
        Ok(Assignment {
            codes,
            fte_hundredths,
            primary: self.primary(record)?,
            joining_source: self.movement(record, 0, "joining_source"),
            pathway_line,
        })
    }

    fn codes<'r>(
        &mut self,
        record: &'r ByteRecord,
        line: u64,
        born: Option<Date>,
        readings: &mut [Reading],
        report: &mut Report,
    ) -> Result<([u8; MOST_ATTRIBUTES], Option<u16>), Rejection<'r>> {
        let mut codes = [0; MOST_ATTRIBUTES];
        let mut pathway_at = None;
        for (position, (code, reading)) in codes.iter_mut().zip(readings).enumerate() {
            *code = match reading {
                Reading::Coded(column) => {
                    let raw = trimmed(record, column.position);
                    match column.read(raw, self.mapping) {
                        Meaning::Category(code) => code,
                        // Free text, of which no table knows all.
                        Meaning::Unrecognised if column.field == Field::Nationality => {
                            let value = String::from_utf8_lossy(raw);
                            report.unrecognised(self.columns.heading(column.field), &value);
                            unknown_of("nationality_group")
                        }
                        Meaning::Unrecognised | Meaning::Excluded(_) => {
                            return Err(unrecognised(column, raw));
                        }
                    }
                }
                Reading::Contract => match &mut self.contract {
                    Some(column) => {
                        match column.read(trimmed(record, column.position), self.mapping) {
                            Meaning::Category(code) => code,
                            Meaning::Excluded(_) | Meaning::Unrecognised => unknown_of("contract"),
                        }
                    }
                    None => unknown_of("contract"),
                },
                Reading::Age => self.age_band(record, line, born, report)?,
                Reading::Role => self.role(record, report),
                Reading::Locality => self.locality(record, report),
                Reading::Pathway => {
                    pathway_at = Some(position);
                    0
                }
                Reading::Missing(unknown) => *unknown,
            };
        }
        // Last: the rule reads the role.
        let mut line = None;
        if let Some(position) = pathway_at {
            let role = self.positions.role.expect("only staff have a pathway");
            let placed = self.pathway(record, codes[role]);
            codes[position] = placed.pathway;
            line = placed.line;
        }
        Ok((codes, line))
    }

    fn age_band<'r>(
        &self,
        record: &'r ByteRecord,
        line: u64,
        born: Option<Date>,
        report: &mut Report,
    ) -> Result<u8, Rejection<'r>> {
        let attribute = attribute_of(Field::Age).expect("ages are an attribute");
        let Some(born) = born else {
            let raw = self.field(record, Field::Age);
            let text = String::from_utf8_lossy(raw);
            return match attribute.resolve(&text) {
                Resolution::Firm(index) | Resolution::Weak(index) => Ok(narrow(index)),
                Resolution::Blank => Ok(narrow(attribute.unknown())),
                Resolution::Excluded(_) | Resolution::Unrecognised => {
                    Err(("unrecognised_value", Some(Field::Age), raw, accepted(attribute)))
                }
            };
        };
        let band = years_between(born, self.last_day)
            .and_then(|years| attribute.category_of_number(years));
        if band.is_none() {
            let meaning = "an age that nobody at work has; counted as unknown";
            report.find("implausible_age", meaning, line);
        }
        if let Ok(Some(started)) = self.date(record, Field::StartDate)
            && years_between(born, started).is_none_or(|years| years < 16)
        {
            report.find(
                "started_under_16",
                "began to work here before the age of 16",
                line,
            );
        }
        Ok(narrow(band.unwrap_or(attribute.unknown())))
    }

    /// Job role first, alone and with its staff group; then the occupation code (dictionary, `role`).
    fn role(&mut self, record: &ByteRecord, report: &mut Report) -> u8 {
        let [group, job, code] = [Field::StaffGroup, Field::JobRole, Field::OccupationCode]
            .map(|field| self.field(record, field));
        let key = [group, b"|", job, b"|", code].concat();
        let attribute = attribute_of(Field::JobRole).expect("roles are an attribute");
        let (role, known) = self.role_memo.get(&key, || {
            let [group, job, code] = [group, job, code].map(String::from_utf8_lossy);
            if let Some(own) = self.mapping.value(Field::JobRole, &normalise(&job)) {
                return (own, true);
            }
            let with_group = format!("{group}|{job}");
            let role = attribute
                .resolve_first([job.as_ref(), with_group.as_str(), code.as_ref()])
                .category()
                .unwrap_or(attribute.unknown());
            let unread = |text: &str| matches!(attribute.resolve(text), Resolution::Unrecognised);
            // Behind an unknown job role the staff group alone may still answer.
            let known = !unread(&job) || attribute.resolve(&code).category().is_some();
            (narrow(role), known)
        });
        if !known {
            report.unrecognised(
                self.columns.heading(Field::JobRole),
                &String::from_utf8_lossy(job),
            );
        }
        role
    }

    fn locality(&mut self, record: &ByteRecord, report: &mut Report) -> u8 {
        let raw = self.field(record, Field::Site);
        let attribute = attribute_of(Field::Site).expect("localities are an attribute");
        let known = self.site_memo.get(raw, || {
            let text = String::from_utf8_lossy(raw);
            let own = self.mapping.locality(&normalise(&text));
            own.or_else(|| match attribute.resolve(&text) {
                Resolution::Blank => Some(narrow(attribute.unknown())),
                resolution => resolution.category().map(narrow),
            })
        });
        known.unwrap_or_else(|| {
            report.unmapped_sites.add(&String::from_utf8_lossy(raw));
            narrow(attribute.unknown())
        })
    }

    fn pathway(&mut self, record: &ByteRecord, role: u8) -> Placed {
        const TEXTS: [Field; 4] = [
            Field::PositionTitle,
            Field::AreaOfWork,
            Field::CareGroup,
            Field::JobRole,
        ];
        let code = self.field(record, Field::OccupationCode);
        let texts = TEXTS.map(|field| self.field(record, field));
        let key = [
            &[role],
            code,
            b"|",
            texts[0],
            b"|",
            texts[1],
            b"|",
            texts[2],
            b"|",
            texts[3],
        ]
        .concat();
        self.pathway_memo.get(&key, || {
            let texts = texts.map(String::from_utf8_lossy);
            self.rule.place(Post {
                role,
                occupation_code: &String::from_utf8_lossy(code),
                texts: [&texts[0], &texts[1], &texts[2], &texts[3]],
            })
        })
    }

    fn primary<'r>(&self, record: &'r ByteRecord) -> Result<Option<bool>, Rejection<'r>> {
        let raw = self.field(record, Field::Primary);
        let is = |words: &[&str]| {
            words
                .iter()
                .any(|word| raw.eq_ignore_ascii_case(word.as_bytes()))
        };
        if raw.is_empty() {
            Ok(None)
        } else if is(&["y", "yes", "primary", "true", "1", "01"]) {
            Ok(Some(true))
        } else if is(&["n", "no", "secondary", "false", "0", "02"]) {
            Ok(Some(false))
        } else {
            let expected = "Y or N, Yes or No, Primary or Secondary".to_owned();
            Err(("unrecognised_value", Some(Field::Primary), raw, expected))
        }
    }

    fn look_for_contradictions(&self, assignment: &Assignment, line: u64, report: &mut Report) {
        let at = &self.positions;
        let (group, band) = (assignment.codes[at.staff_group], assignment.codes[at.band]);
        let is_medical_band = self.medical_bands[usize::from(band)];
        if group == at.medical_group && band <= at.last_afc_band {
            report.find(
                "doctor_on_agenda_for_change",
                "medical and dental staff on an Agenda for Change band",
                line,
            );
        }
        if group != at.medical_group && is_medical_band {
            let meaning = "a medical grade outside the medical and dental staff group";
            report.find("medical_grade_outside_medical", meaning, line);
        }
        if group == at.nursing_group && band < at.first_registered_band {
            let meaning = "registered nurses and midwives below band 5";
            report.find("registered_nurse_below_band_5", meaning, line);
        }
    }

    fn date<'r>(
        &self,
        record: &'r ByteRecord,
        field: Field,
    ) -> Result<Option<Date>, Rejection<'r>> {
        let raw = self.field(record, field);
        if raw.is_empty() {
            return Ok(None);
        }
        match date::parse(raw, self.mapping.dates, self.last_day.year()) {
            Some(date) => Ok(Some(date)),
            None => Err(("bad_date", Some(field), raw, date::EXPECTED.to_owned())),
        }
    }

    fn field<'r>(&self, record: &'r ByteRecord, field: Field) -> &'r [u8] {
        self.columns
            .position(field)
            .map_or(&[], |position| trimmed(record, position))
    }
}

fn reading(
    attribute: &Attribute,
    columns: &Columns,
    coded: impl Fn(Field) -> Option<CodedColumn>,
) -> Reading {
    let has = |field: Field| columns.position(field).is_some();
    let unknown = narrow(attribute.unknown());
    match attribute.code() {
        "contract" => Reading::Contract,
        "age_band" => Reading::Age,
        "role" => Reading::Role,
        "locality" if has(Field::Site) => Reading::Locality,
        "pathway" if has(Field::Pathway) => {
            coded(Field::Pathway).map_or(Reading::Missing(unknown), Reading::Coded)
        }
        "pathway" => Reading::Pathway,
        code => Field::ALL
            .into_iter()
            .find(|field| field.attribute() == Some(code))
            .and_then(coded)
            .map_or(Reading::Missing(unknown), Reading::Coded),
    }
}

// === impl CodedColumn ===

impl CodedColumn {
    fn read(&mut self, raw: &[u8], mapping: &Mapping) -> Meaning {
        let (attribute, field) = (self.attribute, self.field);
        self.memo.get(raw, || {
            let text = String::from_utf8_lossy(raw);
            if let Some(own) = mapping.value(field, &normalise(&text)) {
                return Meaning::Category(own);
            }
            match attribute.resolve(&text) {
                Resolution::Firm(index) | Resolution::Weak(index) => {
                    Meaning::Category(narrow(index))
                }
                Resolution::Blank => Meaning::Category(narrow(attribute.unknown())),
                Resolution::Excluded(rule) => Meaning::Excluded(
                    attribute
                        .excluded()
                        .iter()
                        .position(|own| own.code() == rule.code())
                        .expect("the rule is one of the attribute's"),
                ),
                Resolution::Unrecognised => Meaning::Unrecognised,
            }
        })
    }
}

fn unrecognised<'r>(column: &CodedColumn, raw: &'r [u8]) -> Rejection<'r> {
    (
        "unrecognised_value",
        Some(column.field),
        raw,
        accepted(column.attribute),
    )
}

fn accepted(attribute: &Attribute) -> String {
    let codes = attribute.categories().iter().map(Category::code);
    codes.collect::<Vec<_>>().join(", ")
}

fn trimmed(record: &ByteRecord, position: usize) -> &[u8] {
    record.get(position).unwrap_or_default().trim_ascii()
}

fn narrow(index: usize) -> u8 {
    u8::try_from(index).expect("an attribute has at most 64 categories")
}

fn category(attribute: &Attribute, code: &str) -> u8 {
    narrow(
        attribute
            .category(code)
            .expect("the dictionary has this category"),
    )
}

fn unknown_of(attribute: &str) -> u8 {
    let attribute = vwis_proto::dictionary::Dictionary::builtin()
        .attribute(attribute)
        .expect("the dictionary has this attribute");
    category(attribute, UNKNOWN)
}

/// Completed years; `None` where the second day is before the first.
fn years_between(born: Date, day: Date) -> Option<u32> {
    let birthday_is_ahead = (day.month(), day.day()) < (born.month(), born.day());
    u32::try_from(i32::from(day.year()) - i32::from(born.year()) - i32::from(birthday_is_ahead))
        .ok()
}

/// Hundredths of one assignment's FTE, rounded to the nearest; 1.5 is the most that one assignment
/// plausibly has (12 programmed activities of a consultant come to 1.2).
fn parse_fte(raw: &[u8]) -> Option<u8> {
    let fte: f64 = std::str::from_utf8(raw).ok()?.parse().ok()?;
    if !(0.0..=1.5).contains(&fte) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 150 after the check above"
    )]
    let hundredths = (fte * 100.0).round() as u8;
    Some(hundredths)
}

fn fte_expected(raw: &[u8]) -> String {
    let hint = match std::str::from_utf8(raw)
        .ok()
        .map(|text| text.replace(',', "."))
    {
        Some(text) if text.len() == raw.len() && raw.contains(&b',') => {
            format!("; a decimal point, as in {text}")
        }
        Some(text) if text.parse::<f64>().is_ok_and(|fte| fte > 1.5) => {
            "; these look like hours: map the column of contracted FTE".to_owned()
        }
        _ => String::new(),
    };
    format!("0 to 1.5, such as 0.6{hint}")
}
