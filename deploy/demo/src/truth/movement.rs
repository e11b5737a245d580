//! What became of everybody's band in a year.

use std::collections::{BTreeSet, HashMap};

use vwis_model::here;

use crate::{
    history::Snapshot,
    person::{BAND, Codes, MOVEMENT},
};

/// The bands that are one ladder, from the lowest up.
const LADDER: [&str; 13] = [
    "afc_1", "afc_2", "afc_3", "afc_4", "afc_5", "afc_6", "afc_7", "afc_8a", "afc_8b", "afc_8c",
    "afc_8d", "afc_9", "vsm",
];

/// The staff of `before`, with the categories of that day and what became of their band by `now`.
pub(super) fn moved(before: &Snapshot, now: &Snapshot) -> Vec<Codes> {
    let attribute = |code| {
        here::dictionary()
            .attribute(code)
            .expect("the dictionary has it")
    };
    let bands = attribute("band").categories();
    let movement = |code: &str| {
        let category = attribute("movement").category(code);
        let category = category.expect("the dictionary has it");
        u8::try_from(category).expect("attributes have at most 64 categories")
    };
    let code_of = |band: u8| bands[usize::from(band)].code();
    let rung = |band: u8| LADDER.iter().position(|one| *one == code_of(band));
    let staff: HashMap<u32, u8> = (now.staff.iter())
        .map(|person| (person.number, person.codes[BAND]))
        .collect();
    let away: BTreeSet<u32> = now.away.iter().copied().collect();
    let became = |number: u32, was: u8| match staff.get(&number) {
        None if away.contains(&number) => "not_comparable",
        None => "left",
        Some(is) if [code_of(was), code_of(*is)].contains(&"unknown") => "unknown",
        Some(is) => match (rung(was), rung(*is)) {
            (Some(was), Some(is)) if is > was => "up",
            (Some(was), Some(is)) if is < was => "down",
            (Some(_), Some(_)) => "same",
            _ => "not_comparable",
        },
    };
    let all = before.staff.iter().map(|person| {
        let mut codes = person.codes;
        codes[MOVEMENT] = movement(became(person.number, person.codes[BAND]));
        codes
    });
    all.collect()
}
