//! The `display` column holds the rounded estimate, whatever other columns are asked for beside it.

use std::collections::BTreeMap;

use calamine::{Data, Reader as _, Xlsx};
use proptest::{prelude::*, test_runner::contextualize_config};
use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;

use super::*;
use crate::export::{RELIABILITY, Sheet, xlsx::xlsx};

const BY: [&str; 3] = ["band", "gender", "staff_group"];

/// A few people in many cells, with noise as nodes draw it: most estimates are as small as their sd.
fn noisy(people: &[i64], seed: u64) -> Archive {
    let tables = r#"
name = "Small cells"
version = 1
aggregator = "gm-icb"
purpose = "To round."
readers = "Tests."
first_period = "2026-03"
last_period = "2029-12"

[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [{ by = [] }, { by = ["band", "gender", "staff_group"] }]
"#;
    let bands = ["afc_5", "afc_6", "afc_8a"];
    let genders = ["female", "male"];
    let mut workforce = Workforce::new();
    for (place, &number) in people.iter().enumerate() {
        let at = [
            ("band", bands[place % 3]),
            ("gender", genders[place % 2]),
            ("staff_group", "students"),
        ];
        workforce = workforce.people(&at, number);
    }
    workforce.released_under(tables, Some(ChaCha20Rng::seed_from_u64(seed)))
}

type Rows = BTreeMap<Vec<String>, (f64, f64, f64, Option<f64>)>;

/// The rows that are not totals: categories to (estimate, lower, upper, display).
fn rows(sheet: &Sheet) -> Rows {
    let text: serde_json::Value = serde_json::from_str(&as_json(sheet)).unwrap();
    let mut rows = Rows::new();
    for row in text["rows"].as_array().unwrap() {
        let at: Vec<_> = BY.map(|by| row[by].as_str().unwrap().to_owned()).to_vec();
        if at.iter().any(|code| code == "total") {
            continue;
        }
        let number = |name: &str| row[name].as_f64();
        let known = |name: &str| number(name).unwrap();
        let told = (
            known("estimate"),
            known("lower"),
            known("upper"),
            number("display"),
        );
        assert!(rows.insert(at, told).is_none());
    }
    rows
}

/// The column `About` of a workbook, in the order of the rows.
fn about(sheet: &Sheet) -> Vec<Option<f64>> {
    let file = xlsx(sheet, Timestamp::UNIX_EPOCH).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(file)).unwrap();
    let page = book.worksheet_range("Numbers").unwrap();
    let mut rows = page.rows();
    let is_about = |cell: &Data| matches!(cell, Data::String(title) if title == "About");
    let place = rows.next().unwrap().iter().position(is_about).unwrap();
    let number = |cell: &Data| match cell {
        Data::Float(number) => Some(*number),
        _ => None,
    };
    rows.map(|row| number(&row[place])).collect()
}

proptest! {
    #![proptest_config(contextualize_config(ProptestConfig::with_cases(24)))]

    #[test]
    fn a_displayed_number_is_in_its_interval_and_the_same_with_totals_and_in_any_order(
        people in prop::collection::vec(0_i64..2_000, 6), seed in any::<u64>(),
    ) {
        let archive = noisy(&people, seed);
        let plain = rows(&question(&BY).answer(&archive).unwrap().sheet);
        for (at, (estimate, lower, upper, display)) in &plain {
            if let Some(display) = display {
                prop_assert!(0.0 <= *display && lower <= display && display <= upper, "{at:?}");
                prop_assert!((display - estimate).abs() <= 5.0 || *estimate < 0.0, "{at:?}");
            }
        }
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
            for with_totals in [false, true] {
                let mut asked = question(&order.map(|place| BY[place]));
                asked.with_totals = with_totals;
                let sheet = asked.answer(&archive).unwrap().sheet;
                prop_assert_eq!(&rows(&sheet), &plain);
                let display = sheet.columns.iter().position(|c| c.name == "display").unwrap();
                let shown: Vec<_> = (sheet.rows.iter())
                    .map(|row| match row[display] {
                        Cell::Number(number) | Cell::Of(_, number) => Some(number),
                        _ => None,
                    })
                    .collect();
                prop_assert_eq!(about(&sheet), shown);
                let is_told = sheet.columns.iter().any(|column| column.name == RELIABILITY);
                prop_assert!(is_told);
                let says = |note: &String| note.contains("need not add up");
                prop_assert_eq!(sheet.notes.iter().any(says), with_totals);
            }
        }
    }
}
