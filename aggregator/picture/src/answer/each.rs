//! Asks the same question of each organisation and puts the answers side by side.

use std::collections::BTreeSet;

use serde_json::json;
use uuid::Uuid;
use vwis_model::ods::OdsCode;

use super::{
    Answer, AnswerError,
    findings::{ORGANISATION, RELEASE_PERIOD},
};
use crate::{
    archive::Archive,
    estimator::EstimatorError,
    export::{Cell, Readers},
    indicator::IndicatorError,
    picture::{EACH, Whose},
};

/// The answers of all organisations in the archive, joined into one, with a column that names each row's
/// organisation. All are of the newest period that any organisation has an answer for, so that no older
/// number stands beside newer ones. Who has none of that period is left out and named in a note.
///
/// # Errors
/// The first error of an organisation, other than that it is in no release; [`AnswerError::NothingReleased`]
/// where nobody has an answer.
pub(super) fn each(
    archive: &Archive,
    ask: impl Fn(&Whose) -> Result<Answer, AnswerError>,
) -> Result<Answer, AnswerError> {
    let mut answers = Vec::new();
    let mut absent: Vec<OdsCode> = Vec::new();
    for ods_code in archive.organisations() {
        match ask(&Whose::Organisations(vec![ods_code.clone()])) {
            Ok(answer) => answers.push((ods_code, answer)),
            Err(error) if is_absent(&error) => absent.push(ods_code),
            Err(error) => return Err(error),
        }
    }
    let newest = answers
        .iter()
        .filter_map(|(_, answer)| period(answer))
        .max();
    let mut all: Option<Answer> = None;
    for (ods_code, answer) in answers {
        if period(&answer) != newest {
            absent.push(ods_code);
            continue;
        }
        match &mut all {
            None => all = Some(answer),
            Some(all) => join(all, answer),
        }
    }
    let mut all = all.ok_or(AnswerError::NothingReleased)?;
    for column in &mut all.sheet.columns {
        if column.name == ORGANISATION {
            column.readers = Readers::All;
        }
    }
    all.sheet.metadata["org"] = json!(EACH);
    let title = all
        .sheet
        .title
        .split_once(": ")
        .map_or("", |(title, _)| title);
    all.sheet.title = format!("{title}: each employer");
    if !absent.is_empty() {
        let codes: Vec<_> = absent.iter().map(OdsCode::as_str).collect();
        let of = newest.map_or_else(String::new, |period| format!(" of {period}"));
        let note = format!("Not in a release{of}, and left out: {}.", codes.join(", "));
        all.sheet.notes.insert(0, note);
    }
    Ok(all)
}

/// The newest period of an answer's rows, as `YYYY-MM`.
fn period(answer: &Answer) -> Option<String> {
    let place = answer.sheet.place(RELEASE_PERIOD)?;
    let rows = answer.sheet.rows.iter();
    let periods = rows.filter_map(|row| match row.get(place) {
        Some(Cell::Text(period)) => Some(period.clone()),
        _ => None,
    });
    periods.max()
}

fn join(all: &mut Answer, answer: Answer) {
    all.made_at = all.made_at.max(answer.made_at);
    let releases: BTreeSet<Uuid> = all
        .releases
        .iter()
        .chain(&answer.releases)
        .copied()
        .collect();
    all.releases = releases.into_iter().collect();
    // A column that one answer leaves to machines because it is empty may have words in another, such as a
    // verdict or a note: then people are shown it too.
    for (column, other) in all.sheet.columns.iter_mut().zip(&answer.sheet.columns) {
        if column.readers == Readers::Machines {
            column.readers = other.readers;
        }
    }
    all.sheet.rows.extend(answer.sheet.rows);
    for note in answer.sheet.notes {
        if !all.sheet.notes.contains(&note) {
            all.sheet.notes.push(note);
        }
    }
}

fn is_absent(error: &AnswerError) -> bool {
    matches!(
        error,
        AnswerError::NotInRelease(_)
            | AnswerError::Indicator(IndicatorError::Estimator(
                EstimatorError::NotInRelease { .. }
            ))
    )
}
