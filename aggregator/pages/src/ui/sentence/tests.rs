use proptest::prelude::*;
use vwis_model::agreement::Measure;

use super::*;
use crate::{
    estimate::{Estimate, thresholds::Z_95},
    ui::markup::Part,
};

fn people(value: f64, half_width: f64) -> Figure {
    let sd = half_width / Z_95;
    Estimate::new(Measure::Headcount, value, sd * sd).into()
}

fn share(value: f64, low: f64, high: f64) -> Figure {
    Figure::level(Unit::Share, Some(value), low, high)
}

fn nurses(figure: &Figure) -> String {
    count(figure, "nurses and midwives", "in Bolton").text()
}

#[test]
fn a_count_is_said_with_what_to_give_or_take() {
    let sentence = count(&people(4_308.0, 36.0), "nurses and midwives", "in Bolton");
    assert_eq!(
        sentence.text(),
        "about 4,310 nurses and midwives in Bolton, give or take 40"
    );
    assert_eq!(
        sentence.whole().html().as_str(),
        "About <b>4,310 nurses and midwives</b> in Bolton, give or take 40."
    );
}

#[test]
fn near_nobody_only_the_most_is_said() {
    assert_eq!(
        nurses(&people(30.0, 35.0)),
        "at most 65 nurses and midwives in Bolton"
    );
    assert_eq!(
        nurses(&people(-10.0, 35.0)),
        "at most 25 nurses and midwives in Bolton"
    );
    // However far the estimate lies below 0, the sentence must not read as "there is nobody".
    assert_eq!(
        nurses(&people(-200.0, 35.0)),
        "at most 20 nurses and midwives in Bolton"
    );
}

#[test]
fn too_noisy_a_count_has_an_interval_and_no_number() {
    assert_eq!(
        nurses(&people(60.0, 40.0)),
        "between 20 and 100 nurses and midwives in Bolton, too noisy for one number"
    );
}

#[test]
fn what_is_exact_is_said_without_about() {
    assert_eq!(
        count(&Figure::exact(Unit::People, 1_234.0), "funded posts", "").text(),
        "1,234 funded posts"
    );
}

#[test]
fn a_share_is_said_with_its_interval() {
    assert_eq!(
        level(&share(0.171, 0.149, 0.193), "of the people who said").text(),
        "about 17.1% of the people who said, between 14.9% and 19.3%"
    );
    assert_eq!(
        level(&share(0.26, 0.03, 0.49), "of consultants").text(),
        "between 3% and 49% of consultants, too noisy for one number"
    );
    let nobody = Figure::level(Unit::Share, None, 0.0, 1.0);
    assert_eq!(
        level(&nobody, "").text(),
        "between 0% and 100%, too noisy for one number"
    );
}

#[test]
fn a_real_change_names_its_direction() {
    let said = |value, low, high, verdict| {
        let difference = Figure::difference(Unit::People, value, low, high);
        change(&difference, verdict, "people", "than in June").text()
    };
    assert_eq!(
        said(410.0, 302.0, 518.0, Verdict::Yes),
        "about 410 more people than in June, between 300 and 520"
    );
    assert_eq!(
        said(-410.0, -518.0, -302.0, Verdict::Yes),
        "about 410 fewer people than in June, between 300 and 520"
    );
    assert_eq!(
        said(20.0, 1.0, 39.0, Verdict::Yes),
        "up to 40 more people than in June"
    );
    assert_eq!(
        said(10.0, -20.0, 40.0, Verdict::No),
        "no real change: between 20 fewer and 40 more people than in June"
    );
    // The sentence does not repeat a verdict that the interval does not bear out.
    assert_eq!(
        said(10.0, -20.0, 40.0, Verdict::Yes),
        "between 20 fewer and 40 more people than in June, so we cannot tell"
    );
    assert_eq!(
        said(-410.0, -518.0, -302.0, Verdict::CannotTell),
        "between 300 and 520 fewer people than in June"
    );
}

#[test]
fn a_change_of_a_share_is_in_points_and_a_growth_in_percent() {
    let points = Figure::difference(Unit::Share, 0.007, -0.025, 0.039);
    assert_eq!(
        change(&points, Verdict::CannotTell, "", "than in 2025").text(),
        "between 2.5 points lower and 3.9 points higher than in 2025, so we cannot tell"
    );
    let growth = Figure::difference(Unit::Rate, 0.019, 0.016, 0.022);
    assert_eq!(
        change(&growth, Verdict::Yes, "people", "than last year").text(),
        "about 1.9% more people than last year, between 1.6% and 2.2%"
    );
}

