use super::*;
use crate::algebra::testing::flat;

#[test]
fn domains_without_meaning_are_refused() {
    assert_eq!(Domain::new(vec![]), Err(DomainError::NoAttributes));
    assert_eq!(
        Domain::new(vec![2; 33]),
        Err(DomainError::TooManyAttributes(33))
    );
    for size in [0, 1] {
        assert_eq!(
            Domain::new(vec![2, size]),
            Err(DomainError::TooFewCategories { position: 1, size })
        );
    }
    assert!(Domain::new(vec![2; 32]).is_ok());
}

#[test]
fn cells_saturate() {
    let domain = Domain::new(vec![1 << 22; 3]).unwrap();
    assert_eq!(domain.cells(Levels::TOTAL), 1);
    assert_eq!(domain.cells(flat([2])), 1 << 22);
    assert_eq!(domain.cells(domain.all()), u64::MAX);
}

#[test]
fn the_last_attribute_is_fastest() {
    let domain = Domain::new(vec![2, 3, 5]).unwrap();
    let marginal = flat([0, 2]);
    assert_eq!(domain.sizes(marginal), [2, 5]);
    assert_eq!(domain.cell_index(marginal, &[1, 3]), Some(8));
    for index in 0..10 {
        let categories = domain.cell_nodes(marginal, index).unwrap();
        assert_eq!(domain.cell_index(marginal, &categories), Some(index));
    }
}

#[test]
fn cells_that_do_not_exist_have_no_index() {
    let domain = Domain::new(vec![2, 3]).unwrap();
    let all = domain.all();
    assert_eq!(domain.cell_index(all, &[1]), None);
    assert_eq!(domain.cell_index(all, &[1, 3]), None);
    assert_eq!(domain.cell_index(flat([2]), &[0]), None);
    assert_eq!(domain.cell_nodes(all, 6), None);
    assert_eq!(domain.cell_nodes(flat([2]), 0), None);
    assert_eq!(domain.cell_nodes(Levels::TOTAL, 0), Some(vec![]));
    assert_eq!(domain.cell_nodes(Levels::TOTAL, 1), None);
}
