//! Workforce Disability Equality Standard, metric 1.

use super::{
    Category, Definition, Dimension, Findings, Indicator, IndicatorError, KeyFigure, Question,
    clinical,
    clinical::Kind,
    key_figure::{BANDS_1_TO_4, BANDS_8A_AND_8B, CLINICAL, DISABLED},
    shares::{self, Split, Unknown},
};
use crate::estimator::{Cohort, Estimator};

pub(super) static WDES_1: Indicator = Indicator {
    definition: Definition {
        name: "wdes-1",
        title: "WDES metric 1",
        question: "Which share of each cluster of bands is disabled, and is it the share of the overall \
            workforce?",
        definition: "Staff who are disabled, who are not and who did not say, in each of the seven clusters \
            of the standard: bands 1 to 4; 5 to 7; 8a and 8b; 8c to 9 and very senior managers; \
            consultants; career grade doctors; doctors in training. Clusters 1 to 4 for clinical and \
            non-clinical staff apart; compared with the overall workforce.",
        formula: "share = people of the cluster and disability status / people of the cluster; alike: the \
            difference from the overall workforce lies within 2 percentage points, noise included",
        denominator: "All people of the cluster, those who did not say included, as the standard has it.",
        excluded: "Bank staff, as in the standard since 2023.",
        source: "NHS Workforce Disability Equality Standard, metric 1 (NHS England, technical guidance, \
            March 2023).",
        limits: &[
            "Somebody who works for two employers is counted by both: these are people by employer.",
            "Staff records say less than staff do: in the NHS Staff Survey about one in four reports a \
             disability or long-term condition, in records about one in twenty (NHS England, WDES 2023).",
            "Not declared, prefer not to say and never asked are one category: unknown.",
            clinical::LIMIT,
        ],
        reads: &["band", "disability", "staff_group"],
        breakdowns: &[&[]],
        options: &[clinical::SPLIT],
        key_figures: || {
            vec![
                KeyFigure::staff(&[DISABLED]),
                KeyFigure::staff(&[DISABLED, BANDS_1_TO_4]),
                KeyFigure::staff(&[DISABLED, CLINICAL, BANDS_1_TO_4]),
                KeyFigure::staff(&[DISABLED, BANDS_8A_AND_8B]),
            ]
        },
    },
    answer,
};

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &WDES_1.definition;
    let disability = Split::by_category(question.attribute("disability"));
    let clusters = Split::by_group(question.attribute("band"), "wdes");
    let mut findings = Findings {
        dimensions: vec![
            Kind::dimension(),
            Dimension {
                code: "wdes".to_owned(),
                label: "WDES cluster".to_owned(),
            },
            disability.dimension(),
        ],
        ..Findings::default()
    };
    let everybody = Cohort::staff();
    for &kind in Kind::chosen(question, definition) {
        let of_kind = kind.of(Cohort::staff());
        let own = clusters.parts.iter().filter(|cluster| {
            cluster
                .among
                .iter()
                .all(|&band| kind.has_band(clusters.attribute, band))
        });
        let mut groups = vec![(Category::total(), of_kind.clone())];
        groups.extend(own.map(|cluster| {
            let those = clusters.those(cluster, &of_kind);
            (cluster.category.clone(), those)
        }));
        for (cluster, cohort) in groups {
            let is_everybody = kind == Kind::All && cluster == Category::total();
            let others = (!is_everybody).then_some((&everybody, "overall workforce"));
            let at = [kind.category(), cluster];
            let rows = shares::rows(
                estimator,
                &at,
                &cohort,
                &disability,
                others,
                Unknown::Counted,
            )?;
            findings.rows.extend(rows);
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        estimate::Verdict,
        indicator::testing::{Workforce, close, row},
    };

    const TABLES: &str = r#"{ by = ["staff_group", "band", "disability"] }"#;

    #[test]
    fn clusters_hold_the_bands_of_the_standard_and_shares_count_who_did_not_say() {
        // Invented numbers; the expected ones were counted by hand.
        let nurse = |band, disability| {
            [
                ("staff_group", "nursing_and_midwifery"),
                ("band", band),
                ("disability", disability),
            ]
        };
        let clerk = |band, disability| {
            [
                ("staff_group", "administrative_and_clerical"),
                ("band", band),
                ("disability", disability),
            ]
        };
        let archive = Workforce::new()
            .people(&nurse("afc_5", "yes"), 40)
            .people(&nurse("afc_7", "yes"), 10)
            .people(&nurse("afc_6", "no"), 850)
            .people(&nurse("afc_5", "unknown"), 100)
            .people(&clerk("afc_2", "yes"), 60)
            .people(&clerk("afc_4", "no"), 400)
            .people(&clerk("afc_8d", "yes"), 1)
            .people(&clerk("vsm", "no"), 19)
            .people(&[("band", "consultant"), ("disability", "no")], 20)
            .archive(TABLES, "{ by = [] }");
        let findings = Workforce::ask(&archive, &WDES_1, &Question::default()).unwrap();
        let share = |at: [&str; 3]| row(&findings, "share", &at);
        // 40 + 10 of the 40 + 10 + 850 + 100.
        close(share(["clinical", "cluster_2", "yes"]).figure, 0.05);
        close(share(["clinical", "cluster_2", "unknown"]).figure, 0.1);
        close(
            share(["non_clinical", "cluster_1", "yes"]).figure,
            60.0 / 460.0,
        );
        // Cluster 4 has one person on band 8d and nineteen very senior managers.
        close(share(["non_clinical", "cluster_4", "yes"]).figure, 0.05);
        close(share(["medical", "cluster_5", "no"]).figure, 1.0);
        // Overall 111 of 1,500 are disabled, 7.4%. Both 5% and 13% are more than two points away.
        let overall = share(["clinical", "cluster_2", "yes"]).benchmark.clone();
        assert!((overall.unwrap().value - 0.074).abs() < 1e-9);
        let verdict = share(["total", "cluster_1", "yes"]).verdict;
        assert_eq!(verdict, Some(Verdict::No));
        // Nobody is in cluster 3, so there is no share, and one cannot tell.
        let nobody = share(["total", "cluster_3", "yes"]);
        assert_eq!(nobody.figure.value(), None);
        assert_eq!(nobody.verdict, Some(Verdict::CannotTell));
        // Only doctors have clusters 5 to 7.
        assert!(findings.rows.iter().all(|row| {
            let medical = ["cluster_5", "cluster_6", "cluster_7"];
            let is_medical = medical.contains(&row.group[1].code.as_str());
            !matches!(row.group[0].code.as_str(), "clinical" | "non_clinical") || !is_medical
        }));
    }
}
