use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

use super::*;
use crate::algebra::{
    Tree,
    testing::{Case, Rng, cases, chi_square_bounds, domain_of, random_strategy},
};

/// The same people measured by another series: it has other tables, and lacks the groups of some attributes.
fn another(case: &Case, rng: &mut Rng) -> Case {
    let tree = |at| {
        let own = case.domain.tree(at);
        match rng.below(3) {
            0 => Tree::flat(u32::try_from(own.categories()).unwrap()),
            _ => own.clone(),
        }
    };
    let domain = domain_of((0..case.domain.attributes()).map(tree).collect());
    let marginal = |rng: &mut Rng| {
        let level = |at| (at, rng.below(domain.tree(at).depth() as u64 + 1) as usize);
        Levels::of((0..domain.attributes()).map(level))
    };
    let workload: Vec<_> = (0..=rng.below(4)).map(|_| marginal(rng)).collect();
    let strategy = random_strategy(&domain, &workload, case.strategy.unit(), rng);
    Case {
        domain,
        workload,
        strategy,
        ..case.clone()
    }
}

fn exact(case: &Case) -> ResidualSum {
    let mut sum = ResidualSum::for_strategy(&case.strategy);
    let y = case.strategy.encode(&case.tables()).unwrap();
    sum.add_exact(&case.strategy, &y).unwrap();
    sum
}

fn measured(case: &Case, rng: &mut Rng) -> ResidualSum {
    let mut sum = ResidualSum::for_strategy(&case.strategy);
    let y = case.strategy.encode(&case.tables()).unwrap();
    sum.add(&case.strategy, &rng.noisy(&case.strategy, &y))
        .unwrap();
    sum
}

/// The marginals that both measure by the same groups.
fn common(one: &Case, other: &Case) -> Vec<Levels> {
    let theirs = other.closure();
    let alike = |at| one.domain.tree(at) == other.domain.tree(at);
    let ours = one.closure().into_iter();
    ours.filter(|marginal| theirs.contains(marginal) && marginal.positions().all(alike))
        .collect()
}

proptest! {
    #[test]
    fn what_two_series_measure_has_one_estimate_whichever_is_read(case in cases()) {
        let mut rng = Rng(case.seed);
        let other = another(&case, &mut rng);
        let (a, b) = (measured(&case, &mut rng), measured(&other, &mut rng));
        let (here, there) = (a.pooled(&b), b.pooled(&a));
        let common = common(&case, &other);
        prop_assert!(common.contains(&Levels::TOTAL));
        for marginal in case.closure() {
            let variances = here.variances().cell_variances(marginal).unwrap();
            let alone = a.variances().cell_variances(marginal).unwrap();
            for (pooled, alone) in variances.iter().zip(&alone) {
                prop_assert!(*pooled <= alone * (1.0 + 1e-12));
            }
            if common.contains(&marginal) {
                prop_assert_eq!(here.table(marginal), there.table(marginal));
                prop_assert_eq!(Some(variances), there.variances().cell_variances(marginal));
            }
        }
        prop_assert_eq!(a.distance(&b), b.distance(&a));
        prop_assert_eq!(here.contributors(), 1);
    }

    #[test]
    fn without_noise_pooling_changes_nothing(case in cases()) {
        let other = another(&case, &mut Rng(case.seed));
        let (a, b) = (exact(&case), exact(&other));
        let pooled = a.pooled(&b);
        for marginal in case.closure() {
            let (found, expected) = (pooled.table(marginal).unwrap(), a.table(marginal).unwrap());
            for (found, expected) in found.estimates.iter().zip(&expected.estimates) {
                prop_assert!((found - expected).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn what_counts_other_attributes_is_never_pooled(case in cases()) {
        let a = measured(&case, &mut Rng(case.seed));
        let own = (0..case.domain.attributes()).map(|at| case.domain.tree(at).clone());
        let wider = domain_of(own.chain([Tree::flat(2)]).collect());
        let unit = case.strategy.unit();
        let strategy = random_strategy(&wider, &case.workload, unit, &mut Rng(case.seed));
        let b = ResidualSum::for_strategy(&strategy);
        prop_assert_eq!(a.pooled(&b), a.clone());
        prop_assert_eq!(a.distance(&b), Distance { squares: 0.0, degrees: 0 });
    }
}

proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(32))]

    #[test]
    fn the_error_and_the_distance_have_the_variances_that_are_said(case in cases()) {
        let mut rng = Rng(case.seed);
        let other = another(&case, &mut rng);
        let truth = exact(&case);
        let mut sums = [(0.0, 0_u64); 2];
        for _ in 0..40 {
            let (a, b) = (measured(&case, &mut rng), measured(&other, &mut rng));
            let distances = [a.pooled(&b).distance(&truth), a.distance(&b)];
            for (sum, distance) in sums.iter_mut().zip(distances) {
                *sum = (sum.0 + distance.squares, sum.1 + distance.degrees);
            }
        }
        for (squares, degrees) in sums {
            let (least, most) = chi_square_bounds(degrees as f64, 1e-9);
            prop_assert!((least..=most).contains(&squares), "{} of {}", squares, degrees);
        }
    }
}
