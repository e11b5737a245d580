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
            (is_all_gone || is_next_to_none(had, has)).then(|| {
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
        if is_next_to_none(had, has) && !emptied.iter().any(|said| said.starts_with(field.code())) {
            what.push(format!(
                "By {} (`{heading}`) {has} rows are left out, and {had} were in the extract of {period}: does \
                 the column hold what it held?",
                field.code()
            ));
        }
    }
    (!what.is_empty()).then(|| question(Allowance::Columns, what.join(" ")))
}

fn is_next_to_none(had: u64, has: u64) -> bool {
    had >= SEVERAL && has * 10 < had
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
