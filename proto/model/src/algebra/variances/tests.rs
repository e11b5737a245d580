use proptest::{
    prelude::{ProptestConfig, prop_assert_eq, proptest},
    test_runner::contextualize_config,
};

use super::*;
use crate::algebra::{
    ResidualSum,
    testing::{Case, Rng, assert_close, cases, flat, reference_workload},
};

/// A combination of random cells of the closure.
fn random_combination(case: &Case, terms: usize, rng: &mut Rng) -> LinearCombination {
    let closure = case.closure();
    let mut combination = LinearCombination::new();
    for _ in 0..terms {
        let marginal = closure[rng.below(closure.len() as u64) as usize];
        let index = rng.below(case.domain.cells(marginal)) as usize;
        combination.add(rng.normal(), marginal, index);
    }
    combination
}

/// The coefficients of a combination on the entries of the measurement, found by measuring: one
/// row of the dense reconstruction matrix.
fn gradient(case: &Case, combination: &LinearCombination) -> Vec<f64> {
    (0..case.strategy.entries())
        .map(|entry| {
            let mut y = vec![0; case.strategy.entries()];
            y[entry] = 1;
            let mut sum = ResidualSum::for_strategy(&case.strategy);
            sum.add(&case.strategy, &y).unwrap();
            sum.value(combination).unwrap()
        })
        .collect()
}

proptest! {
    #![proptest_config(contextualize_config(ProptestConfig::with_cases(48)))]

    #[test]
    fn covariances_of_combinations_are_those_of_the_dense_matrix(
        case in cases(), few in 1_usize..4, many in 4_usize..40,
    ) {
        let mut rng = Rng(case.seed);
        let variances = case.strategy.variances(1);
        let gamma = case.strategy.gamma() as f64;
        let a = random_combination(&case, few, &mut rng);
        let b = random_combination(&case, many, &mut rng);
        let (ga, gb) = (gradient(&case, &a), gradient(&case, &b));
        let dense = |x: &[f64], y: &[f64]| {
            gamma * gamma * x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>()
        };
        let tolerance = 1e-9 * (dense(&ga, &ga) * dense(&gb, &gb)).sqrt();
        let found = variances.combination_covariance(&a, &b).unwrap();
        assert_close(found, dense(&ga, &gb), tolerance);
        for (combination, g) in [(&a, &ga), (&b, &gb)] {
            let found = variances.combination_variance(combination).unwrap();
            assert_close(found, dense(g, g), 1e-9 * dense(g, g));
        }
    }

    #[test]
    fn both_ways_to_sum_a_covariance_agree(
        case in cases(), few in 1_usize..20, many in 1_usize..20,
    ) {
        let mut rng = Rng(case.seed);
        let variances = case.strategy.variances(1);
        let resolve = |combination| variances.resolve(&combination).unwrap();
        let a = resolve(random_combination(&case, few, &mut rng));
        let b = resolve(random_combination(&case, many, &mut rng));
        let scale = variances.covariance_by_pairs(&a, &a) * variances.covariance_by_pairs(&b, &b);
        assert_close(
            variances.covariance_by_residuals(&a, &b),
            variances.covariance_by_pairs(&a, &b),
            1e-9 * scale.sqrt(),
        );
    }

    #[test]
    fn cells_of_one_marginal_have_the_covariance_of_combinations(case in cases()) {
        let variances = case.strategy.variances(3);
        for marginal in case.closure() {
            let all = variances.cell_variances(marginal).unwrap();
            for (cell, &variance) in all.iter().enumerate() {
                let found = variances.cell_variance(marginal, cell).unwrap();
                assert_close(found, variance, 1e-12 * variance);
            }
            let last = all.len() - 1;
            let combined = variances.combination_covariance(
                &LinearCombination::cell(marginal, 0),
                &LinearCombination::cell(marginal, last),
            );
            prop_assert_eq!(combined, variances.covariance(marginal, 0, last));
        }
    }

    #[test]
    fn adding_up_the_children_of_a_node_is_the_coarser_cell(case in cases()) {
        let variances = case.strategy.variances(1);
        let domain = &case.domain;
        for marginal in case.closure() {
            for (at, level) in marginal.iter() {
                let coarser = marginal.with(at, level - 1);
                let any = domain.cells(coarser) as usize / 2;
                let mut sum = LinearCombination::new();
                for index in 0..domain.cells(marginal) as usize {
                    let cell = Cell::resolve(domain, marginal, index).unwrap();
                    if cell.index_within(domain, coarser) == any {
                        sum.add(1.0, marginal, index);
                    }
                }
                let variance = variances.cell_variance(coarser, any).unwrap();
                let found = variances.combination_variance(&sum).unwrap();
                assert_close(found, variance, 1e-9 * variance);
                // The sum is not only as exact as the coarser cell: it is the same number.
                let difference = sum.plus(-1.0, &LinearCombination::cell(coarser, any));
                let found = variances.combination_variance(&difference).unwrap();
                assert_close(found, 0.0, 1e-9 * variance);
            }
        }
    }
}

#[test]
fn what_is_not_measured_has_no_variance() {
    let case = Case::new(
        vec![2, 3, 2],
        &[0b011],
        crate::algebra::MeasureUnit::Headcount,
        1,
    );
    let mut variances = case.strategy.variances(1);
    let third = flat([2]);
    let beyond = flat([7]);
    for unknown in [third, beyond] {
        assert_eq!(variances.of_residual(unknown), None);
        assert_eq!(variances.cell_variances(unknown), None);
        assert_eq!(variances.covariance(unknown, 0, 0), None);
        let cell = LinearCombination::cell(unknown, 0);
        assert_eq!(variances.combination_variance(&cell), None);
    }
    let second = flat([1]);
    assert_eq!(variances.covariance(second, 0, 3), None);
    let cell = LinearCombination::cell(second, 3);
    assert_eq!(variances.combination_variance(&cell), None);
    assert_eq!(
        variances.combination_variance(&LinearCombination::new()),
        Some(0.0)
    );

    let unit = case.strategy.unit();
    let other = Case::new(vec![2, 3, 2], &[0b101], unit, 1);
    let before = variances.clone();
    assert!(!variances.add(&other.strategy.variances(1)));
    assert_eq!(variances, before);
}

#[test]
fn a_disjoint_pair_of_marginals_shares_only_the_noise_of_the_total() {
    let (domain, workload) = reference_workload();
    let residuals = crate::algebra::closure(&workload);
    let residuals = residuals
        .into_iter()
        .map(|levels| (levels, vec![1.0]))
        .collect();
    let variances = Variances::new(domain, residuals);
    let cell = |position, index| LinearCombination::cell(flat([position]), index);
    let found = variances.combination_covariance(&cell(0, 3), &cell(7, 5));
    assert_close(found.unwrap(), 1.0 / (11.0 * 18.0), 1e-15);
}
