//! Properties that hold for any rows.

use proptest::{prelude::*, test_runner::contextualize_config};

use super::*;

/// A row with one of the fates that rows can have.
fn any_row() -> impl Strategy<Value = String> {
    let values = prop_oneof![
        3 => Just(("Gender", "Female")),
        1 => Just(("Assignment Category", "Bank")),
        1 => Just(("Assignment Status", "Maternity")),
        1 => Just(("Termination Date", "01/01/2020")),
        1 => Just(("FTE", "37.5")),
        1 => Just(("Grade", "zzz")),
        1 => Just(("ODS Code", "RMC")),
        1 => Just(("Employee Number", "")),
        1 => Just(("Leaving Reason", "a,b,c")),
        1 => Just(("Primary Assignment", "N")),
        1 => "[a-z0-9/ -]{0,12}".prop_map(|text| ("Date Of Birth", Box::leak(text.into_boxed_str()) as &str)),
    ];
    (0..12_u32, values).prop_map(|(number, other)| row(&number.to_string(), &[other]))
}

/// Allows what rows made up at random would be refused for.
fn meant() -> Vec<Allowance> {
    vec![
        Allowance::Nobody,
        Allowance::Repeats,
        Allowance::Contradictions,
    ]
}

proptest! {
    #![proptest_config(contextualize_config(ProptestConfig::with_cases(128)))]

    #[test]
    fn every_row_has_one_fate_and_the_report_adds_up(
        rows in prop::collection::vec(any_row(), 1..60),
        most_rejected in prop_oneof![Just(0.1), Just(1.0)],
    ) {
        let desk = Desk { most_rejected, allowed: meant(), ..Desk::new() };
        let (report, people) = match desk.read(&file(&rows)) {
            Ok(imported) => {
                let people = imported.people.len() as u64;
                prop_assert_eq!(imported.moving.joining_source.len() as u64, people);
                (imported.report, Some(people))
            }
            Err(ImportError::TooManyRejected { report, .. }) => {
                (*report, None)
            }
            Err(ImportError::OtherOrganisation { .. }) => return Ok(()),
            Err(other) => panic!("{other}"),
        };
        let sum = report.kept + report.merged + report.excluded_rows() + report.rejected_rows();
        prop_assert_eq!(report.rows_read, sum);
        prop_assert_eq!(report.rows_read, rows.len() as u64);
        prop_assert_eq!(report.errors.len() as u64, report.rejected_rows().min(100));
        prop_assert!(people.is_none_or(|people| people == report.kept));
        let json = serde_json::to_value(&report).unwrap();
        prop_assert_eq!(json["rows_read"].as_u64(), Some(report.rows_read));
    }

    #[test]
    fn the_order_of_rows_changes_no_person(
        rows in prop::collection::vec(any_row(), 1..30).prop_shuffle(),
    ) {
        let desk = Desk { most_rejected: 1.0, allowed: meant(), ..Desk::new() };
        let counts = |rows: &[String]| desk.read(&file(rows)).ok().map(|imported| {
            let report = imported.report;
            (report.kept, report.merged, report.excluded, report.rejected)
        });
        let mut backwards = rows.clone();
        backwards.reverse();
        prop_assert_eq!(counts(&rows), counts(&backwards));
    }

    #[test]
    fn no_bytes_make_an_import_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let desk = Desk::new();
        let _ = desk.read_with_list(&bytes, None);
        let with_header = [file(&[row("1", &[])]).as_bytes(), &bytes].concat();
        let _ = desk.read_with_list(&with_header, None);
        let desk = Desk { allowed: vec![Allowance::Nobody], ..Desk::new() };
        let _ = desk.read_with_list(&with_header, None);
    }
}

#[test]
fn what_keeps_a_spreadsheet_from_turning_a_value_changes_none() {
    let plain = quarter::text(&quarter::people(0..40));
    let expected = Desk::new().read(&plain).unwrap();
    assert_eq!(expected.report.kept, 40);
    for (before, after) in [
        ("=\"", "\""),
        ("\"=\"\"", "\"\"\""),
        ("=\"\u{a0}", " \" "),
        ("'", ""),
        ("'", "'"),
        ("\u{a0}' ", ""),
    ] {
        let decorated = |line: &str| {
            let fields = line
                .split(',')
                .map(|field| format!("{before}{field}{after}"));
            fields.collect::<Vec<_>>().join(",")
        };
        let text: Vec<_> = plain.lines().map(decorated).collect();
        let read = Desk::new().read(&text.join("\n")).unwrap();
        assert!(
            read.people.is_same_as(&expected.people),
            "{before}…{after}: {:?}",
            read.report
        );
        assert_eq!(
            read.report.columns, expected.report.columns,
            "{before}…{after}"
        );
    }
}
