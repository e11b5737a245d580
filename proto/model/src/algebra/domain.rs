//! The categories and groups of each attribute, and the cells of marginals that follow from them.

use super::{Level, Levels, Tree, combination::Cell};

/// The most attributes that a data set may have.
pub const MAX_ATTRIBUTES: usize = 32;

/// The tree of every attribute, in the data set's attribute order; n_i ≥ 2 categories each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    trees: Vec<Tree>,
}

/// Why category counts make no domain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DomainError {
    /// There are no attributes.
    #[error("a domain needs at least one attribute")]
    NoAttributes,
    /// More attributes than [`Levels`] hold.
    #[error("{0} attributes are too many: at most {MAX_ATTRIBUTES}")]
    TooManyAttributes(usize),
    /// An attribute has fewer than two categories: its residual would always be zero.
    #[error("attribute {position} has {size} categories: at least 2 are needed")]
    TooFewCategories {
        /// The attribute's position.
        position: usize,
        /// Its category count.
        size: u32,
    },
}

impl Domain {
    /// The domain of attributes with these category counts, without groups.
    ///
    /// # Errors
    /// No attributes, more than 32, or fewer than two categories.
    pub fn new(sizes: Vec<u32>) -> Result<Self, DomainError> {
        if sizes.is_empty() {
            return Err(DomainError::NoAttributes);
        }
        if sizes.len() > MAX_ATTRIBUTES {
            return Err(DomainError::TooManyAttributes(sizes.len()));
        }
        if let Some(position) = sizes.iter().position(|&size| size < 2) {
            return Err(DomainError::TooFewCategories {
                position,
                size: sizes[position],
            });
        }
        Ok(Self {
            trees: sizes.into_iter().map(Tree::flat).collect(),
        })
    }

    /// This domain with the groups of `tree` at the attribute at `position`.
    ///
    /// # Panics
    /// Where the domain has no such attribute, or the tree has another number of categories.
    #[must_use]
    pub fn with_tree(mut self, position: usize, tree: Tree) -> Self {
        assert_eq!(
            self.trees[position].categories(),
            tree.categories(),
            "of the same categories"
        );
        self.trees[position] = tree;
        self
    }

    /// The number of attributes.
    #[must_use]
    pub const fn attributes(&self) -> usize {
        self.trees.len()
    }

    /// The tree of the attribute at `position`.
    ///
    /// # Panics
    /// Where the domain has no such attribute.
    #[must_use]
    pub fn tree(&self, position: usize) -> &Tree {
        &self.trees[position]
    }

    /// Whether no attribute has groups.
    #[must_use]
    pub fn is_flat(&self) -> bool {
        self.trees.iter().all(Tree::is_flat)
    }

    /// The marginal over the categories of the attributes at these positions, in any order.
    ///
    /// # Panics
    /// Where the domain lacks one of the attributes.
    #[must_use]
    pub fn by(&self, positions: impl IntoIterator<Item = usize>) -> Levels {
        let categories = |position: usize| (position, self.trees[position].depth());
        Levels::of(positions.into_iter().map(categories))
    }

    /// The marginal over the categories of all attributes: no other is finer.
    #[must_use]
    pub fn all(&self) -> Levels {
        self.by(0..self.attributes())
    }

    /// The nodes along each axis of a marginal, in ascending position.
    ///
    /// # Panics
    /// Where the domain lacks one of the levels; see [`Self::holds`].
    pub(super) fn axes(&self, marginal: Levels) -> Vec<&Level> {
        marginal
            .iter()
            .map(|(at, level)| self.trees[at].level(level))
            .collect()
    }

    /// The number of nodes along each axis of a marginal, in ascending position.
    ///
    /// # Panics
    /// Where the domain lacks one of the levels; see [`Self::holds`].
    #[must_use]
    pub fn sizes(&self, marginal: Levels) -> Vec<usize> {
        self.axes(marginal).into_iter().map(Level::size).collect()
    }

    /// Whether the domain has every level of `marginal`.
    #[must_use]
    pub fn holds(&self, marginal: Levels) -> bool {
        marginal
            .iter()
            .all(|(at, level)| self.trees.get(at).is_some_and(|tree| level <= tree.depth()))
    }

    /// The number of cells ∏ N_i of a marginal, 1 for the total; `u64::MAX` where it leaves 64 bits.
    ///
    /// # Panics
    /// Where the domain lacks one of the levels.
    #[must_use]
    pub fn cells(&self, marginal: Levels) -> u64 {
        let sizes = self
            .axes(marginal)
            .into_iter()
            .map(|level| level.size() as u64);
        sizes.fold(1, u64::saturating_mul)
    }

    /// The row-major index of the cell with these nodes, one per attribute of `marginal` in ascending
    /// position; `None` where their number or one of them is out of range.
    #[must_use]
    pub fn cell_index(&self, marginal: Levels, nodes: &[usize]) -> Option<usize> {
        if !self.holds(marginal) || nodes.len() != marginal.len() {
            return None;
        }
        let axes = self.axes(marginal).into_iter().zip(nodes);
        axes.into_iter().try_fold(0_usize, |index, (level, &node)| {
            (node < level.size()).then_some(())?;
            index.checked_mul(level.size())?.checked_add(node)
        })
    }

    /// The nodes of the cell at a row-major index, one per attribute of `marginal` in ascending
    /// position; `None` where the index is out of range.
    #[must_use]
    pub fn cell_nodes(&self, marginal: Levels, index: usize) -> Option<Vec<usize>> {
        let cell = Cell::resolve(self, marginal, index)?;
        Some(marginal.positions().map(|at| cell.nodes[at]).collect())
    }
}

#[cfg(test)]
mod tests;
