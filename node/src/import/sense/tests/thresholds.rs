//! The signs of mistakes in an extract itself: each is asked about above its threshold, not just below it,
//! and not where it is allowed.

use super::*;
use crate::import::{
    field::Field,
    seen::Seen,
    signs::{Codes, ExplainedBy, Signs},
};

fn rows(rows: u64) -> Seen {
    Seen {
        rows,
        lines: vec![2],
    }
}

/// A report on `rows_read` rows, all kept except for further assignments.
fn report(rows_read: u64, merged: u64, change: impl FnOnce(&mut Signs)) -> Report {
    let mut report = Report {
        rows_read,
        merged,
        kept: rows_read - merged,
        ..Report::default()
    };
    change(&mut report.signs);
    report
}

fn days(number: usize) -> impl Fn(&mut Signs) {
    move |signs| {
        signs.order.ambiguous = number as u64;
        signs.order.different = (0..number)
            .map(|day| format!("{day}").into_bytes().into())
            .collect();
    }
}

fn serials(serials: u64, others: u64) -> impl Fn(&mut Signs) {
    move |signs| {
        let column = signs.dates.entry(Field::StartDate).or_default();
        column.serials = rows(serials);
        column.taken.dates = [others, 0];
    }
}

#[test]
fn each_sign_is_asked_about_from_its_threshold_on_and_can_be_allowed() {
    let far = |number| move |signs: &mut Signs| signs.far_starts = rows(number);
    let equal = |number| move |signs: &mut Signs| signs.equal_rows = rows(number);
    let hidden = |number| move |signs: &mut Signs| signs.hidden_rows = number;
    let running = |number: u64| {
        move |signs: &mut Signs| {
            (1..=number).for_each(|n| signs.running.note(n.to_string().as_bytes(), n + 1));
        }
    };
    for (allowance, above, below) in vec![
        (
            Allowance::AssignmentNumbers,
            report(100, 0, |signs| signs.assignment_numbers = rows(1)),
            report(100, 0, |_| {}),
        ),
        (
            Allowance::RunningNumbers,
            report(100, 0, running(5)),
            report(100, 0, running(4)),
        ),
        (
            Allowance::FurtherAssignments,
            report(100, 21, |_| {}),
            report(100, 20, |_| {}),
        ),
        // One further assignment is never too many.
        (
            Allowance::FurtherAssignments,
            report(4, 2, |_| {}),
            report(2, 1, |_| {}),
        ),
        (
            Allowance::EqualRows,
            report(1000, 0, equal(2)),
            report(1000, 0, equal(1)),
        ),
        (
            Allowance::MonthFirst,
            report(100, 0, days(30)),
            report(100, 0, days(29)),
        ),
        (
            Allowance::MonthFirst,
            report(100, 0, |signs| {
                days(57)(signs);
                signs.order.proved = 3;
            }),
            report(100, 0, |signs| {
                days(56)(signs);
                signs.order.proved = 3;
            }),
        ),
        (
            Allowance::Serials,
            report(100, 0, serials(2, 98)),
            report(100, 0, serials(1, 99)),
        ),
        (
            Allowance::Serials,
            report(100, 0, serials(98, 2)),
            report(100, 0, serials(100, 0)),
        ),
        (
            Allowance::FarDates,
            report(1000, 0, far(2)),
            report(1000, 0, far(1)),
        ),
        (
            Allowance::FarDates,
            report(49, 0, far(1)),
            report(50, 0, far(1)),
        ),
        (
            Allowance::Hidden,
            report(100, 0, hidden(1)),
            report(100, 0, hidden(0)),
        ),
        (
            Allowance::Hidden,
            report(100, 0, |signs| signs.sheet_is_hidden = true),
            report(100, 0, |_| {}),
        ),
        (
            Allowance::Errors,
            report(100, 0, |signs| signs.spreadsheet_errors = rows(1)),
            report(100, 0, |_| {}),
        ),
    ] {
        let of = |report| Imported {
            report,
            ..extract(&people(0..10))
        };
        let (above, below) = (of(above), of(below));
        assert_eq!(raised(check(&above, None, &[])), [allowance]);
        assert_eq!(check(&above, None, &[allowance]), Ok(()));
        assert_eq!(raised(check(&below, None, &[])), [], "{allowance:?}");
    }
}

