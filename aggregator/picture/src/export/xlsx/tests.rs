//! Checks the file in two ways: another library reads it back, and its parts are looked at as they are.

use std::io::{Cursor, Read as _};

use calamine::{Data, Reader as _, Xlsx};

use super::*;
use crate::export::testing;

fn made_at() -> Timestamp {
    "2026-10-12T08:00:00Z".parse().unwrap()
}

fn written(sheet: &Sheet) -> Vec<u8> {
    xlsx(sheet, made_at()).unwrap()
}

fn part(file: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut text = String::new();
    let mut part = archive.by_name(name).unwrap();
    part.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn numbers_come_first_typed_and_people_read_left_of_machines() {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(written(&testing::sheet()))).unwrap();
    assert_eq!(book.sheet_names(), ["Read this first", "Numbers"]);
    let page = book.worksheet_range("Numbers").unwrap();
    let rows: Vec<_> = page.rows().collect();
    let header: Vec<_> = rows[0].iter().map(ToString::to_string).collect();
    assert_eq!(
        header,
        [
            "Staff group",
            "95% interval",
            "About",
            "Staff group (code)",
            "Estimate",
            "Standard deviation",
            "Upper end",
            "Reliability"
        ]
    );
    assert_eq!(rows[1][0], Data::String("Students".to_owned()));
    assert_eq!(rows[1][2], Data::Empty);
    assert_eq!(rows[1][4], Data::Float(12.345_678_901_234_567));
    assert_eq!(rows[2][4], Data::Float(-3.0));
    assert_eq!(rows[2][6], Data::String("no limit".to_owned()));
    assert_eq!(rows[3][2], Data::Float(0.25));
}

#[test]
fn what_to_read_first_has_title_notes_facts_and_every_column() {
    let sheet = testing::sheet();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(written(&sheet))).unwrap();
    let page = book.worksheet_range("Read this first").unwrap();
    let text: Vec<_> = page.rows().flatten().map(ToString::to_string).collect();
    let text = text.join("\n");
    assert!(text.contains(&sheet.title) && text.contains(&sheet.notes[0]));
    assert!(text.contains("Release\n1") && text.contains("Period\n2026-09"));
    for column in &sheet.columns {
        let line = format!("{}\n{}", column.title, column.description);
        assert!(text.contains(&line), "{line}");
    }
}

#[test]
fn text_is_never_a_formula_a_link_or_markup() {
    let mut sheet = testing::sheet();
    for (row, text) in sheet.rows.iter_mut().zip([
        "=HYPERLINK(\"http://example.test\")",
        "http://example.test",
        "<c><f>1+1</f></c>\u{1}",
    ]) {
        row[1] = Cell::text(text);
    }
    "=1+1".clone_into(&mut sheet.title);
    "=1+1".clone_into(&mut sheet.columns[1].title);
    sheet.facts[0] = ("=1+1".to_owned(), "+1".to_owned());
    sheet.notes[0] = "@SUM(A1)".to_owned();
    let file = written(&sheet);
    for page in ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"] {
        let page = part(&file, page);
        assert!(!page.contains("<f>") && !page.contains("<f "), "{page}");
        assert!(!page.contains("hyperlink"), "{page}");
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).unwrap();
    let page = book.worksheet_range("Numbers").unwrap();
    assert_eq!(
        page.get_value((1, 0)),
        Some(&Data::String(
            "=HYPERLINK(\"http://example.test\")".to_owned()
        ))
    );
}

#[test]
fn the_header_stays_in_sight_and_filters_and_what_people_read_prints_on_pages_as_wide_as_it() {
    let page = part(&written(&testing::sheet()), "xl/worksheets/sheet2.xml");
    assert!(page.contains("state=\"frozen\""), "{page}");
    assert!(page.contains("<autoFilter ref=\"A1:H4\"/>"), "{page}");
    assert!(page.contains("orientation=\"landscape\""), "{page}");
    assert!(page.contains("<pageSetUpPr fitToPage=\"1\"/>"), "{page}");
    let book = part(&written(&testing::sheet()), "xl/workbook.xml");
    assert!(book.contains("Numbers!$A$1:$C$4</definedName>"), "{book}");
}

#[test]
fn a_row_too_noisy_to_show_is_hatched_and_kinds_have_their_formats() {
    let file = written(&testing::sheet());
    let styles = part(&file, "xl/styles.xml");
    let hatched = styles.split("patternType=\"lightUp\"").nth(1).unwrap();
    let hatched = hatched.split("</patternFill>").next().unwrap();
    assert!(hatched.contains("<bgColor rgb=\"FFFFFFFF\"/>"), "{hatched}");
    assert!(styles.contains("formatCode=\"0.0%\""), "{styles}");
    let page = part(&file, "xl/worksheets/sheet2.xml");
    let style = |cell: &str| {
        let at = page.find(&format!("r=\"{cell}\" s=\"")).unwrap();
        page[at..].split('"').nth(3).unwrap().to_owned()
    };
    // The estimates of the three rows: people (hatched), people, a share.
    assert_ne!(style("E2"), style("E3"));
    assert_ne!(style("E3"), style("E4"));
    assert_eq!(style("E3"), style("C3"));
}

#[test]
fn the_same_sheet_and_time_give_the_same_bytes() {
    let sheet = testing::sheet();
    assert_eq!(written(&sheet), written(&sheet.clone()));
    let core = part(&written(&sheet), "docProps/core.xml");
    assert!(core.contains("2026-10-12T08:00:00Z"), "{core}");
}

#[test]
fn more_rows_than_a_spreadsheet_holds_are_refused_with_what_to_ask_for() {
    let sheet = Sheet {
        rows: vec![Vec::new(); MOST_ROWS],
        ..testing::sheet()
    };
    let message = xlsx(&sheet, made_at()).unwrap_err().to_string();
    assert!(
        message.contains("1048576 rows") && message.contains("CSV"),
        "{message}"
    );
}
