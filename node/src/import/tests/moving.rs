//! Who joined, who left, and who is away.

use std::collections::HashSet;

use vwis_model::here;

use super::*;

#[test]
fn leavers_still_listed_tell_why_they_left_if_it_was_this_quarter() {
    let left = |on| {
        [
            ("Termination Date", on),
            ("Leaving Reason", "Retirement Age"),
        ]
    };
    let rows = [
        row("1", &left("15/08/2026")),
        row("2", &left("29/06/2026")),
        row("3", &[]),
    ];
    let desk = Desk::new();
    let imported = desk.read(&file(&rows)).unwrap();
    assert_eq!(imported.moving.leavers.len(), 1);
    let details = imported.moving.leavers[&desk.tagger.tag(b"1")];
    let reasons = here::dictionary().attribute("leaving_reason").unwrap();
    assert_eq!(
        reasons.categories()[usize::from(details.reason)].code(),
        "retirement"
    );
}

#[test]
fn a_file_of_leavers_is_read_for_its_quarter() {
    let desk = Desk {
        kind: Kind::Leavers,
        ..Desk::new()
    };
    let left = |on| {
        [
            ("Termination Date", on),
            ("Leaving Reason", "Retirement Age"),
            ("Assignment Status", "Ended"),
        ]
    };
    let rows = [
        row("1", &left("15/08/2026")),
        row("2", &left("29/06/2026")),
        row("3", &left("01/10/2026")),
    ];
    let imported = desk.read(&file(&rows)).unwrap();
    assert_eq!(imported.report.excluded["another_quarter"], 2);
    let reason = Kind::Leavers.data_set().position("leaving_reason").unwrap();
    assert_eq!(imported.people.column(reason), [0]);
}

#[test]
fn who_is_away_or_in_a_bad_row_is_absent_and_no_leaver() {
    let rows = [
        row("1", &[]),
        row("2", &[("Assignment Status", "Maternity")]),
        row("3", &[("Grade", "zzz")]),
        row("4", &[("Assignment Category", "Bank")]),
        row("5", &[("Assignment Status", "Ended")]),
        row("6", &[("Termination Date", "01/09/2026")]),
        // One person is on a career break in one post and at work in another.
        row("1", &[("Assignment Status", "Career Break")]),
        row("", &[]),
    ];
    let desk = Desk::new();
    let imported = desk.read(&file(&rows)).unwrap();
    let away: HashSet<_> = ["2", "3"].map(|n| desk.tagger.tag(n.as_bytes())).into();
    assert!(imported.moving.absent == away);
    assert_eq!(imported.moving.leavers.len(), 1);
}

#[test]
fn a_last_day_before_the_first_decides_nothing() {
    let oracle = [
        ("Termination Date", "31-DEC-12"),
        ("Start Date", "01-APR-2015"),
    ];
    let imported = read(&[row("1", &oracle)]).unwrap();
    assert_eq!(imported.report.kept, 1);
    assert_eq!(imported.report.findings["left_before_start"].rows, 1);
}

#[test]
fn a_list_of_staff_passes_for_no_file_of_joiners_or_leavers() {
    for (kind, heading, column) in [
        (
            Kind::Leavers,
            "Termination Date",
            "no column `leaving_date`",
        ),
        (Kind::Joiners, "Start Date", "no column `start_date`"),
    ] {
        let mut desk = Desk {
            kind,
            most_rejected: 0.5,
            ..Desk::new()
        };
        let dated = row("1", &[(heading, "15/08/2026")]);
        let rows = [dated, row("2", &[(heading, "")])];
        let report = desk.read(&file(&rows)).unwrap().report;
        assert_eq!((report.kept, report.rejected["missing_date"]), (1, 1));
        let error = &report.errors[0];
        assert_eq!((error.line, error.column.as_str()), (3, heading));
        desk.most_rejected = 0.01;
        assert!(desk.read(&file(&rows)).is_err());

        let without = file(&rows).replacen(heading, "Something", 1);
        let error = desk.read(&without).err().unwrap().to_string();
        assert!(error.contains(column), "{error}");
    }
}
