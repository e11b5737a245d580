//! The values of a row by what they mean.

use csv::ByteRecord;
use jiff::civil::Date;

use super::rejection::Rejection;
use crate::import::{columns::Columns, date, field::Field, mapping::Mapping, reason::Reason};

/// How far ahead of the period a date of two digits for its year may lie.
const YEARS_AHEAD: i16 = 50;

/// Where each value stands, and how dates are written.
pub(super) struct Fields<'a> {
    columns: Columns,
    mapping: &'a Mapping,
    last_day: Date,
}

// === impl Fields ===

impl<'a> Fields<'a> {
    pub(super) fn new(columns: Columns, mapping: &'a Mapping, last_day: Date) -> Self {
        Self {
            columns,
            mapping,
            last_day,
        }
    }

    pub(super) fn mapping(&self) -> &'a Mapping {
        self.mapping
    }

    /// The period's last day.
    pub(super) fn last_day(&self) -> Date {
        self.last_day
    }

    pub(super) fn heading(&self, field: Field) -> &str {
        self.columns.heading(field)
    }

    /// The value, trimmed; empty where there is no such column.
    pub(super) fn get<'r>(&self, record: &'r ByteRecord, field: Field) -> &'r [u8] {
        let position = self.columns.position(field);
        let value = position.and_then(|position| record.get(position));
        value.unwrap_or_default().trim_ascii()
    }

    /// The date, if there is one.
    pub(super) fn date<'r>(
        &self,
        record: &'r ByteRecord,
        field: Field,
    ) -> Result<Option<Date>, Rejection<'r>> {
        let raw = self.get(record, field);
        if raw.is_empty() {
            return Ok(None);
        }
        // People were born in the past; contracts begin and end within fifty years of now.
        let latest_year = match field {
            Field::BirthDate => self.last_day.year(),
            _ => self.last_day.year() + YEARS_AHEAD,
        };
        let date = date::parse(raw, self.mapping.dates, latest_year);
        let expected = || Rejection::new(Reason::BadDate, field, raw, date::EXPECTED.to_owned());
        date.map(Some).ok_or_else(expected)
    }

    /// Whether nothing stands anywhere in the row.
    pub(super) fn is_blank(&self, record: &ByteRecord) -> bool {
        self.get(record, Field::EmployeeNumber).is_empty()
            && record.iter().all(|field| field.trim_ascii().is_empty())
    }

    /// How many columns the header has.
    pub(super) fn width(&self) -> usize {
        self.columns.width()
    }

    /// Refuses a row with fewer fields than the header, or with values behind its last column.
    pub(super) fn check_width<'r>(&self, record: &'r ByteRecord) -> Result<(), Rejection<'r>> {
        let width = self.columns.width();
        let beyond = record
            .iter()
            .skip(width)
            .find(|field| !field.trim_ascii().is_empty());
        if record.len() >= width && beyond.is_none() {
            return Ok(());
        }
        let expected = format!(
            "{width} fields as in the header, not {}; is a quote or a comma out of place?",
            record.len()
        );
        Err(Rejection::of_width(beyond.unwrap_or_default(), expected))
    }
}
