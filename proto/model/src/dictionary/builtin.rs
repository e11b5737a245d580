//! The tables that are compiled in.

use std::sync::LazyLock;

use super::Editions;

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
    "locality",
    "pathway",
    "contract",
    "nationality_group",
    "role",
    "leaving_reason",
    "leaving_destination",
    "joining_source",
    "assignment_status",
];

pub(super) fn editions() -> &'static Editions {
    static EDITIONS: LazyLock<Editions> = LazyLock::new(|| {
        later::editions().unwrap_or_else(|| {
            Editions::parse(MANIFEST, ATTRIBUTES).expect("the shipped tables are parsed by tests")
        })
    });
    &EDITIONS
}

/// A test runs whole programs as they will be once there is another edition, by the tables in the folder
/// that `VWIS_DICTIONARY` names. Only in builds with debug assertions: a release build has no such
/// variable and no such code.
#[cfg(debug_assertions)]
mod later {
    use std::path::PathBuf;

    use super::{ATTRIBUTES, Editions};

    pub(super) fn editions() -> Option<Editions> {
        let folder = PathBuf::from(std::env::var_os("VWIS_DICTIONARY")?);
        let read = |code: &str| {
            let file = folder.join(format!("{code}.toml"));
            std::fs::read_to_string(&file)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        };
        let tables: Vec<_> = ATTRIBUTES
            .iter()
            .map(|(code, _)| (*code, read(code)))
            .collect();
        let tables: Vec<_> = tables
            .iter()
            .map(|(code, text)| (*code, text.as_str()))
            .collect();
        let editions = Editions::parse(&read("dictionary"), &tables);
        Some(editions.unwrap_or_else(|error| panic!("{}: {error}", folder.display())))
    }
}

#[cfg(not(debug_assertions))]
mod later {
    pub(super) fn editions() -> Option<super::Editions> {
        None
    }
}
