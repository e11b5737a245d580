//! Internationally qualified staff, by nationality.

use super::{
    Category, Definition, Findings, Indicator, IndicatorError, KeyFigure, Question,
    key_figure::{INTERNATIONAL, ROLE, STAFF_GROUP},
    shares::{self, Part, Split, Unknown},
};
use crate::estimator::{Cohort, Estimator};

pub(super) static INTERNATIONAL_STAFF: Indicator = Indicator {
    definition: Definition {
        name: "international-staff",
        title: "International staff",
        question: "How many of each staff group came to us from abroad?",
        definition: "People whose nationality is not British, by the European Union, EEA or Switzerland and \
            the rest of the world, in each staff group or role. Nationality is a proxy for where somebody \
            qualified, which staff records do not hold.",
        formula: "share = people of the group and nationality group / people of the group; international = \
            EU, EEA or Switzerland + rest of the world; alike: the difference from all staff lies within 2 \
            percentage points, noise included",
        denominator: "People of the group whose nationality is known, as published figures have it; \
            `unknown=counted` counts the others, too.",
        excluded: "Nobody beyond the standard headcount filter.",
        source: "NHS Workforce Statistics: nationality groups of staff in post.",
        limits: &[
            "Somebody who works for two employers is counted by both: these are people by employer.",
            "Nationality is no place of qualification: many who qualified abroad are British by now, and \
             foreign nationals qualify here. It is self-reported and may say heritage.",
            "It says nothing of visas or of the right to work.",
        ],
        reads: &["nationality_group"],
        breakdowns: &[&["staff_group"], &[], &["role"]],
        options: &[shares::UNKNOWN],
        key_figures: || {
            vec![
                KeyFigure::staff(&[INTERNATIONAL]),
                KeyFigure::staff(&[INTERNATIONAL, STAFF_GROUP]),
                KeyFigure::staff(&[INTERNATIONAL, ROLE]),
            ]
        },
    },
    answer,
};

/// The nationality groups that are not British.
const ABROAD: [&str; 2] = ["eu_eea", "rest_of_world"];

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &INTERNATIONAL_STAFF.definition;
    let mut nationality = Split::by_category(question.attribute("nationality_group"));
    let all_together = Part {
        category: Category::named("international", "Not British"),
        among: ABROAD
            .map(|code| nationality.part(code).among.clone())
            .concat(),
    };
    nationality.parts.insert(0, all_together);
    let unknown = Unknown::chosen(question, definition);
    let mut findings = Findings::by(&question.attributes(definition)?);
    findings.dimensions.push(nationality.dimension());
    findings.note(
        "Nationality stands for where somebody qualified, which staff records do not hold: many who \
         qualified abroad are British by now.",
    );
    let everybody = Cohort::staff();
    for group in question.groups(definition)? {
        let others = (!group.wanted.is_empty()).then_some((&everybody, "all staff"));
        let cohort = group.of(Cohort::staff());
        let rows = shares::rows(
            estimator,
            &group.categories,
            &cohort,
            &nationality,
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
    use crate::indicator::testing::{Workforce, close, row};

    #[test]
    fn england_in_2016_was_as_international_as_published() {
        // House of Commons Library, NHS staff from overseas: statistics (briefing 7783), 10 April 2017,
        // December 2016: 960,841 of UK nationality, 60,386 EU, 73,762 rest of the world, 82,413 unknown;
        // 87.7%, 5.5% and 6.7% of those known.
        let of = |group| [("nationality_group", group)];
        let archive = Workforce::new()
            .people(&of("uk"), 960_841)
            .people(&of("eu_eea"), 60_386)
            .people(&of("rest_of_world"), 73_762)
            .people(&of("unknown"), 82_413)
            .archive(
                r#"{ by = ["nationality_group", "staff_group"] }"#,
                "{ by = [] }",
            );
        let ask = |unknown: &str| {
            let question = Question {
                by: Some(Vec::new()),
                options: [("unknown".to_owned(), unknown.to_owned())].into(),
                ..Question::default()
            };
            Workforce::ask(&archive, &INTERNATIONAL_STAFF, &question).unwrap()
        };
        let known = ask("left_out");
        let text = |code| row(&known, "share", &[code]).figure.display_text();
        assert_eq!(text("uk"), "87.7%");
        assert_eq!(text("eu_eea"), "5.5%");
        assert_eq!(text("rest_of_world"), "6.7%");
        let counted = ask("counted");
        let abroad = row(&counted, "share", &["international"]);
        close(abroad.figure, (60_386.0 + 73_762.0) / 1_177_402.0);
        close(row(&counted, "people", &["total"]).figure, 1_177_402.0);
    }

    #[test]
    fn it_says_that_nationality_is_a_proxy() {
        let archive = Workforce::new()
            .people(&[("nationality_group", "uk")], 5)
            .archive(
                r#"{ by = ["nationality_group", "staff_group"] }"#,
                "{ by = [] }",
            );
        let findings =
            Workforce::ask(&archive, &INTERNATIONAL_STAFF, &Question::default()).unwrap();
        assert!(findings.notes[0].contains("stands for where somebody qualified"));
    }
}
