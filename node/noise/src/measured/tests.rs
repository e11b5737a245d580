#![expect(clippy::cast_precision_loss, reason = "statistics over bounded draws")]

use std::sync::LazyLock;

use vwis_model::{
    agreement::{Agreement, Draft, Measure, Series},
    algebra::Tables,
    here,
    measurement::MeasurementId,
};

use super::*;
use crate::Hedge;

fn agreement(measure: &str, rho: &str) -> Agreement {
    let draft = format!(
        r#"
name = "test"
version = 1
aggregator = "gm-icb"
purpose = "test"
readers = "test"
first_period = "2026-03"
last_period = "2027-03"
[[series]]
name = "series"
measure = "{measure}"
cadence = "quarterly"
rho = {rho}
tables = [{{ by = ["gender", "disability"] }}, {{ by = ["staff_group"] }}]
"#
    );
    Draft::parse(&draft)
        .unwrap()
        .compile(here::dictionary())
        .unwrap()
        .0
}

/// The exact vector of so many people, the n-th of whom is of the n-th category of each attribute, and begins
/// anew after the last.
fn exact(series: &Series, people: usize) -> Vec<i64> {
    let domain = series.strategy().domain();
    let each = match series.measure() {
        Measure::Headcount => 1,
        Measure::Fte => 100,
    };
    let mut tables = Tables::new(domain.clone());
    for table in series.tables() {
        let sizes = domain.sizes(table.levels);
        let mut cells = vec![0; sizes.iter().product()];
        for person in 0..people {
            let cell = (sizes.iter()).fold(0, |cell, size| cell * size + person % size);
            cells[cell] += each;
        }
        tables.insert(table.levels, cells).unwrap();
    }
    series.strategy().encode(&tables).unwrap()
}

#[test]
fn opendps_map_is_never_below_the_exact_loss_and_the_charge_never_below_either() {
    for (measure, rho) in [
        ("headcount", "0.04"),
        ("fte", "0.02"),
        ("headcount", "8"),
        ("fte", "0.5"),
    ] {
        let agreement = agreement(measure, rho);
        let strategy = agreement.series()[0].strategy();
        let noise = KernelGaussian {
            gamma: strategy.gamma(),
            sampler: Arc::new(Mutex::new(
                DiscreteGaussianSampler::new(strategy.gamma()).unwrap(),
            )),
        };
        let map = noise
            .noise_privacy_map(&L2Distance::default(), &ZeroConcentratedDivergence)
            .unwrap();
        let mapped = map
            .eval(&sensitivity(&strategy.sensitivity_squared()))
            .unwrap();
        confirm(mapped, &strategy.rho()).unwrap();
        let charge = RBig::from(strategy.rho_nano_ceil()) / RBig::from(1_000_000_000_u64);
        assert!(charge >= strategy.rho());
        assert!(charge - strategy.rho() < RBig::from_parts(1.into(), 1_000_000_000_u64.into()));
    }
}

#[test]
fn a_map_below_or_far_above_the_exact_loss_is_refused() {
    let exact = RBig::from_parts(1.into(), 8_u8.into());
    assert!(confirm(0.125, &exact).is_ok());
    for wrong in [0.125 - 1e-15, 0.125 + 1e-8, 0.0, f64::NAN, f64::INFINITY] {
        assert!(confirm(wrong, &exact).is_err(), "{wrong}");
    }
}

#[test]
fn the_sensitivity_is_an_upper_bound_and_a_close_one() {
    for squared in [1_u64, 2, 3, 4, 1_000_003, u64::MAX] {
        let root = sensitivity(&UBig::from(squared));
        let squared = RBig::from(squared);
        assert!(root.clone() * root.clone() >= squared);
        let below = root - RBig::from_parts(1.into(), UBig::ONE << 31_usize);
        assert!(below.clone() * below < squared);
    }
}

/// What is left without the exact vector is noise of scale γ and nothing else.
#[test]
fn what_is_drawn_is_the_exact_vector_plus_noise_of_the_agreed_scale() {
    use statrs::distribution::{ChiSquared, ContinuousCDF};
    const ALPHA: f64 = 1e-6;
    for measure in ["headcount", "fte"] {
        let agreement = agreement(measure, "0.04");
        let series = &agreement.series()[0];
        let strategy = series.strategy();
        let exact = exact(series, 500);
        let mut sum_of_squares = 0.0;
        let mut draws = 0;
        for _ in 0..200 {
            let noisy = DiscreteGaussian
                .draw(&drawing(), strategy, &exact)
                .unwrap()
                .entries();
            for (noisy, exact) in noisy.iter().zip(&exact) {
                let standardised = (noisy - exact) as f64 / strategy.gamma() as f64;
                sum_of_squares += standardised * standardised;
                draws += 1;
            }
        }
        let expected = ChiSquared::new(f64::from(draws)).unwrap();
        assert!(
            sum_of_squares > expected.inverse_cdf(ALPHA / 2.0),
            "{measure}"
        );
        assert!(
            sum_of_squares < expected.inverse_cdf(1.0 - ALPHA / 2.0),
            "{measure}"
        );
    }
}

