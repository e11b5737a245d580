//! Columns that were there: without a leaving date everybody who left is counted.

use vwis_model::period::Period;

use super::{Question, question};
use crate::import::{Allowance, Field, Report};

/// Whatever decides who counts, and what is told of those who join and leave. Of all others, everybody is
/// unknown without them, and that is asked about as such.
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

/// The columns that the snapshot of `period` was read from, by its report, and this extract lacks.
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
