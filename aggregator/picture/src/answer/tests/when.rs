//! Every row of a file says whose numbers it holds and for which period.

use std::collections::BTreeSet;

use super::*;
use crate::export::Sheet;

/// Two employers in March; in June one is late.
fn late() -> Archive {
    let nurses = [("staff_group", "nursing_and_midwifery")];
    Workforce::new()
        .people(&nurses, 100)
        .employer("RM3")
        .people(&nurses, 200)
        .period("2026-06")
        .employer("R0A")
        .people(&nurses, 110)
        .archive(r#"{ by = ["staff_group"] }"#, "{ by = [] }")
}

fn column(sheet: &Sheet, name: &str) -> Vec<Cell> {
    let place = sheet.place(name).unwrap();
    sheet.rows.iter().map(|row| row[place].clone()).collect()
}

fn distinct(sheet: &Sheet, name: &str) -> BTreeSet<String> {
    let cells = column(sheet, name).into_iter();
    cells
        .map(|cell| match cell {
            Cell::Text(words) => words,
            other => format!("{other:?}"),
        })
        .collect()
}

fn set<const N: usize>(words: [&str; N]) -> BTreeSet<String> {
    words.map(str::to_owned).into()
}

#[test]
fn employers_side_by_side_are_of_one_release_and_who_is_late_has_a_reason_and_no_number() {
    let archive = late();
    for with_totals in [false, true] {
        let mut asked = question(&["staff_group"]);
        asked.with_totals = with_totals;
        let answer = asked.each(&archive, || false).unwrap();
        let sheet = &answer.sheet;
        assert_eq!(distinct(sheet, "organisation"), set(["R0A", "RM3"]));
        assert_eq!(distinct(sheet, "period"), set(["2026-06"]));
        assert_eq!(distinct(sheet, "as_of"), set(["2026-06-30"]));
        assert_eq!(distinct(sheet, "release").len(), 1);
        let whose = column(sheet, "organisation");
        let (estimates, notes) = (column(sheet, "estimate"), column(sheet, "note"));
        for (place, code) in whose.iter().enumerate() {
            let is_late = *code == Cell::text("RM3");
            assert_eq!(estimates[place] == Cell::Empty, is_late);
            assert_eq!(notes[place] == Cell::text("not in this release"), is_late);
        }
        let late = whose.iter().filter(|code| **code == Cell::text("RM3"));
        assert_eq!(
            2 * late.count(),
            whose.len(),
            "as many rows as of the other"
        );
    }
    let indicator = indicator::named("composition").unwrap();
    let ask = |whose: &Whose| {
        super::super::indicator(
            &archive,
            indicator,
            whose,
            When::Latest,
            &Question::default(),
        )
    };
    let sheet = each(&archive, ask).unwrap().sheet;
    assert_eq!(distinct(&sheet, "organisation"), set(["R0A"]));
    assert!(
        sheet.notes[0].contains("left out: RM3"),
        "{:?}",
        sheet.notes
    );
}

#[test]
fn a_sum_of_employers_is_of_the_latest_period_in_which_all_are_and_says_so() {
    let archive = late();
    let both = Whose::Organisations(vec!["R0A".parse().unwrap(), "RM3".parse().unwrap()]);
    let sheet = question(&["staff_group"])
        .of(both)
        .answer(&archive)
        .unwrap()
        .sheet;
    assert_eq!(distinct(&sheet, "period"), set(["2026-03"]));
    assert_eq!(distinct(&sheet, "organisation"), set(["R0A+RM3"]));
    let said = &sheet.notes[0];
    assert!(
        said.contains("2026-03") && said.contains("2026-06 is released without"),
        "{said}"
    );
    let one = Whose::Organisations(vec!["R0A".parse().unwrap()]);
    let sheet = question(&[]).of(one).answer(&archive).unwrap().sheet;
    assert!(
        !sheet.notes[0].contains("released without"),
        "{:?}",
        sheet.notes
    );
}

#[test]
fn a_period_means_the_same_of_a_table_and_of_an_indicator() {
    let archive = late();
    let period = |text: &str| text.parse().unwrap();
    let composition = indicator::named("composition").unwrap();
    for (when, of) in [
        (When::Latest, Some("2026-06")),
        (When::At(period("2026-03")), Some("2026-03")),
        (When::At(period("2026-05")), None),
        (When::UpTo(period("2026-05")), Some("2026-03")),
        (When::UpTo(period("2030-01")), Some("2026-06")),
        (When::UpTo(period("2020-01")), None),
    ] {
        let mut asked = question(&[]);
        asked.when = when;
        let table = asked.answer(&archive).ok();
        let table = table.map(|answer| distinct(&answer.sheet, "period"));
        assert_eq!(table, of.map(|of| set([of])), "{when:?}");
        let by = Question {
            by: Some(vec![]),
            ..Question::default()
        };
        let found = indicator(&archive, composition, &Whose::System, when, &by).ok();
        let found = found.map(|answer| distinct(&answer.sheet, "release_period"));
        assert_eq!(found, of.map(|of| set([of])), "{when:?}");
    }
}
