//! Workforce Race Equality Standard, indicator 1.

use super::{
    Definition, Findings, Indicator, IndicatorError, KeyFigure, Question, clinical,
    clinical::Kind,
    key_figure::{BAND_7, BAND_8A, BME, CLINICAL, SAID},
    shares::{self, Split, Unknown},
};
use crate::estimator::{Cohort, Estimator};

pub(super) static WRES_1: Indicator = Indicator {
    definition: Definition {
        name: "wres-1",
        title: "WRES indicator 1",
        question: "Which share of each band is White and which is Black and minority ethnic, and is it the \
            share of the overall workforce?",
        definition: "Staff who are White, who are Black and minority ethnic (BME) and who did not say, on \
            each Agenda for Change band, among very senior managers and on each medical grade, compared \
            with the overall workforce; for clinical and non-clinical staff apart, and doctors and \
            dentists by grade.",
        formula: "share = people of the band and ethnic group / people of the band; alike: the difference \
            from the overall workforce lies within 2 percentage points, noise included",
        denominator: "All people of the band, those who did not say included, as the standard has it.",
        excluded: "Bank staff, whom the standard reports apart.",
        source: "NHS Workforce Race Equality Standard, indicator 1. White is 2001 ethnic category A to C, \
            BME is D to S, all else is unknown.",
        limits: &[
            "Somebody who works for two employers is counted by both: these are people by employer.",
            "BME puts very different groups together; `representation` shows each.",
            clinical::LIMIT,
        ],
        reads: &["band", "ethnic_group", "staff_group"],
        breakdowns: &[&["band"]],
        options: &[clinical::SPLIT],
        key_figures: || {
            vec![
                KeyFigure::staff(&[BME, BAND_7]),
                KeyFigure::staff(&[BME, BAND_8A]),
                KeyFigure::staff(&[BME, CLINICAL, BAND_8A]),
                KeyFigure::staff(&[SAID, CLINICAL, BAND_8A]),
            ]
        },
    },
    answer,
};

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &WRES_1.definition;
    let ethnic = Split::by_group(question.attribute("ethnic_group"), "wres");
    let mut findings = Findings::by(&question.attributes(definition)?);
    findings.dimensions.insert(0, Kind::dimension());
    findings.dimensions.push(ethnic.dimension());
    let everybody = Cohort::staff();
    for &kind in Kind::chosen(question, definition) {
        for group in question.groups(definition)? {
            if !group
                .wanted
                .iter()
                .all(|&(bands, band)| kind.has_band(bands, band))
            {
                continue;
            }
            let is_everybody = kind == Kind::All && group.wanted.is_empty();
            let others = (!is_everybody).then_some((&everybody, "overall workforce"));
            let at = [vec![kind.category()], group.categories.clone()].concat();
            let cohort = kind.of(group.of(Cohort::staff()));
            let rows = shares::rows(estimator, &at, &cohort, &ethnic, others, Unknown::Counted)?;
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
        indicator::testing::{ENGLAND_TABLES, Workforce, close, row},
    };

    #[test]
    fn bands_of_england_are_as_white_and_bme_as_published() {
        let archive = Workforce::of_england().archive(ENGLAND_TABLES, "{ by = [] }");
        let findings = Workforce::ask(&archive, &WRES_1, &Question::default()).unwrap();
        // GOV.UK Ethnicity facts and figures, NHS workforce, June 2022; all roles and bands:
        // 986,722 White, 339,488 BME, 61,603 unknown of 1,387,813.
        let all = row(&findings, "share", &["total", "total", "bme"]);
        close(all.figure, 339_488.0 / 1_387_813.0);
        assert_eq!(all.verdict, None);
        // Band 8a: 45,115 White, 9,178 BME, 1,662 unknown.
        let band = row(&findings, "share", &["total", "afc_8a", "bme"]);
        close(band.figure, 9_178.0 / 55_955.0);
        assert_eq!(band.verdict, Some(Verdict::No));
        let benchmark = band.benchmark.as_ref().unwrap();
        assert!((benchmark.value - 339_488.0 / 1_387_813.0).abs() < 1e-9);
        let unknown = row(&findings, "share", &["total", "afc_8a", "unknown"]);
        close(unknown.figure, 1_662.0 / 55_955.0);
        // Clinical band 7: 102,781 White, 21,621 BME, 3,786 unknown; non-clinical: 15,723, 3,451, 681.
        let clinical = row(&findings, "share", &["clinical", "afc_7", "white"]);
        close(clinical.figure, 102_781.0 / 128_188.0);
        let other = row(&findings, "people", &["non_clinical", "afc_7", "bme"]);
        close(other.figure, 3_451.0);
        // Very senior managers: 2,010 White, 189 BME, 152 unknown.
        let vsm = row(&findings, "share", &["non_clinical", "vsm", "bme"]);
        close(vsm.figure, 189.0 / 2_351.0);
    }

    #[test]
    fn doctors_stand_on_their_grades_and_nobody_else_does() {
        let archive = Workforce::of_england().archive(ENGLAND_TABLES, "{ by = [] }");
        let findings = Workforce::ask(&archive, &WRES_1, &Question::default()).unwrap();
        // Consultants: 31,009 White, 22,585 BME, 3,354 unknown.
        let consultants = row(&findings, "share", &["medical", "consultant", "bme"]);
        close(consultants.figure, 22_585.0 / 56_948.0);
        assert!(findings.rows.iter().all(|row| {
            let is_grade = ["consultant", "career_grade", "doctor_in_training"]
                .contains(&row.group[1].code.as_str());
            match row.group[0].code.as_str() {
                "total" => true,
                "medical" => is_grade || row.group[1].code == "total",
                _ => !is_grade,
            }
        }));
    }

    #[test]
    fn without_the_split_no_table_of_staff_groups_is_needed() {
        let archive =
            Workforce::of_england().archive(r#"{ by = ["band", "ethnic_group"] }"#, "{ by = [] }");
        let error = Workforce::ask(&archive, &WRES_1, &Question::default()).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("staff_group"), "{error}");
        let question = Question {
            options: [("split".to_owned(), "none".to_owned())].into(),
            filters: vec!["band=consultant".parse().unwrap()],
            ..Question::default()
        };
        let findings = Workforce::ask(&archive, &WRES_1, &question).unwrap();
        // The number of the whole, and of each of three parts the number and the share.
        assert_eq!(findings.rows.len(), 7);
        let bme = row(&findings, "people", &["total", "consultant", "bme"]);
        close(bme.figure, 22_585.0);
    }
}
