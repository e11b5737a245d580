//! `localities.csv`: the places that people work in, as categories of the dictionary.

use super::{
    error::Fault,
    manifest::{LONGEST_NAME, is_code},
    pack::LOCALITIES,
    rows::{self, Row},
};
use crate::{
    dictionary::{Area, CATEGORIES, ELSEWHERE, Locality, UNKNOWN},
    text,
};

/// The most localities: with `elsewhere` and `unknown`, they must fit an attribute.
const MOST: usize = *CATEGORIES.end() - 2;

/// The most editions: localities change once in some years, and a program reads all editions at its start.
const MOST_EDITIONS: usize = 24;

/// Reads `localities.csv`; what is wrong goes to `faults`.
pub(super) fn read(csv: &str, areas: &[Area], faults: &mut Vec<Fault>) -> Vec<Locality> {
    let optional = ["area", "other_names", "since", "until", "was"];
    let table = rows::Table::read(LOCALITIES, csv, &["code", "name"], &optional, faults);
    let mut localities: Vec<Locality> = Vec::new();
    for row in table.rows() {
        let locality = locality(&row, areas, faults);
        if localities.iter().any(|known| known.code == locality.code) {
            let problem = format!("`{}` is there twice", locality.code);
            faults.push(row.fault("code", problem));
            continue;
        }
        localities.push(locality);
    }
    if localities.len() > MOST {
        let problem = format!("has {} localities: at most {MOST}", localities.len());
        faults.push(Fault::of(LOCALITIES, problem));
    }
    localities
}

fn locality(row: &Row<'_>, areas: &[Area], faults: &mut Vec<Fault>) -> Locality {
    let code = row.get("code");
    if !is_code(code) || code == UNKNOWN || code == ELSEWHERE {
        let problem = format!(
            "`{code}` must be small letters, digits and _, such as an ONS code in small letters; `{UNKNOWN}` \
             and `{ELSEWHERE}` are there in every place"
        );
        faults.push(row.fault("code", problem));
    }
    let name = row.get("name");
    for name in std::iter::once(name).chain(row.list("other_names")) {
        if let Err(problem) = text::check(name, LONGEST_NAME) {
            faults.push(row.fault("name", problem));
        }
    }
    let area = row.get("area");
    let is_known = areas.iter().any(|known| known.code == area);
    let is_none = areas.is_empty() && area.is_empty();
    if !is_known && !is_none {
        let known: Vec<_> = areas.iter().map(|area| area.code.as_str()).collect();
        let problem = format!(
            "`{area}` is no [[area]] of place.toml, which has {}",
            known.join(", ")
        );
        faults.push(row.fault("area", problem));
    }
    let mut edition = |column| edition(row, column, faults);
    Locality {
        since: edition("since").unwrap_or(1),
        until: edition("until"),
        code: code.to_owned(),
        name: name.to_owned(),
        area: is_known.then(|| area.to_owned()),
        other_names: row.list("other_names").map(str::to_owned).collect(),
        was: Some(row.get("was"))
            .filter(|was| !was.is_empty())
            .map(str::to_owned),
    }
}

/// The number of an edition of the place; `None` if the column is empty or wrong.
fn edition(row: &Row<'_>, column: &str, faults: &mut Vec<Fault>) -> Option<usize> {
    let number = row.number(column, faults)? as usize;
    if !(1..=MOST_EDITIONS).contains(&number) {
        let problem =
            format!("`{number}` must number an edition of this place, from 1 to {MOST_EDITIONS}");
        faults.push(row.fault(column, problem));
        return None;
    }
    Some(number)
}
