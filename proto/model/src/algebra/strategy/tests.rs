use proptest::{
    prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest},
    test_runner::contextualize_config,
};

use super::*;
use crate::algebra::{
    Tables,
    testing::{assert_close, cases, cell_of, flat},
};

fn set(positions: &[usize]) -> Levels {
    flat(positions.iter().copied())
}

fn domain() -> Domain {
    Domain::new(vec![3, 2]).unwrap()
}

fn residuals() -> Vec<(Levels, u64)> {
    vec![
        (set(&[]), 5),
        (set(&[0]), 4),
        (set(&[1]), 3),
        (set(&[0, 1]), 2),
    ]
}

fn headcount(residuals: Vec<(Levels, u64)>, gamma: u64) -> Result<Strategy, StrategyError> {
    Strategy::new(domain(), MeasureUnit::Headcount, residuals, gamma)
}

/// What the person with these categories adds to the vector who contributes the most.
fn contribution(strategy: &Strategy, person: &[usize]) -> Vec<i64> {
    let domain = strategy.domain();
    let mut tables = Tables::new(domain.clone());
    for &(marginal, _) in strategy.residuals() {
        let mut table = vec![0; domain.cells(marginal) as usize];
        table[cell_of(domain, marginal, person)] = strategy.unit().most() as i64;
        tables.insert(marginal, table).unwrap();
    }
    strategy.encode(&tables).unwrap()
}

fn all_contributions(strategy: &Strategy) -> Vec<Vec<i64>> {
    let domain = strategy.domain();
    (0..domain.cells(domain.all()) as usize)
        .map(|person| domain.cell_nodes(domain.all(), person).unwrap())
        .map(|person| contribution(strategy, &person))
        .collect()
}

fn norm(vector: impl Iterator<Item = i64>) -> UBig {
    vector
        .map(|x| UBig::from(u128::from(x.unsigned_abs()).pow(2)))
        .sum()
}

proptest! {
    #![proptest_config(contextualize_config(ProptestConfig::with_cases(64)))]

    #[test]
    fn d_squared_is_the_norm_of_every_person_and_with_groups_hardly_more(case in cases()) {
        let strategy = &case.strategy;
        let most = strategy.sensitivity_squared();
        let least_weight = strategy.block_weights.iter().flatten().min().copied().unwrap();
        for person in all_contributions(strategy) {
            let norm = norm(person.into_iter());
            if case.domain.is_flat() {
                prop_assert_eq!(norm, most.clone());
            } else {
                prop_assert!(norm <= most);
                // A block's weight is rounded down by less than 1.
                prop_assert!(norm * least_weight >= most.clone() * (least_weight - 2));
            }
        }
    }

    #[test]
    fn the_loss_of_a_change_is_the_worst_of_all_pairs(case in cases()) {
        let strategy = &case.strategy;
        let people = all_contributions(strategy);
        let apart = |u: &Vec<i64>, v: &Vec<i64>| norm(u.iter().zip(v).map(|(x, y)| x - y));
        // Without groups every person is as good as the first: any change away from them is one from any.
        let first = if case.domain.is_flat() { 1 } else { people.len() };
        let pairs = people[..first].iter().flat_map(|u| people.iter().map(|v| apart(u, v)));
        let mut worst = pairs.max().unwrap();
        // A person of no FTE adds nothing, so the pair is apart by all that the other adds.
        if strategy.unit() == MeasureUnit::Fte {
            worst = worst.max(norm(people[0].iter().copied()));
        }
        // A difference may turn into its opposite, in the same cell.
        if strategy.unit().is_signed() {
            let opposite = |u: &Vec<i64>| norm(u.iter().map(|x| 2 * x));
            worst = people.iter().map(opposite).max().unwrap();
        }
        let rho = RBig::from_parts(worst.into(), UBig::from(strategy.gamma()).pow(2) * 2_u8);
        let found = strategy.rho_of_change();
        if case.domain.is_flat() {
            prop_assert_eq!(&found, &rho);
        } else {
            prop_assert!(found >= rho);
            // Where only the total is measured, nobody changes anything.
            prop_assert_eq!(found.is_zero(), rho.is_zero());
            let least_weight = *strategy.block_weights.iter().flatten().min().unwrap() as f64;
            let above = if rho.is_zero() { 1.0 } else { (&found / &rho).to_f64().value() };
            prop_assert!(above <= 1.0 + 10.0 / least_weight, "{above} times the worst pair");
        }
        prop_assert!(found <= strategy.rho() * RBig::from(4));
    }

    #[test]
    fn spans_tile_the_vector(case in cases()) {
        let mut next = 0;
        for (span, &(residual, weight)) in
            case.strategy.layout().iter().zip(case.strategy.residuals())
        {
            prop_assert_eq!(span.offset, next);
            prop_assert_eq!((span.residual, span.weight), (residual, weight));
            prop_assert_eq!(span.len as u64, case.domain.cells(residual));
            next += span.len;
        }
        prop_assert_eq!(next, case.strategy.entries());
    }
}

#[test]
fn the_charge_is_the_exact_loss_rounded_up() {
    // d² = 5² + 4²·6 + 3²·2 + 2²·12 = 187.
    let strategy = headcount(residuals(), 16).unwrap();
    assert_eq!(strategy.sensitivity_squared(), UBig::from(187_u8));
    assert_eq!(strategy.rho(), RBig::from_parts(187.into(), 512_u16.into()));
    assert_eq!(strategy.rho_nano_ceil(), 365_234_375);
    // 187 / (2·17²) = 0.3235294117…
    let strategy = headcount(residuals(), 17).unwrap();
    assert_eq!(strategy.rho_nano_ceil(), 323_529_412);
    let fte = Strategy::new(domain(), MeasureUnit::Fte, residuals(), 1600).unwrap();
    assert_eq!(fte.sensitivity_squared(), UBig::from(1_870_000_u32));
    assert_eq!(fte.rho_nano_ceil(), 365_234_375);
}

