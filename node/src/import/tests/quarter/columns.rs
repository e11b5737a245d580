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
