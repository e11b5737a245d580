//! The questions that a second quarter raises after a first one, both read from files.

mod again;
mod codes;
mod columns;
mod copies;
mod dates;
mod fte;
mod movers;
mod numbers;

use super::*;
use crate::import::sense::{self, Last, Stands};

const ETHNIC_ORIGINS: [&str; 5] = [
    "A White - British",
    "A White - British",
    "H Asian or Asian British - Indian",
    "N Black or Black British - African",
    "Z Not Stated",
];
const LOCATIONS: [&str; 3] = ["Bolton", "Salford", "Wigan"];
const GRADES: [&str; 4] = ["Band 3", "Band 5", "Band 6", "Band 7"];
const GROUPS: [&str; 3] = [
    "Nursing and Midwifery Registered",
    "Additional Clinical Services",
    "Administrative and Clerical",
];
const FTE: [&str; 4] = ["1.0", "1.0", "0.8", "0.6"];

/// The `n`th person's number. Within each five, two have changed places, so that the numbers are no running
/// count.
fn number(n: u32) -> u32 {
    20_000_000
        + match n % 5 {
            3 => n + 1,
            4 => n - 1,
            _ => n,
        }
}

/// The `n`th person's row, the same whatever the other rows are.
pub(super) fn person(n: u32) -> Vec<(&'static str, String)> {
    // Values are spread as if drawn independently for each column.
    let of = |salt: u32, list: &[&'static str]| {
        let mixed = (n * 8 + salt).wrapping_mul(2_654_435_761) >> 8;
        list[mixed as usize % list.len()].to_owned()
    };
    let year = 1960 + (n.wrapping_mul(40_503) >> 4) % 35;
    vec![
        ("Employee Number", number(n).to_string()),
        ("Date Of Birth", format!("15/08/{year}")),
        ("Gender", of(1, &["Female", "Female", "Male"])),
        ("Ethnic Origin", of(2, &ETHNIC_ORIGINS)),
        ("Grade", of(3, &GRADES)),
        ("Staff Group", of(4, &GROUPS)),
        ("Location", of(5, &LOCATIONS)),
        ("FTE", of(6, &FTE)),
    ]
}

pub(super) fn people(numbers: std::ops::Range<u32>) -> Vec<Vec<(&'static str, String)>> {
    numbers.map(person).collect()
}

/// The next quarter: one person in forty has left, as many are new, and one in a hundred is corrected.
pub(super) fn next(size: u32) -> Vec<Vec<(&'static str, String)>> {
    let moves = size / 40;
    let mut now = people(moves..size);
    for (at, person) in now.iter_mut().enumerate() {
        if at % 100 == 7 {
            set(person, "Ethnic Origin", "H Asian or Asian British - Indian");
        }
        if at % 30 == 7 {
            set(person, "Grade", "Band 7");
        }
        if at % 20 == 7 {
            set(person, "FTE", "0.8");
        }
    }
    now.extend((size..size + moves).map(|n| {
        let mut new = person(n);
        new.push(("Start Date", "2026-08-01".to_owned()));
        new
    }));
    now
}

pub(super) fn get(person: &[(&'static str, String)], column: &str) -> String {
    let found = person.iter().find(|(heading, _)| *heading == column);
    found.unwrap().1.clone()
}

pub(super) fn set(person: &mut [(&'static str, String)], column: &str, value: &str) {
    let found = person.iter_mut().find(|(heading, _)| *heading == column);
    value.clone_into(&mut found.unwrap().1);
}

pub(super) fn text(people: &[Vec<(&'static str, String)>]) -> String {
    let rows: Vec<_> = people
        .iter()
        .map(|person| {
            let others: Vec<_> = person.iter().map(|(h, v)| (*h, v.as_str())).collect();
            row("", &others)
        })
        .collect();
    file(&rows)
}

/// The questions that `now` raises, alone or after `before`, and what they say.
pub(super) fn asked(before: Option<&str>, now: &str) -> Vec<(Allowance, String)> {
    let desk = Desk::new();
    let before = before.map(|before| desk.read(before).unwrap());
    let last = before.as_ref().map(|before| Last {
        period: "2026-06".parse().unwrap(),
        people: &before.people,
        moving: &before.moving,
        stands: Stands::QuarterBefore,
        is_coded_alike: true,
        is_hashed_alike: true,
    });
    let checked = sense::check(&desk.read(now).unwrap(), last.as_ref(), &[]);
    let questions = checked.err().map_or_else(Vec::new, |questions| questions.0);
    questions
        .into_iter()
        .map(|question| (question.allowance, question.sentence))
        .collect()
}

pub(super) fn raised(before: Option<&str>, now: &str) -> Vec<Allowance> {
    let asked = asked(before, now).into_iter();
    asked.map(|(allowance, _)| allowance).collect()
}

#[test]
fn an_ordinary_quarter_raises_nothing() {
    for size in [8, 40, 100, 400, 1000] {
        let before = text(&people(0..size));
        assert_eq!(asked(None, &before), [], "{size}");
        assert_eq!(asked(Some(&before), &text(&next(size))), [], "{size}");
    }
}
