use proptest::prelude::{prop_assert_eq, proptest};

use super::*;
use crate::algebra::{
    MeasureUnit,
    testing::{cases, flat, reference_workload},
};

fn one(table: Vec<i64>) -> Tables {
    let mut tables = Tables::new(Domain::new(vec![2]).unwrap());
    tables.insert(flat([0]), table).unwrap();
    tables
}

fn strategy(unit: MeasureUnit) -> Strategy {
    let residuals = vec![(Levels::TOTAL, 3), (flat([0]), 2)];
    Strategy::new(Domain::new(vec![2]).unwrap(), unit, residuals, 16).unwrap()
}

proptest! {
    #[test]
    fn every_marginal_follows_from_the_workloads_tables(case in cases()) {
        let tables = case.tables();
        for marginal in case.closure() {
            prop_assert_eq!(tables.marginal(marginal).unwrap(), Some(case.count(marginal)));
        }
    }

    #[test]
    fn encoding_adds_up_over_people(case in cases()) {
        let whole = case.strategy.encode(&case.tables()).unwrap();
        let mut sum = vec![0; case.strategy.entries()];
        for person in &case.people {
            let alone = crate::algebra::testing::Case {
                people: vec![person.clone()],
                ..case.clone()
            };
            let part = case.strategy.encode(&alone.tables()).unwrap();
            sum.iter_mut().zip(part).for_each(|(sum, x)| *sum += x);
        }
        prop_assert_eq!(whole, sum);
    }
}

#[test]
fn the_vector_is_weighted_residuals_in_order() {
    let y = strategy(MeasureUnit::Headcount).encode(&one(vec![10, 4]));
    assert_eq!(y.unwrap(), [42, 12, -12]);
}

#[test]
fn tables_that_are_missing_are_named() {
    let (domain, workload) = reference_workload();
    let residuals = crate::algebra::closure(&workload);
    let residuals = residuals.into_iter().map(|set| (set, 1)).collect();
    let strategy = Strategy::new(domain.clone(), MeasureUnit::Headcount, residuals, 16).unwrap();
    let mut tables = Tables::new(domain.clone());
    assert_eq!(
        strategy.encode(&tables),
        Err(EncodeError::Missing(Levels::TOTAL))
    );
    let last = workload.last().copied().unwrap();
    for &marginal in workload.iter().filter(|&&marginal| marginal != last) {
        let table = vec![0; domain.cells(marginal) as usize];
        tables.insert(marginal, table).unwrap();
    }
    assert_eq!(strategy.encode(&tables), Err(EncodeError::Missing(last)));
    assert_eq!(tables.marginal(last), Ok(None));
}

#[test]
fn tables_that_are_no_counts_of_the_same_people_are_refused() {
    let head = strategy(MeasureUnit::Headcount);
    let most = MAX_PEOPLE as i64;
    assert!(head.encode(&one(vec![most, 0])).is_ok());
    let refused = Err(EncodeError::NotCounts);
    assert_eq!(head.encode(&one(vec![most, 1])), refused);
    assert_eq!(head.encode(&one(vec![2, -1])), refused);
    assert_eq!(head.encode(&one(vec![i64::MAX, i64::MAX])), refused);
    assert_eq!(head.encode(&one(vec![1, i64::MAX])), refused);
    let differences = strategy(MeasureUnit::Difference {
        most: 300,
        per_whole: 10,
    });
    assert!(differences.encode(&one(vec![2, -1])).is_ok());
    assert!(differences.encode(&one(vec![300 * most, 0])).is_ok());
    // A sum that is small because parts of it cancel is of too many people, too.
    assert_eq!(differences.encode(&one(vec![300 * most, -1])), refused);
    assert_eq!(differences.encode(&one(vec![-1, i64::MIN])), refused);
    let mut other_total = one(vec![2, 1]);
    other_total.insert(Levels::TOTAL, vec![4]).unwrap();
    assert_eq!(head.encode(&other_total), refused);
    let fte = strategy(MeasureUnit::Fte);
    assert!(fte.encode(&one(vec![100 * most, 0])).is_ok());
    assert_eq!(fte.encode(&one(vec![100 * most, 1])), refused);
}

#[test]
fn tables_of_another_shape_or_domain_are_refused() {
    let domain = Domain::new(vec![3]).unwrap();
    let mut tables = Tables::new(domain);
    let shape = AlgebraError::Shape {
        expected: 3,
        found: 2,
    };
    assert_eq!(
        tables.insert(flat([0]), vec![1, 2]),
        Err(EncodeError::Algebra(shape))
    );
    assert_eq!(
        tables.insert(flat([1]), vec![1, 2]),
        Err(EncodeError::UnknownLevel(flat([1])))
    );
    assert_eq!(
        strategy(MeasureUnit::Headcount).encode(&tables),
        Err(EncodeError::OtherDomain)
    );
}

#[test]
fn no_count_shows_in_debug() {
    let shown = format!("{:?}", one(vec![12_345, 67_890]));
    assert_eq!(shown, "Tables { marginals: [{0:1}], .. }");
}
