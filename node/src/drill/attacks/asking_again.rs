//! Averaging: the same question many times, at once, over restarts, and after another import.

use std::collections::HashSet;

use super::{Seen, Texts};
use crate::drill::{DrillError, attacker::Answer, staff, stage::Stage};

pub(super) const AT_ONCE: Texts = Texts {
    name: "averaging-by-asking-again",
    title: "Averaging by asking again",
    tried: "The aggregator asks for the same measurement 100 times, to average the noise away.",
    because: "Noise is drawn once for a measurement and sealed. Every later answer is the sealed bytes, \
              so the mean of a hundred answers is as far off as one.",
};

pub(super) const AFTER_RESTART: Texts = Texts {
    name: "asking-after-a-restart",
    title: "Asking again after restarts",
    tried: "The node is stopped and started five times; after each start the aggregator asks again.",
    because: "The seal is on disk before the first answer leaves. A restart finds it there.",
};

pub(super) const AFTER_IMPORT: Texts = Texts {
    name: "asking-after-another-import",
    title: "Asking again after another import",
    tried: "The same month is imported again without one known person; the aggregator asks again and \
            compares, to see what that person added.",
    because: "A measurement is named by agreement, series and period, not by the data. What is sealed \
              stays sealed, whatever is imported; only a person here orders a correction, at full price.",
};

const TIMES: usize = 100;
const RESTARTS: usize = 5;

/// The answers to one question, and what was charged for them.
struct Repeated {
    answers: Vec<Answer>,
    charges: usize,
    /// People that the first answer estimates in total, minus how many there are.
    off_by: f64,
}

pub(super) async fn at_once(stage: &Stage<'_>) -> Result<Seen, DrillError> {
    let mut answers = Vec::new();
    for _ in 0..TIMES {
        answers.push(ask(stage, answers.last()).await?);
    }
    Repeated::of(stage, answers).await
}

pub(super) async fn after_restart(stage: &mut Stage<'_>) -> Result<Seen, DrillError> {
    let mut answers = vec![ask(stage, None).await?];
    for _ in 0..RESTARTS {
        stage.turn_off().await?;
        stage.turn_on().await?;
        answers.push(ask(stage, answers.last()).await?);
    }
    Repeated::of(stage, answers).await
}

pub(super) async fn after_import(stage: &Stage<'_>) -> Result<Seen, DrillError> {
    let mut answers = vec![ask(stage, None).await?];
    stage.import(0, false).await?;
    answers.push(ask(stage, answers.last()).await?);
    Repeated::of(stage, answers).await
}

async fn ask(stage: &Stage<'_>, last: Option<&Answer>) -> Result<Answer, DrillError> {
    stage
        .answer(&stage.request(stage.agreement(), 0, last))
        .await
}

// === impl Repeated ===

impl Repeated {
    async fn of(stage: &Stage<'_>, answers: Vec<Answer>) -> Result<Seen, DrillError> {
        let (_, charges) = stage.charged().await?;
        let off_by = stage.estimates(&answers[0]).total() - f64::from(staff::PEOPLE);
        let repeated = Self {
            answers,
            charges,
            off_by,
        };
        Ok(Seen {
            in_words: repeated.in_words(),
            held: repeated.held(),
        })
    }

    fn different(&self) -> usize {
        let payloads = self.answers.iter().map(|answer| answer.payload.as_bytes());
        payloads.collect::<HashSet<_>>().len()
    }

    /// The promise: however often asked, the answer is one, is noisy and is charged once.
    fn held(&self) -> bool {
        self.different() == 1 && self.charges == 1 && self.off_by.abs() > f64::EPSILON
    }

    fn in_words(&self) -> String {
        format!(
            "Answers: {}. Different ones among them: {}. Charges in the ledger: {}. The total is off the \
             truth by {:.1} people, and so is the mean of the answers.",
            self.answers.len(),
            self.different(),
            self.charges,
            self.off_by.abs(),
        )
    }
}

#[cfg(test)]
mod tests {
    use vwis_model::measurement::Payload;
    use vwis_proto::v1;

    use super::*;

    fn repeated(entries: &[i64], charges: usize, off_by: f64) -> Repeated {
        let answer = |entry: &i64| Answer {
            payload: Payload::from_entries(&[*entry]),
            receipt: v1::Receipt::default(),
        };
        Repeated {
            answers: entries.iter().map(answer).collect(),
            charges,
            off_by,
        }
    }

    #[test]
    fn two_different_answers_a_second_charge_and_an_exact_count_are_each_seen() {
        assert!(repeated(&[5, 5, 5], 1, 3.0).held());
        assert!(!repeated(&[5, 6, 5], 1, 3.0).held());
        assert!(!repeated(&[5, 5, 5], 2, 3.0).held());
        assert!(!repeated(&[5, 5, 5], 1, 0.0).held());
    }
}
