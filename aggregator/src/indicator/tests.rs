use super::*;
use crate::indicator::testing::Workforce;

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
        assert!(!(d.key_figures)().is_empty(), "{}", d.name);
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
