//! The tree of an attribute: its categories, and the groups of them that are measured too.
//!
//! Level 0 is everybody, the last level holds the categories, and all categories lie equally deep. A
//! tree of depth 1 is flat: it has no groups.

use std::collections::BTreeSet;

/// The most levels of a tree, the categories included: two bits hold one of them in [`super::Levels`].
pub const MAX_DEPTH: usize = 3;

/// The levels of one attribute, from the coarsest groups to the categories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    levels: Vec<Level>,
}

/// The nodes of one level, by their parents in the level above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// The parent of each node.
    parents: Vec<u32>,
    /// The number of children of each node of the level above, at least 2.
    children: Vec<u32>,
}

/// Why labels make no tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// No inner level, or more than two.
    #[error("{0} levels of groups: a tree has 1 or 2")]
    Depth(usize),
    /// Not one label per category.
    #[error("level {level} has {found} labels for {expected} categories")]
    Labels {
        /// The level, 1 for the coarsest.
        level: usize,
        /// The number of categories.
        expected: usize,
        /// The number of labels.
        found: usize,
    },
    /// Labels that do not count up from 0 in the order of the categories.
    #[error(
        "level {level}: category {category} has label {label} where at most {most} can come first"
    )]
    Numbering {
        /// The level, 1 for the coarsest.
        level: usize,
        /// The category's index.
        category: usize,
        /// Its label.
        label: u32,
        /// The largest label that could stand there.
        most: u32,
    },
    /// Two categories that are together in a level and apart in a coarser one.
    #[error("level {level}: group {group} lies in two groups of the level above")]
    NotNested {
        /// The finer level.
        level: usize,
        /// The group's label.
        group: u32,
    },
    /// A node with fewer than two children, which would be measured twice.
    #[error("level {level}: node {node} is an only child")]
    OnlyChild {
        /// The child's level.
        level: usize,
        /// The child.
        node: usize,
    },
}

// === impl Tree ===

impl Tree {
    /// The tree without groups over at least two categories.
    pub(super) fn flat(categories: u32) -> Self {
        let parents = vec![0; categories as usize];
        Self {
            levels: vec![Level {
                parents,
                children: vec![categories],
            }],
        }
    }

    /// The tree over `categories` categories whose inner levels, coarse to fine, give each category the
    /// number of its group: 0 for the first category's, and so on by first appearance.
    ///
    /// # Errors
    /// [`TreeError`] names the level and the category or group.
    pub fn new(categories: usize, labels: &[Vec<u32>]) -> Result<Self, TreeError> {
        if !(1..MAX_DEPTH).contains(&labels.len()) {
            return Err(TreeError::Depth(labels.len()));
        }
        for (level, labels) in (1..).zip(labels) {
            let found = labels.len();
            if found != categories {
                let expected = categories;
                return Err(TreeError::Labels {
                    level,
                    expected,
                    found,
                });
            }
            let mut most = 0;
            for (category, &label) in labels.iter().enumerate() {
                if label > most {
                    return Err(TreeError::Numbering {
                        level,
                        category,
                        label,
                        most,
                    });
                }
                most = most.max(label + 1);
            }
        }
        let all = vec![0; categories];
        let leaves: Vec<u32> = (0..).take(categories).collect();
        let mut coarser = &all;
        let mut levels = Vec::with_capacity(labels.len() + 1);
        for (level, finer) in (1..).zip(labels.iter().chain([&leaves])) {
            levels.push(Level::new(level, coarser, finer)?);
            coarser = finer;
        }
        Ok(Self { levels })
    }

    /// The number of levels below everybody: 1 where the tree is flat.
    #[must_use]
    pub const fn depth(&self) -> usize {
        self.levels.len()
    }

    /// Whether the tree has no groups.
    #[must_use]
    pub const fn is_flat(&self) -> bool {
        self.depth() == 1
    }

    /// The nodes of `level`, from 1, the coarsest, to [`Self::depth`], the categories.
    ///
    /// # Panics
    /// For a level that the tree lacks, or 0.
    #[must_use]
    pub fn level(&self, level: usize) -> &Level {
        &self.levels[level - 1]
    }

    /// The number of nodes of a level; 1 for level 0.
    ///
    /// # Panics
    /// For a level that the tree lacks.
    #[must_use]
    pub fn size(&self, level: usize) -> usize {
        match level {
            0 => 1,
            level => self.level(level).size(),
        }
    }

    /// The number of categories.
    #[must_use]
    pub fn categories(&self) -> usize {
        self.size(self.depth())
    }

