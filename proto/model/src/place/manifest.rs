//! `place.toml`: the place's names, licence, areas and sources.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{error::Fault, pack::MANIFEST};
use crate::{
    dictionary::{Area, Localities, Locality},
    text,
};

/// The longest name of a place or a locality, in characters.
pub(super) const LONGEST_NAME: usize = 60;
/// The longest licence, source, label or note, in characters.
const LONGEST_TEXT: usize = 1_000;

/// What `place.toml` holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) code: String,
    pub(super) name: String,
    /// What one locality is called, and what several are.
    pub(super) locality: [String; 2],
    /// Names by which extracts call places outside this one.
    #[serde(default)]
    pub(super) elsewhere: Vec<String>,
    pub(super) licence: String,
    pub(super) localities: Sourced,
    #[serde(default)]
    pub(super) area: Vec<Area>,
    #[serde(default)]
    pub(super) residents: BTreeMap<String, ResidentsText>,
    pub(super) employers: Option<Sourced>,
}

/// Where a table comes from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sourced {
    pub(super) source: String,
}

/// What is said beside a comparison with residents.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResidentsText {
    pub(super) source: String,
    pub(super) label: String,
    pub(super) note: String,
}

// === impl Manifest ===

impl Manifest {
    /// The data that the dictionary's attribute `locality` is made of.
    pub(super) fn table<'a>(&'a self, localities: &'a [Locality]) -> Localities<'a> {
        Localities {
            place: &self.code,
            name: &self.name,
            source: &self.localities.source,
            areas: &self.area,
            elsewhere: &self.elsewhere,
            localities,
        }
    }
}

/// Reads `place.toml`; what is wrong goes to `faults`. `None` if it does not parse: without it nothing
/// else can be read.
pub(super) fn read(toml: &str, faults: &mut Vec<Fault>) -> Option<Manifest> {
    let manifest: Manifest = match toml::from_str(toml) {
        Ok(manifest) => manifest,
        Err(error) => {
            faults.push(Fault::of(MANIFEST, error.to_string().trim_end()));
            return None;
        }
    };
    let mut held = |field: &str, text: &str, most: usize| {
        if let Err(problem) = text::check(text, most) {
            faults.push(Fault::of(MANIFEST, problem).field(field));
        }
    };
    held("name", &manifest.name, LONGEST_NAME);
    manifest
        .locality
        .iter()
        .for_each(|word| held("locality", word, LONGEST_NAME));
    manifest
        .elsewhere
        .iter()
        .for_each(|name| held("elsewhere", name, LONGEST_NAME));
    held("licence", &manifest.licence, LONGEST_TEXT);
    held(
        "localities.source",
        &manifest.localities.source,
        LONGEST_TEXT,
    );
    manifest
        .area
        .iter()
        .for_each(|area| held("area.name", &area.name, LONGEST_NAME));
    for (attribute, own) in &manifest.residents {
        for (field, text) in [
            ("source", &own.source),
            ("label", &own.label),
            ("note", &own.note),
        ] {
            held(
                &format!("residents.{attribute}.{field}"),
                text,
                LONGEST_TEXT,
            );
        }
    }
    if let Some(employers) = &manifest.employers {
        held("employers.source", &employers.source, LONGEST_TEXT);
    }
    let codes = [("code", &manifest.code)].into_iter();
    for (field, code) in codes.chain(manifest.area.iter().map(|area| ("area.code", &area.code))) {
        if !is_code(code) {
            let problem = format!("`{code}` must be small letters, digits and _, at most 40");
            faults.push(Fault::of(MANIFEST, problem).field(field));
        }
    }
    Some(manifest)
}

/// Whether a text can be the code of a place, an area or a locality.
pub(super) fn is_code(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
