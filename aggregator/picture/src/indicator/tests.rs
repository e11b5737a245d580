use std::{collections::BTreeSet, sync::Arc};

use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;
use vwis_model::agreement::Agreement;

use super::*;
use crate::{
    establishment::Establishment,
    estimator::EstimatorError,
    indicator::testing::{STANDARD, Workforce, a_year},
};

#[test]
fn every_indicator_answers_without_parameters_on_the_standard_agreement() {
    let noise = ChaCha20Rng::seed_from_u64(7);
    let posts = "ods_code,staff_group,locality,funded_fte\nR0A,nursing_and_midwifery,Bolton,2700\nRMC,nursing_and_midwifery,Bolton,2700\n";
    let posts = Establishment::parse(posts, "2026-03".parse().unwrap()).unwrap();
    let archive = a_year()
        .released_under(STANDARD, Some(noise))
        .with_establishment(Arc::new(posts));
    for indicator in ALL {
        let name = indicator.definition.name;
        let findings = Workforce::ask(&archive, indicator, &Question::default());
        if !is_measured(indicator, archive.agreement()) {
            let refused = findings.unwrap_err();
            let is_not_promised = matches!(
                refused,
                IndicatorError::Estimator(EstimatorError::NotPromised { .. })
            );
            assert!(is_not_promised, "{name}: {refused}");
            continue;
        }
        let findings = findings.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(findings.rows.len() > 1, "{name}");
        for row in &findings.rows {
            assert_eq!(row.group.len(), findings.dimensions.len(), "{name}");
            let (lower, upper) = row.figure.interval();
            assert!(lower <= upper && !lower.is_nan(), "{name}: {row:?}");
        }
        let mut keys: Vec<_> = (findings.rows.iter())
            .map(|row| {
                let codes: Vec<_> = row.group.iter().map(|c| c.code.as_str()).collect();
                (codes.join("+"), row.measure)
            })
            .collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(
            keys.len(),
            findings.rows.len(),
            "{name}: a row is named twice"
        );
    }
}

/// Whether an agreement measures all data sets that an indicator rests on.
fn is_measured(indicator: &Indicator, agreement: &Agreement) -> bool {
    let figures = (indicator.definition.key_figures)();
    figures.iter().all(|figure| {
        let mut all = agreement.series().iter();
        all.any(|series| series.data_set().code() == figure.cohort.data_set())
    })
}

#[test]
fn what_the_standard_agreement_promises_is_what_breakdowns_offer() {
    let archive = a_year().released_under(STANDARD, None);
    // Vacancies need posts. Who moves up is a question about everybody: its breakdowns are for agreements that
    // choose to pay for them.
    let apart = ["vacancy-rate", "career-movement"];
    for indicator in ALL.iter().filter(|i| !apart.contains(&i.definition.name)) {
        let definition = &indicator.definition;
        let answered = definition.breakdowns.iter().filter(|breakdown| {
            let question = Question {
                by: Some(breakdown.iter().map(|&code| code.to_owned()).collect()),
                ..Question::default()
            };
            match Workforce::ask(&archive, indicator, &question) {
                Ok(_) => true,
                Err(IndicatorError::Estimator(EstimatorError::NotPromised { .. })) => false,
                // Without a breakdown, these two answer about employers, and not about the system.
                Err(IndicatorError::BadInput(_))
                    if matches!(definition.name, "comparison" | "pairs") =>
                {
                    true
                }
                Err(other) => panic!("{} by {breakdown:?}: {other}", definition.name),
            }
        });
        // Most breakdowns are answered; the rest need agreements that promise more.
        assert!(
            2 * answered.count() > definition.breakdowns.len(),
            "{}",
            definition.name
        );
    }
}

#[test]
fn every_definition_is_complete_and_its_name_is_in_kebab_case() {
    for indicator in ALL {
        let d = &indicator.definition;
        assert!(
            d.name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
            "{}",
            d.name
        );
        let texts = [
            d.title,
            d.question,
            d.definition,
            d.formula,
            d.denominator,
            d.excluded,
            d.source,
        ];
        assert!(
            texts
                .iter()
                .all(|text| text.len() > 10 && !text.contains("  ")),
            "{}",
            d.name
        );
        assert!(
            !d.limits.is_empty() && !d.breakdowns.is_empty(),
            "{}",
            d.name
        );
    }
}

