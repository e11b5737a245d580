//! Exact numbers of a small case with groups, worked out by hand and by a program of another author.
//!
//! Attribute a has 5 categories in two groups, attribute c has 3 and no groups.

use dashu::{integer::UBig, rational::RBig};

use super::{testing::assert_close, *};

const A: usize = 0;
const C: usize = 1;

fn domain() -> Domain {
    let tree = Tree::new(5, &[vec![0, 0, 1, 1, 1]]).unwrap();
    Domain::new(vec![5, 3]).unwrap().with_tree(A, tree)
}

/// The levels (of a, of c), in the order of the vector.
const ORDER: [(usize, usize); 6] = [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)];

fn levels((a, c): (usize, usize)) -> Levels {
    Levels::of([(A, a), (C, c)])
}

fn strategy() -> Strategy {
    let weights = [5000, 4000, 3000, 6000, 2000, 7000];
    let residuals = ORDER.map(levels).into_iter().zip(weights);
    Strategy::new(domain(), MeasureUnit::Headcount, residuals.collect(), 1000).unwrap()
}

/// (7i + 5j + 3ij²) mod 11 people in the cell (i, j).
fn tables() -> Tables {
    let cell = |cell: i64| {
        let (i, j) = (cell / 3, cell % 3);
        (7 * i + 5 * j + 3 * i * j * j) % 11
    };
    let mut tables = Tables::new(domain());
    tables
        .insert(levels((2, 1)), (0..15).map(cell).collect())
        .unwrap();
    tables
}

const ENCODED: [i64; 32] = [
    360_000, -16_968, 16_968, -6_363, 6_363, -11_016, 0, 11_016, 14_694, -66_123, 51_429, -17_310,
    8_655, 8_655, 17_310, -8_655, -8_655, -36_360, 12_120, 24_240, 36_360, -12_120, -24_240,
    -24_486, 20_988, 3_498, 38_478, 0, -38_478, -13_992, -20_988, 34_980,
];

#[test]
fn blocks_of_unequal_groups_are_weighted_to_one_norm() {
    let strategy = strategy();
    assert_eq!(
        strategy
            .residuals()
            .iter()
            .map(|&(residual, _)| residual)
            .collect::<Vec<_>>(),
        ORDER.map(levels)
    );
    let weights = |index| {
        let mut weights = strategy.entry_weights(index);
        weights.dedup();
        weights
    };
    let expected: [&[u64]; 6] = [
        &[5000],
        &[2828],
        &[2121, 1224],
        &[2449],
        &[577],
        &[2020, 1166],
    ];
    for (index, expected) in expected.into_iter().enumerate() {
        assert_eq!(weights(index), expected, "{:?}", ORDER[index]);
    }
    assert_eq!(strategy.sensitivity_squared(), UBig::from(139_000_000_u32));
    assert_eq!(strategy.rho(), RBig::from_parts(139.into(), 2_u8.into()));
}

#[test]
fn nobody_is_heavier_than_the_sum_of_squared_weights() {
    let strategy = strategy();
    let norm = |category: usize, c: usize| {
        let mut alone = Tables::new(domain());
        let mut table = vec![0; 15];
        table[3 * category + c] = 1;
        alone.insert(levels((2, 1)), table).unwrap();
        let vector = strategy.encode(&alone).unwrap();
        vector.iter().map(|x| x * x).sum::<i64>()
    };
    assert_eq!((norm(3, 1), norm(0, 0)), (138_908_994, 138_938_004));
}

#[test]
fn a_table_is_encoded_to_these_integers() {
    assert_eq!(strategy().encode(&tables()).unwrap(), ENCODED);
}

#[test]
fn cells_have_these_variances_and_covariances() {
    let variances = strategy().variances(1);
    let (leaf, group) = (levels((2, 1)), levels((1, 1)));
    let cell = |marginal, a, c| {
        let index = domain().cell_index(marginal, &[a, c]).unwrap();
        LinearCombination::cell(marginal, index)
    };
    let covariance = |x: &LinearCombination, y: &LinearCombination| {
        variances.combination_covariance(x, y).unwrap()
    };
    let first = cell(leaf, 0, 0);
    assert_close(covariance(&first, &first), 0.013_793, 5e-7);
    let last = cell(leaf, 4, 2);
    assert_close(covariance(&last, &last), 0.013_279, 5e-7);
    assert_close(covariance(&first, &cell(leaf, 1, 0)), 0.003_080, 5e-7);
    assert_close(covariance(&first, &cell(leaf, 2, 0)), -0.004_225, 5e-7);
    assert_close(covariance(&first, &cell(group, 0, 0)), 0.016_873, 5e-7);
    let other_group = cell(group, 1, 0);
    assert_close(covariance(&other_group, &other_group), 0.033_747, 5e-7);
}

#[test]
fn noisy_entries_are_reconstructed_to_these_tables() {
    let noisy = (0..)
        .zip(ENCODED)
        .map(|(k, entry)| entry + 100 * ((7 * k) % 11 - 5));
    let strategy = strategy();
    let mut sum = ResidualSum::for_strategy(&strategy);
    sum.add(&strategy, &noisy.collect::<Vec<_>>()).unwrap();
    let expected = [
        (
            (2, 0),
            &[
                15.039_827_911,
                17.945_532_768,
                9.880_769_389,
                13.071_401_197,
                15.962_468_735,
            ][..],
        ),
        (
            (1, 1),
            &[
                6.866_523_426,
                9.073_029_624,
                17.045_807_629,
                19.054_773_249,
                5.943_544_034,
                13.916_322_039,
            ],
        ),
    ];
    for (marginal, expected) in expected {
        let found = sum.table(levels(marginal)).unwrap().estimates;
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert_close(*found, *expected, 5e-10);
        }
    }
}

#[test]
fn a_workload_is_planned_to_these_integers() {
    let workload = [((0, 0), 2.0), ((2, 0), 1.0), ((1, 1), 2.0), ((2, 1), 1.0)];
    let workload = workload.map(|(marginal, importance)| (levels(marginal), importance));
    let objective = Objective::SumOfVariances;
    let plan = plan(
        &domain(),
        MeasureUnit::Headcount,
        &workload,
        125_000_000,
        objective,
    )
    .unwrap();
    let weights: Vec<_> = plan
        .strategy()
        .residuals()
        .iter()
        .map(|&(_, weight)| weight)
        .collect();
    let expected = [
        20_746_984, 9_734_120, 13_766_124, 12_069_571, 12_069_571, 10_947_795,
    ];
    assert_eq!(
        (weights.as_slice(), plan.strategy().gamma()),
        (&expected[..], 67_108_865)
    );
    assert_close(plan.objective_value(), 57.523_034, 5e-7);
    let sds = |marginal| {
        let variances = plan
            .strategy()
            .variances(1)
            .cell_variances(levels(marginal))
            .unwrap();
        let mut sds: Vec<_> = variances.into_iter().map(f64::sqrt).collect();
        sds.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
        sds
    };
    let expected: [((usize, usize), &[f64]); 4] = [
        ((0, 0), &[3.234_632]),
        ((2, 0), &[3.092_859, 3.488_997]),
        ((1, 1), &[2.912_219]),
        ((2, 1), &[2.637_321, 3.088_408]),
    ];
    for (marginal, expected) in expected {
        let found = sds(marginal);
        assert_eq!(found.len(), expected.len(), "{marginal:?}: {found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert_close(*found, *expected, 5e-7);
        }
    }
}