/// On a first import no earlier share tells. That the numbers mean something else shows only in the staff
/// that they would make.
#[test]
fn numbers_by_which_most_are_men_or_many_disabled_are_asked_about() {
    let explained_by = |mapping| ExplainedBy {
        mapping,
        dictionary: !mapping,
        nobody: false,
    };
    let staff = Kind::Staff.data_set();
    for (field, category, above, below) in [("gender", "male", 7, 6), ("disability", "yes", 4, 3)] {
        let attribute = &staff.attributes()[staff.position(field).unwrap()];
        let code = |category| u8::try_from(attribute.category(category).unwrap()).unwrap();
        let other = code(if field == "gender" { "female" } else { "no" });
        let numbers = |people: u32, of_it: u32, by_mapping| {
            let person = |n| {
                with(
                    n,
                    &[(field, if n < of_it { code(category) } else { other })],
                )
            };
            let mut extract = extract(&(0..people).map(person).collect::<Vec<_>>());
            extract.report.signs.codes = vec![Codes {
                heading: "Code".to_owned(),
                field,
                are_numbers: true,
                explained_by: explained_by(by_mapping),
            }];
            extract
        };
        let asked = numbers(10, above, false);
        assert_eq!(
            raised(check(&asked, None, &[])),
            [Allowance::Codes],
            "{field}"
        );
        assert_eq!(check(&asked, None, &[Allowance::Codes]), Ok(()));
        for fine in [
            numbers(10, below, false),
            // Too few people for a share to mean something.
            numbers(7, 7, false),
            // The mapping says what the numbers mean.
            numbers(10, 10, true),
        ] {
            assert_eq!(raised(check(&fine, None, &[])), [], "{field}");
        }
    }
}

#[test]
fn people_are_asked_about_from_the_thresholds_on() {
    let details = crate::turnover::LeaverDetails {
        reason: 0,
        destination: 0,
    };
    let before = extract(&people(0..1000));
    for (listed, gone, is_asked) in [
        (20, 11, true),
        (20, 10, false),
        (60, 31, true),
        (60, 30, false),
        (4, 11, true),
        (4, 10, false),
    ] {
        let mut now = extract(&people(listed + gone..1000));
        now.moving.leavers = (0..listed).map(|number| (tag(number), details)).collect();
        let expected: &[_] = if is_asked { &[Allowance::Gone] } else { &[] };
        assert_eq!(
            after(&before, &now),
            expected,
            "{listed} listed, {gone} gone"
        );
    }
    for (joined, is_asked) in [(11, true), (10, false)] {
        let expected: &[_] = if is_asked {
            &[Allowance::OldJoiners]
        } else {
            &[]
        };
        let now = extract(&people(0..1000 + joined));
        assert_eq!(after(&before, &now), expected, "{joined}");
    }
    for (found, is_asked) in [(499, true), (500, false)] {
        let mut now = people(0..found);
        now.extend(people(5000..6000 - found));
        let raised = after(&before, &extract(&now));
        assert_eq!(raised.contains(&Allowance::Strangers), is_asked, "{found}");
    }
    for (had, left, is_asked) in [
        (5, 0, true),
        (9, 1, false),
        (4, 0, false),
        (10, 4, true),
        (10, 5, false),
    ] {
        let with_band = |number: u32| {
            let mut all = people(0..1000);
            all.extend((1000..1000 + number).map(|n| with(n, &[("band", 1)])));
            extract(&all)
        };
        let raised = after(&with_band(had), &with_band(left));
        assert_eq!(
            raised.contains(&Allowance::Groups),
            is_asked,
            "{had} to {left}"
        );
    }
}

