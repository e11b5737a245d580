//! The tables that are compiled in.

use std::sync::LazyLock;

use super::Dictionary;

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

pub(super) fn dictionary() -> &'static Dictionary {
    static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
        Dictionary::parse(MANIFEST, ATTRIBUTES).expect("the shipped tables are parsed by tests")
    });
    &DICTIONARY
}
