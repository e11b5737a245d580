//! Columns that were there in the quarter before and are missing now.

use super::*;

/// The report on an extract without one of its columns.
fn without(column: &str) -> Report {
    let text = text(&people(0..40));
    let at = HEADINGS.iter().position(|heading| *heading == column);
    let cut = |line: &str| -> String {
        let fields = line.split(',').enumerate();
        let left = fields.filter(|(position, _)| Some(*position) != at);
        left.map(|(_, field)| field).collect::<Vec<_>>().join(",")
    };
    let text: Vec<_> = text.lines().map(cut).collect();
    Desk::new().read(&(text.join("\n") + "\n")).unwrap().report
}

#[test]
fn a_column_of_the_filter_that_went_missing_is_named_and_asked_about() {
    let period = "2026-06".parse().unwrap();
    // The report in the form in which the store keeps it.
    let kept = serde_json::to_string(&without("").without_values()).unwrap();
    let before: Report = serde_json::from_str(&kept).unwrap();
    assert_eq!(before.filters_missing, [""; 0]);
    assert_eq!(sense::columns_lost(&before, period, &before), None);
    for (heading, column) in [
        ("Assignment Status", "assignment_status"),
        ("Assignment Category", "contract"),
        ("Primary Assignment", "primary"),
        ("Start Date", "start_date"),
        ("Termination Date", "leaving_date"),
    ] {
        let now = without(heading);
        assert_eq!(now.filters_missing, [column]);
        let asked = sense::columns_lost(&now, period, &before).unwrap();
        assert_eq!(asked.allowance, Allowance::Columns);
        assert!(asked.sentence.contains(heading), "{}", asked.sentence);
        // Where neither extract has the column, the report says so and nothing is asked.
        assert_eq!(sense::columns_lost(&now, period, &now), None);
    }
    let asked = sense::columns_lost(&without("Leaving Reason"), period, &before);
    assert!(asked.is_some());
}

/// The report on an extract of `size` people whose rows `change` has changed, as the store keeps it.
fn changed(size: u32, change: impl Fn(u32, &mut Vec<(&'static str, String)>)) -> Report {
    let mut people = people(0..size);
    for (at, person) in (0..).zip(&mut people) {
        change(at, person);
    }
    let report = Desk::new().read(&text(&people)).unwrap().report;
    let kept = serde_json::to_string(&report.without_values()).unwrap();
    serde_json::from_str(&kept).unwrap()
}

fn lost(before: &Report, now: &Report) -> Option<String> {
    let asked = sense::columns_lost(now, "2026-06".parse().unwrap(), before)?;
    assert_eq!(asked.allowance, Allowance::Columns);
    Some(asked.sentence)
}

#[test]
fn a_column_that_is_there_and_empty_is_asked_about_as_one_that_is_not_there() {
    for (heading, value) in [
        ("ODS Code", ""),
        ("Assignment Status", ""),
        ("Assignment Status", "  "),
        ("Assignment Category", ""),
        ("Primary Assignment", ""),
        ("Start Date", ""),
        ("Start Date", "NULL"),
    ] {
        for size in [2, 8, 100] {
            let before = changed(size, |_, _| {});
            let now = changed(size, |_, person| person.push((heading, value.to_owned())));
            let asked = lost(&before, &now).unwrap();
            assert!(asked.contains(heading), "{heading} of {size}: {asked}");
            assert_eq!(lost(&now, &now), None, "{heading} of {size}");
            assert_eq!(lost(&now, &before), None, "{heading} of {size}");
        }
    }
}

#[test]
fn that_next_to_nobody_left_any_more_is_asked_about_where_several_had() {
    let left = |number: u32, date: &'static str| {
        changed(400, move |at, person| {
            if at < number {
                person.push(("Termination Date", date.to_owned()));
                person.push((
                    "Leaving Reason",
                    "Voluntary Resignation - Relocation".to_owned(),
                ));
            }
        })
    };
    for (had, has, is_asked) in [(8, 0, true), (7, 0, false), (80, 7, true), (80, 8, false)] {
        let asked = lost(&left(had, "2026-08-01"), &left(has, "2026-08-01"));
        assert_eq!(asked.is_some(), is_asked, "{had} to {has}");
        assert!(asked.is_none_or(|asked| asked.contains("Termination Date")));
    }
    // Everybody has a date, and the same.
    assert!(lost(&left(80, "2026-08-01"), &left(400, "4712-12-31")).is_some());
}

#[test]
fn a_status_that_is_the_same_for_everybody_is_asked_about_where_several_were_away() {
    let away = |number: u32| {
        changed(400, move |at, person| {
            if at < number {
                person.push(("Assignment Status", "Career Break".to_owned()));
            }
        })
    };
    for (had, has, is_asked) in [(8, 0, true), (7, 0, false), (80, 7, true), (80, 8, false)] {
        let asked = lost(&away(had), &away(has));
        assert_eq!(asked.is_some(), is_asked, "{had} to {has}");
        assert!(asked.is_none_or(|asked| asked.contains("Assignment Status")));
    }
}

#[test]
fn leaving_dates_beside_other_rows_than_the_reasons_are_asked_about() {
    let raised = |dated: std::ops::Range<u32>, reasoned: std::ops::Range<u32>| {
        let mut people = people(0..400);
        for (at, person) in (0..).zip(&mut people) {
            if dated.contains(&at) {
                person.push(("Termination Date", "2026-08-01".to_owned()));
            }
            if reasoned.contains(&at) {
                person.push((
                    "Leaving Reason",
                    "Voluntary Resignation - Relocation".to_owned(),
                ));
            }
        }
        raised(None, &text(&people))
    };
    for (dated, reasoned, is_asked) in [
        (0..40, 200..240, true),
        (0..40, 21..61, true),
        (0..40, 20..60, false),
        // Contracts that end have a date and no reason.
        (0..90, 200..240, true),
        (0..90, 0..40, false),
        (0..40, 0..40, false),
        (0..6, 6..12, true),
        (0..5, 5..10, false),
        // One of the columns is filled in for few or for all.
        (0..40, 0..0, false),
        (0..0, 0..40, false),
        (0..40, 0..400, false),
    ] {
        let raised = raised(dated.clone(), reasoned.clone());
        let expected = [Allowance::Contradictions];
        assert_eq!(
            raised,
            &expected[..usize::from(is_asked)],
            "{dated:?} {reasoned:?}"
        );
    }
}
