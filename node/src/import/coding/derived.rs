//! Attributes that come from several columns or a rule: age band, role, locality, pathway.

use csv::ByteRecord;
use jiff::civil::Date;
use vwis_model::{
    dictionary::{Attribute, Resolution, normalise},
    text::plain,
};

use super::{column::narrow, fields::Fields, rejection::Rejection};
use crate::import::{
    Kind,
    columns::Columns,
    field::Field,
    mapping::{Mapped, accepted, attribute_of},
    memo::Memo,
    oddity::{Oddities, Oddity},
    pathway::{PathwayRule, Placed, Post},
    reason::Reason,
};

/// Least age at a start date, in years; below it the start date is an oddity.
const YOUNGEST: u32 = 16;
/// Largest number that is read as an age, in years.
const OLDEST: u32 = 150;

/// Reads the age band, from the date of birth or else from the age.
pub(super) struct AgeReader {
    attribute: &'static Attribute,
}

/// Reads the role from job role, staff group and occupation code.
pub(super) struct RoleReader {
    attribute: &'static Attribute,
    /// The column of the job role, or what counts as it.
    job: Field,
    /// The role's category, and whether a table knows the job role or the occupation code.
    memo: Memo<(u8, bool)>,
    key: Vec<u8>,
}

/// Reads the locality from the work site.
pub(super) struct SiteReader {
    attribute: &'static Attribute,
    memo: Memo<Option<u8>>,
}

/// Reads the cancer pathway, by the rule.
pub(super) struct PathwayReader<'a> {
    rule: &'a PathwayRule,
    memo: Memo<Placed>,
    key: Vec<u8>,
}

fn attribute_named(field: Field) -> &'static Attribute {
    attribute_of(field).expect("the field has an attribute")
}

// === impl AgeReader ===

impl AgeReader {
    pub(super) fn new() -> Self {
        Self {
            attribute: attribute_named(Field::Age),
        }
    }

    /// The age band, and what is odd about the age.
    pub(super) fn read<'r>(
        &self,
        record: &'r ByteRecord,
        fields: &Fields<'_>,
    ) -> Result<(u8, Oddities), Rejection<'r>> {
        let unknown = self.attribute.unknown();
        let mut oddities = Oddities::default();
        let Some(born) = fields.date(record, Field::BirthDate)? else {
            let raw = fields.get(record, Field::Age);
            let text = String::from_utf8_lossy(raw);
            if let Some(years) = years(&text) {
                // A band from an age in years is found as from a date of birth.
                let band = self.attribute.category_of_number(years);
                if band.is_none() {
                    oddities.note(Oddity::ImplausibleAge);
                }
                return Ok((narrow(band.unwrap_or(unknown)), oddities));
            }
            return match self.attribute.resolve(&text) {
                Resolution::Firm(index) | Resolution::Weak(index) => Ok((narrow(index), oddities)),
                Resolution::Blank => Ok((narrow(unknown), oddities)),
                Resolution::Excluded(_) | Resolution::Unrecognised => {
                    let expected = accepted(self.attribute);
                    Err(Rejection::new(
                        Reason::UnrecognisedValue,
                        Field::Age,
                        raw,
                        expected,
                    ))
                }
            };
        };
        let age = years_between(born, fields.last_day());
        let band = age.and_then(|years| self.attribute.category_of_number(years));
        if band.is_none() {
            oddities.note(Oddity::ImplausibleAge);
        }
        if let Some(started) = fields.date(record, Field::StartDate)?
            && years_between(born, started).is_none_or(|years| years < YOUNGEST)
        {
            oddities.note(Oddity::StartedUnder16);
        }
        Ok((narrow(band.unwrap_or(unknown)), oddities))
    }
}

/// An age in years, also with zeros for decimals, as spreadsheets add them; `None` where the text is a band
/// or no age.
fn years(text: &str) -> Option<u32> {
    let text = plain(text);
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|b| b == b'0') => whole,
        Some(_) => return None,
        None => &text,
    };
    whole.parse().ok().filter(|years| *years <= OLDEST)
}

/// Completed years from `born` to `day`; `None` where `day` comes first.
fn years_between(born: Date, day: Date) -> Option<u32> {
    let birthday_is_ahead = (day.month(), day.day()) < (born.month(), born.day());
    let years = i32::from(day.year()) - i32::from(born.year()) - i32::from(birthday_is_ahead);
    u32::try_from(years).ok()
}

