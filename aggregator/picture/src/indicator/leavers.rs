//! Leavers: how many staff leave in a year, why, and how many stay.

use vwis_model::agreement::Measure;

use super::{
    Definition, Finding, Findings, Indicator, IndicatorError, KeyFigure, Question,
    flow::Year,
    key_figure::{LOCALITY, STAFF_GROUP, VOLUNTARILY},
    question::Group,
};
use crate::estimator::{Cohort, Estimator};

const LEAVERS_A_YEAR: (&str, &str) = ("leavers", "Leavers in a year");
const RATE: (&str, &str) = ("leaver_rate", "Leaver rate");
const SHARE: (&str, &str) = ("share_of_leavers", "Share of all leavers");
const STABILITY: (&str, &str) = ("stability_at_least", "Stayed for the year, at least");

pub(super) static LEAVERS: Indicator = Indicator {
    definition: Definition {
        name: "leavers",
        title: "Leavers and stability",
        question: "How many of our staff leave in a year, of which groups, and why?",
        definition: "People who left their employer in a year to 31 March and had not come back by its end, \
            each once, as a part of the average staff in post over the year's quarters; by reason, also their \
            share of all leavers. Stability: the part of those in post at the start who still are, at least. \
            Where no year's leavers are released: those of the last four quarters, added up.",
        formula: "leaver rate = leavers of the year / mean of the staff in post at the ends of its quarters \
            that are released; of quarters, with n < 4 released, leavers x 4/n. Stability, at least = (staff \
            at the start - leavers of the year) / staff at the start",
        denominator: "Average staff in post of the group, of the same employers; by reason, of all groups. \
            Share of all leavers: all leavers, those without a recorded reason included.",
        excluded: "Bank staff. Whoever left and came back within the year. Employers that are not in all the \
            releases used, named in a note.",
        source: "Leaver rate and stability index as in NHS Workforce Statistics, Turnover, but over the \
            average of quarter ends and for each employer.",
        limits: &[
            "Whoever moves from one employer to another is a leaver of the first, so rates are higher than \
             those published for England as a whole, where such a move is none.",
            "Figures are people by employer, not unique people: whoever leaves two employers counts twice.",
            "Whoever came and left between two ends of quarters is not seen. Where quarters are added up, \
             whoever left twice counts twice, and whoever came back counts too.",
            "Stability counts every leaver as one who was there at the start. Who came and went within the \
             year was not, so true stability is higher; it needs the staff on the day before the year.",
            "Doctors in training who rotate leave one employer for the next.",
            "A reason is what was recorded: many are given as other or not at all.",
        ],
        reads: &["leaving_reason"],
        breakdowns: &[&["staff_group"], &[], &["locality"], &["leaving_reason"]],
        options: &[],
        key_figures: || {
            vec![
                KeyFigure::leavers(&[]),
                KeyFigure::leavers(&[STAFF_GROUP]),
                KeyFigure::leavers(&[LOCALITY]),
                KeyFigure::leavers(&[VOLUNTARILY]),
            ]
        },
    },
    answer,
};

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &LEAVERS.definition;
    let by_reason = question.breakdown(definition)?.contains(&"leaving_reason");
    let mut findings = Findings::by(&question.attributes(definition)?);
    let groups = question.groups(definition)?;
    let needed = [
        Group::finest(&groups).of(Cohort::leavers()),
        Cohort::staff(),
    ];
    let year = Year::latest(estimator, &needed)?;
    findings.notes.extend(year.notes.iter().cloned());
    for group in groups {
        let in_post = if by_reason {
            Cohort::staff()
        } else {
            group.of(Cohort::staff())
        };
        let leavers = year.sum(&[group.of(Cohort::leavers()), Cohort::leavers()])?;
        let staff = year.mean(std::slice::from_ref(&in_post))?;
        let mut row = |measure, figure| {
            let categories = group.categories.clone();
            let finding = Finding::new(categories, measure, figure, year.source.clone());
            findings.rows.push(finding);
        };
        row(
            LEAVERS_A_YEAR,
            leavers.estimate(Measure::Headcount, 0).into(),
        );
        row(RATE, leavers.beside(&staff).rate(0, 2));
        if by_reason && !group.wanted.is_empty() {
            row(SHARE, leavers.part_of(0, 1));
        }
        if by_reason {
            continue;
        }
        match year.at_start(&[in_post]) {
            Some(start) => row(STABILITY, {
                let gone_of_start = start.parts().beside(&leavers);
                let stayed = gone_of_start.combined(&[&[1.0, -1.0, 0.0], &[0.0, 1.0, 0.0]]);
                stayed.share(0, 1)
            }),
            None => findings.note(
                "Stability is not given: it needs a whole year, and the staff of the same employers \
                 at its start.",
            ),
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests;
