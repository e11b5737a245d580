//! Composition and shape: headcount, FTE, FTE per head.

use super::{Definition, Finding, Findings, Indicator, IndicatorError, KeyFigure, Question};
use crate::facts::{Facts, FactsError, Who};

const HEADCOUNT: (&str, &str) = ("headcount", "Headcount");
const FTE: (&str, &str) = ("fte", "FTE");
const FTE_PER_HEAD: (&str, &str) = ("fte_per_head", "FTE per head");

pub(super) static COMPOSITION: Indicator = Indicator {
    definition: Definition {
        name: "composition",
        title: "Composition and shape",
        question: "How many people work here, of which groups, and how much of a full post does each fill?",
        definition: "People by employer on the period's last day, their whole-time equivalents, and the \
            whole-time equivalents per person.",
        formula: "headcount = people; FTE = sum over people of contracted hours over full hours, at most \
            1 each; FTE per head = FTE / headcount",
        denominator: "FTE per head: all people of the group.",
        excluded: "Bank staff, career breaks, leavers still listed (the standard headcount filter). FTE \
            is left out where the agreement does not measure it for the group.",
        source: "NHS Workforce Statistics: headcount and FTE of staff in post.",
        limits: &[
            "Somebody who works for two employers is counted by both: the sum is people by employer, not \
             unique people.",
            "FTE is measured with noise of its own, from another draw than headcount.",
        ],
        breakdowns: &[
            &["staff_group"],
            &[],
            &["locality"],
            &["staff_group", "locality"],
            &["band"],
            &["role"],
            &["staff_group", "band"],
            &["locality", "band"],
            &["contract", "staff_group"],
            &["pathway"],
            &["pathway", "role"],
            &["pathway", "locality"],
        ],
        options: &[],
        key_figures: || {
            vec![KeyFigure {
                label: "people of one staff group",
                who: Who::staff().with("staff_group", "nursing_and_midwifery"),
                // Nurses, health visitors and midwives of six acute trusts of Greater Manchester,
                // NHS Workforce Statistics, February 2026.
                typical_share: 0.31,
                releases: 1,
            }]
        },
    },
    answer,
};

fn answer(facts: &Facts<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &COMPOSITION.definition;
    let mut findings = Findings::by(&question.attributes(definition)?);
    for group in question.groups(definition)? {
        let people = facts.latest(&[group.of(Who::staff())])?;
        let categories = &group.categories;
        let headcount = people.estimate(0);
        findings.rows.push(Finding::new(
            categories.clone(),
            HEADCOUNT,
            headcount,
            people.source(),
        ));
        let fte = match facts.at(people.period(), &[group.of(Who::fte())]) {
            Ok(fte) => fte,
            Err(FactsError::NotPromised { .. } | FactsError::NotReleased { .. }) => continue,
            Err(other) => return Err(other.into()),
        };
        findings.rows.push(Finding::new(
            categories.clone(),
            FTE,
            fte.estimate(0),
            fte.source(),
        ));
        let per_head = fte.parts().beside(people.parts()).ratio(&[0], &[1]);
        findings.rows.push(Finding::new(
            categories.clone(),
            FTE_PER_HEAD,
            per_head,
            fte.source(),
        ));
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::testing::{Workforce, close};

    #[test]
    fn headcount_fte_and_their_ratio_are_those_of_the_people() {
        // NHS Workforce Statistics, October 2024: nurses and health visitors, midwives of England.
        let workforce = Workforce::new()
            .people(
                &[
                    ("staff_group", "nursing_and_midwifery"),
                    ("age_band", "30_34"),
                ],
                403_052,
            )
            .people(&[("staff_group", "estates_and_ancillary")], 1000)
            .each_working(90);
        let archive =
            workforce.archive(r#"{ by = ["staff_group"] }"#, r#"{ by = ["staff_group"] }"#);
        let findings = Workforce::ask(&archive, &COMPOSITION, &Question::default()).unwrap();
        let of = |measure: &str, group: &str| {
            let row = findings
                .rows
                .iter()
                .find(|r| r.measure == measure && r.group[0].code == group);
            row.unwrap().figure
        };
        close(of("headcount", "nursing_and_midwifery"), 403_052.0);
        close(of("fte", "nursing_and_midwifery"), 362_746.8);
        close(of("fte_per_head", "nursing_and_midwifery"), 0.9);
        close(of("headcount", "total"), 404_052.0);
        close(of("headcount", "students"), 0.0);
        assert_eq!(of("fte_per_head", "students").value(), None);
    }

    #[test]
    fn without_fte_in_the_agreement_headcount_still_stands() {
        let workforce = Workforce::new().people(&[("band", "afc_5")], 10);
        let archive = workforce.archive(r#"{ by = ["band"] }"#, "{ by = [] }");
        let by = Question {
            by: Some(vec!["band".to_owned()]),
            ..Question::default()
        };
        let findings = Workforce::ask(&archive, &COMPOSITION, &by).unwrap();
        assert!(
            findings
                .rows
                .iter()
                .all(|r| r.measure == "headcount" || r.group[0].code == "total")
        );
    }
}
