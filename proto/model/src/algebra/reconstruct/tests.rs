use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

use super::*;
use crate::algebra::combination::Cell;
use crate::algebra::testing::{
    Case, Rng, assert_close, bits, cases, chi_square_bounds, random_strategy,
};

/// The chance that a test on noise fails although all is right.
const ALPHA: f64 = 1e-6;

fn whole(case: &Case, table: &[i64]) -> Vec<f64> {
    let unit = case.strategy.unit().per_whole() as f64;
    table.iter().map(|&x| x as f64 / unit).collect()
}

fn assert_all_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (&found, &expected) in found.iter().zip(expected) {
        assert_close(found, expected, tolerance);
    }
}

proptest! {
    #[test]
    fn forward_then_reconstruct_without_noise_is_the_identity_on_every_marginal(case in cases()) {
        let y = case.strategy.encode(&case.tables()).unwrap();
        let mut sum = ResidualSum::for_strategy(&case.strategy);
        sum.add(&case.strategy, &y).unwrap();
        for marginal in case.closure() {
            let table = sum.table(marginal).unwrap();
            prop_assert_eq!(&table.sizes, &case.domain.sizes(marginal));
            assert_all_close(&table.estimates, &whole(&case, &case.count(marginal)), 1e-9);
        }
    }

    #[test]
    fn a_mean_of_sums_has_the_mean_of_their_values_and_of_their_variances_a_part_as_small(
        case in cases(), sums in 1_usize..4,
    ) {
        let mut rng = Rng(case.seed);
        let y = case.strategy.encode(&case.tables()).unwrap();
        let all: Vec<_> = (0..sums).map(|_| {
            let mut sum = ResidualSum::for_strategy(&case.strategy);
            sum.add(&case.strategy, &rng.noisy(&case.strategy, &y)).unwrap();
            sum
        }).collect();
        let mean = ResidualSum::mean(&all).unwrap().unwrap();
        let total = LinearCombination::total();
        let values = all.iter().map(|sum| sum.value(&total).unwrap()).sum::<f64>() / sums as f64;
        let size = values.abs().max(1.0);
        assert_close(mean.value(&total).unwrap(), values, 1e-12 * size);
        let one = case.strategy.variances(1).combination_variance(&total).unwrap();
        let of_mean = mean.variances().combination_variance(&total).unwrap();
        assert_close(of_mean * sums as f64 / one, 1.0, 1e-12);
        prop_assert_eq!(ResidualSum::mean(&[]).unwrap(), None);
    }

    #[test]
    fn tables_agree_with_each_other_on_shared_margins(case in cases()) {
        let y = case.strategy.encode(&case.tables()).unwrap();
        let noisy = Rng(case.seed).noisy(&case.strategy, &y);
        let mut sum = ResidualSum::for_strategy(&case.strategy);
        sum.add(&case.strategy, &noisy).unwrap();
        for marginal in case.closure() {
            let table = sum.table(marginal).unwrap();
            for coarser in marginal.below() {
                let mut margin = vec![0.0; case.domain.cells(coarser) as usize];
                for (index, estimate) in table.estimates.iter().enumerate() {
                    let cell = Cell::resolve(&case.domain, marginal, index).unwrap();
                    margin[cell.index_within(&case.domain, coarser)] += estimate;
                }
                let expected = sum.table(coarser).unwrap().estimates;
                let size: f64 = table.estimates.iter().map(|x| x.abs()).sum();
                assert_all_close(&margin, &expected, 1e-12 * size.max(1.0));
            }
        }
    }

    #[test]
    fn sums_over_nodes_with_different_weights_and_noise_are_right(
        case in cases(), nodes in 1_u64..5,
    ) {
        let mut rng = Rng(case.seed);
        let unit = case.strategy.unit();
        let mut sum = ResidualSum::for_strategy(&case.strategy);
        let mut merged = sum.clone();
        let mut variances = sum.variances().clone();
        for _ in 0..nodes {
            let strategy = random_strategy(&case.domain, &case.workload, unit, &mut rng);
            let y = strategy.encode(&case.tables()).unwrap();
            sum.add(&strategy, &y).unwrap();
            let mut alone = ResidualSum::for_strategy(&strategy);
            alone.add(&strategy, &y).unwrap();
            prop_assert_eq!(alone.variances(), &strategy.variances(1));
            merged.merge(&alone).unwrap();
            prop_assert!(variances.add(&strategy.variances(1)));
        }
        prop_assert_eq!(&sum, &merged);
        prop_assert_eq!(sum.contributors(), nodes);
        prop_assert_eq!(sum.variances(), &variances);
        for marginal in case.closure() {
            let expected = whole(&case, &case.count(marginal)).into_iter().map(|x| x * nodes as f64);
            let table = sum.table(marginal).unwrap();
            assert_all_close(&table.estimates, &expected.collect::<Vec<_>>(), 1e-8);
        }
    }

    #[test]
    fn combinations_are_sums_of_table_cells(case in cases()) {
        let y = case.strategy.encode(&case.tables()).unwrap();
        let mut rng = Rng(case.seed);
        let mut sum = ResidualSum::for_strategy(&case.strategy);
        sum.add(&case.strategy, &rng.noisy(&case.strategy, &y)).unwrap();
        let mut combination = LinearCombination::new();
        let (mut expected, mut size) = (0.0, 1.0);
        for marginal in case.closure() {
            let index = rng.below(case.domain.cells(marginal)) as usize;
            let coefficient = rng.normal();
            combination.add(coefficient, marginal, index);
            let term = coefficient * sum.table(marginal).unwrap().estimates[index];
            expected += term;
            size += term.abs();
        }
        assert_close(sum.value(&combination).unwrap(), expected, 1e-9 * size);
    }

    #[test]
    fn what_was_predicted_is_what_comes_out(case in cases(), nodes in 0_u64..5) {
        let mut sum = ResidualSum::for_strategy(&case.strategy);
        for _ in 0..nodes {
            let y = vec![0; case.strategy.entries()];
            sum.add(&case.strategy, &y).unwrap();
        }
        let predicted = case.strategy.variances(nodes);
        for marginal in case.closure() {
            let predicted = predicted.cell_variances(marginal).unwrap();
            let found = sum.variances().cell_variances(marginal).unwrap();
            let largest = predicted.iter().copied().fold(0.0, f64::max);
            assert_all_close(&found, &predicted, 1e-9 * largest);
        }
    }
}

