use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::turnover::attributes;

/// Who is in post, by number, with the index of their band.
type Roll = BTreeMap<u8, u8>;

fn band_attribute() -> &'static Attribute {
    let staff = data_set_named(STAFF);
    &staff.attributes()[column(staff, "band")]
}

fn band(named: &str) -> u8 {
    code(band_attribute().category(named).unwrap())
}

/// These people, whose every other attribute has the first category where their number is even.
fn staff(roll: &Roll) -> People {
    let position = column(data_set_named(STAFF), "band");
    let mut people = People::none(attributes(STAFF));
    for (number, band) in roll {
        let mut codes = vec![number % 2; attributes(STAFF)];
        codes[position] = *band;
        people.push(PersonTag([*number; 16]), &codes, 50);
    }
    people
}

/// Everybody's number, with the codes of their row.
fn rows(people: &People) -> Vec<(u8, Vec<u8>)> {
    let row = |position: usize| {
        let codes = (0..people.attributes()).map(|column| people.column(column)[position]);
        (people.tags()[position].0[0], codes.collect())
    };
    let mut rows: Vec<_> = (0..people.len()).map(row).collect();
    rows.sort_unstable();
    rows
}

/// Everybody's number, with the code of their movement.
fn moved(people: &People) -> Vec<(u8, &'static str)> {
    let rows = rows(people).into_iter();
    rows.map(|(number, codes)| {
        let category = usize::from(*codes.last().unwrap());
        (number, movement_attribute().categories()[category].code())
    })
    .collect()
}

fn absent(numbers: &BTreeSet<u8>) -> impl Fn(PersonTag) -> bool {
    |tag| numbers.contains(&tag.0[0])
}

#[test]
fn a_movement_is_told_by_the_bands_at_the_two_ends() {
    let cases = [
        ("afc_5", Some("afc_6"), "up"),
        ("afc_7", Some("afc_8a"), "up"),
        ("afc_9", Some("vsm"), "up"),
        ("afc_5", Some("afc_5"), "same"),
        ("vsm", Some("vsm"), "same"),
        ("afc_8a", Some("afc_7"), "down"),
        ("vsm", Some("afc_1"), "down"),
        // Pay outside of the ladder is compared with nothing, itself included.
        ("consultant", Some("consultant"), "not_comparable"),
        ("doctor_in_training", Some("consultant"), "not_comparable"),
        ("afc_6", Some("other"), "not_comparable"),
        ("career_grade", Some("afc_9"), "not_comparable"),
        ("unknown", Some("afc_5"), "unknown"),
        ("afc_5", Some("unknown"), "unknown"),
        ("consultant", Some("unknown"), "unknown"),
        ("afc_5", None, "left"),
        ("unknown", None, "left"),
        ("consultant", None, "left"),
    ];
    let numbered = || (0_u8..).zip(cases);
    let before = numbered().map(|(number, (before, ..))| (number, band(before)));
    let now = numbered().filter_map(|(number, (_, now, _))| Some((number, band(now?))));
    let people = movement(&staff(&before.collect()), &staff(&now.collect()), |_| false);
    let expected: Vec<_> = numbered().map(|(number, case)| (number, case.2)).collect();
    assert_eq!(moved(&people), expected);
    let tally = Tally {
        people: cases.len(),
        up: 3,
        down: 2,
        left: 3,
    };
    assert_eq!(Tally::of(&people), tally);
}

#[test]
fn a_row_is_of_the_beginning_and_nobody_who_joined_since_has_one() {
    let people = movement(
        &staff(&Roll::from([(1, band("afc_2")), (2, band("afc_5"))])),
        &staff(&Roll::from([(2, band("afc_6")), (4, band("afc_7"))])),
        |_| false,
    );
    assert_eq!(moved(&people), [(1, "left"), (2, "up")]);
    let data_set = data_set_named(CAREER_MOVEMENT);
    let of = |attribute| people.column(column(data_set, attribute));
    assert_eq!(of("band"), [band("afc_2"), band("afc_5")]);
    for attribute in ["staff_group", "ethnic_group", "gender", "disability"] {
        assert_eq!(of(attribute), [1, 0], "{attribute}");
    }
    assert_eq!(people.fte_hundredths(), [50, 50]);
}

#[test]
fn whoever_is_absent_has_not_left_and_cannot_be_compared() {
    let before = Roll::from([(1, band("afc_5")), (2, band("unknown")), (3, band("afc_5"))]);
    let now = Roll::from([(3, band("afc_6"))]);
    // 3 has a row that counts beside one that does not.
    let breaks = BTreeSet::from([1, 2, 3]);
    let people = movement(&staff(&before), &staff(&now), absent(&breaks));
    let expected = [(1, "not_comparable"), (2, "not_comparable"), (3, "up")];
    assert_eq!(moved(&people), expected);
}

#[test]
fn the_year_of_a_period_begins_and_ends_twelve_months_away() {
    let period = |text: &str| text.parse::<Period>().unwrap();
    assert_eq!(since(period("2026-03")), Some(period("2025-03")));
    assert_eq!(until(period("2025-03")), Some(period("2026-03")));
    assert_eq!(until(period("9998-06")), None);
}

fn some_staff() -> impl Strategy<Value = Roll> {
    let bands = code(band_attribute().size());
    prop::collection::btree_map(0_u8..24, 0..bands, 0..24)
}

proptest! {
    #[test]
    fn everybody_of_the_beginning_is_in_it_once_and_stayed_or_left(
        before in some_staff(),
        now in some_staff(),
        breaks in prop::collection::btree_set(0_u8..24, 0..6),
    ) {
        let people = movement(&staff(&before), &staff(&now), absent(&breaks));
        let moved = moved(&people);
        let numbers: Vec<_> = moved.iter().map(|(number, _)| *number).collect();
        prop_assert_eq!(numbers, before.keys().copied().collect::<Vec<_>>());
        let left: Vec<_> = moved.iter().filter(|(_, moved)| *moved == "left").collect();
        for (number, _) in &left {
            prop_assert!(!now.contains_key(number) && !breaks.contains(number));
        }
        let stayed = before.keys().filter(|number| now.contains_key(number) || breaks.contains(number));
        prop_assert_eq!(stayed.count() + left.len(), before.len());
        prop_assert_eq!(Tally::of(&people).left, left.len());
    }

    /// What the promise rests on (design §3.1): one person more changes no row of anybody else and adds at
    /// most one.
    #[test]
    fn one_person_more_in_all_snapshots_adds_one_row_at_most_and_changes_no_other(
        before in some_staff(),
        now in some_staff(),
        breaks in prop::collection::btree_set(0_u8..24, 0..6),
        own in prop::collection::vec(prop::option::of(0..code(band_attribute().size())), 2),
        on_a_break in any::<bool>(),
    ) {
        let with = |roll: &Roll, own: Option<u8>| {
            let mut roll = roll.clone();
            roll.extend(own.map(|band| (99, band)));
            staff(&roll)
        };
        let breaks_with = breaks.iter().copied().chain(on_a_break.then_some(99)).collect();
        let without = movement(&staff(&before), &staff(&now), absent(&breaks));
        let with = movement(&with(&before, own[0]), &with(&now, own[1]), absent(&breaks_with));
        let mut more = rows(&with);
        let count = more.iter().filter(|(number, _)| *number == 99).count();
        prop_assert_eq!(count, usize::from(own[0].is_some()));
        more.retain(|(number, _)| *number != 99);
        prop_assert_eq!(more, rows(&without));
    }
}
