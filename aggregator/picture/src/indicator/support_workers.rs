//! Healthcare support workers, compared with the residents of their locality.

use super::{
    Definition, Findings, Indicator, IndicatorError, KeyFigure, Question,
    key_figure::{BME, LOCALITY, SAID, SUPPORT_WORKER},
    population::{self, Characteristic},
    shares::{UNKNOWN, Unknown},
};
use crate::estimator::Estimator;

const ROLE: (&str, &str) = ("role", "healthcare_support_worker");

pub(super) static SUPPORT_WORKERS: Indicator = Indicator {
    definition: Definition {
        name: "support-workers",
        title: "Healthcare support workers and the local population",
        question: "Do healthcare support workers look like the people of the locality where they work?",
        definition: "Each ethnic group's share of the healthcare support workers of a locality beside its \
            share of the residents there. Yes, no, or cannot tell. Support workers are recruited nearby, so \
            they are where a workforce can first look like its locality.",
        formula: "share = support workers of the locality and ethnic group / support workers of the \
            locality; looks like: its whole interval lies within 2 percentage points of the residents' \
            share; does not: the interval lies outside of that. Beside all staff of the same employers, the noise \
            of both counts",
        denominator: "The healthcare support workers of the locality who said; `unknown=counted` counts those \
            who did not, too. The share who did not say is beside it, and of all. Of residents: all of them.",
        excluded: "Nursing associates, and support to allied health professionals and scientists.",
        source: "Residents as the place pack has them, whose source is noted. Healthcare support worker \
            is a grouping of job roles and occupation codes by VWIS; that shares within 2 percentage points \
            look alike is a judgement.",
        limits: &[
            "Somebody who works for two employers is counted by both: these are people by employer.",
            "Residents of all ages are not those who could work here, and many work outside the place \
             where they live.",
            "Residents of the census day are held against staff of today.",
            "In one locality's support workers most ethnic groups are too few for an answer; BME as a whole \
             comes first.",
        ],
        reads: &["ethnic_group", "band", "staff_group", "role"],
        breakdowns: &[&["locality"], &[]],
        options: &[UNKNOWN],
        key_figures: || {
            vec![
                KeyFigure::staff(&[BME, SUPPORT_WORKER]),
                KeyFigure::staff(&[BME, SUPPORT_WORKER, LOCALITY]),
                KeyFigure::staff(&[SAID, SUPPORT_WORKER, LOCALITY]),
            ]
        },
    },
    answer,
};

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &SUPPORT_WORKERS.definition;
    let ethnic = Characteristic::ethnic_group(question, Unknown::chosen(question, definition));
    let mut findings = Findings::by(&question.attributes(definition)?);
    findings.dimensions.push(ethnic.split.dimension());
    findings.note(population::note(ethnic.split.attribute));
    for mut group in population::groups(question, definition)? {
        group.cohort = group.cohort.with(ROLE.0, ROLE.1);
        group.is_everybody = false;
        findings.rows.extend(ethnic.rows(estimator, &group)?);
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

    #[test]
    fn support_workers_are_held_against_their_own_locality() {
        let at = |locality, role, ethnic| {
            [
                ("locality", locality),
                ("role", role),
                ("ethnic_group", ethnic),
            ]
        };
        let worker = "healthcare_support_worker";
        let archive = Workforce::new()
            .people(&at("e08000010", worker, "white"), 95)
            .people(&at("e08000010", worker, "asian"), 5)
            .people(&at("e08000003", worker, "white"), 90)
            .people(&at("e08000003", worker, "black"), 10)
            .people(&at("e08000003", "adult_nurse", "black"), 500)
            .archive(
                r#"{ by = ["locality", "role", "ethnic_group"] }"#,
                "{ by = [] }",
            );
        let findings = Workforce::ask(&archive, &SUPPORT_WORKERS, &Question::default()).unwrap();
        let bme = |locality| row(&findings, "share", &[locality, "bme"]);
        // ONS Census 2021, TS021: Wigan 16,378 of 329,330, 4.97%; Manchester 43.2%.
        close(bme("e08000010").figure, 0.05);
        let wigan = bme("e08000010").benchmark.clone().unwrap();
        assert!((wigan.value - 16_378.0 / 329_330.0).abs() < 1e-9);
        assert_eq!(bme("e08000010").verdict, Some(Verdict::Yes));
        close(bme("e08000003").figure, 0.1);
        assert_eq!(bme("e08000003").verdict, Some(Verdict::No));
        // All ten districts together, compared with all staff: 15 of 200 and 515 of 700.
        close(bme("total").figure, 0.075);
        let beside = row(&findings, "share_beside_staff", &["total", "bme"]);
        assert!((beside.benchmark.as_ref().unwrap().value - 515.0 / 700.0).abs() < 1e-9);
        close(row(&findings, "people", &["total", "total"]).figure, 200.0);
    }
}
