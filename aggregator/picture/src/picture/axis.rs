//! One attribute of a table that is asked for, and which of its categories or groups are wanted.

use std::{collections::BTreeSet, sync::Arc};

use vwis_model::{agreement::Series, dictionary::Attribute};

use super::QueryError;

/// An attribute of a resolved table, with the categories that are wanted.
#[derive(Clone, Debug)]
pub struct Axis {
    /// The attribute, as the series' edition of the dictionary has it, or its groups at a level of the
    /// series' tree as an attribute of their own.
    pub attribute: Arc<Attribute>,
    /// The attribute that is counted by: the same, where no groups are.
    pub counted: Arc<Attribute>,
    /// Its position in the data set.
    pub position: usize,
    /// The indices of the categories of `attribute` that are wanted, ascending.
    pub categories: Vec<usize>,
    /// The indices of the categories of `counted` that are wanted with them.
    pub inside: BTreeSet<usize>,
    /// The level of the attribute's tree that they are read from.
    pub(super) level: usize,
    /// The nodes of that level that hold them.
    pub(super) nodes: Vec<usize>,
    /// Whether a filter chose the categories.
    pub is_filtered: bool,
}

// === impl Axis ===

impl Axis {
    /// Everything of the attribute, or of the level of its groups, that is named by code or label.
    ///
    /// # Errors
    /// [`QueryError::UnknownAttribute`] names what exists.
    pub(super) fn named(series: &Series, code: &str) -> Result<Self, QueryError> {
        let data_set = series.data_set();
        if let Ok(levels) = series.levels_of(&[code.to_owned()])
            && let Some((position, level)) = levels.iter().next()
        {
            return Ok(Self::whole(series, position, level));
        }
        let labelled = || {
            let mut attributes = data_set.attributes().iter();
            attributes.position(|attribute| attribute.label().eq_ignore_ascii_case(code))
        };
        let position = labelled().ok_or_else(|| {
            let there = data_set.attributes().iter().map(|a| a.code().to_owned());
            QueryError::UnknownAttribute {
                attribute: code.chars().take(60).collect(),
                data_set: data_set.code().to_owned(),
                nearest: data_set.nearest(code).map(str::to_owned),
                there: there.collect(),
            }
        })?;
        let categories = series.strategy().domain().tree(position).depth();
        Ok(Self::whole(series, position, categories))
    }

    /// Everything at a level of an attribute.
    fn whole(series: &Series, position: usize, level: usize) -> Self {
        let attribute = series.attribute_at(position, level);
        let counted = Arc::clone(&series.data_set().attributes()[position]);
        Self {
            categories: (0..attribute.size()).collect(),
            inside: (0..counted.size()).collect(),
            nodes: (0..attribute.size()).collect(),
            attribute,
            counted,
            position,
            level,
            is_filtered: false,
        }
    }

    /// Wants only these of what the axis names.
    pub(super) fn keep(&mut self, series: &Series, categories: Vec<usize>) {
        let tree = series.strategy().domain().tree(self.position);
        let inside = categories
            .iter()
            .flat_map(|&node| tree.categories_of(self.level, node));
        self.inside = inside.collect();
        self.nodes.clone_from(&categories);
        self.categories = categories;
        self.is_filtered = true;
    }

    /// Wants only what a filter of the same attribute wants too, at whatever level that names it.
    ///
    /// # Errors
    /// Where the filter cuts through what the axis names.
    pub(super) fn intersect(&mut self, series: &Series, filter: &Self) -> Result<(), QueryError> {
        let tree = series.strategy().domain().tree(self.position);
        let kept = |&node: &usize| {
            let inside: BTreeSet<_> = tree.categories_of(self.level, node).into_iter().collect();
            if inside.is_subset(&filter.inside) {
                return Some(Ok(node));
            }
            let is_cut = !inside.is_disjoint(&filter.inside);
            is_cut.then(|| {
                Err(QueryError::PartOfGroup {
                    column: self.attribute.code().to_owned(),
                    attribute: filter.attribute.code().to_owned(),
                })
            })
        };
        let kept = self
            .categories
            .iter()
            .filter_map(kept)
            .collect::<Result<_, _>>()?;
        self.keep(series, kept);
        Ok(())
    }

    /// Reads the same people from the coarsest nodes that tell them apart: a group that is measured is never
    /// summed over its categories, whose table need not be promised.
    pub(super) fn read_from_coarsest(&mut self, series: &Series) {
        let tree = series.strategy().domain().tree(self.position);
        (self.level, self.nodes) = tree.coarsest(&self.inside);
    }
}

/// The indices of the categories that are named by code or label: ascending, each once.
pub(crate) fn categories(
    attribute: &Attribute,
    wanted: &[String],
) -> Result<Vec<usize>, QueryError> {
    let mut indices = wanted
        .iter()
        .map(|code| {
            // `!male` or `-Bolton` deny the word behind the sign, so they must not be read as that word.
            let is_plain = code.starts_with(char::is_alphanumeric)
                && !code.contains(['!', '~', '<', '>', '=', '*']);
            let labelled = || {
                is_plain
                    .then(|| attribute.resolve(code).category())
                    .flatten()
            };
            attribute.category(code).or_else(labelled).ok_or_else(|| {
                let there = attribute.categories().iter();
                let there = there.map(|c| format!("{} ({})", c.code(), c.label()));
                QueryError::UnknownCategory {
                    category: code.chars().take(60).collect(),
                    attribute: attribute.code().to_owned(),
                    nearest: attribute.nearest(code).map(str::to_owned),
                    there: there.collect(),
                }
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    indices.sort_unstable();
    indices.dedup();
    Ok(indices)
}