/// Moves `changed` of 1,000 people in ten roles to the next role, so that no total changes.
fn with_other_roles(changed: u32) -> Imported {
    let role = |n: u32| u8::try_from((n + u32::from(n < changed)) % 10).unwrap();
    extract(
        &(0..1000)
            .map(|n| with(n, &[("role", role(n))]))
            .collect::<Vec<_>>(),
    )
}

#[test]
fn more_roles_changed_than_in_any_ordinary_year_are_asked_about() {
    // 900 of them are outside the most common role.
    for (changed, is_asked) in [(226, true), (225, false), (120, false)] {
        let raised = after(&with_other_roles(0), &with_other_roles(changed));
        let expected = [Allowance::ChangedPeople];
        assert_eq!(raised, &expected[..usize::from(is_asked)], "{changed}");
    }
}

/// 3,000 people, of whom those in `on` work on cancer pathways.
fn with_pathways(on: std::ops::Range<u32>) -> Imported {
    let staff = Kind::Staff.data_set();
    let pathway = &staff.attributes()[staff.position("pathway").unwrap()];
    let code = |category| u8::try_from(pathway.category(category).unwrap()).unwrap();
    let (breast, none) = (code("breast"), code("not_cancer"));
    let of = |n| {
        with(
            n,
            &[("pathway", if on.contains(&n) { breast } else { none })],
        )
    };
    extract(&(0..3000).map(of).collect::<Vec<_>>())
}

#[test]
fn pathways_are_held_against_the_few_who_are_on_one() {
    // As many leave a pathway as come to one.
    for (moved, is_asked) in [(70, true), (44, true), (43, false), (25, false)] {
        let raised = after(&with_pathways(0..345), &with_pathways(moved..345 + moved));
        let expected = [Allowance::ChangedPeople];
        assert_eq!(raised, &expected[..usize::from(is_asked)], "{moved}");
    }
    // A few posts of a small service change in any year.
    let raised = after(&with_pathways(0..12), &with_pathways(5..17));
    assert_eq!(raised, []);
    // Those of whom nothing was known, and something is now, are nobody else.
    let staff = Kind::Staff.data_set();
    let unknown = staff.attributes()[staff.position("role").unwrap()].unknown();
    let unknown = u8::try_from(unknown).unwrap();
    let before: Vec<_> = (0..3000)
        .map(|n| with(n, &[("role", if n % 11 == 0 { unknown } else { 1 })]))
        .collect();
    let now: Vec<_> = (0..3000)
        .map(|n| with(n, &[("role", if n % 11 == 0 { 2 } else { 1 })]))
        .collect();
    assert_eq!(after(&extract(&before), &extract(&now)), []);
}

#[test]
fn a_status_that_stands_beside_other_people_is_asked_about() {
    let away = |away: std::ops::Range<u32>| {
        let all = (0..1000).filter(|n| !away.contains(n)).map(person);
        let mut extract = extract(&all.collect::<Vec<_>>());
        extract.moving.absent = away.map(tag).collect();
        extract
    };
    for (before, now, is_asked) in [
        (0..40, 200..240, true),
        (0..40, 31..71, true),
        // A quarter of them stayed away.
        (0..40, 30..70, false),
        (0..40, 10..50, false),
        (0..40, 0..40, false),
        // All came back, or as many went as never before.
        (0..40, 0..0, false),
        (0..0, 0..40, false),
        (0..6, 6..12, true),
        (0..5, 5..10, false),
    ] {
        let raised = after(&away(before.clone()), &away(now.clone()));
        let expected = [Allowance::Columns];
        assert_eq!(
            raised,
            &expected[..usize::from(is_asked)],
            "{before:?} {now:?}"
        );
    }
}
