//! Reads the day that an extract shows from the lines above its header.

use csv::ByteRecord;
use vwis_model::{period::Period, text::plain};

use super::date::{self, Form};

/// Words that stand before such a day. A day without one of them may be when the file was made.
const LABELS: [&str; 9] = [
    "effective",
    "as at",
    "as of",
    "as on",
    "position at",
    "position on",
    "snapshot",
    "period",
    "month end",
];

/// The periods that titles name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Titles {
    named: Vec<(u64, Period)>,
}

// === impl Titles ===

impl Titles {
    pub(super) fn note(&mut self, record: &ByteRecord, reading: date::Reading) {
        let line = record.position().map_or(0, csv::Position::line);
        let fields: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
        let title = plain(&fields.join(" ")).to_lowercase();
        let labels = LABELS.iter().filter_map(|label| {
            let (_, behind) = title.split_once(label)?;
            Some(behind)
        });
        if let Some(behind) = labels.max_by_key(|behind| behind.len()) {
            let periods = periods_in(behind, reading).into_iter();
            self.named.extend(periods.map(|period| (line, period)));
        }
    }

    /// The line and the period of the last title that names one; `None` where any title names `period`.
    pub(super) fn other_than(&self, period: Period) -> Option<(u64, Period)> {
        let is_this = |(_, named): &(u64, Period)| *named == period;
        if self.named.iter().any(is_this) {
            return None;
        }
        self.named.last().copied()
    }
}

/// The periods that a text names: by days, of which the first of a month stands for the month before, and by
/// months with a year.
fn periods_in(text: &str, reading: date::Reading) -> Vec<Period> {
    let between =
        |c: char| c.is_whitespace() || matches!(c, ':' | ',' | ';' | '(' | ')' | '[' | ']');
    let words: Vec<_> = text
        .split(between)
        .filter(|word| !word.is_empty())
        .collect();
    let day = |words: &[&str]| {
        let text = words.join(" ");
        let written = date::read(text.as_bytes(), reading)?;
        (written.form != Form::Serial).then_some(written.date)
    };
    let month = |words: &[&str]| match words {
        [word] => day(&["2", word]).or_else(|| day(&[&format!("{word}-02")])),
        // Two numbers may mean anything, so the month must be a name.
        [name, _] if name.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            day(&[&["2"][..], words].concat())
        }
        _ => None,
    };
    let mut found = Vec::new();
    let mut rest = &words[..];
    while !rest.is_empty() {
        let days = [1, 3].into_iter().filter(|length| rest.len() >= *length);
        let whole = days
            .clone()
            .find_map(|length| Some((day(&rest[..length])?, length)));
        let months = [1, 2].into_iter().filter(|length| rest.len() >= *length);
        let of_month = || {
            months
                .clone()
                .find_map(|length| Some((month(&rest[..length])?, length)))
        };
        match whole.or_else(of_month) {
            Some((date, length)) => {
                let shown = if date.day() == 1 {
                    date.yesterday().ok()
                } else {
                    Some(date)
                };
                found.extend(
                    shown.and_then(|day| day.strftime("%Y-%m").to_string().parse::<Period>().ok()),
                );
                rest = &rest[length..];
            }
            None => rest = &rest[1..],
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::date::DateOrder;

    fn other(titles: &[&[&str]]) -> Option<String> {
        let mut all = Titles::default();
        for title in titles {
            let reading = date::Reading {
                order: DateOrder::DayFirst,
                latest_year: 2030,
                from_1904: false,
            };
            all.note(&ByteRecord::from(title.to_vec()), reading);
        }
        let other = all.other_than("2026-06".parse().unwrap());
        other.map(|(_, period)| period.to_string())
    }

    #[test]
    fn a_title_that_names_another_day_is_found_and_a_day_on_which_it_was_made_is_none() {
        for (titles, expected) in [
            (&[&["Effective Date: 30-SEP-2026"][..]][..], Some("2026-09")),
            (&[&["Effective Date", "30/09/2026"]], Some("2026-09")),
            (
                &[&["Staff in post as at 30 September 2026 (all)"]],
                Some("2026-09"),
            ),
            (&[&["Period: September 2026"]], Some("2026-09")),
            (&[&["Period", "Sep-26"]], Some("2026-09")),
            (&[&["Period: 2026-09"]], Some("2026-09")),
            (&[&["Effective Date: 2026-03-31"]], Some("2026-03")),
            (&[&["Effective Date: 30-JUN-2026"]], None),
            // The day after a month's end stands for that month.
            (&[&["As of 1 July 2026"]], None),
            (&[&["Period 01/04/2026 - 30/06/2026"]], None),
            (
                &[&["Period: June 2026"], &["Snapshot of 3 July 2026"]],
                None,
            ),
            (&[&["Run on 5 October 2026 by A. Clerk"]], None),
            (&[&["Staff in post, 42 wards, period 6"]], None),
            (&[&["Staff in post"]], None),
            (&[], None),
        ] {
            assert_eq!(other(titles).as_deref(), expected, "{titles:?}");
        }
    }
}
