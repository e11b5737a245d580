use proptest::prelude::*;

use super::*;
use crate::algebra::testing::{Rng, random_tree};

#[test]
fn labels_that_make_no_tree_are_refused_with_the_level() {
    let refused = |labels: &[&[u32]]| {
        let labels: Vec<_> = labels.iter().map(|level| level.to_vec()).collect();
        Tree::new(4, &labels).unwrap_err()
    };
    assert_eq!(refused(&[]), TreeError::Depth(0));
    let halves: &[u32] = &[0, 0, 1, 1];
    assert_eq!(refused(&[halves, halves, halves]), TreeError::Depth(3));
    let labels = TreeError::Labels {
        level: 1,
        expected: 4,
        found: 3,
    };
    assert_eq!(refused(&[&[0, 0, 1]]), labels);
    let numbering = |level, category, label, most| TreeError::Numbering {
        level,
        category,
        label,
        most,
    };
    assert_eq!(refused(&[&[1, 1, 0, 0]]), numbering(1, 0, 1, 0));
    assert_eq!(refused(&[&[0, 0, 2, 2]]), numbering(1, 2, 2, 1));
    assert_eq!(
        refused(&[&[0, 0, 1, u32::MAX]]),
        numbering(1, 3, u32::MAX, 2)
    );
    assert_eq!(
        refused(&[&[0, 0, 0, 1]]),
        TreeError::OnlyChild { level: 2, node: 3 }
    );
    // The root is a parent too, and one group is its only child.
    assert_eq!(
        refused(&[&[0, 0, 0, 0]]),
        TreeError::OnlyChild { level: 1, node: 0 }
    );
    // An inner level that only repeats the one above.
    assert_eq!(
        refused(&[halves, halves]),
        TreeError::OnlyChild { level: 2, node: 0 }
    );
    let not_nested = Tree::new(
        8,
        &[vec![0, 0, 0, 0, 1, 1, 1, 1], vec![0, 1, 0, 1, 0, 2, 2, 1]],
    );
    assert_eq!(not_nested, Err(TreeError::NotNested { level: 2, group: 0 }));
}

#[test]
fn categories_need_not_stand_beside_those_of_their_group() {
    let tree = Tree::new(7, &[vec![0, 1, 1, 1, 1, 1, 0]]).unwrap();
    assert_eq!(
        (tree.depth(), tree.size(0), tree.size(1), tree.categories()),
        (2, 1, 2, 7)
    );
    assert_eq!(tree.categories_of(1, 0), [0, 6]);
    assert_eq!(tree.level(2).siblings(6), 2);
    assert_eq!(tree.level(2).siblings(3), 5);
    assert_eq!(tree.level(2).children(), [2, 5]);
}

#[test]
fn a_set_of_categories_is_read_from_the_coarsest_level_that_tells_it_apart() {
    let tree = Tree::new(7, &[vec![0, 1, 1, 1, 1, 1, 0]]).unwrap();
    let coarsest = |categories: &[usize]| tree.coarsest(&categories.iter().copied().collect());
    assert_eq!(coarsest(&[0, 1, 2, 3, 4, 5, 6]), (0, vec![0]));
    assert_eq!(coarsest(&[1, 2, 3, 4, 5]), (1, vec![1]));
    assert_eq!(coarsest(&[0, 6]), (1, vec![0]));
    assert_eq!(coarsest(&[0, 1, 2, 3, 4, 5]), (2, vec![0, 1, 2, 3, 4, 5]));
    assert_eq!(coarsest(&[]), (1, vec![]));
}

proptest! {
    #[test]
    fn the_coarsest_nodes_hold_exactly_the_categories(depth in 2_usize..=3, seed in any::<u64>(), mask in any::<u32>()) {
        let tree = random_tree(depth, &mut Rng(seed));
        let wanted: BTreeSet<_> = (0..tree.categories()).filter(|at| mask >> at & 1 == 1).collect();
        let (level, nodes) = tree.coarsest(&wanted);
        let held = |level, nodes: &[usize]| {
            nodes.iter().flat_map(|&node| tree.categories_of(level, node)).collect::<BTreeSet<_>>()
        };
        prop_assert_eq!(held(level, &nodes), wanted.clone());
        // No coarser level has nodes that do.
        for coarser in usize::from(wanted.is_empty())..level {
            let inside = (0..tree.size(coarser))
                .filter(|&node| tree.categories_of(coarser, node).iter().all(|category| wanted.contains(category)));
            prop_assert_ne!(held(coarser, &inside.collect::<Vec<_>>()), wanted.clone());
        }
    }

    #[test]
    fn labels_make_the_tree_they_came_from(depth in 2_usize..=3, seed in any::<u64>()) {
        let tree = random_tree(depth, &mut Rng(seed));
        let inner: Vec<Vec<u32>> = (1..depth)
            .map(|level| tree.labels(level).into_iter().map(|label| label as u32).collect())
            .collect();
        prop_assert_eq!(Tree::new(tree.categories(), &inner), Ok(tree.clone()));
        for level in 1..=depth {
            let sizes: usize = tree.level(level).children().iter().map(|&m| m as usize).sum();
            prop_assert_eq!(sizes, tree.size(level));
        }
    }
}
