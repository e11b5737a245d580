use dashu::rational::RBig;
use proptest::{
    prelude::{ProptestConfig, prop_assert, proptest},
    test_runner::contextualize_config,
};

use super::*;
use crate::algebra::{
    MAX_DIFFERENCE,
    testing::{Rng, assert_close, cases, flat, reference_workload},
};

const RHO_HALF: u64 = 500_000_000;

/// All marginals of `ways` attributes over the domain of the `ResidualPlanner` paper's CPS data.
fn cps(ways: usize) -> (Domain, Vec<Levels>) {
    let domain = Domain::new(vec![50, 100, 7, 4, 2]).unwrap();
    let marginals = domain.all().below().filter(|set| set.len() == ways);
    let marginals = marginals.collect();
    (domain, marginals)
}

/// The mean variance of a cell.
fn mean(variances: &Variances, marginal: Levels) -> f64 {
    let all = variances.cell_variances(marginal).unwrap();
    all.iter().sum::<f64>() / all.len() as f64
}

fn equally(workload: &[Levels]) -> Vec<MarginalImportance> {
    workload.iter().map(|&marginal| (marginal, 1.0)).collect()
}

fn headcount(
    domain: &Domain,
    workload: &[MarginalImportance],
    objective: Objective,
) -> Result<Plan, PlanError> {
    plan(
        domain,
        MeasureUnit::Headcount,
        workload,
        RHO_HALF,
        objective,
    )
}

#[test]
fn rmse_per_cell_is_that_of_the_paper() {
    for (ways, rmse) in [(1, 1.744), (2, 2.035), (3, 2.048)] {
        let (domain, marginals) = cps(ways);
        let cells = |marginal| domain.cells(marginal) as f64;
        let workload: Vec<_> = marginals.iter().map(|&set| (set, cells(set))).collect();
        let plan = headcount(&domain, &workload, Objective::SumOfVariances).unwrap();
        let all_cells: f64 = workload.iter().map(|&(_, cells)| cells).sum();
        assert_close((plan.objective_value() / all_cells).sqrt(), rmse, 5e-4);
        let variances = plan.strategy().variances(1);
        let variance = |&(set, cells): &(_, f64)| cells * mean(&variances, set);
        let sum: f64 = workload.iter().map(variance).sum();
        assert_close((sum / all_cells).sqrt(), rmse, 5e-4);
        assert!(plan.rounding_cost().abs() < 1e-6);
    }
}

#[test]
fn worst_variance_is_that_of_the_paper() {
    for (ways, variance) in [(1, 4.346), (2, 7.897), (3, 7.706)] {
        let (domain, marginals) = cps(ways);
        let workload = equally(&marginals);
        let plan = headcount(&domain, &workload, Objective::WorstMarginal).unwrap();
        assert_close(plan.objective_value(), variance, 5e-4);
        assert!(plan.duality_gap() < 1e-8);
        assert!(plan.rounding_cost().abs() < 1e-3);
    }
}

#[test]
fn sums_of_differences_are_planned_as_counts_are_and_as_much_wider_as_one_person_adds() {
    let (domain, marginals) = reference_workload();
    // The total and one attribute each: for all 35 tables of the widest differences no γ is within bounds.
    let marginals = &marginals[..11];
    let workload = equally(marginals);
    let objective = Objective::SumOfVariances;
    let head = plan(
        &domain,
        MeasureUnit::Headcount,
        &workload,
        5_000_000,
        objective,
    )
    .unwrap();
    for (most, per_whole) in [(1, 1), (300, 10), (400, 10), (MAX_DIFFERENCE, 1)] {
        let unit = MeasureUnit::Difference { most, per_whole };
        let plan = plan(&domain, unit, &workload, 5_000_000, objective).unwrap();
        assert!(plan.strategy().rho_nano_ceil() <= 5_000_000);
        let wider = f64::from(most) / f64::from(per_whole);
        let value = (plan.objective_value() / head.objective_value()).sqrt();
        assert_close(value, wider, 1e-9 * wider);
        for variances in [plan.continuous(), &plan.strategy().variances(1)] {
            for &marginal in marginals {
                let sd = |variances| mean(variances, marginal).sqrt();
                assert_close(sd(variances) / sd(head.continuous()), wider, 1e-3 * wider);
            }
        }
    }
}