// === impl RoleReader ===

impl RoleReader {
    /// A vacancy often has a job title and no job role, so there the title counts as the role.
    pub(super) fn new(columns: &Columns, kind: Kind) -> Self {
        let has_role = columns.position(Field::JobRole).is_some();
        Self {
            attribute: attribute_named(Field::JobRole),
            job: match kind {
                Kind::Applicants if !has_role => Field::PositionTitle,
                _ => Field::JobRole,
            },
            memo: Memo::new(),
            key: Vec::new(),
        }
    }

    /// The column that the job role is read from.
    pub(super) fn job(&self) -> Field {
        self.job
    }

    /// Reads the job role first, alone and then with its staff group; then the occupation code (dictionary,
    /// `role`). Returns whether a table knows one of them, too.
    pub(super) fn read(&mut self, record: &ByteRecord, fields: &Fields<'_>) -> (u8, bool) {
        let parts = [Field::StaffGroup, self.job, Field::OccupationCode]
            .map(|field| fields.get(record, field));
        join(&mut self.key, &parts);
        let attribute = self.attribute;
        self.memo.get(&self.key, || {
            let [group, job, code] = parts.map(String::from_utf8_lossy);
            if let Some(Mapped::Category(own)) =
                fields.mapping().value(Field::JobRole, &normalise(&job))
            {
                return (own, true);
            }
            let with_group = format!("{group}|{job}");
            let role = attribute
                .resolve_first([job.as_ref(), with_group.as_str(), code.as_ref()])
                .category()
                .unwrap_or(attribute.unknown());
            let unread = |text: &str| matches!(attribute.resolve(text), Resolution::Unrecognised);
            // For an unknown job role the staff group alone may still give the role. The job role is then
            // listed as unknown, unless the occupation code gives the role.
            let known = !unread(&job) || attribute.resolve(&code).category().is_some();
            (narrow(role), known)
        })
    }
}

// === impl SiteReader ===

impl SiteReader {
    pub(super) fn new() -> Self {
        Self {
            attribute: attribute_named(Field::Site),
            memo: Memo::new(),
        }
    }

    /// Reads the site by the mapping's `[sites]` first, then by the localities' own names and codes. Returns
    /// whether any of them knows it, too.
    pub(super) fn read(&mut self, record: &ByteRecord, fields: &Fields<'_>) -> (u8, bool) {
        let raw = fields.get(record, Field::Site);
        let attribute = self.attribute;
        let known = self.memo.get(raw, || {
            let text = String::from_utf8_lossy(raw);
            let own = fields.mapping().locality(&normalise(&text));
            own.or_else(|| match attribute.resolve(&text) {
                Resolution::Blank => Some(narrow(attribute.unknown())),
                resolution => resolution.category().map(narrow),
            })
        });
        let locality = known.unwrap_or_else(|| narrow(attribute.unknown()));
        (locality, known.is_some())
    }
}

// === impl PathwayReader ===

impl<'a> PathwayReader<'a> {
    pub(super) fn new(rule: &'a PathwayRule) -> Self {
        Self {
            rule,
            memo: Memo::new(),
            key: Vec::new(),
        }
    }

    pub(super) fn read(&mut self, record: &ByteRecord, fields: &Fields<'_>, role: u8) -> Placed {
        let parts = [
            Field::OccupationCode,
            Field::PositionTitle,
            Field::AreaOfWork,
            Field::CareGroup,
            Field::JobRole,
        ]
        .map(|field| fields.get(record, field));
        join(&mut self.key, &parts);
        self.key.push(role);
        let placing = self.rule;
        self.memo.get(&self.key, || {
            let [occupation_code, texts @ ..] = &parts.map(String::from_utf8_lossy);
            placing.place(Post {
                role,
                occupation_code,
                texts: texts.each_ref().map(AsRef::as_ref),
            })
        })
    }
}

/// Writes the parts into `key`, so that different lists of parts have different keys.
fn join(key: &mut Vec<u8>, parts: &[&[u8]]) {
    key.clear();
    for part in parts {
        key.extend_from_slice(part);
        // No part holds a zero byte, because such a record is refused.
        key.push(0);
    }
}
