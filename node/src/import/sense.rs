//! Whether an extract makes sense: what reads well and is wrong all the same.
//!
//! Every row of a list of leavers, of another quarter or of half a trust can be read. What tells is the
//! whole: how many of the people who were there before come back, how many somebody leaves out, what is
//! unknown. So after reading, and before anything is stored, the extract is held against itself and
//! against the last snapshot, and each thing that looks like a mistake is a question to a person, who
//! answers it by mending the file or with `--allow`.
//!
//! # Privacy
//! Questions hold exact counts: for the terminal of the organisation that imports, and nothing else.

mod again;
mod columns;
mod counts;
mod fte;
mod movers;
mod people;
mod rows;

pub use columns::lost as columns_lost;
pub use movers::{Known, questions as movers};
pub use people::{LaterJoiners, derived_joiners};

use std::fmt;

use vwis_model::period::Period;

use super::{Allowance, Imported, Kind};
use crate::{movement::Moving, people::People};

/// Something that looks like a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What takes it as it is.
    pub allowance: Allowance,
    /// What is odd, and what may be the matter.
    pub sentence: String,
}

/// A snapshot that is held, to compare with.
pub struct Last<'a> {
    /// Its period.
    pub period: Period,
    /// Its people, coded as the extract's.
    pub people: &'a People,
    /// Who was away.
    pub moving: &'a Moving,
    /// Where it stands beside the extract.
    pub stands: Stands,
    /// Whether its codes are of the same dictionary.
    pub is_coded_alike: bool,
    /// Whether its people are hashed by the same key: under another one nobody is found again, and only
    /// totals tell.
    pub is_hashed_alike: bool,
}

/// Where a snapshot stands beside the extract that it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Of the same day: the extract replaces it, and the same people should be in both.
    Replaced,
    /// Where the extract's quarter begins, so that who is new began in that quarter.
    QuarterBefore,
    /// Anywhere else.
    Elsewhere,
}

/// The questions to whoever imports; nothing was stored.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing was imported: {}", listed(.0))]
pub struct Questions(pub Vec<Question>);

/// What an extract of staff raises that nobody allowed.
///
/// # Errors
/// [`Questions`], where there are any.
pub fn check(
    imported: &Imported,
    last: Option<&Last<'_>>,
    allowed: &[Allowance],
) -> Result<(), Questions> {
    answered(questions(imported, last), allowed)
}

/// What an extract of staff raises.
#[must_use]
pub fn questions(imported: &Imported, last: Option<&Last<'_>>) -> Vec<Question> {
    let mut questions = alone(Kind::Staff, imported);
    if let Some(last) = last {
        questions.extend(against(imported, last));
    }
    questions
}

/// What an extract of any kind raises by itself.
#[must_use]
pub fn alone(kind: Kind, imported: &Imported) -> Vec<Question> {
    let Imported { people, report, .. } = imported;
    let mut questions = rows::questions(report);
    questions.extend(counts::unknown(kind, people, report));
    questions.extend(counts::numbers(kind, people, report));
    questions.extend(fte::alone(people));
    questions
}

/// That rows which are held as other periods are this one's.
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

/// What it raises beside one that is held.
#[must_use]
pub fn against(imported: &Imported, last: &Last<'_>) -> Vec<Question> {
    let mut questions = Vec::new();
    // That nobody counts was allowed already.
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

/// Whether each of the questions is answered by what is allowed.
///
/// # Errors
/// [`Questions`] that are not.
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

/// One in its line, several each in one.
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
