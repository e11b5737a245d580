//! Checks that an extract makes sense, because it may be read without fault and be wrong all the same.
//!
//! Every row of a list of leavers, of another quarter or of half an organisation can be read. Only the whole
//! tells: how many of the people from before come back, how many a rule leaves out, how much is unknown. So
//! after reading, and before anything is stored, the extract is compared with itself and with the last
//! snapshot. Each thing that looks like a mistake becomes a question to a person, who answers it by mending
//! the file or with `--allow`.
//!
//! # Privacy
//! Questions hold exact counts: for the terminal of the organisation that imports, and nothing else.

mod again;
mod applicants;
mod columns;
mod counts;
mod fte;
mod movers;
mod people;
mod rows;

pub use applicants::how_many as how_many_applicants;
pub(super) use columns::DECIDING;
pub use columns::lost as columns_lost;
pub use movers::{Known, questions as movers};
pub use people::{LaterJoiners, derived_joiners};

use std::fmt;

use vwis_model::period::Period;

use super::{Allowance, Imported, Kind, Report};
use crate::{people::People, turnover::Moving};

/// Something that looks like a mistake, put to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What allows the extract as it is.
    pub allowance: Allowance,
    /// What is odd, and what may be wrong.
    pub sentence: String,
}

/// A held snapshot that an extract is compared with.
pub struct Last<'a> {
    /// The snapshot's period.
    pub period: Period,
    /// Its people, in the same coding as the extract's.
    pub people: &'a People,
    /// Who was away from it, and who was leaving.
    pub moving: &'a Moving,
    /// Where it stands beside the extract.
    pub stands: Stands,
    /// Whether its codes are of the same dictionary as the extract's.
    pub is_coded_alike: bool,
    /// Whether its people are hashed by the same key. Under another key nobody is found again, so only totals
    /// can be compared.
    pub is_hashed_alike: bool,
}

/// Where a snapshot stands beside the extract that it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// It is of the same period: the extract replaces it, and the same people should be in both.
    Replaced,
    /// It is of the period in which the extract's quarter begins, so people who are new should have begun in
    /// that quarter.
    QuarterBefore,
    /// It is of any other period.
    Elsewhere,
}

/// The questions to whoever imports. Nothing was stored.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing was imported: {}", listed(.0))]
pub struct Questions(pub Vec<Question>);

/// Checks an extract of staff against itself and `last`.
///
/// # Errors
/// [`Questions`] that are not allowed, where there are any.
pub fn check(
    imported: &Imported,
    last: Option<&Last<'_>>,
    allowed: &[Allowance],
) -> Result<(), Questions> {
    answered(questions(imported, last), allowed)
}

/// All questions that an extract of staff raises.
#[must_use]
pub fn questions(imported: &Imported, last: Option<&Last<'_>>) -> Vec<Question> {
    let mut questions = alone(Kind::Staff, imported);
    if let Some(last) = last {
        questions.extend(against(imported, last));
    }
    questions
}

/// The questions that an extract of any kind raises without a snapshot to compare with.
#[must_use]
pub fn alone(kind: Kind, imported: &Imported) -> Vec<Question> {
    let Imported { people, report, .. } = imported;
    let mut questions = match kind {
        Kind::Staff | Kind::Joiners | Kind::Leavers => rows::questions(report),
        Kind::Applicants => rows::of_applications(report),
    };
    questions.extend(counts::unknown(kind, people, report));
    questions.extend(counts::numbers(kind, people, report));
    match kind {
        Kind::Staff | Kind::Joiners | Kind::Leavers => questions.extend(fte::alone(people)),
        Kind::Applicants => questions.extend(applicants::questions(people, report)),
    }
    questions
}

/// Asks whether rows that are held as other periods are this period's; `None` where there are no such
/// periods.
#[must_use]
pub fn same_rows(kind: Kind, period: Period, others: &[Period]) -> Option<Question> {
    if others.is_empty() {
        return None;
    }
    let others: Vec<_> = others.iter().map(Period::to_string).collect();
    Some(question(
        Allowance::Period,
        format!(
            "The very same rows are held as {} of {}: is this the extract of {period}?",
            kind.data_set().code(),
            others.join(", ")
        ),
    ))
}

/// Whether whoever imported the extract of the report `before` has answered the question for this one too:
/// numbers that run are people's own or they are not, until they run no more.
#[must_use]
pub fn is_answered_by(before: &Report, question: &Question) -> bool {
    question.allowance == Allowance::RunningNumbers && before.running_numbers
}

/// The questions that an extract of staff raises against a held snapshot.
#[must_use]
pub fn against(imported: &Imported, last: &Last<'_>) -> Vec<Question> {
    let mut questions = Vec::new();
    // An extract without people was allowed before, so nothing is asked about its totals.
    if imported.people.is_empty() {
        return questions;
    }
    questions.extend(counts::headcount(&imported.people, last));
    if last.is_hashed_alike {
        questions.extend(people::questions(imported, last));
        questions.extend(fte::against(imported, last));
    } else {
        questions.extend(fte::on_average(&imported.people, last));
    }
    if last.is_coded_alike {
        questions.extend(counts::groups(&imported.people, last));
        questions.extend(counts::shares(&imported.people, last));
        if last.is_hashed_alike {
            questions.extend(again::questions(imported, last));
        }
    }
    questions
}

/// Checks that each question is allowed.
///
/// # Errors
/// [`Questions`] that are not allowed.
pub fn answered(mut questions: Vec<Question>, allowed: &[Allowance]) -> Result<(), Questions> {
    questions.retain(|question| !question.allowance.is_in(allowed));
    if questions.is_empty() {
        Ok(())
    } else {
        Err(Questions(questions))
    }
}

fn question(allowance: Allowance, sentence: impl Into<String>) -> Question {
    Question {
        allowance,
        sentence: sentence.into(),
    }
}

// === impl Question ===

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let option = self.allowance.option();
        let end = if self.sentence.ends_with('?') {
            ""
        } else {
            "."
        };
        write!(f, "{}{end} If it is right, say {option}", self.sentence)
    }
}

/// A single question in the same line; several in a line each.
fn listed(questions: &[Question]) -> String {
    match questions {
        [question] => question.to_string(),
        several => {
            let lines = several.iter().map(|question| format!("\n  - {question}"));
            format!(
                "it does not seem to make sense:{}",
                lines.collect::<String>()
            )
        }
    }
}

/// `part` in percent of `whole`.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of people and rows, far below 2^53"
)]
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        100.0 * part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests;