#[test]
fn against_a_benchmark_the_gap_is_named_only_where_it_is_there() {
    let said = |low: f64, high: f64, verdict| {
        let figure = share(f64::midpoint(low, high), low, high);
        against(&figure, 0.236, "in the population", verdict).text()
    };
    assert_eq!(
        said(0.149, 0.193, Some(Verdict::No)),
        "lower than in the population (23.6%): the gap is larger than the noise"
    );
    assert_eq!(
        said(0.23, 0.24, Some(Verdict::Yes)),
        "much the same as in the population (23.6%): within 2 points of it"
    );
    assert_eq!(
        said(0.20, 0.25, Some(Verdict::CannotTell)),
        "we cannot tell it apart from what it is in the population (23.6%)"
    );
    assert_eq!(
        said(0.20, 0.225, Some(Verdict::CannotTell)),
        "lower than in the population (23.6%) or much the same: we cannot tell which"
    );
    assert_eq!(
        said(0.03, 0.49, Some(Verdict::No)),
        "the noise is too large for an answer: between 3% and 49%, against what it is in the \
         population (23.6%)"
    );
    let ratio = Figure::level(Unit::Ratio, Some(1.06), 0.91, 1.25);
    assert_eq!(
        against(&ratio, 1.0, "parity", Some(Verdict::CannotTell)).text(),
        "we cannot tell it apart from parity (1.00)"
    );
}

#[test]
fn names_are_escaped() {
    let sentence = count(&people(500.0, 20.0), "<b>doctors</b>", "in \"A & B\"");
    let html = sentence.html();
    assert!(!html.as_str().contains("<b>doctors"), "{html}");
    assert!(html.as_str().contains("&#38;"), "{html}");
}

/// The numbers in a sentence, in order.
fn numbers(text: &str) -> Vec<f64> {
    text.replace(',', "")
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .filter_map(|word| word.trim_end_matches('.').parse().ok())
        .collect()
}

proptest! {
    // Half of the values lie near 0, where the words change.
    #[test]
    fn a_count_never_claims_more_than_its_interval(
        value in prop_oneof![-20.0..60.0_f64, -500.0..50_000.0_f64],
        half in prop_oneof![0.5..30.0_f64, 0.5..3_000.0_f64],
    ) {
        let figure = people(value, half);
        let text = nurses(&figure);
        let said = numbers(&text);
        let (low, high) = figure.interval();
        prop_assert!(!text.contains('-') && !text.contains('\u{2212}'), "{}", text);
        if text.starts_with("about") {
            prop_assert!(figure.is_shown());
            prop_assert!(said[0] - said[1] <= low + 1e-6 && high <= said[0] + said[1] + 1e-6);
        } else if text.starts_with("at most") {
            // Rounded outwards, a low end of a few people becomes 0: that claims less, never more.
            prop_assert!(low < 5.0 && high <= said[0] + 1e-6 && said.len() == 1, "{}", text);
        } else {
            prop_assert!(!figure.is_shown() && said.len() == 2);
            prop_assert!(said[0] <= low + 1e-6 && high <= said[1] + 1e-6, "{}", text);
        }
    }

    #[test]
    fn a_change_has_a_direction_only_if_both_ends_have_it(
        value in -2_000.0..2_000.0_f64, half in 0.1..2_000.0_f64,
        verdict in prop::sample::select(vec![Verdict::Yes, Verdict::No, Verdict::CannotTell]),
    ) {
        let difference = Figure::difference(Unit::People, value, value - half, value + half);
        let text = change(&difference, verdict, "people", "than before").text();
        let (low, high) = difference.interval();
        let (more, fewer) = (text.contains("more"), text.contains("fewer"));
        prop_assert!(!more || high > 0.0, "{}", text);
        prop_assert!(!fewer || low < 0.0, "{}", text);
        if more && !fewer {
            // An end is rounded to single people at least, so an end below 0 is always said.
            prop_assert!(low >= 0.0, "{}", text);
        }
        if text.starts_with("about") {
            let said = numbers(&text);
            let (near, far) = (low.abs().min(high.abs()), low.abs().max(high.abs()));
            prop_assert!(low > 0.0 || high < 0.0);
            prop_assert!(said[1] <= near + 1e-6 && far <= said[2] + 1e-6);
            prop_assert!(said[1] <= said[0] && said[0] <= said[2], "{}", text);
        }
        prop_assert_eq!(text.contains("cannot tell"), low <= 0.0 && high >= 0.0 && verdict != Verdict::No);
    }

    #[test]
    fn no_share_is_named_where_it_is_too_noisy(
        a in 0.0..=1.0_f64, b in 0.0..=1.0_f64, benchmark in 0.0..=1.0_f64,
    ) {
        let (low, high) = (a.min(b), a.max(b));
        let figure = share(f64::midpoint(low, high), low, high);
        let text = level(&figure, "of them").text();
        prop_assert_eq!(text.starts_with("about"), figure.is_shown() && low < high);
        let held = against(&figure, benchmark, "elsewhere", None).text();
        prop_assert_eq!(held.starts_with("lower than") && held.contains("larger"), figure.is_shown() && high < benchmark);
        prop_assert_eq!(held.starts_with("higher than") && held.contains("larger"), figure.is_shown() && low > benchmark);
    }
}
