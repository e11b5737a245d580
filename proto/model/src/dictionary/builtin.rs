//! The dictionary's tables, which are compiled in.

use super::{DictionaryError, Editions, Localities};

macro_rules! tables {
    ($($code:literal),* $(,)?) => {
        &[$(($code, include_str!(concat!("../../dictionary/", $code, ".toml")))),*]
    };
}

pub(super) const MANIFEST: &str = include_str!("../../dictionary/dictionary.toml");

pub(super) const ATTRIBUTES: &[(&str, &str)] = tables![
    "staff_group",
    "band",
    "ethnic_group",
    "gender",
    "age_band",
    "disability",
    "pathway",
    "contract",
    "nationality_group",
    "role",
    "leaving_reason",
    "leaving_destination",
    "joining_source",
    "movement",
    "furthest_stage",
    "assignment_status",
];

/// All editions, with a place's localities.
pub(super) fn editions(localities: &Localities<'_>) -> Result<Editions, DictionaryError> {
    if let Some((manifest, tables)) = later::tables() {
        let tables: Vec<_> = tables
            .iter()
            .map(|(code, text)| (*code, text.as_str()))
            .collect();
        return Editions::parse(&manifest, &tables, Some(localities));
    }
    Editions::parse(MANIFEST, ATTRIBUTES, Some(localities))
}

/// Lets a test run whole programs as they will be once there is another edition: it reads the tables in
/// the folder that `VWIS_DICTIONARY` names. Only builds with debug assertions do so: a release build has
/// no such variable and no such code.
#[cfg(debug_assertions)]
mod later {
    use std::path::PathBuf;

    use super::ATTRIBUTES;

    /// The manifest, and the attributes' tables by code.
    pub(super) fn tables() -> Option<(String, Vec<(&'static str, String)>)> {
        let folder = PathBuf::from(std::env::var_os("VWIS_DICTIONARY")?);
        let read = |code: &str| {
            let file = folder.join(format!("{code}.toml"));
            std::fs::read_to_string(&file)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        };
        let tables = ATTRIBUTES.iter().map(|(code, _)| (*code, read(code)));
        Some((read("dictionary"), tables.collect()))
    }
}

#[cfg(not(debug_assertions))]
mod later {
    pub(super) fn tables() -> Option<(String, Vec<(&'static str, String)>)> {
        None
    }
}
