//! Checks the integrals against closed forms, and against a reference with many more points than an answer
//! has time for.

use statrs::distribution::{ContinuousCDF as _, Normal};

use super::{orthant, quotient::Quotient, *};

/// Points of the reference. Its probabilities are right to within a twentieth of a percentage point.
const POINTS: u32 = 1 << 15;

/// Values of a function with their weights, by sequential conditioning of one point after the other: slow,
/// and without the shortcuts of [`orthant`].
struct Reference(Vec<(f64, f64)>);

impl Reference {
    fn of(parts: &Parts, f: impl Fn(&[f64]) -> f64) -> Self {
        let normal = Normal::standard();
        let (n, root) = (parts.len(), orthant::cholesky(parts));
        let steps = spread(n);
        let (mut normals, mut counts) = (vec![0.0; n], vec![0.0; n]);
        let mut drawn = Vec::new();
        for point in 1..=POINTS {
            let mut weight = 1.0;
            for i in 0..n {
                let before: f64 = (0..i).map(|j| root[i * n + j] * normals[j]).sum();
                let (mean, scale) = (parts.value(i) + before, root[i * n + i]);
                if scale <= 0.0 {
                    (normals[i], counts[i]) = (0.0, mean.max(0.0));
                    continue;
                }
                let above = normal.cdf(mean / scale);
                let from_above = 1.0 - (0.5 + f64::from(point) * steps[i]).fract();
                normals[i] = -normal.inverse_cdf((above * from_above).max(f64::MIN_POSITIVE));
                counts[i] = (mean + scale * normals[i]).max(0.0);
                weight *= above;
            }
            drawn.push((f(&counts), weight));
        }
        Self(drawn)
    }

    /// The probability of values up to this one. A tiny margin takes in values that differ by rounding alone.
    fn up_to(&self, value: f64) -> f64 {
        let value = value + 1e-9 * value.abs();
        let total: f64 = self.0.iter().map(|(_, weight)| weight).sum();
        let below = self.0.iter().filter(|(drawn, _)| *drawn <= value);
        below.map(|(_, weight)| weight).sum::<f64>() / total
    }

    #[track_caller]
    fn holds(&self, (low, high): (f64, f64), within: f64, what: &str) {
        let (low_at, high_at) = (self.up_to(low), self.up_to(high));
        assert!(
            (low_at - 0.025).abs() <= within && (high_at - 0.975).abs() <= within,
            "{what}: {low} is at {low_at}, {high} at {high_at}"
        );
    }
}

/// The steps of an additive recurrence that fills the unit cube evenly: powers of 1/x, where x is the root of
/// x^(d+1) = x + 1 (the generalised golden ratio; Roberts 2018).
fn spread(dimensions: usize) -> Vec<f64> {
    let exponent = f64::from(u32::try_from(dimensions).expect("a handful of parts")) + 1.0;
    let mut golden = 2.0_f64;
    for _ in 0..64 {
        golden = (1.0 + golden).powf(1.0 / exponent);
    }
    let mut step = 1.0;
    let next = |_| {
        step /= golden;
        step
    };
    (0..dimensions).map(next).collect()
}

fn both(values: [f64; 2], sds: [f64; 2], correlation: f64) -> Parts {
    Parts::new(values.to_vec(), |i, j| {
        sds[i] * sds[j] * if i == j { 1.0 } else { correlation }
    })
}

fn quotient(parts: &Parts) -> (f64, f64) {
    let quotient = Quotient::of(parts, 0, 1);
    (quotient.low(), quotient.high())
}

#[test]
fn a_quotient_is_where_the_points_have_it() {
    const VALUES: [f64; 8] = [-60.0, -8.0, 0.0, 0.3, 12.0, 35.0, 70.0, 4000.0];
    for over in VALUES {
        for under in VALUES {
            for sds in [[10.0_f64, 10.0], [10.0, 1.5], [2.0, 30.0]] {
                for correlation in [-0.7, -0.1, 0.0, 0.5] {
                    // So far below 0 that the reference itself is not reliable.
                    if over / sds[0] < -8.0 || under / sds[1] < -8.0 {
                        continue;
                    }
                    let parts = both([over, under], sds, correlation);
                    // The reference is accurate only if it draws first the count that is least likely to be
                    // above 0.
                    let reference = if under / sds[1] < over / sds[0] {
                        let swapped = both([under, over], [sds[1], sds[0]], correlation);
                        Reference::of(&swapped, |x| x[1] / x[0])
                    } else {
                        Reference::of(&parts, |x| x[0] / x[1])
                    };
                    let what = format!("{over}/{under}, {sds:?}, {correlation}");
                    reference.holds(quotient(&parts), 0.002, &what);
                }
            }
        }
    }
}

