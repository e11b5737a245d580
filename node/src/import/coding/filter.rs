//! The rules of the headcount filter (design §6), who left, and who applied in another year.

use csv::ByteRecord;
use jiff::civil::Date;

use super::{Coder, Leaver, column::Meaning, rejection::Rejection};
use crate::import::{Kind, field::Field, reason::Reason};

/// A rule of the headcount filter that leaves a row out.
pub(super) struct Rule {
    pub(super) name: &'static str,
    /// Whether the person is still employed and will count again.
    pub(super) is_for_now: bool,
}

// === impl Coder ===

impl Coder<'_> {
    /// The rule of the standard headcount filter (design §6) that leaves the row out; `None` where none does.
    pub(super) fn filter<'r>(
        &mut self,
        record: &'r ByteRecord,
    ) -> Result<Option<Rule>, Rejection<'r>> {
        let mut unrecognised = None;
        // The contract comes first: bank staff are left out as such whatever their status says.
        for column in [&mut self.contract, &mut self.status] {
            // In a file of leavers the status is not asked: an assignment of someone who left is over anyway.
            if self.kind == Kind::Leavers && column.field() == Field::AssignmentStatus {
                continue;
            }
            match column.read(record, self.fields.mapping()) {
                Meaning::Category(_) => {}
                Meaning::Excluded(number) => {
                    let name = column.rule(number);
                    let is_for_now = column.field() == Field::AssignmentStatus && name != "ended";
                    return Ok(Some(Rule { name, is_for_now }));
                }
                Meaning::Unrecognised => {
                    unrecognised.get_or_insert_with(|| column.unrecognised(record));
                }
            }
        }
        if let Some(unrecognised) = unrecognised {
            return Err(unrecognised);
        }
        let last_day = self.fields.last_day();
        let started = self.fields.date(record, Field::StartDate)?;
        let left = self.fields.date(record, Field::LeavingDate)?;
        let applied = self.fields.date(record, Field::AppliedOn)?;
        self.require_date(started, left, applied)?;
        let after = self.after;
        let name = match self.kind {
            Kind::Staff if started.is_some_and(|date| date > last_day) => "not_started",
            Kind::Staff if left_before(left, started, last_day) => "left",
            Kind::Joiners
                if started.is_some_and(|date| {
                    date > last_day || after.is_some_and(|after| date <= after)
                }) =>
            {
                "another_quarter"
            }
            Kind::Leavers if left.is_some_and(|date| !left_in_quarter(date, after, last_day)) => {
                "another_quarter"
            }
            Kind::Applicants
                if applied.is_some_and(|date| {
                    date > last_day || after.is_some_and(|after| date <= after)
                }) =>
            {
                "another_year"
            }
            _ => return Ok(None),
        };
        Ok(Some(Rule {
            name,
            is_for_now: false,
        }))
    }

    /// Refuses a row of a file of joiners, leavers or applicants without its date: without it, any list of staff
    /// would pass, and applications of any year.
    fn require_date<'r>(
        &self,
        started: Option<Date>,
        left: Option<Date>,
        applied: Option<Date>,
    ) -> Result<(), Rejection<'r>> {
        let (field, date, expected) = match self.kind {
            Kind::Staff => return Ok(()),
            Kind::Joiners => (Field::StartDate, started, "the first day of work"),
            Kind::Leavers => (Field::LeavingDate, left, "the last day of work"),
            Kind::Applicants => (Field::AppliedOn, applied, "the day of the application"),
        };
        if date.is_some() {
            return Ok(());
        }
        let expected = format!("{expected}; a list of staff is imported without --data-set");
        Err(Rejection::new(Reason::MissingDate, field, b"", expected))
    }

    /// What an extract of staff says about someone who left by the period's last day; `None` for anybody
    /// else.
    pub(super) fn leaver(&mut self, record: &ByteRecord) -> Option<Leaver> {
        if self.kind != Kind::Staff {
            return None;
        }
        let date = |field| self.fields.date(record, field).ok().flatten();
        let (left, started) = (date(Field::LeavingDate), date(Field::StartDate));
        let mapping = self.fields.mapping();
        left_before(left, started, self.fields.last_day()).then(|| Leaver {
            in_quarter: left
                .is_some_and(|date| left_in_quarter(date, self.after, self.fields.last_day())),
            reason: self.leaving_reason.read_or_unknown(record, mapping),
            destination: self.leaving_destination.read_or_unknown(record, mapping),
        })
    }
}

/// Whether someone is gone by the period's last day; a person whose last day it is still counts. A leaving
/// date before the start date is a fault of the extract, and is ignored.
fn left_before(left: Option<Date>, started: Option<Date>, last_day: Date) -> bool {
    left.is_some_and(|left| left < last_day && started.is_none_or(|started| started <= left))
}

/// Whether someone who last worked on `left` stopped counting within this quarter.
fn left_in_quarter(left: Date, after: Option<Date>, last_day: Date) -> bool {
    left < last_day && after.is_none_or(|after| left >= after)
}
