//! Attributes and their categories, as read from the tables.

use std::{collections::HashMap, ops::RangeInclusive};

use super::excluded::Excluded;
use super::read::{Meaning, Reader, Resolution, normalise};
use crate::{algebra::Tree, text};

/// A coded column: its categories in their fixed order, and how raw values are read into them.
#[derive(Debug)]
pub struct Attribute {
    pub(super) code: String,
    pub(super) label: String,
    pub(super) description: String,
    pub(super) sources: Vec<Source>,
    pub(super) categories: Vec<Category>,
    pub(super) category_index: HashMap<String, usize>,
    pub(super) excluded: Vec<Excluded>,
    pub(super) groupings: Vec<Grouping>,
    pub(super) groups_measured: Option<Vec<Vec<u32>>>,
    pub(super) reader: Reader,
}

/// One value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    pub(super) code: String,
    pub(super) label: String,
    /// What it was part of in earlier editions, the nearest first.
    pub(super) was: Vec<String>,
    pub(super) national: Vec<String>,
    pub(super) range: Option<RangeInclusive<u32>>,
}

/// A named, coarser partition of an attribute's categories. Every category is in one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouping {
    pub(super) code: String,
    pub(super) label: String,
    pub(super) source: String,
    pub(super) groups: Vec<Group>,
}

/// One part of a grouping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub(super) code: String,
    pub(super) label: String,
    pub(super) categories: Vec<usize>,
}

/// Where an attribute's categories come from.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The standard or publication.
    pub standard: String,
    /// The edition of that standard.
    pub edition: String,
    /// The code list in it that the table quotes, if it quotes one.
    pub list: Option<String>,
    /// How many national codes that list has. All of them are in the table.
    pub codes: Option<usize>,
}

// === impl Attribute ===

impl Attribute {
    /// The code, `[a-z0-9_]+`, by which tables and agreements name it.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The label that people read.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What the attribute says about a person, and which judgements its categories rest on.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Where its categories come from.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The categories, in the order that cells are counted in. The last is `unknown`.
    #[must_use]
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// The number of categories: `n_i` of design §3.2.
    #[must_use]
    pub fn size(&self) -> usize {
        self.categories.len()
    }

    /// The index of the category with exactly this code: its own, not a national one.
    #[must_use]
    pub fn category(&self, code: &str) -> Option<usize> {
        self.category_index.get(code).copied()
    }

