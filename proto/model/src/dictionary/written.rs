//! An attribute's table as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Source, read::NationalPrefix};

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AttributeTable {
    pub(super) code: String,
    pub(super) label: String,
    pub(super) description: String,
    pub(super) national_prefix: Option<NationalPrefix>,
    pub(super) national_digits: Option<usize>,
    pub(super) separator: Option<char>,
    pub(super) source: Vec<Source>,
    #[serde(default)]
    pub(super) grouping: Vec<GroupingTable>,
    /// The groups that an agreement may measure beside the categories: for each level, coarse to fine, the
    /// codes of every group's categories.
    pub(super) tree: Option<Vec<Vec<Vec<String>>>>,
    pub(super) category: Vec<CategoryTable>,
    #[serde(default)]
    pub(super) excluded: Vec<ExcludedTable>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupingTable {
    pub(super) code: String,
    pub(super) label: String,
    pub(super) source: String,
    pub(super) groups: Vec<GroupTable>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupTable {
    pub(super) code: String,
    pub(super) label: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CategoryTable {
    pub(super) code: String,
    pub(super) label: String,
    /// The first edition that has it.
    #[serde(default = "first")]
    pub(super) since: usize,
    /// The last edition that has it, if later ones do not.
    pub(super) until: Option<usize>,
    /// The category that it was part of in earlier editions.
    pub(super) was: Option<String>,
    #[serde(default)]
    pub(super) national: Vec<String>,
    #[serde(default)]
    pub(super) synonyms: Vec<String>,
    #[serde(default)]
    pub(super) weak_national: Vec<String>,
    #[serde(default)]
    pub(super) weak_synonyms: Vec<String>,
    #[serde(default)]
    pub(super) patterns: Vec<String>,
    pub(super) range: Option<[u32; 2]>,
    #[serde(default)]
    pub(super) groups: BTreeMap<String, String>,
    /// `was`, then what that was part of before, and so on.
    #[serde(skip)]
    pub(super) ancestors: Vec<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExcludedTable {
    pub(super) code: String,
    pub(super) label: String,
    #[serde(default)]
    pub(super) national: Vec<String>,
    #[serde(default)]
    pub(super) synonyms: Vec<String>,
}

/// The first edition.
pub(super) fn first() -> usize {
    1
}
