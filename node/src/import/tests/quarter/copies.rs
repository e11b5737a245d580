//! Several rows of one person: copies, and second assignments.

use super::*;

const SIZE: u32 = 300;

/// An extract with a further row for each `step`th person: the first row with `change` applied.
fn with_further(step: usize, change: &[(&'static str, &str)]) -> String {
    let mut rows = people(0..SIZE);
    let further: Vec<_> = rows.iter().skip(1).step_by(step).cloned().collect();
    rows.extend(further.into_iter().map(|mut row| {
        for (column, value) in change {
            row.retain(|(heading, _)| heading != column);
            row.push((column, (*value).to_owned()));
        }
        row
    }));
    text(&rows)
}

#[test]
fn two_copied_rows_are_asked_about_in_a_file_of_any_size_and_one_is_not() {
    for (step, is_asked) in [(25, true), (149, true), (299, false)] {
        let raised = raised(None, &with_further(step, &[]));
        assert_eq!(raised.contains(&Allowance::EqualRows), is_asked, "{step}");
    }
    // A number in another spelling is still the same person's.
    let mut rows = people(0..SIZE);
    for at in [3, 4] {
        let mut copy = rows[at].clone();
        let spelt = format!("{}.0", get(&copy, "Employee Number"));
        set(&mut copy, "Employee Number", &spelt);
        rows.push(copy);
    }
    assert_eq!(raised(None, &text(&rows)), [Allowance::EqualRows]);
}

#[test]
fn a_copy_of_a_second_assignment_is_one_too() {
    let second = [("Primary Assignment", "N"), ("FTE", "0.2")];
    let once = with_further(30, &second);
    let copies: Vec<_> = once.lines().rev().take(2).collect();
    let copies = copies.join("\n");
    assert_eq!(raised(None, &once), []);
    assert_eq!(raised(None, &(once + &copies)), [Allowance::EqualRows]);
}

#[test]
fn second_assignments_that_differ_in_one_thing_that_is_read_are_no_copies() {
    for change in [
        [("FTE", "0.2")],
        [("Start Date", "2011-04-01")],
        [("Position Title", "Bank Administrator")],
        [("Primary Assignment", "N")],
    ] {
        // One person in eighteen has two rows.
        let raised = raised(None, &with_further(18, &change));
        assert!(
            !raised.contains(&Allowance::EqualRows),
            "{change:?}: {raised:?}"
        );
    }
    let ordinary = [("FTE", "0.2"), ("Primary Assignment", "N")];
    assert_eq!(raised(None, &with_further(18, &ordinary)), []);
}

#[test]
fn many_people_with_two_primary_assignments_are_asked_about() {
    let other = [("FTE", "0.2")];
    for (step, is_asked) in [(18, true), (60, false)] {
        let raised = raised(None, &with_further(step, &other));
        assert_eq!(
            raised.contains(&Allowance::TwoPrimaries),
            is_asked,
            "{step}"
        );
    }
}
