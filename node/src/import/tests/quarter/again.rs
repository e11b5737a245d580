//! People who are found again by number, and have changed.

use proptest::{prelude::*, test_runner::contextualize_config};

use super::*;

/// Large enough that dealing values out anew never leaves most people where they were.
const SIZE: u32 = 400;

fn with_column(column: &str, values: &[String]) -> String {
    let mut now = next(SIZE);
    for (person, value) in now.iter_mut().zip(values) {
        set(person, column, value);
    }
    text(&now)
}

fn column(column: &str) -> Vec<String> {
    next(SIZE)
        .iter()
        .map(|person| get(person, column))
        .collect()
}

#[test]
fn a_column_sorted_without_the_others_is_asked_about() {
    let before = text(&people(0..SIZE));
    for sorted in [
        "Employee Number",
        "Date Of Birth",
        "Gender",
        "Ethnic Origin",
        "Grade",
        "Staff Group",
        "Location",
    ] {
        let mut values = column(sorted);
        values.sort_unstable();
        // The rows are sorted by number already, so sorting would change nothing.
        if sorted == "Employee Number" {
            values.rotate_left(1);
        }
        let raised = raised(Some(&before), &with_column(sorted, &values));
        assert!(
            raised.contains(&Allowance::ChangedPeople),
            "{sorted}: {raised:?}"
        );
    }
}

proptest! {
    #![proptest_config(contextualize_config(ProptestConfig::with_cases(48)))]

    #[test]
    fn any_column_dealt_out_anew_is_asked_about(
        which in prop::sample::select(vec![
            "Employee Number", "Date Of Birth", "Gender", "Ethnic Origin", "Grade", "Staff Group", "Location",
        ]),
        order in Just((0..SIZE as usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let values = column(which);
        let dealt: Vec<_> = order.iter().map(|at| values[*at].clone()).collect();
        let raised = raised(Some(&text(&people(0..SIZE))), &with_column(which, &dealt));
        prop_assert!(raised.contains(&Allowance::ChangedPeople), "{}: {:?}", which, raised);
    }
}

#[test]
fn of_a_small_employer_it_goes_by_number_and_of_a_large_one_by_share() {
    for (size, changed, is_asked) in [
        (8, 1, false),
        (8, 2, true),
        (40, 2, false),
        (40, 3, true),
        (400, 12, false),
        (400, 13, true),
    ] {
        let before = people(0..size);
        let mut now = before.clone();
        for person in &mut now[..changed] {
            let other = match get(person, "Gender").as_str() {
                "Male" => "Female",
                _ => "Male",
            };
            set(person, "Gender", other);
        }
        let raised = raised(Some(&text(&before)), &text(&now));
        let expected = [Allowance::ChangedPeople];
        assert_eq!(
            raised,
            &expected[..usize::from(is_asked)],
            "{changed} of {size}"
        );
    }
}

#[test]
fn what_was_not_known_a_birthday_and_a_move_of_many_are_no_other_people() {
    let before = people(0..SIZE);
    for (from, to) in [
        // Their ethnic group became known.
        (
            vec![("Ethnic Origin", "Z Not Stated")],
            vec![("Ethnic Origin", "R Chinese")],
        ),
        // All turned 50 within the quarter.
        (
            vec![("Date Of Birth", "31/12/1979")],
            vec![("Date Of Birth", "01/01/1979")],
        ),
        // Their service moved to another site.
        (vec![("Location", "Bolton")], vec![("Location", "Bury")]),
    ] {
        let with = |values: &[(&str, &str)]| {
            let mut people = before.clone();
            for person in people.iter_mut().step_by(8) {
                for (column, value) in values {
                    set(person, column, value);
                }
            }
            text(&people)
        };
        let raised = raised(Some(&with(&from)), &with(&to));
        assert!(
            !raised.contains(&Allowance::ChangedPeople),
            "{from:?}: {raised:?}"
        );
    }
}
