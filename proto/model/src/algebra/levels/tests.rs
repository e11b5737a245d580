use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::algebra::testing::{bits, flat};

#[test]
fn order_is_by_size_then_by_positions_and_levels() {
    let sorted = [
        Levels::TOTAL,
        Levels::of([(0, 1)]),
        Levels::of([(0, 2)]),
        Levels::of([(1, 1)]),
        Levels::of([(31, 3)]),
        Levels::of([(0, 1), (1, 1)]),
        Levels::of([(0, 1), (1, 2)]),
        Levels::of([(0, 1), (31, 1)]),
        Levels::of([(0, 2), (1, 1)]),
        Levels::of([(1, 1), (2, 1)]),
        flat([0, 1, 2]),
    ];
    assert!(sorted.is_sorted_by(|a, b| a < b));
}

#[test]
fn closure_holds_everything_coarser_once_and_the_total() {
    assert_eq!(closure(&[]), [Levels::TOTAL]);
    let two = Levels::of([(0, 2), (2, 1)]);
    let expected = [
        Levels::TOTAL,
        flat([0]),
        Levels::of([(0, 2)]),
        flat([1]),
        flat([2]),
        flat([0, 2]),
        two,
    ];
    assert_eq!(closure(&[two, flat([2]), two, flat([1])]), expected);
}

#[test]
fn levels_are_shown_with_their_positions() {
    assert_eq!(Levels::of([(3, 2), (0, 1)]).to_string(), "{0:1,3:2}");
    assert_eq!(format!("{:?}", Levels::TOTAL), "{}");
}

#[test]
fn all_32_attributes_have_a_place_and_no_other_is_there() {
    let all = Levels::of((0..32).map(|at| (at, 3)));
    assert_eq!((all.len(), all.level(31), all.level(32)), (32, 3, 0));
    assert_eq!(Levels::of(all.iter()), all);
    let first: Vec<_> = all.below().take(3).collect();
    assert_eq!(first, [0, 1, 2].map(|level| Levels::of([(0, level)])));
}

#[test]
#[should_panic(expected = "two bits for each of 32")]
fn a_position_beyond_32_is_no_position() {
    let _ = Levels::of([(32, 1)]);
}

fn levels() -> impl Strategy<Value = (Levels, BTreeMap<usize, usize>)> {
    prop::collection::btree_map(0_usize..6, 1_usize..=3, 0..5)
        .prop_map(|pairs| (Levels::of(pairs.clone()), pairs))
}

proptest! {
    #[test]
    fn operations_are_those_of_a_level_for_each_attribute((a, x) in levels(), (b, y) in levels()) {
        let level = |pairs: &BTreeMap<_, _>, at| pairs.get(&at).copied().unwrap_or(0);
        prop_assert_eq!(a.iter().collect::<BTreeMap<_, _>>(), x.clone());
        prop_assert_eq!((a.len(), a.is_empty()), (x.len(), x.is_empty()));
        for at in 0..6 {
            let (own, other) = (level(&x, at), level(&y, at));
            prop_assert_eq!((a.level(at), a.contains(at)), (own, own > 0));
            prop_assert_eq!(a.meet(b).level(at), own.min(other));
            prop_assert_eq!(a.join(b).level(at), own.max(other));
            prop_assert_eq!(a.without(at).level(at), 0);
        }
        prop_assert_eq!(a.is_within(b), (0..6).all(|at| level(&x, at) <= level(&y, at)));
        let lexicographic = x.len().cmp(&y.len()).then(x.iter().cmp(y.iter()));
        prop_assert_eq!(a.cmp(&b), lexicographic);
    }

    #[test]
    fn below_are_all_that_are_coarser_each_once((levels, pairs) in levels()) {
        let below: Vec<_> = levels.below().collect();
        let mut sorted = below.clone();
        sorted.sort_unstable();
        sorted.dedup();
        prop_assert_eq!(sorted.len(), pairs.values().map(|level| level + 1).product::<usize>());
        prop_assert_eq!(sorted.len(), below.len());
        prop_assert!(below.iter().all(|coarser| coarser.is_within(levels)));
        prop_assert_eq!((below[0], below[below.len() - 1]), (Levels::TOTAL, levels));
    }

    #[test]
    fn without_groups_levels_are_sets_of_attributes(a in any::<u32>(), b in any::<u32>()) {
        let (x, y) = (bits(a), bits(b));
        prop_assert_eq!((x.meet(y), x.join(y)), (bits(a & b), bits(a | b)));
        prop_assert_eq!(x.is_within(y), a & !b == 0);
        prop_assert_eq!(x.len(), a.count_ones() as usize);
    }
}
