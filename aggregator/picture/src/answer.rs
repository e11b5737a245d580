//! Answers: a table of the picture or an indicator's findings, with notes, facts and metadata, in one shape
//! that every writer takes.
//!
//! ```text
//! Archive + TableQuestion ─┐
//!                          ├─► Answer { sheet, releases } ─► csv · csvw · json · xlsx · terminal · page
//! Archive + Question ──────┘
//! ```
//!
//! **Architecture invariant**: pure. The command line and the API both make their answers here, so the same
//! question has the same answer wherever it is asked.

mod asked;
mod each;
mod error;
mod findings;
mod provenance;
mod spending;
mod table;
mod totals;
mod years;

pub use asked::{Asked, What};
pub use error::AnswerError;
pub use table::TableQuestion;
pub use years::MOST_YEARS;

use each::each;
use spending::spending;

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;
use vwis_model::period::Period;

use crate::{
    archive::Archive,
    estimator::{Estimator, Source},
    export::Sheet,
    indicator::{Findings, Indicator, Question},
    picture::{When, Whose},
};

/// A complete answer, ready to be written as a file or drawn as a page.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The numbers, with their notes, facts and metadata.
    pub sheet: Sheet,
    /// When the latest of its releases was made: the date that its files carry.
    pub made_at: Timestamp,
    /// The ids of the releases its numbers come from.
    pub releases: Vec<Uuid>,
}

/// The answer of an indicator about the staff of `whose`. If `when` names one period exactly, the newest
/// number in the answer must be of that period.
///
/// # Errors
/// [`AnswerError`] says what there is instead.
fn indicator(
    archive: &Archive,
    indicator: &Indicator,
    whose: &Whose,
    when: When,
    question: &Question,
) -> Result<Answer, AnswerError> {
    let latest = archive
        .latest_period()
        .ok_or(AnswerError::NothingReleased)?;
    let until = when.until().unwrap_or(latest);
    let estimator = Estimator::new(archive, whose.clone(), until).naming(&question.reads(whose));
    let found = indicator.answer(&estimator, question)?;
    let newest = found
        .rows
        .iter()
        .map(|row| row.source.period.as_str())
        .max();
    if let (Some(period), Some(newest)) = (when.period(), newest)
        && period.to_string() != newest
    {
        return Err(AnswerError::NotReleased {
            period: period.to_string(),
            there: vec![newest.to_owned()],
        });
    }
    let definition = &indicator.definition;
    refuse_replaced_parts(archive, &found, (when, until))?;
    let sources = found.rows.iter().map(|row| &row.source);
    let releases = sources.flat_map(Source::releases);
    let provenance = provenance::of_releases(archive, releases, whose);
    let mut metadata = provenance.metadata();
    metadata["indicator"] = json!(definition);
    metadata["by"] = json!(found.dimensions.iter().map(|d| &d.code).collect::<Vec<_>>());
    metadata["org"] = json!(whose.name());
    let mut notes = found.notes.clone();
    notes.extend(definition.limits.iter().map(|&limit| limit.to_owned()));
    notes.extend(provenance.notes());
    let mut told = vec![
        ("Question".to_owned(), definition.question.to_owned()),
        ("Formula".to_owned(), definition.formula.to_owned()),
        ("Of whom".to_owned(), definition.denominator.to_owned()),
        ("Left out".to_owned(), definition.excluded.to_owned()),
        ("Source".to_owned(), definition.source.to_owned()),
    ];
    told.extend(provenance.facts());
    Ok(Answer {
        sheet: Sheet {
            name: definition.name.to_owned(),
            title: format!("{}: {}", definition.title, provenance.whose_and_when()),
            columns: findings::columns(&found),
            rows: (found.rows.iter())
                .map(|row| findings::cells(row, whose))
                .collect(),
            notes,
            facts: told,
            metadata,
        },
        made_at: provenance.made_at(),
        releases: provenance.ids(),
    })
}

/// Refuses an answer if one of its releases was replaced.
///
/// # Errors
/// [`AnswerError::Replaced`] names the release and the one that replaced it.
pub fn refuse_replaced(
    archive: &Archive,
    releases: impl IntoIterator<Item = Uuid>,
) -> Result<(), AnswerError> {
    for release in releases {
        if let Some(by) = archive.replaced_by(release) {
            return Err(AnswerError::Replaced { release, by });
        }
    }
    Ok(())
}

/// Refuses an answer if one of its releases was replaced. If it comes from several releases, the error says
/// which part was replaced and what to ask instead.
fn refuse_replaced_parts(
    archive: &Archive,
    found: &Findings,
    (when, until): (When, Period),
) -> Result<(), AnswerError> {
    let sources = || found.rows.iter().map(|row| &row.source);
    let refused = refuse_replaced(archive, sources().flat_map(Source::releases));
    let Err(AnswerError::Replaced { release, by }) = refused else {
        return refused;
    };
    let rests_on = |source: &&Source| source.releases().any(|one| one == release);
    let own = sources().find(rests_on);
    let others = !sources().all(|source| rests_on(&source));
    let Some(own) = own.filter(|_| others) else {
        return refused;
    };
    // The replacing release was made later and may lie beside later periods, so `up_to` keeps the period.
    let instead = match when {
        When::Latest => format!("with release={by} and up_to={until}"),
        When::At(_) | When::UpTo(_) => format!("with release={by}"),
    };
    let named = archive
        .releases()
        .iter()
        .find(|one| one.release.id == release);
    let series = named.map_or(&own.series, |one| &one.release.series);
    Err(AnswerError::PartReplaced {
        release,
        part: format!("{series} {}", own.period),
        by,
        instead,
    })
}

/// The agreement, coverage, cost and method of some releases of the system, as JSON for machines.
#[must_use]
pub fn provenance(
    archive: &Archive,
    releases: impl IntoIterator<Item = Uuid>,
) -> serde_json::Value {
    provenance::of_releases(archive, releases, &Whose::System).metadata()
}

#[cfg(test)]
mod tests;
