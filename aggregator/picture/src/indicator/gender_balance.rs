//! Gender balance by band.

use super::{
    Definition, Findings, Indicator, IndicatorError, KeyFigure, Question,
    key_figure::{BAND_8A, FIVE_YEARS_OF_AGE, LOCALITY, WOMEN},
    shares::{self, Split, Unknown},
};
use crate::estimator::{Cohort, Estimator};

pub(super) static GENDER_BALANCE: Indicator = Indicator {
    definition: Definition {
        name: "gender-balance",
        title: "Gender balance by band",
        question: "Which share of each band are women, and is it the share of the whole workforce?",
        definition: "People by stated gender on each band or grade, and whether each gender's share there \
            is that of all staff of the same employers.",
        formula: "share = people of the group and gender / people of the group; alike: the difference from \
            all staff lies within 2 percentage points, noise included",
        denominator: "All people of the group whose gender is recorded, other genders included; \
            `unknown=counted` counts those of unknown gender, too.",
        excluded: "Nobody beyond the standard headcount filter.",
        source: "NHS Workforce Statistics publish gender by grade; that two shares within 2 percentage points \
            are alike is a judgement.",
        limits: &[
            "Somebody who works for two employers is counted by both: these are people by employer.",
            "Gender is as recorded by the employer, mostly as female or male.",
            "It says nothing of pay within a band.",
        ],
        reads: &["gender"],
        breakdowns: &[&["band"], &[], &["age_band"], &["locality"]],
        options: &[shares::UNKNOWN],
        key_figures: || {
            vec![
                KeyFigure::staff(&[WOMEN]),
                KeyFigure::staff(&[WOMEN, BAND_8A]),
                KeyFigure::staff(&[WOMEN, FIVE_YEARS_OF_AGE]),
                KeyFigure::staff(&[WOMEN, LOCALITY]),
            ]
        },
    },
    answer,
};

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &GENDER_BALANCE.definition;
    let gender = Split::by_category(question.attribute("gender"));
    let unknown = Unknown::chosen(question, definition);
    let mut findings = Findings::by(&question.attributes(definition)?);
    findings.dimensions.push(gender.dimension());
    let everybody = Cohort::staff();
    for group in question.groups(definition)? {
        let others = (!group.wanted.is_empty()).then_some((&everybody, "all staff"));
        let cohort = group.of(Cohort::staff());
        let rows = shares::rows(
            estimator,
            &group.categories,
            &cohort,
            &gender,
            others,
            unknown,
        )?;
        findings.rows.extend(rows);
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
    fn each_bands_women_are_held_against_all_staff() {
        // Invented numbers; the expected ones were counted by hand.
        let at = |band, gender| [("band", band), ("gender", gender)];
        let archive = Workforce::new()
            .people(&at("afc_5", "female"), 780)
            .people(&at("afc_5", "male"), 200)
            .people(&at("afc_5", "unknown"), 20)
            .people(&at("afc_9", "female"), 20)
            .people(&at("afc_9", "male"), 20)
            .archive(r#"{ by = ["band", "gender"] }"#, "{ by = [] }");
        let options = [("unknown".to_owned(), "counted".to_owned())].into();
        let question = Question {
            options,
            ..Question::default()
        };
        let findings = Workforce::ask(&archive, &GENDER_BALANCE, &question).unwrap();
        let women = |band| row(&findings, "share", &[band, "female"]);
        // 800 of 1,040: 76.9%; on band 5 78%, on band 9 a half.
        close(women("total").figure, 800.0 / 1_040.0);
        close(women("afc_5").figure, 0.78);
        assert_eq!(women("afc_5").verdict, Some(Verdict::Yes));
        close(women("afc_9").figure, 0.5);
        assert_eq!(women("afc_9").verdict, Some(Verdict::No));
        let findings = Workforce::ask(&archive, &GENDER_BALANCE, &Question::default()).unwrap();
        close(
            row(&findings, "share", &["afc_5", "female"]).figure,
            780.0 / 980.0,
        );
        // The share who did not say is always a share of all.
        close(row(&findings, "share", &["afc_5", "unknown"]).figure, 0.02);
    }
}