#[test]
fn a_loss_beyond_64_bits_is_charged_as_the_most_there_is() {
    let weights = residuals().into_iter().map(|(set, _)| (set, 1 << 37));
    let strategy = headcount(weights.collect(), 16).unwrap();
    assert_eq!(strategy.rho_nano_ceil(), u64::MAX);
}

#[test]
fn sums_of_residuals_that_break_a_rule_are_refused_by_name() {
    let refused = |residuals: Vec<(Levels, u64)>| headcount(residuals, 16).unwrap_err();
    let without = |missing: Levels| {
        let mut left = residuals();
        left.retain(|&(residual, _)| residual != missing);
        refused(left)
    };
    assert_eq!(refused(vec![]), StrategyError::Missing(set(&[])));
    assert_eq!(without(set(&[])), StrategyError::Missing(set(&[])));
    assert_eq!(without(set(&[1])), StrategyError::Missing(set(&[1])));

    let mut swapped = residuals();
    swapped.swap(1, 2);
    assert_eq!(refused(swapped), StrategyError::OutOfOrder(set(&[0])));
    let mut twice = residuals();
    twice.insert(1, (set(&[0]), 1));
    assert_eq!(refused(twice), StrategyError::OutOfOrder(set(&[0])));

    let mut zero = residuals();
    zero[2].1 = 0;
    assert_eq!(refused(zero), StrategyError::ZeroWeight(set(&[1])));
    let mut beyond = residuals();
    beyond.insert(3, (set(&[2]), 1));
    assert_eq!(refused(beyond), StrategyError::UnknownLevel(set(&[2])));
}

#[test]
fn noise_out_of_bounds_is_refused() {
    for gamma in [0, 15, MAX_GAMMA + 1, u64::MAX] {
        assert_eq!(
            headcount(residuals(), gamma),
            Err(StrategyError::Gamma(gamma))
        );
    }
    assert!(headcount(residuals(), MAX_GAMMA).is_ok());
}

#[test]
fn entries_stay_below_2_to_the_62() {
    let with = |unit, weight, gamma| {
        let mut residuals = residuals();
        residuals[1].1 = weight;
        Strategy::new(domain(), unit, residuals, gamma)
    };
    let refused = Err(StrategyError::EntryTooLarge(set(&[0])));
    // w · (3 − 1) · 2²² + 64 · 16 < 2⁶².
    assert!(with(MeasureUnit::Headcount, (1 << 39) - 1, 16).is_ok());
    assert_eq!(with(MeasureUnit::Headcount, 1 << 39, 16), refused);
    assert_eq!(with(MeasureUnit::Headcount, u64::MAX, 16), refused);
    let most = (1_u64 << 39) / 100;
    assert!(with(MeasureUnit::Fte, most, 16).is_ok());
    assert_eq!(with(MeasureUnit::Fte, most + 1, 16), refused);
    // Without noise the entry is 2²³ short of the bound; at γ = 2¹⁷, 64γ fills that.
    assert!(with(MeasureUnit::Headcount, (1 << 39) - 1, 1 << 16).is_ok());
    assert_eq!(
        with(MeasureUnit::Headcount, (1 << 39) - 1, 1 << 17),
        refused
    );
}

#[test]
fn a_difference_costs_its_square_and_a_change_of_it_four_times_that() {
    let with = |most, per_whole| {
        let unit = MeasureUnit::Difference { most, per_whole };
        Strategy::new(domain(), unit, residuals(), 1600)
    };
    let pay = with(300, 10).unwrap();
    let head = headcount(residuals(), 1600).unwrap();
    let squared = |u: u32| head.sensitivity_squared() * UBig::from(u).pow(2);
    assert_eq!(pay.sensitivity_squared(), squared(300));
    assert_eq!(pay.rho_of_change(), pay.rho() * RBig::from(4));
    assert!(with(MAX_DIFFERENCE, 10).is_ok());
    for (most, per_whole) in [(0, 10), (MAX_DIFFERENCE + 1, 10), (300, 0)] {
        assert_eq!(with(most, per_whole), Err(StrategyError::Difference));
    }
}

#[test]
fn a_measurement_too_large_for_memory_is_refused() {
    let domain = Domain::new(vec![MAX_ENTRIES as u32]).unwrap();
    let residuals = vec![(set(&[]), 1), (set(&[0]), 1)];
    assert_eq!(
        Strategy::new(domain, MeasureUnit::Headcount, residuals, 16),
        Err(StrategyError::TooManyEntries)
    );
}

#[test]
fn variances_are_in_whole_units_and_grow_with_the_nodes() {
    let fte = Strategy::new(domain(), MeasureUnit::Fte, residuals(), 1600).unwrap();
    let head = headcount(residuals(), 16).unwrap();
    for (nodes, strategy) in [(1, &head), (1, &fte), (9, &head), (9, &fte)] {
        let variances = strategy.variances(nodes);
        let expected = nodes as f64 * (16.0_f64 / (2.0 * 6.0)).powi(2);
        assert_close(
            variances.of_residual(set(&[0, 1])).unwrap()[0],
            expected,
            1e-9,
        );
    }
}
