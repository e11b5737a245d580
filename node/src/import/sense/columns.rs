//! Asks about columns that the last extract had, or had values in. Without a leaving date, everybody who left
//! would be counted, be the column gone or merely empty.

use vwis_model::{here, period::Period};

use super::{Question, question};
use crate::import::{Allowance, Field, Report};

/// Columns that decide who counts, or that tell of joining and leaving. Without any other column its
/// attribute is unknown for everybody, and that is asked about by itself.
pub(in crate::import) const DECIDING: [Field; 9] = [
    Field::Organisation,
    Field::AssignmentStatus,
    Field::Contract,
    Field::Primary,
    Field::StartDate,
    Field::LeavingDate,
    Field::JoiningSource,
    Field::LeavingReason,
    Field::LeavingDestination,
];

/// From this many rows on, it is asked about where next to none are left. Of seven expected rows, by chance
/// none comes once in a thousand quarters.
const SEVERAL: u64 = 8;

/// Asks about columns that the snapshot of `period` was read from, by its report, and that this extract
/// lacks, or holds next to nothing in.
#[must_use]
pub fn lost(now: &Report, period: Period, before: &Report) -> Option<Question> {
    let mut what = Vec::new();
    let lost: Vec<_> = DECIDING
        .iter()
        .filter(|field| !now.columns.contains_key(field.code()))
        .filter_map(|field| Some((field.code(), before.columns.get(field.code())?)))
        .map(|(code, heading)| format!("{code} (`{heading}`)"))
        .collect();
    if !lost.is_empty() {
        what.push(format!(
            "The extract has no column for {}, and that of {period} had one: was it left out of the export, \
             or is it called otherwise?",
            lost.join(", ")
        ));
    }
    let emptied: Vec<_> = DECIDING
        .iter()
        .filter_map(|field| {
            let heading = now.columns.get(field.code())?;
            let rows = |report: &Report| report.filled.get(field.code()).copied();
            let (had, has) = (rows(before)?, rows(now)?);
            let is_all_gone = has == 0 && had > 1 && had * 2 > before.rows_read;
            (is_all_gone || is_next_to_none((had, before), (has, now))).then(|| {
                format!(
                    "{} (`{heading}`: in {has} rows, and in {had})",
                    field.code()
                )
            })
        })
        .collect();
    if !emptied.is_empty() {
        what.push(format!(
            "Next to no row has a value for {}, and in the extract of {period} more had: was the column left \
             empty?",
            emptied.join(", ")
        ));
    }
    for (field, rules) in rules() {
        let Some(heading) = now.columns.get(field.code()) else {
            continue;
        };
        let rows = |report: &Report| {
            let rows = rules.iter().filter_map(|rule| report.excluded.get(rule));
            rows.sum::<u64>()
        };
        let (had, has) = (rows(before), rows(now));
        if is_next_to_none((had, before), (has, now))
            && !emptied.iter().any(|said| said.starts_with(field.code()))
        {
            what.push(format!(
                "By {} (`{heading}`) {has} rows are left out, and {had} were in the extract of {period}: does \
                 the column hold what it held?",
                field.code()
            ));
        }
    }
    (!what.is_empty()).then(|| question(Allowance::Columns, what.join(" ")))
}

/// Whether rows of this kind are next to none now, for as many as there would be in an extract of this size.
fn is_next_to_none((had, before): (u64, &Report), (has, now): (u64, &Report)) -> bool {
    let (had, has) = (u128::from(had), u128::from(has));
    let expected = had * u128::from(now.rows_read) / u128::from(before.rows_read).max(1);
    had.min(expected) >= u128::from(SEVERAL) && has * 10 < expected
}

/// The columns of which a value leaves a row out, each with its rules.
fn rules() -> [(Field, Vec<String>); 3] {
    let of = |field: Field| {
        let attribute = here::dictionary().attribute(field.code());
        let rules = attribute.map_or(&[][..], |attribute| attribute.excluded());
        let rules = rules.iter().map(|rule| rule.code().to_owned());
        (field, rules.collect())
    };
    [
        of(Field::AssignmentStatus),
        of(Field::Contract),
        (Field::LeavingDate, vec!["left".to_owned()]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The report of an extract of so many rows, of which some have a leaving date and some are left out by it.
    fn report(rows_read: u64, dated: u64) -> Report {
        Report {
            rows_read,
            columns: [("leaving_date".to_owned(), "Termination Date".to_owned())].into(),
            filled: [("leaving_date".to_owned(), dated)].into(),
            excluded: [("left".to_owned(), dated)].into(),
            ..Report::default()
        }
    }

    #[test]
    fn next_to_none_is_for_as_many_rows_as_there_are() {
        for (before, now, is_asked) in [
            ((3_160, 81), (3_155, 0), true),
            ((3_160, 81), (3_155, 8), false),
            ((3_160, 81), (3_155, 7), true),
            ((100, 7), (100, 0), false),
            ((100, 8), (100, 0), true),
            // Another extract is much smaller, or much larger.
            ((224, 224), (1, 1), false),
            ((3_160, 81), (300, 0), false),
            ((1, 1), (221, 1), false),
            ((300, 8), (3_000, 7), true),
            ((300, 8), (3_000, 8), false),
        ] {
            let period = "2026-06".parse().unwrap();
            let lost = lost(&report(now.0, now.1), period, &report(before.0, before.1));
            assert_eq!(lost.is_some(), is_asked, "{before:?} {now:?}");
        }
    }
}
