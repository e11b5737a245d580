use std::{fs, path::Path};

use proptest::prelude::*;
use vwis_proto::dictionary::Dictionary;

use super::*;

fn staff() -> &'static DataSet {
    Dictionary::builtin().data_set("staff").unwrap()
}

fn header() -> String {
    let attributes = staff().attributes().iter().map(|a| a.code());
    let columns: Vec<_> = ["employee_number", "fte"]
        .into_iter()
        .chain(attributes)
        .collect();
    columns.join(",")
}

/// A row with the first category of every attribute but the ones named.
fn row(number: &str, fte: &str, others: &[(&str, &str)]) -> String {
    let mut fields = vec![number.to_owned(), fte.to_owned()];
    for attribute in staff().attributes() {
        let other = others.iter().find(|(code, _)| *code == attribute.code());
        fields.push(
            other
                .map_or(attribute.categories()[0].code(), |(_, value)| value)
                .to_owned(),
        );
    }
    fields.join(",")
}

fn read(content: &[u8]) -> Result<Imported, ImportError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("extract.csv");
    fs::write(&path, content).unwrap();
    read_extract(&path, staff(), &[7; 32], 0.5)
}

fn read_rows(rows: &[String]) -> Result<Imported, ImportError> {
    read(format!("{}\n{}\n", header(), rows.join("\n")).as_bytes())
}

#[test]
fn assignments_of_one_person_are_merged_and_their_fte_is_summed_and_clamped() {
    let rows = [
        row("1", "0.6", &[]),
        row("2", "0.5", &[]),
        row("1", "0.3", &[("gender", "unknown")]),
        row("2", "0.8", &[]),
    ];
    let imported = read_rows(&rows).unwrap();
    let fte: Vec<_> = imported
        .people
        .iter()
        .map(|person| person.fte_hundredths)
        .collect();
    assert_eq!(fte, [90, 100]);
    assert_eq!(imported.people[0].codes, imported.people[1].codes);
    assert_eq!((imported.report.kept, imported.report.merged), (2, 2));
}

#[test]
fn bank_staff_are_excluded_by_name_and_bad_values_are_named_with_their_place() {
    let rows = [
        row("1", "1", &[("contract", "bank")]),
        row("2", "1", &[("band", "band 12")]),
        row("3", "37.5", &[]),
        row("", "1", &[]),
        row("4", "1", &[]),
        row("5", "1", &[("ethnic_group", "")]),
        row("6", "1", &[]),
    ];
    let imported = read_rows(&rows).unwrap();
    let report = imported.report;
    assert_eq!(report.excluded.values().sum::<u64>(), 1);
    assert!(report.excluded.contains_key("bank"));
    let reasons: Vec<_> = report.rejected.keys().map(String::as_str).collect();
    assert_eq!(
        reasons,
        ["bad_fte", "missing_employee_number", "unrecognised_value"]
    );
    let error = &report.errors[0];
    assert_eq!(
        (error.line, error.column.as_str(), error.value.as_str()),
        (3, "band", "band 12")
    );
    assert!(error.expected.contains("afc_8a"));
    let ethnic_group = staff().position("ethnic_group").unwrap();
    let unknown = staff().attributes()[ethnic_group].unknown();
    assert_eq!(usize::from(imported.people[1].codes[ethnic_group]), unknown);
}

#[test]
fn a_byte_order_mark_is_read_over() {
    let content = format!("\u{feff}{}\n{}\n", header(), row("1", "1", &[]));
    assert_eq!(read(content.as_bytes()).unwrap().people.len(), 1);
}

#[test]
fn what_is_no_extract_is_refused_with_the_reason() {
    let good = row("1", "1", &[]);
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (Vec::new(), "holds no rows"),
        (header().into_bytes(), "holds no rows"),
        (
            format!("{}\n{good}\n", header().replace("band", "grade")).into_bytes(),
            "no column `band`",
        ),
        (
            format!("{},band\n{good},x\n", header()).into_bytes(),
            "`band` twice",
        ),
        (
            format!("{}\n{good},1\n", header()).into_bytes(),
            "fields and the header has",
        ),
        (
            [header().as_bytes(), b"\n", &[0xff, 0xfe], good.as_bytes()].concat(),
            "not UTF-8",
        ),
        (
            format!("{}\n{}\n", header(), row("1", "-1", &[])).into_bytes(),
            "nothing was imported",
        ),
    ];
    for (content, expected) in cases {
        let error = read(&content).err().unwrap().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
    let missing = read_extract(Path::new("/no/such/file.csv"), staff(), &[0; 32], 0.1);
    assert!(
        missing
            .err()
            .unwrap()
            .to_string()
            .contains("/no/such/file.csv")
    );
}

#[test]
fn fte_is_a_plain_number_from_nothing_to_one_and_a_half() {
    assert_eq!(parse_fte("0.6"), Some(60));
    assert_eq!(parse_fte("0.605"), Some(61));
    assert_eq!(parse_fte("1.20"), Some(120));
    for wrong in ["", "-1", "37.5", "1,0", "NaN", "inf", "half"] {
        assert_eq!(parse_fte(wrong), None, "{wrong}");
    }
}

proptest! {
    #[test]
    fn the_reconciliation_always_adds_up(
        rows in prop::collection::vec((0_u8..6, prop::sample::select(vec!["1", "0.5", "x", "-1"]), any::<bool>()), 1..60)
    ) {
        let rows: Vec<_> = rows
            .iter()
            .map(|(number, fte, bank)| {
                let contract = if *bank { "bank" } else { "permanent" };
                row(&number.to_string(), fte, &[("contract", contract)])
            })
            .collect();
        let (report, people) = match read_rows(&rows) {
            Ok(imported) => (imported.report, Some(imported.people.len() as u64)),
            Err(ImportError::TooManyRejected { report, .. }) => (*report, None),
            Err(other) => panic!("{other}"),
        };
        let sum = report.kept + report.merged + report.excluded_rows() + report.rejected_rows();
        prop_assert_eq!(report.rows_read, sum);
        prop_assert_eq!(report.rows_read, rows.len() as u64);
        prop_assert!(people.is_none_or(|people| people == report.kept));
    }
}

#[test]
fn a_quote_left_open_to_the_end_of_the_file_is_named_with_its_line() {
    let rows = [
        row("1", "1", &[]),
        row("2", "1", &[("role", "\"midwife")]),
        row("3", "1", &[]),
    ];
    let error = read_rows(&rows).err().unwrap().to_string();
    assert!(error.contains("opened in line 3"), "{error}");
    let swallowed = [
        row("1", "1", &[("role", "\"midwife")]),
        row("2", "1", &[("role", "midwife\"")]),
    ];
    let error = read_rows(&swallowed).err().unwrap().to_string();
    assert!(error.contains("opened in line 2"), "{error}");
    let with_notes = |notes: &str| row("1", "1", &[]) + "," + notes;
    let rows = [with_notes("\"left open"), with_notes("\"fine\"")].join("\n");
    let unread = read(format!("{},notes\n{rows}\n", header()).as_bytes());
    assert!(
        unread
            .err()
            .unwrap()
            .to_string()
            .contains("opened in line 2")
    );
    let closed = [
        row("1", "1", &[]),
        row("2", "1", &[("role", "\"midwife\"")]),
    ];
    assert_eq!(read_rows(&closed).unwrap().people.len(), 2);
}
