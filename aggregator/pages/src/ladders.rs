//! Ladders: a share on each band, from the highest down, compared with the population.

use super::{At, Gap, IndicatorAnswer, charts, indicator_answer::is_total};
use crate::{
    estimate::Figure,
    indicator::{Category, Finding},
    ui::{
        Html,
        chart::{Benchmark, Ladder, Narrowing, Rung},
        markup::Part,
        sentence,
    },
};

/// What a ladder shows.
#[derive(Clone, Copy)]
pub(super) struct Steps<'a> {
    /// The dimension whose categories are the rungs: `band`, `wdes`.
    pub(super) dimension: &'a str,
    /// The dimension and category whose share is shown: `("ethnic_group", "bme")`.
    pub(super) part: (&'a str, &'a str),
    /// The value of the line through all rungs; `None` to take it from the rows' own benchmark.
    pub(super) line: Option<f64>,
    /// What the line is, in a word, and the heading of the column of verdicts.
    pub(super) line_label: (&'a str, &'a str),
}

/// Categories that are not rungs: the unknown one, other pay, and doctors, who have a ladder of their own.
const NO_RUNGS: [&str; 8] = [
    "unknown",
    "other",
    "consultant",
    "career_grade",
    "doctor_in_training",
    "cluster_5",
    "cluster_6",
    "cluster_7",
];

/// A ladder that is ready to be shown, and where it narrows.
pub(super) struct Drawn {
    pub(super) ladder: Ladder,
    pub(super) narrowing: Option<Narrowing>,
}

/// The ladder that `answer` has at these categories.
///
/// # Errors
/// A gap where there is no rung, or nothing to compare the rungs with.
pub(super) fn ladder(
    answer: &IndicatorAnswer,
    at: At<'_>,
    caption: &str,
    steps: Steps<'_>,
) -> Result<Drawn, Gap> {
    let share_at: Vec<_> = at.iter().copied().chain([steps.part]).collect();
    let mut rungs = Vec::new();
    let mut line = steps.line;
    for row in answer.within("share", &share_at) {
        let Some(step) = answer
            .category(row, steps.dimension)
            .filter(|step| is_rung(step))
        else {
            continue;
        };
        let held = row.benchmark.as_ref().map(|benchmark| benchmark.value);
        line = line.or(held);
        let Some(value) = line else {
            continue;
        };
        let here: Vec<_> = at
            .iter()
            .copied()
            .chain([(steps.dimension, step.code.as_str())])
            .collect();
        rungs.push(Rung {
            label: step.label.clone(),
            size: size(answer, &here, steps.part.0),
            share: row.figure,
            comparison: charts::held_against(row, value),
            all_staff: all_staff(answer, &here, steps.part),
        });
    }
    rungs.reverse();
    let value = line.filter(|_| !rungs.is_empty());
    let value = value.ok_or_else(|| Gap::new("there is nothing to hold these bands against"))?;
    let benchmark = Benchmark {
        value,
        label: steps.line_label.0.to_owned(),
    };
    let ladder = Ladder::new(caption, rungs, benchmark, steps.line_label.1);
    let narrowing = ladder.narrowing();
    Ok(Drawn { ladder, narrowing })
}

/// Whether a category is a rung of a ladder.
pub(super) fn is_rung(step: &Category) -> bool {
    !is_total(step) && !NO_RUNGS.contains(&step.code.as_str())
}

/// How many people stand on a rung, in words: `about 180 people`.
fn size(answer: &IndicatorAnswer, here: At<'_>, part: &str) -> String {
    let here: Vec<_> = here.iter().copied().chain([(part, "total")]).collect();
    let people = answer.within("people", &here);
    let people = people.first().map(|row| row.figure);
    people.map_or_else(String::new, |figure| {
        let words = sentence::count(&figure, "people", "").text();
        // Beside a share there is room for the number alone; its interval is in the file.
        let words = words.split(", give or take").next().unwrap_or_default();
        words
            .split(", too noisy")
            .next()
            .unwrap_or_default()
            .to_owned()
    })
}

fn all_staff(answer: &IndicatorAnswer, here: At<'_>, part: (&str, &str)) -> Option<Figure> {
    let here: Vec<_> = here.iter().copied().chain([part]).collect();
    let beside = answer.within("share_beside_staff", &here);
    let row: &Finding = beside.first()?;
    let benchmark = row.benchmark.as_ref()?;
    Some(benchmark.in_unit(row.figure.unit()))
}

// === impl Drawn ===

impl Drawn {
    /// The ladder in its frame. The title says where it narrows, if that is clear.
    pub(super) fn framed(
        &self,
        answer: &IndicatorAnswer,
        otherwise: &str,
        unit: &str,
        note: &str,
    ) -> Html {
        let title = match &self.narrowing {
            Some(narrowing) => format!("{otherwise}: it narrows at {}", narrowing.at),
            None if !self.ladder.has_an_answer() => format!("{otherwise}: too noisy for an answer"),
            None => format!("{otherwise}: it does not clearly narrow towards the top"),
        };
        let framed = charts::framed(answer, &self.ladder, title, unit, note);
        framed.stating(self.ladder.says().whole()).html()
    }
}