#[test]
fn the_reference_workload_is_as_exact_as_designed() {
    let (domain, marginals) = reference_workload();
    assert_eq!(marginals.len(), 35);
    for unit in [MeasureUnit::Headcount, MeasureUnit::Fte] {
        let workload = equally(&marginals);
        let objective = Objective::SumOfVariances;
        let plan = plan(&domain, unit, &workload, 125_000_000, objective).unwrap();
        assert_eq!(plan.strategy().entries(), 7459);
        for variances in [plan.continuous(), &plan.strategy().variances(1)] {
            let sd = |marginal| mean(variances, marginal).sqrt();
            assert_close(sd(Levels::TOTAL), 13.38, 5e-3);
            let one_way: f64 = marginals[..10].iter().map(|&marginal| sd(marginal)).sum();
            assert_close(one_way / 10.0, 9.85, 5e-3);
            for (&marginal, expected) in marginals[32..].iter().zip([9.30, 9.37, 9.45]) {
                assert_close(sd(marginal), expected, 5e-3);
            }
        }
        assert!(plan.rounding_cost().abs() < 1e-6);
        let change = plan.strategy().rho_of_change() / plan.strategy().rho();
        assert_close(change.to_f64().value(), 2.087, 5e-4);
    }
}

#[test]
fn a_total_of_its_own_importance_is_as_exact_as_asked() {
    let (domain, marginals) = reference_workload();
    let mut workload = equally(&marginals);
    workload.push((Levels::TOTAL, 0.25));
    let plan = headcount(&domain, &workload, Objective::WorstMarginal).unwrap();
    let variances = plan.continuous();
    let total = mean(variances, Levels::TOTAL);
    let worst = (marginals.iter())
        .map(|&marginal| mean(variances, marginal))
        .fold(0.0, f64::max);
    assert_close(total / worst, 0.25, 1e-6);
}

/// The eigenvalues of a symmetric matrix (cyclic Jacobi rotations).
fn eigenvalues(mut m: Vec<Vec<f64>>) -> Vec<f64> {
    let n = m.len();
    for _ in 0..30 {
        for p in 0..n {
            for q in p + 1..n {
                if m[p][q].abs() < 1e-14 {
                    continue;
                }
                let angle = 0.5 * (2.0 * m[p][q]).atan2(m[q][q] - m[p][p]);
                let (sin, cos) = angle.sin_cos();
                for row in &mut m {
                    let (x, y) = (row[p], row[q]);
                    (row[p], row[q]) = (cos * x - sin * y, sin * x + cos * y);
                }
                let (above, below) = m.split_at_mut(q);
                for (x, y) in above[p].iter_mut().zip(&mut below[0]) {
                    (*x, *y) = (cos * *x - sin * *y, sin * *x + cos * *y);
                }
            }
        }
    }
    (0..n).map(|i| m[i][i]).collect()
}

#[test]
fn the_sum_of_variances_meets_the_svd_bound() {
    // Li and Miklau 2013: whatever the Gaussian strategy, the squared error of queries W over N
    // cells is at least (Σ singular values of W)² / (2ρ N).
    let domain = Domain::new(vec![3, 2, 4]).unwrap();
    let workload = [([0, 1], 1.0), ([1, 2], 3.0), ([2, 2], 0.5)]
        .map(|(positions, importance)| (flat(positions), importance));
    let cells = domain.cells(domain.all()) as usize;
    let mut gram = vec![vec![0.0; cells]; cells];
    for &(marginal, importance) in &workload {
        let cell_of = |person| {
            let categories = domain.cell_nodes(domain.all(), person).unwrap();
            let kept: Vec<_> = marginal.positions().map(|i| categories[i]).collect();
            domain.cell_index(marginal, &kept)
        };
        for (u, row) in gram.iter_mut().enumerate() {
            for (v, entry) in row.iter_mut().enumerate() {
                if cell_of(u) == cell_of(v) {
                    // The objective takes the variance of one cell for each marginal.
                    *entry += importance / domain.cells(marginal) as f64;
                }
            }
        }
    }
    let singular = eigenvalues(gram).into_iter().map(|x| x.max(0.0).sqrt());
    let bound = singular.sum::<f64>().powi(2) / cells as f64;
    let plan = headcount(&domain, &workload, Objective::SumOfVariances).unwrap();
    assert_close(plan.objective_value() / bound, 1.0, 1e-6);
}

#[test]
fn workloads_without_meaning_are_refused() {
    let domain = Domain::new(vec![3, 2]).unwrap();
    let one = flat([1]);
    for objective in [Objective::SumOfVariances, Objective::WorstMarginal] {
        let refused = |workload: &[_]| headcount(&domain, workload, objective).unwrap_err();
        assert_eq!(refused(&[]), PlanError::EmptyWorkload);
        assert_eq!(
            refused(&[(one, 1.0), (Levels::TOTAL, 1.0), (one, 2.0)]),
            PlanError::RepeatedMarginal(one)
        );
        let beyond = flat([2]);
        assert_eq!(refused(&[(beyond, 1.0)]), PlanError::UnknownLevel(beyond));
        for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(refused(&[(one, wrong)]), PlanError::Importance(one));
        }
        let zero = plan(&domain, MeasureUnit::Headcount, &[(one, 1.0)], 0, objective);
        assert_eq!(zero, Err(PlanError::ZeroRho));
    }
}

