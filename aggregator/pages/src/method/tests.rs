use crate::{
    View,
    indicator::{ALL, Question, REFUSED, testing::Workforce},
    testing::{html, text, two_employers},
};

#[test]
fn every_indicator_is_defined_under_an_id_of_its_own() {
    let archive = two_employers();
    let page = html(&archive, &View::Method);
    for indicator in ALL {
        let definition = &indicator.definition;
        let id = format!("id=\"{}\"", definition.name);
        assert_eq!(page.matches(&id).count(), 1, "{id}");
        assert!(page.contains(&format!("href=\"#{}\"", definition.name)));
        let numbers = format!("/api/v1/indicators/{}?format=csv", definition.name);
        let is_told = Workforce::ask(&archive, indicator, &Question::default()).is_ok();
        assert_eq!(page.contains(&numbers), is_told, "{numbers}");
    }
}

#[test]
fn what_is_refused_is_named_with_its_reason() {
    let page = text(&two_employers(), &View::Method);
    for (name, _) in REFUSED {
        let shown = name.replace('-', " ").to_lowercase();
        assert!(
            page.to_lowercase().replace('-', " ").contains(&shown),
            "{shown}"
        );
    }
    assert!(page.contains("the answer would be noise"), "{page}");
}

#[test]
fn thresholds_are_those_that_numbers_are_judged_by() {
    use crate::estimate::thresholds::{TOO_NOISY_ABOVE, USE_WITH_CARE_ABOVE};

    let page = text(&two_employers(), &View::Method);
    let percent = |share: f64| format!("Over {:.0}%", 100.0 * share);
    assert!(page.contains(&percent(USE_WITH_CARE_ABOVE)), "{page}");
    assert!(page.contains(&percent(TOO_NOISY_ABOVE)), "{page}");
    assert!(page.contains("Invented numbers"), "{page}");
}

#[test]
fn an_interval_and_what_is_real_are_explained_in_few_words() {
    let page = text(&two_employers(), &View::Method);
    let (_, from) = page.rsplit_once("How an interval is made").unwrap();
    let (interval, _) = from.split_once("How “real” is decided").unwrap();
    assert!(interval.split(' ').count() <= 170, "{interval}");
}
