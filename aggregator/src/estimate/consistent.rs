//! Displayed cells that add up to their displayed total.
//!
//! Estimates are unbiased and agree with each other; rounded and clamped at 0 they no longer do. Where
//! a total stands beside its cells, these are the values to show: the nearest to the estimates, in
//! least squares, of all that are not negative and add up to it, then rounded by largest remainders.
//! They are for people only, like every displayed value: sums over many of them are biased.

/// Non-negative multiples of `step` that add up to `total` (a multiple of `step`, not negative), as
/// near to `estimates` as such can be; in the same order. Nothing where there are no estimates.
///
/// The projection is onto the simplex (Held, Wolfe and Crowder, Mathematical Programming 6, 1974).
#[must_use]
pub fn adding_up_to(total: f64, estimates: &[f64], step: f64) -> Vec<f64> {
    let steps = (total / step).round().max(0.0);
    let shares: Vec<f64> = projected(
        steps,
        &estimates.iter().map(|e| e / step).collect::<Vec<_>>(),
    );
    let mut whole: Vec<f64> = shares.iter().map(|share| share.floor()).collect();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    // Of equal remainders the first: the same estimates always show the same.
    order.sort_by(|&a, &b| (shares[b] - whole[b]).total_cmp(&(shares[a] - whole[a])));
    let mut left = steps - whole.iter().sum::<f64>();
    for index in order {
        if left < 0.5 {
            break;
        }
        whole[index] += 1.0;
        left -= 1.0;
    }
    // Divided rather than multiplied, as elsewhere: 123 / 10 is the nearest to 12.3.
    whole
        .iter()
        .map(|steps| steps / (1.0 / step).round())
        .collect()
}

/// The point of {x ≥ 0, Σ x = total} nearest to `values`.
fn projected(total: f64, values: &[f64]) -> Vec<f64> {
    let mut descending = values.to_vec();
    descending.sort_by(|a, b| b.total_cmp(a));
    let mut sum = 0.0;
    let mut shift = 0.0;
    for (count, value) in (1_u32..).zip(&descending) {
        sum += value;
        let candidate = (sum - total) / f64::from(count);
        if *value < candidate {
            break;
        }
        shift = candidate;
    }
    values
        .iter()
        .map(|value| (value - shift).max(0.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_consistent_already_stays_as_it_is() {
        assert_eq!(
            adding_up_to(60.0, &[10.0, 20.0, 30.0], 1.0),
            [10.0, 20.0, 30.0]
        );
        assert_eq!(adding_up_to(1.5, &[0.5, 1.0], 0.1), [0.5, 1.0]);
        assert!(adding_up_to(5.0, &[], 1.0).is_empty());
    }

    #[test]
    fn a_negative_cell_is_nobody_and_the_others_give_up_what_it_lacked() {
        assert_eq!(
            adding_up_to(100.0, &[-6.0, 53.0, 53.0], 1.0),
            [0.0, 50.0, 50.0]
        );
        assert_eq!(adding_up_to(0.0, &[-6.0, 3.0], 1.0), [0.0, 0.0]);
        assert_eq!(
            adding_up_to(10.0, &[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0], 1.0),
            [4.0, 3.0, 3.0]
        );
    }

    proptest! {
        #[test]
        fn cells_add_up_are_not_negative_and_keep_their_order(
            estimates in prop::collection::vec(-50.0..500.0_f64, 1..40), total in 0_u32..5000,
        ) {
            let total = f64::from(total);
            let shown = adding_up_to(total, &estimates, 1.0);
            prop_assert!((shown.iter().sum::<f64>() - total).abs() < 1e-6);
            prop_assert!(shown.iter().all(|cell| *cell >= 0.0 && cell.fract() == 0.0));
            for (a, x) in estimates.iter().zip(&shown) {
                for (b, y) in estimates.iter().zip(&shown) {
                    prop_assert!(a <= b || x >= y || (x - y).abs() <= 1.0);
                }
            }
        }
    }
}
