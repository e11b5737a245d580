//! Completeness: for how many people is an attribute not known?

use super::{
    Category, Definition, Dimension, Finding, Findings, Indicator, IndicatorError, KeyFigure,
    Question, key_figure::ETHNIC_GROUP_UNKNOWN,
};
use crate::estimator::{Cohort, Estimator, EstimatorError};

const UNKNOWN: (&str, &str) = ("share_unknown", "Not known");

pub(super) static COMPLETENESS: Indicator = Indicator {
    definition: Definition {
        name: "completeness",
        title: "How much is not known",
        question: "Of how many people does the record not say what is asked of it?",
        definition: "For each attribute, the share of people who did not say, or whose record does not.",
        formula: "share not known = people in the category `unknown` of the attribute / all people",
        denominator: "All people.",
        excluded: "Attributes of which the agreement promises no table; pathways, of which `pathway-rule` \
            speaks.",
        source: "Records of employers: a value that is missing, withheld (`not stated`), or not in the \
            dictionary is `unknown`.",
        limits: &[
            "Not stated and not recorded are one category: which of them it is, only the employer knows.",
            "It says nothing of values that are recorded and wrong.",
            "People by employer, not unique people.",
        ],
        reads: &[
            "staff_group",
            "band",
            "age_band",
            "ethnic_group",
            "gender",
            "disability",
            "contract",
            "locality",
            "nationality_group",
            "role",
        ],
        breakdowns: &[&[]],
        options: &[],
        key_figures: || vec![KeyFigure::staff(&[ETHNIC_GROUP_UNKNOWN])],
    },
    answer,
};

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let mut findings = Findings::default();
    findings.dimensions.push(Dimension {
        code: "attribute".to_owned(),
        label: "Attribute".to_owned(),
    });
    let mut last = None;
    let reads = COMPLETENESS.definition.reads;
    for attribute in reads.iter().map(|code| question.attribute(code)) {
        let unknown = Cohort::staff().among(attribute, &[attribute.unknown()]);
        let counts = match estimator.latest(&[unknown, Cohort::staff()]) {
            Ok(counts) => counts,
            Err(
                error @ (EstimatorError::NotPromised { .. } | EstimatorError::NotReleased { .. }),
            ) => {
                last = Some(error);
                continue;
            }
            Err(other) => return Err(other.into()),
        };
        let at = vec![Category::named(attribute.code(), attribute.label())];
        let share = counts.share(0, 1);
        findings
            .rows
            .push(Finding::new(at, UNKNOWN, share, counts.source()));
    }
    match last {
        Some(error) if findings.rows.is_empty() => Err(error.into()),
        _ => Ok(findings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::testing::{Workforce, close, row};

    #[test]
    fn whoever_did_not_say_is_a_share_of_everybody() {
        let archive = Workforce::new()
            .people(&[("ethnic_group", "white"), ("gender", "female")], 80)
            .people(&[("gender", "female")], 20)
            .archive(
                r#"{ by = ["ethnic_group"] }, { by = ["gender"] }"#,
                "{ by = [] }",
            );
        let findings = Workforce::ask(&archive, &COMPLETENESS, &Question::default()).unwrap();
        close(
            row(&findings, "share_unknown", &["ethnic_group"]).figure,
            0.2,
        );
        close(row(&findings, "share_unknown", &["gender"]).figure, 0.0);
        assert_eq!(findings.rows.len(), 2);
    }
}
