use super::*;

fn independent(values: &[f64], sds: &[f64]) -> Parts {
    Parts::new(
        values.to_vec(),
        |i, j| if i == j { sds[i] * sds[i] } else { 0.0 },
    )
}

#[test]
fn without_noise_everything_is_exact() {
    let parts = independent(&[413.0, 763.0, 45.0, 231.0], &[0.0; 4]);
    let share = parts.share(0, 1);
    let exact = 413.0 / 1176.0;
    assert!((share.value().unwrap() - exact).abs() < 1e-12);
    let (low, high) = share.interval();
    assert!(
        (low - exact).abs() < 1e-9 && (high - exact).abs() < 1e-9,
        "{low} {high}"
    );
    let ratio = parts.ratio(&[0, 3], &[1, 2]);
    let exact = 413.0 * 231.0 / (763.0 * 45.0);
    assert!((ratio.value().unwrap() - exact).abs() < 1e-12);
    let (low, high) = ratio.interval();
    assert!(
        (low - exact).abs() < 1e-9 && (high - exact).abs() < 1e-9,
        "{low} {high}"
    );
}

#[test]
fn far_from_zero_the_integral_and_the_closed_form_agree() {
    // Correlated as two cells of one table are. Both counts are more than 6 sds above 0, so Fieller's
    // interval and the posterior's agree.
    let covariance = |i: usize, j: usize| if i == j { 100.0 } else { -20.0 };
    for (a, b) in [(80.0, 400.0), (300.0, 300.0), (1000.0, 70.0)] {
        let parts = Parts::new(vec![a, b], covariance);
        let (low, high) = parts.fieller(0, 1);
        let (l, h) = parts.posterior(&[0, 1], |x| x[0] / x[1]);
        // The posterior's points place the 2.5% quantile to within 0.2 percentage points: 1% of the
        // interval's width.
        let within = 0.015 * (high - low);
        assert!(
            (low - l).abs() < within && (high - h).abs() < within,
            "{low} {l} {high} {h}"
        );
    }
}

#[test]
fn a_share_of_parts_that_may_be_nobody_reaches_the_end() {
    let parts = independent(&[5.0, 400.0], &[10.0, 10.0]);
    let (low, high) = parts.share(0, 1).interval();
    assert!(low == 0.0 && high > 0.05 && high < 0.08, "{low} {high}");
    let (low, high) = parts.share(1, 0).interval();
    assert!(high >= 1.0 && low > 0.92, "{low} {high}");
    assert!(parts.ratio(&[1], &[0]).interval().1.is_infinite());
}

#[test]
fn far_below_zero_a_part_is_nobody_and_nothing_breaks() {
    let parts = independent(&[-400.0, 100.0, -400.0], &[10.0; 3]);
    let share = parts.share(0, 1);
    assert_eq!(share.value(), Some(0.0));
    let (low, high) = share.interval();
    assert!(low == 0.0 && high < 0.01, "{high}");
    let nobody = parts.share(0, 2);
    assert_eq!(nobody.value(), None);
    assert_eq!(nobody.interval(), (0.0, 1.0));
    assert_eq!(parts.ratio(&[1], &[2]).value(), None);
}

#[test]
fn sums_and_differences_keep_the_covariance() {
    let parts = Parts::new(vec![10.0, 100.0], |i, j| [[4.0, 1.0], [1.0, 9.0]][i][j]);
    // The part, and the rest of its whole.
    let split = parts.combined(&[&[1.0, 0.0], &[-1.0, 1.0]]);
    assert!((split.value(1) - 90.0).abs() < 1e-12);
    assert!((split.covariance(0, 1) - (1.0 - 4.0)).abs() < 1e-12);
    assert!((split.covariance(1, 1) - (9.0 - 2.0 + 4.0)).abs() < 1e-12);
    let both = parts.beside(&split);
    assert_eq!((both.len(), both.covariance(0, 2)), (4, 0.0));
    assert!((both.covariance(2, 3) + 3.0).abs() < 1e-12);
    assert!((parts.plus(&parts).covariance(0, 1) - 2.0).abs() < 1e-12);
}

#[test]
fn the_same_counts_always_give_the_same_interval() {
    let parts = independent(&[12.0, 30.0, 9.0, 50.0], &[10.0; 4]);
    let once = parts.difference_of_shares((0, 1), (2, 3));
    assert_eq!(once, parts.difference_of_shares((0, 1), (2, 3)));
    let (low, high) = once.interval();
    assert!(
        (-1.0..0.0).contains(&low) && (0.0..=1.0).contains(&high),
        "{low} {high}"
    );
}
