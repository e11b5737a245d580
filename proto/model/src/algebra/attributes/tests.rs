use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn set(positions: &[usize]) -> AttributeSet {
    AttributeSet::from_positions(positions.iter().copied())
}

#[test]
fn order_is_by_size_then_by_positions() {
    let sorted = [
        set(&[]),
        set(&[0]),
        set(&[1]),
        set(&[31]),
        set(&[0, 1]),
        set(&[0, 31]),
        set(&[1, 2]),
        set(&[0, 1, 2]),
    ];
    assert!(sorted.is_sorted_by(|a, b| a < b));
}

#[test]
fn closure_holds_every_subset_once_and_the_total() {
    assert_eq!(closure(&[]), [set(&[])]);
    assert_eq!(
        closure(&[set(&[0, 2]), set(&[2]), set(&[0, 2]), set(&[1])]),
        [set(&[]), set(&[0]), set(&[1]), set(&[2]), set(&[0, 2])]
    );
}

#[test]
fn positions_beyond_32_are_refused() {
    assert_eq!(AttributeSet::try_from_positions([0, 32]), None);
    assert_eq!(AttributeSet::try_from_positions([usize::MAX]), None);
    assert!(!set(&[31]).contains(32));
}

#[test]
fn sets_are_shown_by_their_positions() {
    assert_eq!(set(&[3, 0]).to_string(), "{0,3}");
    assert_eq!(format!("{:?}", set(&[])), "{}");
}

#[test]
fn subsets_of_all_32_attributes_do_not_wrap() {
    let all = AttributeSet::from_bits(u32::MAX);
    let first: Vec<_> = all.subsets().take(3).collect();
    assert_eq!(first, [set(&[]), set(&[0]), set(&[1])]);
}

proptest! {
    #[test]
    fn operations_are_those_of_sets(a in any::<u32>(), b in any::<u32>()) {
        let (a, b) = (AttributeSet::from_bits(a), AttributeSet::from_bits(b));
        let members = |set: AttributeSet| set.iter().collect::<BTreeSet<_>>();
        let (x, y) = (members(a), members(b));
        prop_assert_eq!(members(a.union(b)), &x | &y);
        prop_assert_eq!(members(a.intersection(b)), &x & &y);
        prop_assert_eq!(members(a.difference(b)), &x - &y);
        prop_assert_eq!(a.is_subset_of(b), x.is_subset(&y));
        prop_assert_eq!(a.len(), x.len());
        prop_assert_eq!(a.iter().len(), x.len());
        prop_assert_eq!(a.is_empty(), x.is_empty());
        prop_assert_eq!((0..32).all(|i| a.contains(i) == x.contains(&i)), true);
        prop_assert_eq!(a.iter().collect::<AttributeSet>(), a);
        let lexicographic = x.len().cmp(&y.len()).then(x.cmp(&y));
        prop_assert_eq!(a.cmp(&b), lexicographic);
    }

    #[test]
    fn subsets_are_all_different_and_within(bits in 0_u32..1 << 10) {
        let within = AttributeSet::from_bits(bits);
        let subsets: BTreeSet<_> = within.subsets().collect();
        prop_assert_eq!(within.subsets().count(), 1 << within.len());
        prop_assert_eq!(subsets.len(), 1 << within.len());
        prop_assert!(subsets.iter().all(|subset| subset.is_subset_of(within)));
        prop_assert_eq!(within.subsets().next(), Some(AttributeSet::EMPTY));
        prop_assert_eq!(within.subsets().last(), Some(within));
    }
}