    /// The index of `unknown`, which is the last category.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.categories.len() - 1
    }

    /// The values that the headcount filter leaves out.
    #[must_use]
    pub fn excluded(&self) -> &[Excluded] {
        &self.excluded
    }

    /// The coarser partitions that indicators use.
    #[must_use]
    pub fn groupings(&self) -> &[Grouping] {
        &self.groupings
    }

    /// The groups that an agreement may measure beside the categories, as [`crate::algebra::Tree::new`]
    /// takes them: for each level, coarse to fine, the number of every category's group. `None` if no groups
    /// are worth a measurement.
    #[must_use]
    pub fn groups_measured(&self) -> Option<&[Vec<u32>]> {
        self.groups_measured.as_deref()
    }

    /// The groups of `level` of a tree of this attribute, as an attribute of its own: `ethnic_group:1`.
    ///
    /// A group has the code and label of the grouping's group that is exactly the same set of categories. A
    /// group that no grouping names has the code `~` with its number, and its categories' labels for a label.
    /// None of them need be `unknown`.
    ///
    /// # Panics
    /// Where the tree has other categories, or no such level.
    #[must_use]
    pub fn grouped(&self, tree: &Tree, level: usize) -> Self {
        let inside: Vec<_> = (0..tree.size(level))
            .map(|node| tree.categories_of(level, node))
            .collect();
        let known = || self.groupings.iter().flat_map(|grouping| &grouping.groups);
        let named: Vec<_> = inside
            .iter()
            .map(|set| known().find(|group| group.categories == *set))
            .collect();
        let group = |node: usize| {
            let own = named[node];
            let code = own.map(|group| &group.code);
            let bearers = named
                .iter()
                .flatten()
                .filter(|group| Some(&group.code) == code);
            // A code that two groups bear names neither.
            let code = code.filter(|_| bearers.count() == 1);
            let labels = inside[node]
                .iter()
                .map(|&category| self.categories[category].label());
            Category {
                code: code.map_or_else(|| format!("~{node}"), Clone::clone),
                label: own.map_or_else(
                    || labels.collect::<Vec<_>>().join(", "),
                    |group| group.label.clone(),
                ),
                was: Vec::new(),
                national: Vec::new(),
                range: None,
            }
        };
        let categories: Vec<_> = (0..tree.size(level)).map(group).collect();
        let labels = categories.iter().map(|group| normalise(&group.label));
        let reader = Reader {
            spellings: labels.zip((0..).map(Meaning::Firm)).collect(),
            ..Reader::default()
        };
        Self {
            code: format!("{}:{level}", self.code),
            label: format!("{} (groups)", self.label),
            description: self.description.clone(),
            sources: self.sources.clone(),
            category_index: (0..)
                .zip(&categories)
                .map(|(index, category)| (category.code.clone(), index))
                .collect(),
            categories,
            excluded: Vec::new(),
            groupings: Vec::new(),
            groups_measured: None,
            reader,
        }
    }

    /// The grouping of that code, if there is one.
    #[must_use]
    pub fn grouping(&self, code: &str) -> Option<&Grouping> {
        self.groupings.iter().find(|grouping| grouping.code == code)
    }

    /// Reads one raw value of an extract: our own code, a national code or a known spelling,
    /// whatever its case, punctuation and spacing.
    #[must_use]
    pub fn resolve(&self, raw: &str) -> Resolution<'_> {
        self.reader.read(raw, &self.excluded)
    }

    /// Reads the values of several columns that speak of the same attribute, the preferred one first. The
    /// first firm answer wins (a category, or a rule that leaves the person out); else the first weak one
    /// that is not `unknown`, the first weak one, an unrecognised value, a blank.
    #[must_use]
    pub fn resolve_first<'v>(&self, raw: impl IntoIterator<Item = &'v str>) -> Resolution<'_> {
        let weight = |found: &Resolution<'_>| match found {
            Resolution::Firm(_) | Resolution::Excluded(_) => 4,
            Resolution::Weak(index) if *index != self.unknown() => 3,
            Resolution::Weak(_) => 2,
            Resolution::Unrecognised => 1,
            Resolution::Blank => 0,
        };
        raw.into_iter()
            .map(|value| self.resolve(value))
            .reduce(|best, next| {
                if weight(&next) > weight(&best) {
                    next
                } else {
                    best
                }
            })
            .unwrap_or(Resolution::Blank)
    }

    /// The category whose range contains this number: for age bands, completed years.
    #[must_use]
    pub fn category_of_number(&self, number: u32) -> Option<usize> {
        self.categories
            .iter()
            .position(|category| category.range.as_ref().is_some_and(|r| r.contains(&number)))
    }

    /// The code of the category that a mistyped code probably means.
    #[must_use]
    pub fn nearest(&self, code: &str) -> Option<&str> {
        text::nearest(code, self.categories.iter().map(Category::code))
    }
}

// === impl Category ===

impl Category {
    /// The code, `[a-z0-9_]+`, unique within its attribute.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The label that people read.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The codes of the quoted national list that this category takes in.
    #[must_use]
    pub fn national(&self) -> &[String] {
        &self.national
    }

    /// The numbers that this category takes in, if it is a band of numbers.
    #[must_use]
    pub fn range(&self) -> Option<&RangeInclusive<u32>> {
        self.range.as_ref()
    }
}

// === impl Grouping ===

impl Grouping {
    /// The code, `[a-z0-9_]+`, unique within its attribute.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The label that people read.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Who defines the grouping.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The groups, in order.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The group of that code, if there is one.
    #[must_use]
    pub fn group(&self, code: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.code == code)
    }

    /// The group that a category belongs to.
    #[must_use]
    pub fn group_of(&self, category: usize) -> Option<&Group> {
        self.groups
            .iter()
            .find(|group| group.categories.contains(&category))
    }
}

// === impl Group ===

impl Group {
    /// The code, `[a-z0-9_]+`, unique within its grouping.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The label that people read.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The indices of its categories, ascending.
    #[must_use]
    pub fn categories(&self) -> &[usize] {
        &self.categories
    }
}
