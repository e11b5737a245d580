//! Joiners: how many come in a year, from where, and whether more come than leave.

use vwis_model::agreement::Measure;

use super::{
    Definition, Finding, Findings, Indicator, IndicatorError, KeyFigure, Question,
    flow::Year,
    key_figure::{FROM_ONE_SOURCE, LOCALITY, STAFF_GROUP},
    question::Group,
};
use crate::{
    estimate::{Parts, Verdict, change},
    estimator::{Cohort, Estimator, EstimatorError},
};

const JOINERS_A_YEAR: (&str, &str) = ("joiners", "Joiners in a year");
const RATE: (&str, &str) = ("joiner_rate", "Joiner rate");
const SHARE: (&str, &str) = ("share_of_joiners", "Share of all joiners");
const NET: (&str, &str) = ("net_change", "Joiners less leavers in a year");

pub(super) static JOINERS: Indicator = Indicator {
    definition: Definition {
        name: "joiners",
        title: "Joiners and net change",
        question: "How many people join in a year, from where, and do more come than go?",
        definition: "People who joined their employer in a year to 31 March and had not left it before in \
            that year, each once, as a part of the average staff in post over the year's quarters; by source, \
            also their share of all joiners. Net change: joiners less leavers of the same year and employers; \
            the verdict says whether it is real. Where no year's joiners are released: those of the last four \
            quarters, added up.",
        formula: "joiner rate = joiners of the year / mean of the staff in post at the ends of its quarters \
            that are released; net change = joiners - leavers; of quarters, with n < 4 released, each x 4/n",
        denominator: "Average staff in post of the group, of the same employers; by source, of all groups. \
            Share of all joiners: all joiners, those of unknown source included.",
        excluded: "Bank staff. Whoever left and came back within the year. Employers that are not in all the \
            releases used, named in a note.",
        source: "Joiner rate as in NHS Workforce Statistics, Turnover, but over the average of quarter \
            ends and for each employer; sources as in the National Workforce Data Set v3.6.",
        limits: &[
            "Whoever moves from one employer here to another joins the second: rates are higher than those \
             published for England as a whole. In the net change such a move cancels out.",
            "Whoever came and left between two ends of quarters is not seen. Where quarters are added up, \
             whoever joined twice counts twice.",
            "Net change of a group leaves out those who changed groups while staying, by promotion or by \
             registration.",
            "Figures are people by employer, not unique people.",
        ],
        reads: &["joining_source"],
        breakdowns: &[&["staff_group"], &[], &["locality"], &["joining_source"]],
        options: &[],
        key_figures: || {
            vec![
                KeyFigure::joiners(&[]),
                KeyFigure::joiners(&[STAFF_GROUP]),
                KeyFigure::joiners(&[LOCALITY]),
                KeyFigure::joiners(&[FROM_ONE_SOURCE]),
            ]
        },
    },
    answer,
};

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &JOINERS.definition;
    let by_source = question.breakdown(definition)?.contains(&"joining_source");
    let mut findings = Findings::by(&question.attributes(definition)?);
    let groups = question.groups(definition)?;
    let finest = Group::finest(&groups);
    let joined = finest.of(Cohort::joiners());
    let year = Year::latest(estimator, &[joined.clone(), Cohort::staff()])?;
    findings.notes.extend(year.notes.iter().cloned());
    let both = if by_source {
        None
    } else {
        match Year::latest(estimator, &[joined, finest.of(Cohort::leavers())]) {
            Ok(both) => Some(both),
            Err(EstimatorError::NotPromised { .. } | EstimatorError::NotReleased { .. }) => {
                findings.note("Net change is not given: no leavers of the same year are released.");
                None
            }
            Err(other) => return Err(other.into()),
        }
    };
    for group in groups {
        let in_post = if by_source {
            Cohort::staff()
        } else {
            group.of(Cohort::staff())
        };
        let joiners = year.sum(&[group.of(Cohort::joiners()), Cohort::joiners()])?;
        let staff = year.mean(&[in_post])?;
        let mut row = |finding: Finding| findings.rows.push(finding);
        let of = |measure, figure| {
            Finding::new(
                group.categories.clone(),
                measure,
                figure,
                year.source.clone(),
            )
        };
        row(of(
            JOINERS_A_YEAR,
            joiners.estimate(Measure::Headcount, 0).into(),
        ));
        row(of(RATE, joiners.beside(&staff).rate(0, 2)));
        if by_source && !group.wanted.is_empty() {
            row(of(SHARE, joiners.part_of(0, 1)));
        }
        if let Some(both) = &both {
            let came = both.sum(&[group.of(Cohort::joiners())])?;
            let went = both.sum(&[group.of(Cohort::leavers())])?;
            let one = |parts: &Parts| parts.estimate(Measure::Headcount, 0);
            let net = change(&one(&went), &one(&came));
            row(of(NET, net).judged(Verdict::is_real_change(staff.value(0), &net)));
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::testing::{Workforce, close};

    fn workforce() -> Workforce {
        let nurse = |source: &'static str| {
            [
                ("staff_group", "nursing_and_midwifery"),
                ("joining_source", source),
            ]
        };
        let mut workforce = Workforce::new();
        for period in ["2025-06", "2025-09", "2025-12", "2026-03"] {
            workforce = workforce
                .period(period)
                .data_set("staff")
                .people(&nurse("unknown")[..1], 1_000)
                .data_set("joiners")
                .people(&nurse("nhs"), 20)
                .people(&nurse("newly_qualified"), 10)
                .data_set("leavers")
                .people(&nurse("unknown")[..1], 25);
        }
        workforce
    }

    #[test]
    fn rates_sources_and_the_net_change_are_those_of_the_people() {
        let archive = workforce().archive(r#"{ by = ["staff_group"] }"#, "{ by = [] }");
        let ask = |by: &str| {
            let question = Question {
                by: Some(vec![by.to_owned()]),
                ..Question::default()
            };
            Workforce::ask(&archive, &JOINERS, &question).unwrap()
        };
        let of = |findings: &Findings, measure: &str, category: &str| {
            let row = findings
                .rows
                .iter()
                .find(|row| row.measure == measure && row.group[0].code == category);
            row.unwrap().clone()
        };
        let groups = ask("staff_group");
        let nurses = "nursing_and_midwifery";
        // Four quarters of 30 joiners and 25 leavers, among 1,000.
        close(of(&groups, "joiners", nurses).figure, 120.0);
        close(of(&groups, "joiner_rate", nurses).figure, 0.12);
        let net = of(&groups, "net_change", nurses);
        close(net.figure, 20.0);
        assert_eq!(net.verdict, Some(Verdict::Yes));
        let students = of(&groups, "joiner_rate", "students").figure;
        assert_eq!(students.value(), None);
        let sources = ask("joining_source");
        close(of(&sources, "share_of_joiners", "nhs").figure, 2.0 / 3.0);
        close(of(&sources, "joiner_rate", "newly_qualified").figure, 0.04);
    }

    #[test]
    fn without_leavers_the_net_change_is_left_out_and_said() {
        let archive = Workforce::new()
            .people(&[], 100)
            .data_set("joiners")
            .people(&[], 3)
            .archive(r#"{ by = ["staff_group"] }"#, "{ by = [] }");
        let findings = Workforce::ask(&archive, &JOINERS, &Question::default()).unwrap();
        assert!(findings.rows.iter().all(|row| row.measure != "net_change"));
        assert!(
            findings
                .notes
                .iter()
                .any(|note| note.contains("Net change is not given"))
        );
    }
    #[test]
    fn a_years_net_change_is_its_joiners_less_its_leavers_and_no_quarters() {
        let nurses = [("staff_group", "nursing_and_midwifery")];
        let archive = workforce()
            .data_set("year_joiners")
            .people(&nurses, 110)
            .data_set("year_leavers")
            .people(&nurses, 95)
            .archive(r#"{ by = ["staff_group"] }"#, "{ by = [] }");
        let findings = Workforce::ask(&archive, &JOINERS, &Question::default()).unwrap();
        let total = |measure: &str| {
            let mut rows = findings.rows.iter();
            let row = rows.find(|row| row.measure == measure && row.group[0].code == "total");
            row.unwrap().figure
        };
        close(total("joiners"), 110.0);
        close(total("joiner_rate"), 0.11);
        close(total("net_change"), 15.0);
    }
}
