//! Asks about columns that the last extract had. Without a leaving date, everybody who left would be counted.

use vwis_model::period::Period;

use super::{Question, question};
use crate::import::{Allowance, Field, Report};

/// Columns that decide who counts, or that tell of joining and leaving. Without any other column its
/// attribute is unknown for everybody, and that is asked about by itself.
const DECIDING: [Field; 9] = [
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

/// Asks about columns that the snapshot of `period` was read from, by its report, and that this extract
/// lacks.
#[must_use]
pub fn lost(now: &Report, period: Period, before: &Report) -> Option<Question> {
    let lost: Vec<_> = DECIDING
        .iter()
        .filter(|field| !now.columns.contains_key(field.code()))
        .filter_map(|field| Some((field.code(), before.columns.get(field.code())?)))
        .map(|(code, heading)| format!("{code} (`{heading}`)"))
        .collect();
    (!lost.is_empty()).then(|| {
        question(
            Allowance::Columns,
            format!(
                "The extract has no column for {}, and that of {period} had one: was it left out of the export, \
                 or is it called otherwise?",
                lost.join(", ")
            ),
        )
    })
}
