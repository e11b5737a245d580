//! The race disparity ratio: the odds of white staff on a higher tier, over those of staff from minority
//! groups.

use super::{
    Benchmark, Category, Definition, Dimension, Finding, Findings, Indicator, IndicatorError,
    KeyFigure, Question, clinical,
    clinical::Kind,
    key_figure::{
        BME, CLINICAL, LOWER_BANDS, MIDDLE_BANDS, SAID, SHARED_SERVICE, STAFF_GROUP, UPPER_BANDS,
    },
    shares::{PEOPLE, Split},
};
use crate::{
    estimate::Verdict,
    estimator::{Cohort, Estimator},
};

const RATIO: (&str, &str) = ("disparity_ratio", "Race disparity ratio");
/// The steps up: code, name, the tier from which and the tier to which.
const STEPS: [(&str, &str, &str, &str); 3] = [
    ("lower_to_middle", "Lower to middle", "lower", "middle"),
    ("middle_to_upper", "Middle to upper", "middle", "upper"),
    ("lower_to_upper", "Lower to upper", "lower", "upper"),
];

pub(super) static RACE_DISPARITY_RATIO: Indicator = Indicator {
    definition: Definition {
        name: "race-disparity-ratio",
        title: "Race disparity ratio",
        question: "Are White staff further up the bands than staff of minority ethnic groups, and between \
            which tiers?",
        definition: "How many White staff there are on a higher tier for each on a lower one, over the same \
            of Black and minority ethnic (BME) staff. Lower is band 5 and below, middle bands 6 and 7, \
            upper band 8a and above. 1 is parity; 2 means that White staff are twice as far up.",
        formula: "lower to middle = (White middle / White lower) / (BME middle / BME lower); middle to upper \
            and lower to upper likewise. Parity: the whole interval lies within a factor of 1.10 of 1",
        denominator: "White and BME staff of the lower of the two tiers. Who did not say is in neither.",
        excluded: "Doctors and dentists, who have no band; other pay; unknown bands. Bank staff.",
        source: "NHS England, race disparity ratio of the Workforce Race Equality Standard. That very senior \
            managers count as upper is a judgement.",
        limits: &[
            "Somebody who works for two employers is counted by both: these are people by employer.",
            "It compares those in post on one day: it is no rate of promotion, and follows who was \
             recruited where as well as who moved up.",
            "Staff who did not say could move it where they are many: their numbers are shown.",
            clinical::LIMIT,
        ],
        reads: &["band", "ethnic_group", "staff_group"],
        breakdowns: &[&[], &["staff_group"], &["pathway"]],
        options: &[clinical::SPLIT],
        key_figures: || {
            vec![
                KeyFigure::staff(&[BME, UPPER_BANDS]),
                KeyFigure::staff(&[BME, MIDDLE_BANDS]),
                KeyFigure::staff(&[BME, LOWER_BANDS]),
                KeyFigure::staff(&[SAID, UPPER_BANDS]),
                KeyFigure::staff(&[SAID, STAFF_GROUP, UPPER_BANDS]),
                KeyFigure::staff(&[BME, CLINICAL, UPPER_BANDS]),
                KeyFigure::staff(&[BME, STAFF_GROUP, UPPER_BANDS]),
                KeyFigure::staff(&[BME, SHARED_SERVICE, UPPER_BANDS]),
            ]
        },
    },
    answer,
};

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &RACE_DISPARITY_RATIO.definition;
    let mut findings = Findings::by(&question.attributes(definition)?);
    findings.dimensions.extend([
        Kind::dimension(),
        Dimension {
            code: "tier".to_owned(),
            label: "Tier, or step between tiers".to_owned(),
        },
        Dimension {
            code: "ethnic_group".to_owned(),
            label: "Ethnic group".to_owned(),
        },
    ]);
    for group in question.groups(definition)? {
        for &kind in Kind::chosen(question, definition) {
            // Doctors have no band, and no table tells a breakdown and the kinds of staff apart together.
            let is_divided = kind != Kind::All && !question.breakdown(definition)?.is_empty();
            if kind == Kind::Medical || is_divided {
                continue;
            }
            let at = [group.categories.clone(), vec![kind.category()]].concat();
            let cohort = kind.of(group.of(Cohort::staff()));
            findings
                .rows
                .extend(ratios(estimator, question, &at, &cohort)?);
        }
    }
    Ok(findings)
}