    /// The node of level `to` that holds `node` of level `from` ≥ `to`.
    ///
    /// # Panics
    /// For a level or node that the tree lacks.
    #[must_use]
    pub fn ancestor(&self, from: usize, node: usize, to: usize) -> usize {
        let climbed = (to + 1..=from).rev();
        climbed.fold(node, |node, level| self.level(level).parent(node))
    }

    /// The node of `level` that holds each category: the labels that [`Self::new`] took.
    ///
    /// # Panics
    /// For a level that the tree lacks.
    #[must_use]
    pub fn labels(&self, level: usize) -> Vec<usize> {
        let ancestor = |category| self.ancestor(self.depth(), category, level);
        (0..self.categories()).map(ancestor).collect()
    }

    /// The categories that a node of `level` holds, ascending.
    ///
    /// # Panics
    /// For a level that the tree lacks.
    #[must_use]
    pub fn categories_of(&self, level: usize, node: usize) -> Vec<usize> {
        let labels = self.labels(level).into_iter().enumerate();
        let inside = labels.filter(|&(_, label)| label == node);
        inside.map(|(category, _)| category).collect()
    }

    /// The coarsest level whose nodes tell these categories from all others, and the nodes that hold them,
    /// ascending. All tables of a strategy agree, so that no finer level knows more of them. Level 0 tells
    /// nobody apart: it is for all categories, and not for none.
    #[must_use]
    pub fn coarsest(&self, categories: &BTreeSet<usize>) -> (usize, Vec<usize>) {
        let told_apart = |level| {
            let (mut inside, mut outside) = (BTreeSet::new(), BTreeSet::new());
            for (category, node) in self.labels(level).into_iter().enumerate() {
                let side = if categories.contains(&category) {
                    &mut inside
                } else {
                    &mut outside
                };
                side.insert(node);
            }
            inside
                .is_disjoint(&outside)
                .then(|| (level, inside.into_iter().collect()))
        };
        let first = usize::from(categories.is_empty());
        let found = (first..=self.depth()).find_map(told_apart);
        found.expect("the last level tells all categories apart")
    }

    /// ∏ 1/m over the ancestors of `node` (itself included) in the levels below `to`: what part of the
    /// ancestor at `to` falls to it when every parent is shared out equally.
    #[expect(clippy::cast_precision_loss, reason = "category counts are small")]
    pub(super) fn share(&self, from: usize, node: usize, to: usize) -> f64 {
        let mut share = 1.0;
        let mut node = node;
        for level in (to + 1..=from).rev() {
            share /= self.level(level).siblings(node) as f64;
            node = self.level(level).parent(node);
        }
        share
    }
}

// === impl Level ===

impl Level {
    /// The nodes of `level`, where `finer` and `coarser` give each category its node there and above.
    fn new(level: usize, coarser: &[u32], finer: &[u32]) -> Result<Self, TreeError> {
        let mut parents = Vec::new();
        for (&group, &parent) in finer.iter().zip(coarser) {
            match parents.get(group as usize) {
                None => parents.push(parent),
                Some(&known) if known == parent => {}
                Some(_) => return Err(TreeError::NotNested { level, group }),
            }
        }
        let above = coarser.iter().max().map_or(0, |&last| last as usize + 1);
        let mut children = vec![0; above];
        for &parent in &parents {
            children[parent as usize] += 1;
        }
        let only = |&parent: &u32| children[parent as usize] < 2;
        match parents.iter().position(only) {
            Some(node) => Err(TreeError::OnlyChild { level, node }),
            None => Ok(Self { parents, children }),
        }
    }

    /// The number of nodes.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.parents.len()
    }

    /// The number of nodes of the level above, each of which is the parent of some of this one's.
    #[must_use]
    pub const fn groups(&self) -> usize {
        self.children.len()
    }

    /// The node of the level above that holds `node`.
    ///
    /// # Panics
    /// Where there is no such node.
    #[must_use]
    pub fn parent(&self, node: usize) -> usize {
        self.parents[node] as usize
    }

    /// The number m of children of each node of the level above.
    #[must_use]
    pub fn children(&self) -> &[u32] {
        &self.children
    }

    /// The number m of children of the parent of `node`, itself included.
    ///
    /// # Panics
    /// Where there is no such node.
    #[must_use]
    pub fn siblings(&self, node: usize) -> usize {
        self.children[self.parent(node)] as usize
    }
}

#[cfg(test)]
mod tests;
