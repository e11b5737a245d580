//! Destinations: do leavers go to another NHS employer, or out of the NHS?

use vwis_model::agreement::Measure;

use super::{
    Category, Definition, Dimension, Finding, Findings, Indicator, IndicatorError, KeyFigure,
    Question,
    flow::Year,
    key_figure::{STAFF_GROUP, TO_THE_NHS},
    question::Group,
};
use crate::{
    estimate::Figure,
    estimator::{Cohort, Estimator},
};

const LEAVERS_A_YEAR: (&str, &str) = ("leavers", "Leavers in a year");
const SHARE: (&str, &str) = ("share_of_leavers", "Share of the leavers");

pub(super) static DESTINATIONS: Indicator = Indicator {
    definition: Definition {
        name: "destinations",
        title: "Where leavers go",
        question: "Are we losing people to each other, or out of the NHS?",
        definition: "People who left their employer in a year to 31 March and had not come back by its end, \
            each once, by where they went: to the NHS, to work elsewhere, not to work, or unknown; and by each \
            recorded destination. Where no year's leavers are released: those of the last four quarters, added \
            up.",
        formula: "leavers of the year to a destination (of quarters, with n < 4 released, x 4/n); share = \
            those / all leavers of the group in the same year",
        denominator: "All leavers of the group, those whose destination is unknown included.",
        excluded: "Whoever left and came back within the year. Employers that are not in all the releases \
            used, named in a note.",
        source: "National Workforce Data Set v3.6, destination on leaving; grouped by VWIS: general \
            practice counts as NHS, education and death in service as not working.",
        limits: &[
            "A destination is what was recorded on leaving, and for many it was not: read the unknown share \
             first. What is unknown is not spread over the others.",
            "In the NHS means any NHS organisation or general practice, not only the employers here: nobody \
             is followed from one employer to the next.",
            "Figures are people by employer, not unique people.",
        ],
        reads: &["leaving_destination"],
        breakdowns: &[&["staff_group"], &[]],
        options: &[],
        key_figures: || {
            vec![
                KeyFigure::leavers(&[TO_THE_NHS]),
                KeyFigure::leavers(&[STAFF_GROUP, TO_THE_NHS]),
            ]
        },
    },
    answer,
};

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &DESTINATIONS.definition;
    let destinations = question.attribute("leaving_destination");
    let grouping = destinations.grouping("nhs");
    let grouping = grouping.expect("the dictionary says which destinations are in the NHS");
    let mut findings = Findings::by(&question.attributes(definition)?);
    findings.dimensions.push(Dimension {
        code: grouping.code().to_owned(),
        label: grouping.label().to_owned(),
    });
    findings.dimensions.push(Dimension::of(destinations));
    let groups = question.groups(definition)?;
    let needed = Group::finest(&groups).of(Cohort::leavers());
    let year = Year::latest(estimator, &[needed.among(destinations, &[0])])?;
    findings.notes.extend(year.notes.iter().cloned());
    for group in groups {
        let left = group.of(Cohort::leavers());
        let mut wanted = vec![left.clone()];
        let mut places = vec![(Category::total(), Category::total())];
        for part in grouping.groups() {
            let where_to = Category::named(part.code(), part.label());
            wanted.push(left.clone().among(destinations, part.categories()));
            places.push((where_to.clone(), Category::total()));
            // A group with a single destination has no rows beside its own.
            for &destination in part
                .categories()
                .iter()
                .filter(|_| part.categories().len() > 1)
            {
                wanted.push(left.clone().among(destinations, &[destination]));
                places.push((where_to.clone(), Category::of(destinations, destination)));
            }
        }
        let leavers = year.sum(&wanted)?;
        for (part, place) in places.into_iter().enumerate() {
            let mut row = |measure, figure: Figure| {
                let mut categories = group.categories.clone();
                categories.extend([place.0.clone(), place.1.clone()]);
                let finding = Finding::new(categories, measure, figure, year.source.clone());
                findings.rows.push(finding);
            };
            row(
                LEAVERS_A_YEAR,
                leavers.estimate(Measure::Headcount, part).into(),
            );
            if part > 0 {
                row(SHARE, leavers.part_of(part, 0));
            }
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::testing::{Workforce, close};

    #[test]
    fn to_each_other_and_out_of_the_nhs_are_told_apart() {
        let nurse = |destination: &'static str| {
            [
                ("staff_group", "nursing_and_midwifery"),
                ("leaving_destination", destination),
            ]
        };
        let mut workforce = Workforce::new().data_set("leavers");
        for period in ["2025-06", "2025-09", "2025-12", "2026-03"] {
            workforce = workforce
                .period(period)
                .people(&nurse("nhs"), 30)
                .people(&nurse("general_practice"), 5)
                .people(&nurse("abroad"), 10)
                .people(&nurse("no_employment"), 15)
                .people(&[("staff_group", "nursing_and_midwifery")], 40)
                .people(&[("staff_group", "students")], 7);
        }
        let archive = workforce.archive(r#"{ by = ["staff_group"] }"#, "{ by = [] }");
        let findings = Workforce::ask(&archive, &DESTINATIONS, &Question::default()).unwrap();
        let of = |group: &str, part: &str, place: &str, measure: &str| {
            let row = findings.rows.iter().find(|row| {
                let codes: Vec<_> = row.group.iter().map(|c| c.code.as_str()).collect();
                codes == [group, part, place] && row.measure == measure
            });
            row.unwrap().figure
        };
        let nurses = "nursing_and_midwifery";
        // Each of four quarters has 30 + 5, 10, 15 and 40 of 100 leavers.
        close(of(nurses, "nhs", "total", "leavers"), 140.0);
        close(of(nurses, "nhs", "total", "share_of_leavers"), 0.35);
        close(of(nurses, "nhs", "nhs", "share_of_leavers"), 0.30);
        close(of(nurses, "elsewhere", "abroad", "share_of_leavers"), 0.10);
        close(of(nurses, "not_working", "total", "share_of_leavers"), 0.15);
        close(of(nurses, "unknown", "total", "share_of_leavers"), 0.40);
        close(of("total", "total", "total", "leavers"), 428.0);
    }
    #[test]
    fn a_years_leavers_are_shared_out_among_their_destinations_as_one() {
        let archive = Workforce::new()
            .data_set("leavers")
            .people(&[("leaving_destination", "nhs")], 90)
            .data_set("year_leavers")
            .people(&[("leaving_destination", "nhs")], 60)
            .people(&[("leaving_destination", "abroad")], 140)
            .archive(r#"{ by = ["staff_group"] }"#, "{ by = [] }");
        let findings = Workforce::ask(&archive, &DESTINATIONS, &Question::default()).unwrap();
        let of = |part: &str, measure: &str| {
            let row = findings.rows.iter().find(|row| {
                let codes: Vec<_> = row.group.iter().map(|c| c.code.as_str()).collect();
                codes == ["total", part, "total"] && row.measure == measure
            });
            row.unwrap().figure
        };
        close(of("nhs", "leavers"), 60.0);
        close(of("nhs", "share_of_leavers"), 0.3);
        close(of("total", "leavers"), 200.0);
    }
}
