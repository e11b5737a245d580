//! Does a workforce look like the people it serves? The answer in large letters: yes, no or cannot tell.

use super::{At, Gap, IndicatorAnswer, charts, words};
use crate::{
    estimate::Verdict,
    indicator::Finding,
    ui::{
        Comparison,
        chart::{Benchmark, Beside, Chart, NumberLine},
        component::{Answer, Answered},
        sentence,
    },
};

/// What the share is a share of, in prose.
const FROM_MINORITIES: &str = "of the people who said are from ethnic minority groups";

/// The question that is answered, and about whom.
pub(super) struct Likeness<'a> {
    /// The question: `Does the workforce of Bolton look like Bolton?`
    pub(super) question: String,
    /// What the number line calls the group: `This pathway`.
    pub(super) subject: &'a str,
    /// The words after `in the population`: `of Bolton`.
    pub(super) residents: &'a str,
}

/// The answer by `answer`, that of `representation` by ethnic group, at these categories.
///
/// # Errors
/// A gap where nobody lives there to compare with, outside the places of the census table.
pub(super) fn answer(
    answer: &IndicatorAnswer,
    at: At<'_>,
    asked: Likeness<'_>,
) -> Result<Answer, Gap> {
    let bme = |measure: &str| {
        let at: Vec<_> = at.iter().copied().chain([charts::BME]).collect();
        answer.at(measure, &at)
    };
    let none = || Gap::new("there are no published residents to compare with");
    let share = bme("share").ok_or_else(none)?;
    let residents = share.benchmark.as_ref().ok_or_else(none)?;
    let figure = &share.figure;
    let comparison = Comparison::of(figure, residents.value, share.verdict);
    let in_population = format!("in the population {}", asked.residents);
    let mut line = NumberLine::new(
        "likeness-line",
        asked.question.clone(),
        Beside {
            label: asked.subject.to_owned(),
            figure: *figure,
        },
        Benchmark {
            value: residents.value,
            label: "Population".to_owned(),
        },
        comparison,
    );
    let staff = bme("share_beside_staff").and_then(all_staff);
    if let Some(staff) = &staff {
        line = line.beside(Beside {
            label: "All staff".to_owned(),
            figure: *staff,
        });
    }
    let mut says = vec![];
    if figure.is_shown() {
        says.push(sentence::level(figure, FROM_MINORITIES));
    }
    says.push(sentence::against(
        figure,
        residents.value,
        &in_population,
        share.verdict,
    ));
    Ok(Answer {
        id: "likeness".to_owned(),
        question: asked.question,
        answered: Some(Answered(answered(comparison))),
        says,
        beside: staff.map(|staff| sentence::level(&staff, "of all staff of the same employers")),
        drawing: Some(line.html()),
        behind: Some(answer.foot(words::population())),
    })
}

/// The share among all staff that a share was compared with.
fn all_staff(row: &Finding) -> Option<crate::estimate::Figure> {
    let benchmark = row.benchmark.as_ref()?;
    Some(benchmark.in_unit(row.figure.unit()))
}

/// Yes where the share is much the same, no where it is clearly lower or higher.
fn answered(comparison: Comparison) -> Verdict {
    match comparison {
        Comparison::Alike => Verdict::Yes,
        Comparison::Lower | Comparison::Higher => Verdict::No,
        Comparison::CannotTell | Comparison::NoAnswer => Verdict::CannotTell,
    }
}