/// Errors of many noisy releases of two nodes against the closed form: each statistic is χ², and
/// all of them together fail with a chance of at most [`ALPHA`] if all is right.
#[test]
fn empirical_variances_are_the_closed_form() {
    const RELEASES: u32 = 20_000;
    for unit in [MeasureUnit::Headcount, MeasureUnit::Fte] {
        let case = Case::new(vec![3, 2, 4], &[0b011, 0b110], unit, 7);
        let mut rng = Rng(11);
        let second = random_strategy(&case.domain, &case.workload, unit, &mut rng);
        let nodes = [&case.strategy, &second].map(|strategy| {
            let y = strategy.encode(&case.tables()).unwrap();
            (strategy, y)
        });

        let mut statistics: Vec<LinearCombination> = Vec::new();
        for marginal in case.closure() {
            let cells = 0..case.domain.cells(marginal) as usize;
            statistics.extend(cells.map(|index| LinearCombination::cell(marginal, index)));
        }
        let (ab, bc) = (bits(0b011), bits(0b110));
        let difference = LinearCombination::cell(ab, 0).plus_cell(-1.0, bc, 5);
        statistics.push(difference.plus(0.3, &LinearCombination::total()));

        let exact = |combination: &LinearCombination| -> f64 {
            let cell = |(marginal, index, coefficient): (Levels, usize, f64)| {
                2.0 * coefficient * whole(&case, &case.count(marginal))[index]
            };
            combination.terms().map(cell).sum()
        };
        let expected: Vec<_> = statistics.iter().map(exact).collect();
        let mut squares = vec![0.0; statistics.len()];
        let mut variances = Vec::new();
        for _ in 0..RELEASES {
            let mut sum = ResidualSum::for_strategy(&case.strategy);
            for (strategy, y) in &nodes {
                sum.add(strategy, &rng.noisy(strategy, y)).unwrap();
            }
            for ((square, statistic), expected) in
                squares.iter_mut().zip(&statistics).zip(&expected)
            {
                *square += (sum.value(statistic).unwrap() - expected).powi(2);
            }
            if variances.is_empty() {
                let variance = |statistic| sum.variances().combination_variance(statistic).unwrap();
                variances = statistics.iter().map(variance).collect();
            }
        }
        let (least, most) = chi_square_bounds(f64::from(RELEASES), ALPHA / statistics.len() as f64);
        for ((square, variance), statistic) in squares.iter().zip(&variances).zip(&statistics) {
            let chi_square = square / variance;
            assert!(
                (least..most).contains(&chi_square),
                "{statistic:?}: {chi_square} is not in {least}..{most}"
            );
        }
    }
}

#[test]
fn what_does_not_fit_is_refused_and_adds_nothing() {
    let case = Case::new(vec![3, 2], &[0b11], MeasureUnit::Headcount, 3);
    let mut sum = ResidualSum::for_strategy(&case.strategy);
    let before = sum.clone();
    let (domain, residuals) = (case.domain.clone(), case.strategy.residuals().to_vec());
    let y = vec![1; case.strategy.entries()];

    let fte = Strategy::new(domain.clone(), MeasureUnit::Fte, residuals.clone(), 16).unwrap();
    assert_eq!(sum.add(&fte, &y), Err(ReconstructError::OtherUnit));
    let fewer = residuals[..3].to_vec();
    let fewer = Strategy::new(domain, MeasureUnit::Headcount, fewer, 16).unwrap();
    assert_eq!(
        sum.add(&fewer, &y[..6]),
        Err(ReconstructError::OtherResiduals)
    );
    let domain = Domain::new(vec![2, 3]).unwrap();
    let other = Strategy::new(domain, MeasureUnit::Headcount, residuals, 16).unwrap();
    assert_eq!(sum.add(&other, &y), Err(ReconstructError::OtherDomain));
    assert_eq!(
        sum.add(&case.strategy, &y[1..]),
        Err(ReconstructError::Length {
            expected: 12,
            found: 11
        })
    );
    let others = [fte, fewer, other].map(|strategy| ResidualSum::for_strategy(&strategy));
    for other in others {
        assert!(sum.merge(&other).is_err());
    }
    assert_eq!(sum, before);
    assert_eq!(sum.contributors(), 0);
}

#[test]
fn what_is_not_in_the_closure_has_no_table() {
    let case = Case::new(vec![3, 2, 2], &[0b011], MeasureUnit::Headcount, 3);
    let sum = ResidualSum::for_strategy(&case.strategy);
    for unknown in [0b100, 0b101, 0b1000] {
        let unknown = bits(unknown);
        assert_eq!(sum.table(unknown), None);
        assert_eq!(sum.value(&LinearCombination::cell(unknown, 0)), None);
    }
    let total = sum.table(Levels::TOTAL).unwrap();
    assert_eq!(total.estimates, [0.0]);
    assert_eq!(
        sum.variances().cell_variances(Levels::TOTAL),
        Some(vec![0.0])
    );
}
