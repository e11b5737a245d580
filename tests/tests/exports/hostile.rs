//! A text that looks like a formula stays a text in a real spreadsheet.

use std::fs;

use serde_json::Value;
use vwis_picture::export::{Cell, Column, Kind, Sheet, csv::csv, xlsx::xlsx};

use crate::libreoffice;

/// Texts that would show 2, or fetch something, if they ran as formulas.
const FORMULAS: [&str; 4] = [
    "=1+1",
    "+1+1",
    "@SUM(1,1)",
    "=HYPERLINK(\"http://example.test\",\"2\")",
];

fn sheet() -> Sheet {
    let text = Column::new("what", "=1+1", Kind::Text, "=1+1");
    let number = Column::new("number", "Number", Kind::People, "A number below 0.");
    let row = |formula: &str| vec![Cell::text(formula), Cell::Number(-3.0)];
    Sheet {
        name: "hostile".to_owned(),
        title: "=1+1".to_owned(),
        columns: vec![text, number],
        rows: FORMULAS.map(row).to_vec(),
        notes: vec!["=1+1".to_owned()],
        facts: vec![("=1+1".to_owned(), "=1+1".to_owned())],
        metadata: Value::Null,
    }
}

#[test]
fn no_text_runs_in_a_spreadsheet_and_a_negative_number_stays_one() {
    let folder = tempfile::tempdir().unwrap();
    let made_at = "2026-10-12T08:00:00Z".parse().unwrap();
    let book = folder.path().join("book.xlsx");
    fs::write(&book, xlsx(&sheet(), made_at).unwrap()).unwrap();
    let file = folder.path().join("file.csv");
    fs::write(&file, csv(&sheet())).unwrap();

    for (path, guard) in [(book, ""), (file, "'")] {
        let Some(shown) = libreoffice(&path) else {
            return;
        };
        let mut lines = csv::Reader::from_reader(shown.as_bytes());
        for (record, formula) in lines.records().zip(FORMULAS) {
            let record = record.unwrap();
            assert_eq!(&record[0], format!("{guard}{formula}"), "{shown}");
            assert_eq!(&record[1], "-3", "{shown}");
        }
        assert_eq!(shown.lines().count(), FORMULAS.len() + 1, "{shown}");
    }
}