#[test]
fn every_breakdown_of_every_indicator_is_priced() {
    for indicator in ALL {
        let d = &indicator.definition;
        let figures = (d.key_figures)();
        assert!(!figures.is_empty(), "{}", d.name);
        for breakdown in d.breakdowns {
            let tells = |figure: &KeyFigure| {
                let attributes: Vec<_> = figure.cohort.attributes().collect();
                breakdown.iter().all(|code| attributes.contains(code))
            };
            assert!(figures.iter().any(tells), "{} by {breakdown:?}", d.name);
        }
    }
}

#[test]
fn names_are_told_apart_and_a_near_miss_is_named() {
    let mut names: Vec<_> = ALL.iter().map(|i| i.definition.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), ALL.len());
    let error = named("age-profil").err().unwrap().to_string();
    assert!(error.contains("did you mean `age-profile`?"), "{error}");
}

#[test]
fn an_option_filter_or_breakdown_that_is_not_there_is_refused_with_what_is() {
    let archive = Workforce::new()
        .people(&[("staff_group", "students")], 5)
        .archive(r#"{ by = ["staff_group"] }"#, "{ by = [] }");
    let ask = |question| {
        let error = Workforce::ask(&archive, &composition::COMPOSITION, &question);
        error.unwrap_err().to_string()
    };
    let wrong = ask(Question {
        by: Some(vec!["gender".to_owned()]),
        ..Question::default()
    });
    assert!(
        wrong.contains("cannot be broken down by gender; it can by: staff_group;"),
        "{wrong}"
    );
    let wrong = ask(Question {
        filters: vec!["band=afc_5".parse().unwrap()],
        ..Question::default()
    });
    assert!(wrong.contains("not broken down by band"), "{wrong}");
    let options = [("horizon".to_owned(), "3".to_owned())].into();
    let wrong = ask(Question {
        options,
        ..Question::default()
    });
    assert!(
        wrong.contains("no option `horizon`; it has: none"),
        "{wrong}"
    );
    let wrong = ask(Question {
        filters: vec!["staff_group=nurses".parse().unwrap()],
        ..Question::default()
    });
    assert!(
        wrong.contains("`nurses` is not a category of staff_group"),
        "{wrong}"
    );
    let wrong = ask(Question {
        by: Some(vec!["role".to_owned()]),
        ..Question::default()
    });
    assert!(
        wrong.contains("promises no table of staff (headcount) that tells role apart"),
        "{wrong}"
    );
}

/// All questions to an indicator: each breakdown, with each value of each option.
pub(crate) fn questions(indicator: &Indicator) -> Vec<Question> {
    let definition = &indicator.definition;
    let plain = definition.breakdowns.iter().map(|by| Question {
        by: Some(by.iter().map(|&code| code.to_owned()).collect()),
        ..Question::default()
    });
    let plain: Vec<_> = plain.chain([Question::default()]).collect();
    let chosen = definition.options.iter().flat_map(|option| {
        let values = option.values.iter();
        values.map(|value| (option.name.to_owned(), (*value).to_owned()))
    });
    let chosen: Vec<_> = chosen.collect();
    let with = |question: &Question| {
        let question = question.clone();
        let chosen = chosen.clone().into_iter();
        chosen.map(move |option| Question {
            options: [option].into(),
            ..question.clone()
        })
    };
    plain.iter().flat_map(with).chain(plain.clone()).collect()
}

#[test]
fn an_indicator_declares_every_attribute_that_it_reads() {
    let posts = "ods_code,staff_group,locality,funded_fte\nR0A,nursing_and_midwifery,Bolton,2700\nRMC,nursing_and_midwifery,Bolton,2700\n";
    let posts = Establishment::parse(posts, "2026-03".parse().unwrap()).unwrap();
    let archive = a_year()
        .archive_under(STANDARD)
        .with_establishment(Arc::new(posts));
    let until = archive.latest_period().unwrap();
    let mut undeclared = BTreeSet::new();
    for indicator in ALL {
        let definition = &indicator.definition;
        for question in questions(indicator) {
            let estimator = Estimator::new(&archive, crate::picture::Whose::System, until);
            // An answer that is refused has read what it needed up to that point.
            let _ = indicator.answer(&estimator, &question);
            let broken_down = question.breakdown(definition).unwrap_or_default();
            for read in estimator.attributes_read() {
                if !definition.reads.contains(&read) && !broken_down.contains(&read) {
                    undeclared.insert((definition.name, read));
                }
            }
        }
    }
    assert_eq!(undeclared, BTreeSet::new());
}
