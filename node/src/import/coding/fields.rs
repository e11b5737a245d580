//! The values of a row, found by what they mean.

use std::hash::{BuildHasher as _, Hasher as _};

use csv::ByteRecord;
use foldhash::quality::FixedState;
use jiff::civil::Date;

use super::rejection::Rejection;
use crate::import::{
    columns::Columns, date, field::Field, mapping::Mapping, reason::Reason, spreadsheet::trimmed,
};

/// Most years between the period and a leaving date whose year has two digits.
const YEARS_AHEAD: i16 = 50;

/// Positions of the columns that are read, and how their dates are written.
pub(super) struct Fields<'a> {
    columns: Columns,
    mapping: &'a Mapping,
    last_day: Date,
    from_1904: bool,
}

// === impl Fields ===

impl<'a> Fields<'a> {
    pub(super) fn new(
        columns: Columns,
        mapping: &'a Mapping,
        last_day: Date,
        from_1904: bool,
    ) -> Self {
        Self {
            columns,
            mapping,
            last_day,
            from_1904,
        }
    }

    pub(super) fn columns(&self) -> &Columns {
        &self.columns
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

    /// The value, trimmed; empty where the extract has no such column.
    pub(super) fn get<'r>(&self, record: &'r ByteRecord, field: Field) -> &'r [u8] {
        let position = self.columns.position(field);
        let value = position.and_then(|position| record.get(position));
        trimmed(value.unwrap_or_default())
    }

    /// The date in the column; `None` where the value says that there is none.
    pub(super) fn date<'r>(
        &self,
        record: &'r ByteRecord,
        field: Field,
    ) -> Result<Option<Date>, Rejection<'r>> {
        let raw = self.get(record, field);
        if raw.is_empty() || date::is_none(raw) {
            return Ok(None);
        }
        let written = self.written(raw, field);
        let expected = || {
            let expected = date::expected(self.mapping.dates).to_owned();
            Rejection::new(Reason::BadDate, field, raw, expected)
        };
        written
            .map(|written| Some(written.date))
            .ok_or_else(expected)
    }

    /// The date that `raw` is in a column of `field`, and how it is written.
    pub(super) fn written(&self, raw: &[u8], field: Field) -> Option<date::Written> {
        // Births are in the past, starts and applications within a year ahead, and contracts end within fifty
        // years.
        let years_ahead = match field {
            Field::BirthDate => 0,
            Field::StartDate | Field::AppliedOn => 1,
            _ => YEARS_AHEAD,
        };
        let reading = date::Reading {
            order: self.mapping.dates,
            latest_year: self.last_day.year() + years_ahead,
            from_1904: self.from_1904,
        };
        date::read(raw, reading)
    }

    /// Hash of every value that is read, as it is written. The person's number is left out, because it may be
    /// spelt in several ways.
    pub(super) fn hash_of_read(&self, record: &ByteRecord) -> u64 {
        let mut hasher = FixedState::with_seed(0).build_hasher();
        for field in Field::ALL.iter().filter(|field| !field.is_number()) {
            hasher.write(self.get(record, *field));
            // No value holds a zero byte, because such a record is refused.
            hasher.write_u8(0);
        }
        hasher.finish()
    }

    /// Whether the row has no value at all. It is asked of each row, and the field of this kind of list that tells
    /// people apart is looked at first.
    pub(super) fn is_blank(&self, record: &ByteRecord, number: Field) -> bool {
        self.get(record, number).is_empty() && record.iter().all(|field| trimmed(field).is_empty())
    }

    /// Refuses a row with fewer fields than the header, or with values beyond the header's last column.
    pub(super) fn check_width<'r>(&self, record: &'r ByteRecord) -> Result<(), Rejection<'r>> {
        let width = self.columns.width();
        let beyond = record
            .iter()
            .skip(width)
            .find(|field| !trimmed(field).is_empty());
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