#[test]
fn two_draws_of_the_same_counts_differ() {
    let agreement = agreement("headcount", "0.04");
    let series = &agreement.series()[0];
    let exact = exact(series, 10);
    let draw = || {
        DiscreteGaussian
            .draw(&drawing(), series.strategy(), &exact)
            .unwrap()
    };
    assert_ne!(draw(), draw());
}

#[test]
fn an_exact_vector_of_another_length_is_refused() {
    let agreement = agreement("headcount", "0.04");
    let series = &agreement.series()[0];
    let exact = exact(series, 10);
    let longer = [&exact[..], &[0]].concat();
    for other in [&exact[1..], &longer, &[]] {
        let drawn = DiscreteGaussian.draw(&drawing(), series.strategy(), other);
        assert!(matches!(drawn, Err(MechanismError::CountsDoNotMatch)));
    }
}

fn drawing() -> Drawing<'static> {
    static HEDGE: LazyLock<Hedge> = LazyLock::new(|| Hedge::throw_away().unwrap());
    static IDENTITY: LazyLock<MeasurementId> = LazyLock::new(|| MeasurementId::from_bytes([3; 32]));
    Drawing {
        identity: &IDENTITY,
        snapshot: [0; 16],
        hedge: &HEDGE,
    }
}

/// What is left for an observer who knows all but one person: the difference of two answers, minus that of
/// the data, in units of √2γ.
fn left_of_difference(one: &[i64], other: &[i64], exact: [&[i64]; 2], gamma: u64) -> Vec<f64> {
    let scale = gamma as f64 * std::f64::consts::SQRT_2;
    let pairs = one.iter().zip(other).zip(exact[0].iter().zip(exact[1]));
    let left = pairs.map(|((one, other), (x, y))| ((one - other) - (x - y)) as f64 / scale);
    left.collect()
}

/// Two draws have the same kernel bytes, as on a machine image that was resumed twice.
#[test]
fn equal_kernel_bytes_tell_nothing_but_whether_the_counts_are_equal() {
    use statrs::distribution::{ChiSquared, ContinuousCDF};
    const ALPHA: f64 = 1e-6;
    let agreement = agreement("headcount", "0.04");
    let series = &agreement.series()[0];
    let strategy = series.strategy();
    let (without, with) = (exact(series, 500), exact(series, 501));
    let drawn = |fresh: u8, exact: &[i64]| {
        let drawn = draw(&drawing(), &[fresh; 32], strategy, exact);
        drawn.unwrap().entries()
    };
    assert_eq!(
        drawn(1, &without),
        drawn(1, &without),
        "the same of everything is the same"
    );
    let mut left = Vec::new();
    for fresh in 0..60 {
        let (one, other) = (drawn(fresh, &without), drawn(fresh, &with));
        let exact = [&without[..], &with[..]];
        left.extend(left_of_difference(&one, &other, exact, strategy.gamma()));
    }
    let sum: f64 = left.iter().map(|value| value * value).sum();
    let expected = ChiSquared::new(left.len() as f64).unwrap();
    assert!(
        sum > expected.inverse_cdf(ALPHA / 2.0),
        "{sum} of {}",
        left.len()
    );
    assert!(
        sum < expected.inverse_cdf(1.0 - ALPHA / 2.0),
        "{sum} of {}",
        left.len()
    );

    // With kernel bytes alone, the difference is exactly the person.
    let unhedged = |exact: &[i64]| {
        let stream = NoiseStream::of(&Zeroizing::new([1; 32])).unwrap();
        let mut sampler = DiscreteGaussianSampler::of(strategy.gamma(), stream).unwrap();
        let noisy = exact.iter().map(|x| x + sampler.draw().unwrap());
        noisy.collect::<Vec<_>>()
    };
    let (one, other) = (unhedged(&without), unhedged(&with));
    let exact = [&without[..], &with[..]];
    let left = left_of_difference(&one, &other, exact, strategy.gamma());
    assert!(
        left.iter().all(|value| *value == 0.0),
        "the test sees what it is for"
    );
}

#[test]
fn every_part_of_a_draw_changes_its_seed_and_neither_secret_nor_bytes_make_it_alone() {
    let (own, others) = (Hedge::throw_away().unwrap(), Hedge::throw_away().unwrap());
    let [this, that] = [[3; 32], [4; 32]].map(MeasurementId::from_bytes);
    let seed = |identity, snapshot, hedge, fresh: u8, exact: &[i64]| {
        let drawing = Drawing {
            identity,
            snapshot,
            hedge,
        };
        *drawing.seed(&[fresh; 32], exact)
    };
    let snapshot = [0; 16];
    let seeds = [
        seed(&this, snapshot, &own, 1, &[1, 2]),
        seed(&that, snapshot, &own, 1, &[1, 2]),
        seed(&this, [1; 16], &own, 1, &[1, 2]),
        seed(&this, snapshot, &others, 1, &[1, 2]),
        seed(&this, snapshot, &own, 2, &[1, 2]),
        seed(&this, snapshot, &own, 1, &[2, 1]),
    ];
    let different: std::collections::HashSet<_> = seeds.iter().collect();
    assert_eq!(different.len(), seeds.len());
    assert_eq!(seeds[0], seed(&this, snapshot, &own, 1, &[1, 2]));
}