/// The rows of the three ratios, and of the people on each tier that they are made of.
fn ratios(
    estimator: &Estimator<'_>,
    question: &Question,
    at: &[Category],
    cohort: &Cohort,
) -> Result<Vec<Finding>, IndicatorError> {
    let (tiers, ethnic) = (
        Split::by_group(question.attribute("band"), "disparity"),
        Split::by_group(question.attribute("ethnic_group"), "wres"),
    );
    let (mut cells, mut wanted) = (Vec::new(), Vec::new());
    for tier in ["lower", "middle", "upper"].map(|code| tiers.part(code)) {
        for part in &ethnic.parts {
            cells.push((tier.category.clone(), part.category.clone()));
            wanted.push(ethnic.those(part, &tiers.those(tier, cohort)));
        }
    }
    let counts = estimator.latest(&wanted)?;
    let cell = |tier: &str, group: &str| {
        let mut cells = cells.iter();
        let is_it = |(t, g): &(Category, Category)| t.code == tier && g.code == group;
        cells.position(is_it).expect("every tier has every group")
    };
    let mut rows = Vec::with_capacity(STEPS.len() + cells.len());
    for (code, label, from, to) in STEPS {
        let ratio = counts.parts().ratio(
            &[cell(to, "white"), cell(from, "bme")],
            &[cell(from, "white"), cell(to, "bme")],
        );
        let verdict = Verdict::is_parity(&ratio);
        let at = [at, &[Category::named(code, label), Category::total()]].concat();
        let parity = Benchmark::exact(1.0, "parity");
        rows.push(Finding::new(at, RATIO, ratio, counts.source()).against(parity, verdict));
    }
    for (index, (tier, group)) in cells.iter().enumerate() {
        let at = [at, &[tier.clone(), group.clone()]].concat();
        let people = counts.estimate(index);
        rows.push(Finding::new(at, PEOPLE, people, counts.source()));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::testing::{ENGLAND_TABLES, Workforce, close, row};

    #[test]
    fn england_has_the_ratios_that_its_numbers_give() {
        // GOV.UK Ethnicity facts and figures, NHS workforce, June 2022, all but doctors:
        //   White 538,082 lower, 296,447 middle, 80,159 upper; BME 185,270, 74,697, 14,505.
        let archive = Workforce::of_england().archive(ENGLAND_TABLES, "{ by = [] }");
        let findings =
            Workforce::ask(&archive, &RACE_DISPARITY_RATIO, &Question::default()).unwrap();
        let ratio = |kind, step| row(&findings, "disparity_ratio", &[kind, step, "total"]);
        let (w, b) = (
            [538_082.0, 296_447.0, 80_159.0],
            [185_270.0, 74_697.0, 14_505.0],
        );
        let expected = |from: usize, to: usize| (w[to] / w[from]) / (b[to] / b[from]);
        close(ratio("total", "lower_to_middle").figure, expected(0, 1));
        close(ratio("total", "middle_to_upper").figure, expected(1, 2));
        close(ratio("total", "lower_to_upper").figure, expected(0, 2));
        let text = |step| ratio("total", step).figure.display_text();
        assert_eq!(text("lower_to_middle"), "1.37");
        assert_eq!(text("middle_to_upper"), "1.39");
        assert_eq!(text("lower_to_upper"), "1.90");
        assert_eq!(ratio("total", "lower_to_upper").verdict, Some(Verdict::No));
        // Lower and middle tiers. Clinical: White 427,808, 265,211; BME 159,442, 67,563. Non-clinical: White
        // 110,148, 31,217; BME 25,557, 7,127.
        let clinical = (265_211.0 / 427_808.0) / (67_563.0 / 159_442.0);
        close(ratio("clinical", "lower_to_middle").figure, clinical);
        let other = ratio("non_clinical", "lower_to_middle");
        close(other.figure, (31_217.0 / 110_148.0) / (7_127.0 / 25_557.0));
        // The ratio is 1.016, which is parity.
        assert_eq!(other.verdict, Some(Verdict::Yes));
        let people = row(&findings, "people", &["total", "upper", "bme"]);
        close(people.figure, 14_505.0);
    }

    #[test]
    fn nobody_above_is_no_ratio_and_not_parity() {
        let at = |band, ethnic| [("band", band), ("ethnic_group", ethnic)];
        let archive = Workforce::new()
            .people(&at("afc_5", "white"), 50)
            .people(&at("afc_5", "asian"), 50)
            .people(&at("afc_8a", "white"), 10)
            .archive(r#"{ by = ["band", "ethnic_group"] }"#, "{ by = [] }");
        let question = Question {
            options: [("split".to_owned(), "none".to_owned())].into(),
            ..Question::default()
        };
        let findings = Workforce::ask(&archive, &RACE_DISPARITY_RATIO, &question).unwrap();
        let ratio = row(
            &findings,
            "disparity_ratio",
            &["total", "lower_to_upper", "total"],
        );
        assert_eq!(ratio.figure.value(), None);
        assert_eq!(ratio.verdict, Some(Verdict::CannotTell));
    }
}
