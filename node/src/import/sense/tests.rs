mod thresholds;

use super::*;
use crate::{
    import::{Began, Kind, Report},
    people::{PersonTag, RowsTag},
};

/// A person of a made-up extract.
#[derive(Clone)]
struct Person {
    number: u32,
    /// Categories by attribute; all other attributes have their first category.
    codes: Vec<(&'static str, u8)>,
    began: Began,
}

fn person(number: u32) -> Person {
    Person {
        number,
        codes: Vec::new(),
        began: Began::Before,
    }
}

fn with(number: u32, codes: &[(&'static str, u8)]) -> Person {
    Person {
        codes: codes.to_vec(),
        ..person(number)
    }
}

fn tag(number: u32) -> PersonTag {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    PersonTag(bytes)
}

fn extract(people: &[Person]) -> Imported {
    let staff = Kind::Staff.data_set();
    let mut all = People::none(staff.attributes().len());
    for person in people {
        let mut codes = vec![0; staff.attributes().len()];
        for (attribute, code) in &person.codes {
            codes[staff.position(attribute).unwrap()] = *code;
        }
        all.push(tag(person.number), &codes, 100);
    }
    let kept = people.len() as u64;
    Imported {
        people: all,
        moving: Moving::default(),
        began: people.iter().map(|person| person.began).collect(),
        rows_tag: RowsTag([0; 32]),
        report: Report {
            rows_read: kept,
            kept,
            ..Report::default()
        },
    }
}

/// The questions that an extract raises after a snapshot of the quarter before.
fn after(last: &Imported, now: &Imported) -> Vec<Allowance> {
    let last = Last {
        period: "2026-06".parse().unwrap(),
        people: &last.people,
        moving: &last.moving,
        stands: Stands::QuarterBefore,
        is_coded_alike: true,
        is_hashed_alike: true,
    };
    raised(check(now, Some(&last), &[]))
}

fn raised(checked: Result<(), Questions>) -> Vec<Allowance> {
    let questions = checked.err().map(|questions| questions.0);
    let questions = questions.unwrap_or_default();
    for question in &questions {
        assert!(question.to_string().contains(question.allowance.option()));
    }
    questions
        .into_iter()
        .map(|question| question.allowance)
        .collect()
}

fn people(numbers: std::ops::Range<u32>) -> Vec<Person> {
    numbers.map(person).collect()
}

#[test]
fn a_quarter_like_the_last_raises_nothing() {
    for size in [1, 2, 3, 8, 40, 1000_u32] {
        let before = extract(&people(0..size));
        assert_eq!(after(&before, &before), [], "{size}");
        // One in forty people leaves, and as many join.
        let moves = size / 40;
        let mut now = people(moves..size);
        now.extend((size..size + moves).map(|number| Person {
            began: Began::InQuarter,
            ..person(number)
        }));
        assert_eq!(after(&before, &extract(&now)), [], "{size}");
        // At a small employer one person comes, goes, or takes the place of another.
        for one in [people(1..size), people(0..size + 1), people(1..size + 1)] {
            if size < 40 && !one.is_empty() {
                assert_eq!(after(&before, &extract(&one)), [], "{size}");
            }
        }
    }
}

#[test]
fn people_under_other_numbers_are_strangers_though_the_headcount_is_the_same() {
    for size in [4, 8, 60, 3000_u32] {
        let before = extract(&people(0..size));
        let renumbered = extract(&people(10_000..10_000 + size));
        let raised = after(&before, &renumbered);
        assert!(raised.contains(&Allowance::Strangers), "{size}: {raised:?}");
        assert!(
            raised.contains(&Allowance::OldJoiners),
            "{size}: {raised:?}"
        );
        // Two in five people are renumbered: too few for strangers, but they joined long ago.
        let renumbered = size * 2 / 5;
        let mut now = people(renumbered..size);
        now.extend(people(10_000..10_000 + renumbered));
        let raised = after(&before, &extract(&now));
        if renumbered > 1 {
            assert_eq!(raised, [Allowance::OldJoiners], "{size}");
        }
    }
}

#[test]
fn who_is_away_or_listed_as_left_is_no_stranger() {
    let before = extract(&people(0..100));
    let mut now = extract(&people(40..100));
    now.moving.absent = (0..40).map(tag).collect();
    assert_eq!(after(&before, &now), [Allowance::Change]);
}

#[test]
fn people_gone_without_a_date_are_asked_about_where_others_have_one() {
    let details = crate::turnover::LeaverDetails {
        reason: 0,
        destination: 0,
    };
    let before = extract(&people(0..1000));
    let mut now = extract(&people(50..1000));
    assert_eq!(after(&before, &now), []);
    now.moving.leavers = (0..10).map(|number| (tag(number), details)).collect();
    assert_eq!(after(&before, &now), [Allowance::Gone]);
    now.moving.leavers = (0..45).map(|number| (tag(number), details)).collect();
    assert_eq!(after(&before, &now), []);
}

#[test]
fn a_headcount_is_held_against_the_last_by_share_whatever_its_size() {
    for (before, now, is_jump) in [
        (8, 2, true),
        (11, 1, true),
        (20, 10, true),
        (1, 11, true),
        (3, 13, true),
        (5000, 2500, true),
        (5000, 5501, true),
        (5000, 4499, true),
        (5000, 5500, false),
        (5000, 4500, false),
        (8, 7, false),
        (2, 1, false),
        (20, 18, false),
        (20, 17, true),
    ] {
        let raised = after(&extract(&people(0..before)), &extract(&people(0..now)));
        assert_eq!(
            raised.contains(&Allowance::Change),
            is_jump,
            "{before} to {now}"
        );
    }
    let said = check(
        &extract(&people(0..2500)),
        Some(&Last {
            period: "2026-06".parse().unwrap(),
            people: &extract(&people(0..5000)).people,
            moving: &Moving::default(),
            stands: Stands::QuarterBefore,
            is_coded_alike: true,
            is_hashed_alike: true,
        }),
        &[],
    );
    let said = said.unwrap_err().to_string();
    assert!(
        said.contains("2500 people, and 5000 in the snapshot of 2026-06: -50.0%"),
        "{said}"
    );
}

#[test]
fn a_group_a_site_or_a_band_that_goes_missing_is_asked_about_in_any_total() {
    for attribute in ["staff_group", "locality", "band"] {
        let group = |from: u32, to: u32| (from..to).map(|n| with(n, &[(attribute, 1)]));
        let before: Vec<_> = people(0..1000)
            .into_iter()
            .chain(group(1000, 1020))
            .collect();
        for (left, is_asked) in [(0, true), (1, true), (9, true), (10, false), (18, false)] {
            let now: Vec<_> = people(0..1000)
                .into_iter()
                .chain(group(1000, 1000 + left))
                .collect();
            let raised = after(&extract(&before), &extract(&now));
            assert_eq!(
                raised.contains(&Allowance::Groups),
                is_asked,
                "{attribute}: {left}"
            );
        }
    }
    // Among four people any change can happen.
    let before: Vec<_> = people(0..100)
        .into_iter()
        .chain((100..104).map(|n| with(n, &[("band", 1)])))
        .collect();
    assert_eq!(after(&extract(&before), &extract(&people(0..100))), []);
}

#[test]
fn a_share_that_moves_is_asked_about_unless_chance_moves_it() {
    let with_gender = |people: u32, of_one: u32| -> Vec<_> {
        (0..people)
            .map(|n| with(n, &[("gender", u8::from(n < of_one))]))
            .collect()
    };
    for (people, before, now, is_asked) in [
        // The codes are swapped.
        (1000, 800, 200, true),
        (60, 50, 10, true),
        (8, 8, 0, true),
        // At a large employer the limit is 10 points: 12 are asked about, 8 are not.
        (5000, 2000, 2600, true),
        (5000, 2000, 2400, false),
        (10, 5, 7, false),
    ] {
        let raised = after(
            &extract(&with_gender(people, before)),
            &extract(&with_gender(people, now)),
        );
        assert_eq!(
            raised.contains(&Allowance::Shares),
            is_asked,
            "{people}: {before} to {now}"
        );
    }
}

#[test]
fn a_needed_attribute_of_which_half_is_unknown_is_asked_about() {
    let staff = Kind::Staff.data_set();
    for attribute in ["staff_group", "band", "ethnic_group", "gender", "age_band"] {
        let unknown = staff.attributes()[staff.position(attribute).unwrap()].unknown();
        let unknown = u8::try_from(unknown).unwrap();
        let of = |known: u32| -> Vec<_> {
            (0..10)
                .map(|n| with(n, &[(attribute, if n < known { 0 } else { unknown })]))
                .collect()
        };
        assert_eq!(
            raised(check(&extract(&of(5)), None, &[])),
            [],
            "{attribute}"
        );
        let few = extract(&of(4));
        assert_eq!(
            raised(check(&few, None, &[])),
            [Allowance::Unknown],
            "{attribute}"
        );
        assert_eq!(check(&few, None, &[Allowance::Unknown]), Ok(()));
    }
}

#[test]
fn a_rule_that_leaves_many_out_is_asked_about() {
    for (rule, rows, of, is_asked) in [
        ("left", 20, 30, true),
        ("left", 2, 3, true),
        ("not_started", 300, 1000, true),
        ("bank", 251, 1000, true),
        ("bank", 250, 1000, false),
        ("left", 1, 2, false),
        ("blank_row", 900, 1000, false),
    ] {
        let mut now = extract(&people(0..10));
        now.report.rows_read = of;
        now.report.excluded.insert(rule.to_owned(), rows);
        let raised = raised(check(&now, None, &[]));
        assert_eq!(
            raised.contains(&Allowance::LeftOut),
            is_asked,
            "{rule}: {rows} of {of}"
        );
    }
    let mut now = extract(&people(0..3));
    now.report.rows_read = 22;
    now.report.excluded.insert("left".to_owned(), 19);
    let said = check(&now, None, &[]).unwrap_err().to_string();
    assert!(said.contains("--data-set leavers"), "{said}");
}
