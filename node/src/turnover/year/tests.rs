use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::turnover::{self, STAFF};

/// What a person did between two extracts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Move {
    Joined,
    Left,
}

/// Staff of these numbers, whose every attribute has this category, so that a row tells when it was coded.
fn staff(numbers: &BTreeSet<u8>, category: u8) -> People {
    let mut people = People::none(attributes(STAFF));
    for number in numbers {
        let codes = vec![category; attributes(STAFF)];
        people.push(PersonTag([*number; 16]), &codes, 50);
    }
    people
}

/// Joiners and leavers of each quarter, as they follow from the staff at the ends of all.
fn lists(ends: &[BTreeSet<u8>]) -> Vec<(People, People)> {
    let ends: Vec<_> = (0..)
        .zip(ends)
        .map(|(code, numbers)| staff(numbers, code))
        .collect();
    let quarters = ends.windows(2).map(|pair| {
        let sources = vec![0; pair[1].len()];
        (
            turnover::joiners(&pair[0], &pair[1], &sources, |_| false),
            turnover::leavers(&pair[0], &pair[1], |_| None, |_| false),
        )
    });
    quarters.collect()
}

fn borrowed(lists: &[(People, People)]) -> Vec<Quarter<'_>> {
    let quarters = lists.iter();
    quarters
        .map(|(joiners, leavers)| Quarter { joiners, leavers })
        .collect()
}

/// Everybody's number with the category that tells when the row was coded, by number.
fn rows(people: &People) -> Vec<(u8, u8)> {
    let numbers = people.tags().iter().map(|tag| tag.0[0]);
    let mut rows: Vec<_> = numbers.zip(people.column(0).iter().copied()).collect();
    rows.sort_unstable();
    rows
}

/// One person's moves, each with the number of the end at which the row was coded.
fn moves(ends: &[BTreeSet<u8>], number: u8) -> Vec<(Move, u8)> {
    let mut moves = Vec::new();
    for (end, pair) in (0..).zip(ends.windows(2)) {
        match (pair[0].contains(&number), pair[1].contains(&number)) {
            (false, true) => moves.push((Move::Joined, end + 1)),
            (true, false) => moves.push((Move::Left, end)),
            _ => {}
        }
    }
    moves
}

fn some_staff() -> impl Strategy<Value = BTreeSet<u8>> {
    prop::collection::btree_set(0_u8..24, 0..24)
}

proptest! {
    #[test]
    fn a_years_leavers_are_whose_last_move_is_leaving_each_once_as_they_left_last(
        ends in prop::collection::vec(some_staff(), 5),
    ) {
        let lists = lists(&ends);
        let (mut joined, mut left) = (Vec::new(), Vec::new());
        for number in 0..24 {
            let moves = moves(&ends, number);
            if let Some((Move::Left, coded)) = moves.last() {
                left.push((number, *coded));
            }
            if let Some((Move::Joined, coded)) = moves.first() {
                joined.push((number, *coded));
            }
        }
        prop_assert_eq!(rows(&leavers(&borrowed(&lists))), left);
        prop_assert_eq!(rows(&joiners(&borrowed(&lists))), joined);
    }

    #[test]
    fn staff_at_the_start_and_joiners_less_leavers_are_staff_at_the_end(
        ends in prop::collection::vec(some_staff(), 5),
    ) {
        let lists = lists(&ends);
        let quarters = borrowed(&lists);
        let (joined, left) = (joiners(&quarters).len(), leavers(&quarters).len());
        prop_assert_eq!(ends[0].len() + joined - left, ends[4].len());
    }

    /// What the promise rests on (design §3.1): one person more changes no row of anybody else and adds at
    /// most one.
    #[test]
    fn one_person_more_in_all_snapshots_adds_one_row_at_most_and_changes_no_other(
        ends in prop::collection::vec(some_staff(), 5),
        there in prop::collection::vec(any::<bool>(), 5),
    ) {
        let with: Vec<_> = ends.iter().zip(&there).map(|(end, there)| {
            let mut end = end.clone();
            if *there {
                end.insert(99);
            }
            end
        }).collect();
        let (without, with) = (lists(&ends), lists(&with));
        let of = [joiners, leavers];
        for list in of {
            let mut more = rows(&list(&borrowed(&with)));
            let own = more.iter().filter(|(number, _)| *number == 99).count();
            prop_assert!(own <= 1);
            more.retain(|(number, _)| *number != 99);
            prop_assert_eq!(more, rows(&list(&borrowed(&without))));
        }
    }
}

#[test]
fn whoever_left_returned_and_left_again_is_one_leaver_and_whoever_is_back_is_none() {
    let ends = [
        &[1, 2, 3][..],
        &[2, 3],
        &[1, 3, 4],
        &[1, 2, 4, 5],
        // 1 left first and last, 2 is back, 3 left, 4 came and stayed, 5 came and left.
        &[2, 4],
    ];
    let ends = ends.map(|numbers| numbers.iter().copied().collect::<BTreeSet<u8>>());
    let lists = lists(&ends);
    assert_eq!(rows(&leavers(&borrowed(&lists))), [(1, 3), (3, 2), (5, 3)]);
    assert_eq!(rows(&joiners(&borrowed(&lists))), [(4, 2), (5, 3)]);
}

#[test]
fn whom_both_files_of_a_quarter_list_came_and_left_in_it() {
    let both = |data_set| {
        let mut people = People::none(attributes(data_set));
        people.push(PersonTag([7; 16]), &vec![0; attributes(data_set)], 100);
        people
    };
    let (came, left) = (both(JOINERS), both(LEAVERS));
    let quarter = Quarter {
        joiners: &came,
        leavers: &left,
    };
    assert_eq!(joiners(&[quarter]).len(), 1);
    assert_eq!(leavers(&[quarter]).len(), 1);
}

#[test]
fn a_year_is_the_four_quarters_up_to_its_last_day() {
    let quarters = quarters("2026-03".parse().unwrap()).unwrap();
    assert_eq!(
        quarters.map(|period| period.to_string()),
        ["2025-06", "2025-09", "2025-12", "2026-03"]
    );
}
