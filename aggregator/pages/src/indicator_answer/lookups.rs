//! Notes what pages look for in an indicator's answer, in tests. A measure, a dimension or a category is named
//! by its code; a misspelt one compiles and finds nothing, and a page without a number looks as if there were
//! none.

use std::{cell::RefCell, collections::BTreeMap};

use super::{At, IndicatorAnswer};
use crate::indicator::IndicatorError;

thread_local! {
    /// What was looked for on this thread, by indicator, and whether any answer had it.
    static LOOKUPS: RefCell<BTreeMap<String, bool>> = RefCell::default();
}

/// Notes that a page looks for a measure at these categories.
pub(super) fn note(answer: &IndicatorAnswer, measure: &str, at: At<'_>) {
    let mut rows = answer.findings.rows.iter();
    add(answer, measure, rows.any(|row| row.measure == measure));
    for (dimension, code) in at {
        note_category(answer, dimension, code);
    }
}

/// Notes that a page looks for rows of a category.
pub(super) fn note_category(answer: &IndicatorAnswer, dimension: &str, code: &str) {
    let place = place(answer, dimension);
    let mut rows = answer.findings.rows.iter();
    let is_there = place.is_some_and(|place| rows.any(|row| row.group[place].code == code));
    add(answer, &format!("{dimension}={code}"), is_there);
}

/// Notes that a page looks for a row's category on a dimension.
pub(super) fn note_dimension(answer: &IndicatorAnswer, dimension: &str) {
    add(answer, dimension, place(answer, dimension).is_some());
}

/// Notes a question that no releases could answer: the indicator, or what is asked of it, does not exist.
pub(crate) fn note_error(indicator: &str, error: &IndicatorError) {
    if !matches!(error, IndicatorError::Estimator(_)) {
        let what = format!("{indicator}: {error}");
        LOOKUPS.with_borrow_mut(|all| all.insert(what, false));
    }
}

/// What was looked for on this thread in all answers of an indicator, and is in none: `wdes-1: share`.
pub(crate) fn in_vain() -> Vec<String> {
    LOOKUPS.with_borrow(|all| {
        let in_vain = all.iter().filter(|(_, is_there)| !**is_there);
        in_vain.map(|(what, _)| what.clone()).collect()
    })
}

fn place(answer: &IndicatorAnswer, dimension: &str) -> Option<usize> {
    let mut dimensions = answer.findings.dimensions.iter();
    dimensions.position(|one| one.code == dimension)
}

fn add(answer: &IndicatorAnswer, what: &str, is_there: bool) {
    let what = format!("{}: {what}", answer.definition.name);
    LOOKUPS.with_borrow_mut(|all| *all.entry(what).or_default() |= is_there);
}