#[test]
fn importances_too_uneven_for_integers_are_refused() {
    let domain = Domain::new(vec![3, 2]).unwrap();
    let one = flat([1]);
    for (much, little) in [
        (1e300, 1e-300),
        (f64::MAX, 1.0),
        (1.0, f64::MIN_POSITIVE / 1e10),
    ] {
        let workload = [(Levels::TOTAL, much), (one, little)];
        let refused = headcount(&domain, &workload, Objective::SumOfVariances);
        assert_eq!(refused, Err(PlanError::TooUneven));
        // For the worst marginal, the important one is that which is allowed little variance.
        let workload = [(Levels::TOTAL, little), (one, much)];
        let refused = headcount(&domain, &workload, Objective::WorstMarginal);
        assert_eq!(refused, Err(PlanError::TooUneven));
    }
}

#[test]
fn a_marginal_of_too_many_attributes_is_refused_before_its_subsets_are_made() {
    let domain = Domain::new(vec![2; 32]).unwrap();
    let workload = [(domain.all(), 1.0)];
    assert_eq!(
        headcount(&domain, &workload, Objective::SumOfVariances),
        Err(PlanError::TooManyEntries)
    );
}

proptest! {
    #![proptest_config(contextualize_config(ProptestConfig::with_cases(64)))]

    #[test]
    fn plans_spend_all_of_rho_and_no_more(case in cases(), rho_nano in 1_000_u64..10_000_000_000) {
        let mut marginals = case.workload.clone();
        marginals.sort_unstable();
        marginals.dedup();
        let mut rng = Rng(case.seed);
        let workload: Vec<_> = (marginals.into_iter())
            .map(|marginal| (marginal, 0.1 + rng.below(100) as f64 / 10.0))
            .collect();
        for objective in [Objective::SumOfVariances, Objective::WorstMarginal] {
            let plan = plan(&case.domain, case.strategy.unit(), &workload, rho_nano, objective);
            let plan = plan.unwrap();
            let strategy = plan.strategy();
            let rho = RBig::from_parts(rho_nano.into(), 1_000_000_000_u32.into());
            prop_assert!(strategy.rho() <= rho);
            prop_assert!(strategy.rho_nano_ceil() <= rho_nano);
            // The next smaller γ would cost more than ρ.
            let smaller = UBig::from(strategy.gamma() - 1).pow(2) * 2_u8;
            prop_assert!(RBig::from_parts(strategy.sensitivity_squared().into(), smaller) > rho);
            let weights = (0..strategy.residuals().len()).flat_map(|index| strategy.entry_weights(index));
            prop_assert!(weights.into_iter().all(|weight| weight >= 1 << 10));
            prop_assert!(plan.duality_gap() < 1e-6, "gap {}", plan.duality_gap());
            let (least, most) = match objective {
                // The optimum is the minimum of a smooth function, so rounding costs only in second order.
                Objective::SumOfVariances => (-1e-7, 1e-5),
                Objective::WorstMarginal => (-1e-3, 1e-3),
            };
            prop_assert!((least..most).contains(&plan.rounding_cost()), "{}", plan.rounding_cost());
        }
    }

    #[test]
    fn no_other_strategy_of_the_same_loss_is_better(case in cases()) {
        let mut marginals = case.workload.clone();
        marginals.sort_unstable();
        marginals.dedup();
        let workload = equally(&marginals);
        // Compares the case's own random strategy with a plan for exactly its loss.
        let other = &case.strategy;
        let rho_nano = other.rho_nano_ceil();
        for objective in [Objective::SumOfVariances, Objective::WorstMarginal] {
            let Ok(plan) = plan(&case.domain, other.unit(), &workload, rho_nano, objective) else {
                // A random loss can be too large or small for the bounds.
                continue;
            };
            let value = |variances: &Variances| {
                let each = marginals.iter().map(|&set| mean(variances, set));
                match objective {
                    Objective::SumOfVariances => each.sum::<f64>(),
                    Objective::WorstMarginal => each.fold(0.0, f64::max),
                }
            };
            let slack = 1.0 + 1e-6 + 2.0 / rho_nano as f64;
            prop_assert!(value(plan.continuous()) <= value(&other.variances(1)) * slack);
        }
    }
}