#[test]
fn a_part_without_noise_or_known_from_the_other_is_integrated_over_all_the_same() {
    for (values, sds, correlation) in [
        ([12.0, 300.0], [10.0, 0.0], 0.0),
        ([-3.0, 300.0], [10.0, 0.0], 0.0),
        ([300.0, 12.0], [0.0, 10.0], 0.0),
        ([300.0, -3.0], [0.0, 10.0], 0.0),
        ([25.0, 75.0], [10.0, 10.0], -1.0),
        ([25.0, 75.0], [10.0, 5.0], 1.0),
        // Barely enough noise not to be taken for none.
        ([25.0, 75.0], [10.0, 10.0], -0.999_999_9),
    ] {
        let parts = both(values, sds, correlation);
        let reference = Reference::of(&parts, |x| x[0] / x[1]);
        let what = format!("{values:?}, {sds:?}, {correlation}");
        reference.holds(quotient(&parts), 0.003, &what);
    }
    let (low, high) = quotient(&both([30.0, 60.0], [0.0, 0.0], 0.0));
    assert!(
        (low - 0.5).abs() < 1e-12 && (high - 0.5).abs() < 1e-12,
        "{low} {high}"
    );
}

#[test]
fn a_quotient_is_exact_where_its_form_is_known() {
    let close = |found: f64, exact: f64| {
        assert!((found / exact - 1.0).abs() < 1e-7, "{found} is not {exact}");
    };
    // Two half-normals: their quotient is half Cauchy.
    let (low, high) = quotient(&both([0.0, 0.0], [10.0, 20.0], 0.0));
    close(low, 0.5 * (std::f64::consts::FRAC_PI_2 * 0.025).tan());
    close(high, 0.5 * (std::f64::consts::FRAC_PI_2 * 0.975).tan());
    // Both far below 0: two exponentials, whose share is uniform up to an error of 1/distance².
    let (low, high) = quotient(&both([-4e6, -4e6], [10.0, 10.0], 0.0));
    close(low, 0.025 / 0.975);
    close(high, 0.975 / 0.025);
    // Both clear of 0: the interval is Fieller's.
    for correlation in [-0.9, -0.2, 0.0, 0.6] {
        for values in [[90.0, 400.0], [4e6, 90.0], [90.0, 4e6], [300.0, 300.0]] {
            let parts = both(values, [10.0, 10.0], correlation);
            let (low, high) = parts.fieller(0, 1);
            let (l, h) = quotient(&parts);
            close(l, low);
            close(h, high);
        }
    }
}

#[test]
fn no_part_is_so_far_below_zero_that_a_quotient_is_lost() {
    let far = [-1e9, -400.0, -1.0, 0.0, 1.0, 400.0, 1e9];
    for over in far {
        for under in far {
            for correlation in [-0.999, -0.5, 0.0, 0.999] {
                let (low, high) = quotient(&both([over, under], [10.0, 10.0], correlation));
                assert!(
                    0.0 <= low && low <= high,
                    "{over}/{under}, {correlation}: {low} {high}"
                );
            }
        }
    }
}

#[test]
fn a_difference_of_shares_is_where_many_more_points_have_it() {
    let difference = |x: &[f64]| x[2] / (x[2] + x[3]) - x[0] / (x[0] + x[1]);
    let disparity = |x: &[f64]| x[0] * x[1] / (x[2] * x[3]);
    for values in [
        [12.0, 300.0, 40.0, 5000.0],
        [5.0, 25.0, 55.0, 55.0],
        [-15.0, 120.0, 30.0, 12.0],
        [0.0, 800.0, 800.0, 0.0],
        [70.0, 70.0, 70.0, 70.0],
    ] {
        for correlation in [-0.3, 0.0, 0.4] {
            let parts = Parts::new(values.to_vec(), |i, j| {
                100.0 * if i == j { 1.0 } else { correlation }
            });
            let what = format!("{values:?}, {correlation}");
            let found = orthant::credible_interval(&parts, difference);
            Reference::of(&parts, difference).holds(found, 0.006, &what);
            let found = orthant::credible_interval(&parts, disparity);
            Reference::of(&parts, disparity).holds(found, 0.006, &what);
        }
    }
}

#[test]
fn equal_counts_have_equal_intervals_to_the_last_bit() {
    let parts = both([12.0, 80.0], [10.0, 10.0], -0.1);
    let bits = || {
        let (low, high) = quotient(&parts);
        let (l, h) = orthant::credible_interval(&parts, |x| x[0] / x[1]);
        [low, high, l, h].map(f64::to_bits)
    };
    let once = bits();
    assert!((0..100).all(|_| bits() == once));
}
