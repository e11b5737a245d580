use proptest::prelude::*;

use super::*;
use crate::algebra::{
    Domain, Levels, Tree,
    combination::Cell,
    testing::{Rng, domain_of, flat, random_tree},
};

/// The domain of up to three attributes, some of them with groups, a marginal of it, and a table.
fn tables() -> impl Strategy<Value = (Domain, Levels, Vec<i64>)> {
    (0_usize..=3, any::<u64>()).prop_map(|(axes, seed)| {
        let mut rng = Rng(seed);
        let trees: Vec<_> = (0..axes.max(1))
            .map(|_| match rng.below(3) as usize {
                0 => Tree::flat(2 + rng.below(3) as u32),
                depth => random_tree(depth + 1, &mut rng),
            })
            .collect();
        let domain = domain_of(trees);
        let level = |at| (at, 1 + rng.below(domain.tree(at).depth() as u64) as usize);
        let marginal = Levels::of((0..axes).map(level));
        let cell = |_| rng.below(2000) as i64 - 1000;
        let table = (0..domain.cells(marginal)).map(cell).collect();
        (domain, marginal, table)
    })
}

/// ∏ f(level, row, column) over the axes, by the nodes of two cells.
fn product(
    (domain, marginal): (&Domain, Levels),
    [row, column]: [usize; 2],
    f: impl Fn(&Level, usize, usize) -> f64,
) -> f64 {
    let nodes = |cell| domain.cell_nodes(marginal, cell).unwrap();
    let axes = domain.axes(marginal).into_iter();
    let pairs = nodes(row).into_iter().zip(nodes(column));
    axes.zip(pairs)
        .map(|(level, (row, column))| f(level, row, column))
        .product()
}

proptest! {
    #[test]
    fn xi_is_the_kronecker_product_of_contrasts_between_siblings((domain, marginal, table) in tables()) {
        let found = apply_xi(&table, &domain.axes(marginal)).unwrap();
        for (row, &found) in found.iter().enumerate() {
            let xi = |level: &Level, row, column| match row == column {
                true => level.siblings(row) as f64 - 1.0,
                false if level.parent(row) == level.parent(column) => -1.0,
                false => 0.0,
            };
            let dense = |(column, &x): (usize, &i64)| {
                product((&domain, marginal), [row, column], xi) * x as f64
            };
            prop_assert_eq!(found, table.iter().enumerate().map(dense).sum::<f64>() as i64);
        }
    }

    #[test]
    fn projecting_is_xi_over_the_number_of_siblings((domain, marginal, table) in tables()) {
        let axes = domain.axes(marginal);
        let mut projected: Vec<_> = table.iter().map(|&x| x as f64).collect();
        project(&mut projected, &axes).unwrap();
        let xi = apply_xi(&table, &axes).unwrap();
        let siblings = per_cell(&axes, &per_block(&axes, 1.0, |product, m| product * f64::from(m)));
        for ((p, xi), siblings) in projected.into_iter().zip(xi).zip(siblings) {
            prop_assert!((p - xi as f64 / siblings).abs() < 1e-9);
        }
    }

    #[test]
    fn a_coarser_table_adds_up_what_its_nodes_hold((domain, marginal, table) in tables(), pick in any::<u64>()) {
        let mut rng = Rng(pick);
        let coarser = Levels::of(marginal.iter().map(|(at, level)| (at, rng.below(level as u64 + 1) as usize)));
        let mut expected = vec![0; domain.cells(coarser) as usize];
        for (cell, x) in table.iter().enumerate() {
            let cell = Cell::resolve(&domain, marginal, cell).unwrap();
            expected[cell.index_within(&domain, coarser)] += x;
        }
        let axes: Vec<_> = marginal.iter().map(|(at, level)| {
            let (tree, to) = (domain.tree(at), coarser.level(at));
            let nodes = (0..tree.size(level)).map(|node| tree.ancestor(level, node, to)).collect();
            Coarser { nodes, size: tree.size(to) }
        }).collect();
        prop_assert_eq!(coarsen(&table, &axes).unwrap(), expected);
    }
}

fn pair() -> Domain {
    Domain::new(vec![2, 2]).unwrap()
}

/// The axis that adds up both of two categories.
fn both() -> Coarser {
    Coarser {
        nodes: vec![0, 0],
        size: 1,
    }
}

#[test]
fn integers_beyond_64_bits_are_refused() {
    let domain = pair();
    let axes = domain.axes(flat([0]));
    assert_eq!(
        apply_xi(&[i64::MAX, 0], &axes).unwrap(),
        [i64::MAX, -i64::MAX]
    );
    assert_eq!(
        apply_xi(&[i64::MAX, -1], &axes),
        Err(AlgebraError::Overflow)
    );
    assert_eq!(
        coarsen(&[i64::MAX, 1], &[both()]),
        Err(AlgebraError::Overflow)
    );
}

#[test]
fn tables_of_another_shape_are_refused() {
    let domain = pair();
    let (one, two) = (domain.axes(flat([0])), domain.axes(flat([0, 1])));
    let shape = |expected, found| AlgebraError::Shape { expected, found };
    assert_eq!(apply_xi(&[1, 2, 3], &one), Err(shape(2, 3)));
    assert_eq!(apply_xi(&[], &[]), Err(shape(1, 0)));
    assert_eq!(coarsen(&[1], &[both(), both()]), Err(shape(4, 1)));
    assert_eq!(project(&mut [1.0], &two), Err(shape(4, 1)));
}
