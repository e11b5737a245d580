//! The groups of categories that a series measures beside the categories.

use serde::Serialize;
use vwis_model::{agreement::Series, algebra::Tree, dictionary::Attribute};

/// The groups of one attribute at one level of the series' tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Groups {
    /// How tables name them, such as `band:1`.
    pub level: String,
    /// The attribute's label.
    pub label: String,
    /// For each group the labels of its categories.
    pub groups: Vec<Vec<String>>,
    /// Whether the dictionary draws the groups otherwise, or not at all.
    pub differs_from_dictionary: bool,
}

/// All groups that `series` measures, in the order of the data set's attributes, coarse to fine.
#[must_use]
pub fn groups(series: &Series) -> Vec<Groups> {
    let of_attribute = |position| {
        let attribute = &series.data_set().attributes()[position];
        let tree = series.strategy().domain().tree(position);
        (1..tree.depth()).map(move |level| Groups::of(attribute, tree, level))
    };
    series.attributes().flat_map(of_attribute).collect()
}

// === impl Groups ===

impl Groups {
    fn of(attribute: &Attribute, tree: &Tree, level: usize) -> Self {
        let labels = |node| {
            let inside = tree.categories_of(level, node).into_iter();
            inside
                .map(|category| attribute.categories()[category].label().to_owned())
                .collect()
        };
        let drawn = attribute
            .groups_measured()
            .and_then(|drawn| drawn.get(level - 1));
        let alike = |drawn: &Vec<u32>| {
            drawn
                .iter()
                .map(|&group| group as usize)
                .eq(tree.labels(level))
        };
        Self {
            level: format!("{}:{level}", attribute.code()),
            label: attribute.label().to_owned(),
            groups: (0..tree.size(level)).map(labels).collect(),
            differs_from_dictionary: !drawn.is_some_and(alike),
        }
    }

    /// The groups in a line: `White, Unknown | Mixed, Asian or Asian British, …`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let groups = self.groups.iter().map(|group| group.join(", "));
        groups.collect::<Vec<_>>().join(" | ")
    }
}
