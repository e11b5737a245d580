//! Composition: headcount, FTE and FTE per head.

use super::{
    Definition, Finding, Findings, Indicator, IndicatorError, KeyFigure, Question,
    key_figure::{
        BAND_7, BAND_8A, CLINICAL, FIVE_YEARS_OF_AGE, FIXED_TERM, LOCALITY, NURSE, ROLE,
        SHARED_SERVICE, STAFF_GROUP, TUMOUR_SITE, WOMEN,
    },
};
use crate::{
    estimate::Figure,
    estimator::{Cohort, Common, Estimator, EstimatorError},
};

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
        reads: &[],
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
            &["age_band", "gender"],
            &["locality", "age_band", "gender"],
            &["pathway", "age_band"],
            &["pathway", "band"],
            &["pathway"],
            &["pathway", "role"],
            &["pathway", "locality"],
        ],
        options: &[],
        key_figures: || {
            vec![
                KeyFigure::staff(&[]),
                KeyFigure::staff(&[STAFF_GROUP]),
                KeyFigure::staff(&[LOCALITY]),
                KeyFigure::staff(&[STAFF_GROUP, LOCALITY]),
                KeyFigure::staff(&[BAND_8A]),
                KeyFigure::staff(&[ROLE]),
                KeyFigure::staff(&[STAFF_GROUP, BAND_7]),
                KeyFigure::staff(&[LOCALITY, BAND_7]),
                KeyFigure::staff(&[STAFF_GROUP, FIXED_TERM]),
                KeyFigure::staff(&[WOMEN, FIVE_YEARS_OF_AGE]),
                KeyFigure::staff(&[WOMEN, FIVE_YEARS_OF_AGE, LOCALITY]),
                KeyFigure::staff(&[CLINICAL]),
                KeyFigure::staff(&[CLINICAL, LOCALITY]),
                KeyFigure::staff(&[TUMOUR_SITE]),
                KeyFigure::staff(&[SHARED_SERVICE]),
                KeyFigure::staff(&[TUMOUR_SITE, FIVE_YEARS_OF_AGE]),
                KeyFigure::staff(&[TUMOUR_SITE, BAND_7]),
                KeyFigure::staff(&[NURSE, TUMOUR_SITE]),
                KeyFigure::staff(&[NURSE, SHARED_SERVICE]),
                KeyFigure::staff(&[TUMOUR_SITE, LOCALITY]),
            ]
        },
    },
    answer,
};

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &COMPOSITION.definition;
    let mut findings = Findings::by(&question.attributes(definition)?);
    let groups = question.groups(definition)?;
    // The finest group is asked for with each group, so that all rows come from one release and add up.
    let finest = |cohort: Cohort| {
        groups
            .last()
            .map_or_else(|| cohort.clone(), |group| group.of(cohort.clone()))
    };
    let period = estimator.latest(&[finest(Cohort::staff())])?.period();
    let both = estimator.of_those_in_all(&[
        (period, finest(Cohort::staff())),
        (period, finest(Cohort::fte())),
    ]);
    let both = match both {
        Ok(both) => Some(both),
        Err(
            EstimatorError::NotPromised { .. }
            | EstimatorError::NotReleased { .. }
            | EstimatorError::NotInRelease { .. }
            | EstimatorError::NobodyInBoth { .. },
        ) => None,
        Err(other) => return Err(other.into()),
    };
    if let Some(note) = both.as_ref().and_then(Common::note) {
        findings.note(format!("FTE per head: {note}"));
    }
    for group in &groups {
        let mut row = |measure, figure: Figure, source| {
            let finding = Finding::new(group.categories.clone(), measure, figure, source);
            findings.rows.push(finding);
        };
        let wanted = |cohort: Cohort| [group.of(cohort.clone()), finest(cohort)];
        let people = estimator.at(period, &wanted(Cohort::staff()))?;
        row(HEADCOUNT, people.estimate(0).into(), people.source());
        let Some(both) = &both else {
            continue;
        };
        let fte = estimator.at(period, &wanted(Cohort::fte()))?;
        row(FTE, fte.estimate(0).into(), fte.source());
        let (people, fte) = (
            both.estimator.at(period, &wanted(Cohort::staff()))?,
            both.estimator.at(period, &wanted(Cohort::fte()))?,
        );
        let per_head = fte.parts().beside(people.parts()).ratio(&[0], &[2]);
        row(FTE_PER_HEAD, per_head, fte.source());
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::testing::{Workforce, close};

    #[test]
    fn headcount_fte_and_their_ratio_are_those_of_the_people() {
        // Nurses and health visitors, and midwives, of England: NHS Workforce Statistics, October 2024.
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
