use super::*;

#[test]
fn a_count_keeps_its_sign_and_shows_none() {
    let figure = Figure::from(Estimate::new(Measure::Headcount, -7.5, 4.0));
    assert_eq!(figure.value(), Some(-7.5));
    assert!(figure.interval().0.abs() < f64::EPSILON);
    assert_eq!(figure.reliability(), Some(Reliability::TooNoisyToShow));
    assert_eq!(
        (figure.display(), figure.display_text()),
        (None, "–".to_owned())
    );
}

#[test]
fn shares_are_judged_in_points_and_ratios_by_their_size() {
    let share = |half: f64| Figure::level(Unit::Share, Some(0.3), 0.3 - half, 0.3 + half);
    assert_eq!(share(0.04).reliability(), Some(Reliability::Good));
    assert_eq!(share(0.06).reliability(), Some(Reliability::UseWithCare));
    assert_eq!(share(0.21).reliability(), Some(Reliability::TooNoisyToShow));
    let ratio = Figure::level(Unit::Ratio, Some(1.5), 1.2, f64::INFINITY);
    assert_eq!(ratio.reliability(), Some(Reliability::TooNoisyToShow));
    assert_eq!(ratio.interval_text(), "1.20 or more");
}

#[test]
fn rounding_never_narrows_an_interval_and_leaves_whole_steps_alone() {
    let share = Figure::level(Unit::Share, Some(0.1714), 0.14951, 0.19301);
    assert_eq!(
        (share.display_text(), share.interval_text()),
        ("17.1%".to_owned(), "14.9% to 19.4%".to_owned())
    );
    let exact = Figure::exact(Unit::Ratio, 1.46);
    assert_eq!(exact.interval_text(), "exact");
    assert_eq!(exact.reliability(), Some(Reliability::Good));
}

#[test]
fn a_share_of_nobody_has_no_value() {
    let nobody = Figure::level(Unit::Share, None, 0.0, 1.0);
    assert_eq!(
        (nobody.display(), nobody.interval_text()),
        (None, "0% to 100%".to_owned())
    );
}

#[test]
fn a_rate_is_shown_in_percent_and_judged_by_its_size() {
    let rate = |half: f64| Figure::level(Unit::Rate, Some(0.1), 0.1 - half, 0.1 + half);
    assert_eq!(rate(0.01).display_text(), "10.0%");
    assert_eq!(rate(0.014).reliability(), Some(Reliability::Good));
    assert_eq!(rate(0.02).reliability(), Some(Reliability::UseWithCare));
    assert_eq!(rate(0.06).reliability(), Some(Reliability::TooNoisyToShow));
    let nobody_left = Figure::exact(Unit::Rate, 0.0);
    assert_eq!(nobody_left.reliability(), Some(Reliability::Good));
}

#[test]
fn a_balance_may_be_below_zero_and_is_judged_in_points() {
    let over = Figure::balance(-0.03, -0.06, 0.0);
    assert_eq!(over.display_text(), "\u{2212}3.0%");
    assert_eq!(over.interval_text(), "\u{2212}6.0% to 0.0%");
    assert_eq!(over.reliability(), Some(Reliability::Good));
    let wide = Figure::balance(0.9, 0.6, 1.2);
    assert_eq!(wide.interval(), (0.6, 1.0));
    assert_eq!(wide.reliability(), Some(Reliability::TooNoisyToShow));
}

#[test]
fn a_difference_has_a_sign_and_no_reliability() {
    let fewer = Figure::difference(Unit::People, -1234.4, -1300.2, -1160.0);
    assert_eq!(fewer.display_text(), "\u{2212}1,230");
    assert_eq!(fewer.interval_text(), "\u{2212}1,305 to \u{2212}1,160");
    assert_eq!(fewer.reliability(), None);
    assert_eq!(
        Figure::difference(Unit::People, -0.2, -1.0, 1.0).display_text(),
        "0"
    );
}
