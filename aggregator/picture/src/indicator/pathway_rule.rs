//! The reach of the pathway rule: of the people whose post looks like cancer care, how many it places.

use super::{
    Definition, Finding, Findings, Indicator, IndicatorError, KeyFigure, Question,
    key_figure::UNPLACED,
    shares::{PEOPLE, Split},
};
use crate::estimator::{Cohort, Estimator};

const PLACED: (&str, &str) = ("share_placed", "Placed by the rule");
/// The groups of pathways in which the rule places people.
const PLACED_IN: [&str; 2] = ["tumour_site", "shared"];

pub(super) static PATHWAY_RULE: Indicator = Indicator {
    definition: Definition {
        name: "pathway-rule",
        title: "Reach of the pathway rule",
        question: "Of the people whose post looks like cancer care, how many does the rule place?",
        definition: "People on pathways of one tumour site, in services that all sites share, and those whose \
            post looks like cancer care and whom no line of the rule places; and the share placed.",
        formula: "share placed = (tumour sites + shared services) / (tumour sites + shared services + \
            looks like cancer, unmatched)",
        denominator: "People whose post looks like cancer care.",
        excluded: "Not cancer, and posts of which nothing is known.",
        source: "The rule of each employer over job role, occupation code, area of work and care group, or \
            its cancer manager's own list; grouping of pathways by VWIS.",
        limits: &[
            "It says how many the rule leaves out, not whether it places people rightly.",
            "What looks like cancer care is a judgement of the rule itself.",
            "People by employer, not unique people.",
        ],
        reads: &["pathway"],
        breakdowns: &[&[]],
        options: &[],
        key_figures: || vec![KeyFigure::staff(&[UNPLACED])],
    },
    answer,
};

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let split = Split::by_group(question.attribute("pathway"), "cancer");
    let mut findings = Findings::by(&[]);
    findings.dimensions.push(split.dimension());
    let unmatched = split.part("unmatched");
    let placed: Vec<_> = PLACED_IN.map(|code| split.part(code)).into();
    let among = |parts: &[&super::shares::Part]| {
        let all: Vec<usize> = parts.iter().flat_map(|part| part.among.clone()).collect();
        Cohort::staff().among(split.attribute, &all)
    };
    let looks_like: Vec<_> = placed.iter().copied().chain([unmatched]).collect();
    let mut wanted = vec![among(&placed), among(&looks_like)];
    wanted.extend(looks_like.iter().map(|part| among(&[part])));
    let counts = estimator.latest(&wanted)?;
    let at = |code: &str| vec![split.part(code).category.clone()];
    for (index, part) in looks_like.iter().enumerate() {
        let people = counts.estimate(index + 2);
        findings.rows.push(Finding::new(
            at(&part.category.code),
            PEOPLE,
            people,
            counts.source(),
        ));
    }
    let all = vec![super::Category::total()];
    findings.rows.push(Finding::new(
        all.clone(),
        PEOPLE,
        counts.estimate(1),
        counts.source(),
    ));
    findings.rows.push(Finding::new(
        all,
        PLACED,
        counts.share(0, 1),
        counts.source(),
    ));
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::testing::{Workforce, close, row};

    #[test]
    fn of_a_hundred_who_look_like_cancer_care_the_rule_places_ninety() {
        let archive = Workforce::new()
            .people(&[("pathway", "breast")], 30)
            .people(&[("pathway", "lung")], 20)
            .people(&[("pathway", "shared_diagnostics")], 40)
            .people(&[("pathway", "unmatched")], 10)
            .people(&[("pathway", "not_cancer")], 900)
            .archive(r#"{ by = ["pathway"] }"#, "{ by = [] }");
        let findings = Workforce::ask(&archive, &PATHWAY_RULE, &Question::default()).unwrap();
        close(row(&findings, "share_placed", &["total"]).figure, 0.9);
        close(row(&findings, "people", &["tumour_site"]).figure, 50.0);
        close(row(&findings, "people", &["unmatched"]).figure, 10.0);
        close(row(&findings, "people", &["total"]).figure, 100.0);
    }
}
