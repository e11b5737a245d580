//! The attribute `locality`, made of a place's localities.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    ELSEWHERE, LOCALITY, Source, UNKNOWN,
    written::{AttributeTable, CategoryTable, GroupTable, GroupingTable},
};

/// A place that people work in: a local authority, a borough, a neighbourhood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locality {
    /// The code, `[a-z0-9_]+`: the ONS code in small letters, if there is one.
    pub code: String,
    /// The name that pages show.
    pub name: String,
    /// Code of the area that it belongs to, if the pack has areas.
    pub area: Option<String>,
    /// Other spellings and codes by which extracts name it.
    pub other_names: Vec<String>,
    /// The first edition of the place that has it, from 1.
    pub since: usize,
    /// The last edition of the place that has it, if later ones do not.
    pub until: Option<usize>,
    /// The locality that it was part of in earlier editions.
    pub was: Option<String>,
}

/// A group of localities, one level above them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// The code, `[a-z0-9_]+`.
    pub code: String,
    /// The name that pages show.
    pub name: String,
}

/// The data that the dictionary's attribute `locality` is made of.
pub(crate) struct Localities<'a> {
    pub(crate) place: &'a str,
    pub(crate) name: &'a str,
    pub(crate) source: &'a str,
    pub(crate) areas: &'a [Area],
    pub(crate) elsewhere: &'a [String],
    pub(crate) all: &'a [Locality],
}

/// The code of the grouping of localities: by area if the place has areas, else all of them as one group.
const AREA: &str = "area";

/// Patterns of the ONS codes of the United Kingdom's districts: those outside the place are `elsewhere`.
const ANY_DISTRICT: [&str; 7] = [
    "E06??????",
    "E07??????",
    "E08??????",
    "E09??????",
    "W06??????",
    "S12??????",
    "N09??????",
];

// === impl Localities ===

impl Localities<'_> {
    /// How many editions the place has, 1 at least.
    pub(crate) fn editions(&self) -> usize {
        let ends = self
            .all
            .iter()
            .map(|one| one.since.max(one.until.map_or(0, |last| last + 1)));
        ends.max().unwrap_or(1)
    }
}

/// The table of the attribute `locality`, as if it had been written by hand.
pub(super) fn table(place: &Localities<'_>) -> AttributeTable {
    let group = |code: &str, label: &str| GroupTable {
        code: code.to_owned(),
        label: label.to_owned(),
    };
    let mut groups: Vec<_> = place
        .areas
        .iter()
        .map(|area| group(&area.code, &area.name))
        .collect();
    if groups.is_empty() {
        groups.push(group(place.place, place.name));
    }
    groups.extend([group(ELSEWHERE, "Elsewhere"), group(UNKNOWN, "Unknown")]);
    let mut categories: Vec<_> = place
        .all
        .iter()
        .map(|locality| CategoryTable {
            since: locality.since,
            until: locality.until,
            was: locality.was.clone(),
            national: vec![locality.code.to_uppercase()],
            synonyms: locality.other_names.clone(),
            ..category(
                &locality.code,
                &locality.name,
                locality.area.as_deref().unwrap_or(place.place),
            )
        })
        .collect();
    let outside = [
        format!("Outside {}", place.name),
        "Out of area".to_owned(),
        "Other".to_owned(),
    ];
    categories.push(CategoryTable {
        synonyms: outside
            .into_iter()
            .chain(place.elsewhere.iter().cloned())
            .collect(),
        patterns: ANY_DISTRICT.map(str::to_owned).to_vec(),
        ..category(ELSEWHERE, "Elsewhere", ELSEWHERE)
    });
    let nobody_knows = [
        "Not known",
        "Not recorded",
        "Not stated",
        "Unspecified",
        "N/A",
        "Unmapped",
    ];
    categories.push(CategoryTable {
        synonyms: nobody_knows.map(str::to_owned).to_vec(),
        ..category(UNKNOWN, "Unknown", UNKNOWN)
    });
    AttributeTable {
        tree: None,
        code: LOCALITY.to_owned(),
        label: "Locality of the work site".to_owned(),
        description: format!(
            "The part of {} where the person's work site is. An employer maps its sites in the [sites] table \
             of its mapping; an employer is not a locality. `elsewhere` is any site outside; an unmapped site \
             is `unknown`.",
            place.name
        ),
        national_prefix: None,
        national_digits: None,
        separator: None,
        source: vec![Source {
            standard: place.source.to_owned(),
            edition: "as the place pack has it".to_owned(),
            list: None,
            codes: Some(place.all.len()),
        }],
        grouping: vec![GroupingTable {
            code: AREA.to_owned(),
            label: place.name.to_owned(),
            source: "place pack".to_owned(),
            groups,
        }],
        category: categories,
        excluded: Vec::new(),
    }
}

fn category(code: &str, label: &str, area: &str) -> CategoryTable {
    CategoryTable {
        code: code.to_owned(),
        label: label.to_owned(),
        since: 1,
        until: None,
        was: None,
        national: Vec::new(),
        synonyms: Vec::new(),
        weak_national: Vec::new(),
        weak_synonyms: Vec::new(),
        patterns: Vec::new(),
        range: None,
        groups: BTreeMap::from([(AREA.to_owned(), area.to_owned())]),
        ancestors: Vec::new(),
    }
}
