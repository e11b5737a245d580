//! Weighted sums of cells of any marginals: what differences, shares and indicators are made of.

use std::collections::BTreeMap;

use super::{Domain, Levels, MAX_ATTRIBUTES};

/// Σ coefficient · cell, over cells of possibly different marginals.
///
/// A cell is a marginal and a row-major index (see [`Domain::cell_index`]). A combination may
/// hold cells that do not exist: they are found where it is evaluated.
///
/// [`Domain::cell_index`]: super::Domain::cell_index
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LinearCombination {
    terms: BTreeMap<(Levels, usize), f64>,
}

/// A cell that exists, with its node by attribute position (0 at attributes that its marginal does not
/// have).
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub(super) marginal: Levels,
    pub(super) nodes: [usize; MAX_ATTRIBUTES],
}

// === impl LinearCombination ===

impl LinearCombination {
    /// The empty sum: 0 with variance 0.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            terms: BTreeMap::new(),
        }
    }

    /// The sum of one cell, with the coefficient 1.
    #[must_use]
    pub fn cell(marginal: Levels, index: usize) -> Self {
        Self::new().plus_cell(1.0, marginal, index)
    }

    /// The sum of the one cell of the marginal `total`, with the coefficient 1.
    #[must_use]
    pub fn total() -> Self {
        Self::cell(Levels::TOTAL, 0)
    }

    /// This sum plus `coefficient` times a cell.
    #[must_use]
    pub fn plus_cell(mut self, coefficient: f64, marginal: Levels, index: usize) -> Self {
        self.add(coefficient, marginal, index);
        self
    }

    /// Adds `coefficient` times a cell.
    pub fn add(&mut self, coefficient: f64, marginal: Levels, index: usize) {
        *self.terms.entry((marginal, index)).or_default() += coefficient;
    }

    /// This sum plus `coefficient` times another combination.
    #[must_use]
    pub fn plus(mut self, coefficient: f64, other: &Self) -> Self {
        for (marginal, index, other) in other.terms() {
            self.add(coefficient * other, marginal, index);
        }
        self
    }

    /// The terms as (marginal, index, coefficient), each cell once, sorted.
    pub fn terms(&self) -> impl Iterator<Item = (Levels, usize, f64)> + '_ {
        self.terms
            .iter()
            .map(|(&(marginal, index), &coefficient)| (marginal, index, coefficient))
    }

    /// The number of different cells in the sum.
    #[must_use]
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether this is the empty sum.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The terms over cells that exist in `domain`, or `None` where one does not.
    pub(super) fn resolve(&self, domain: &Domain) -> Option<Vec<(Cell, f64)>> {
        self.terms()
            .map(|(marginal, index, coefficient)| {
                Some((Cell::resolve(domain, marginal, index)?, coefficient))
            })
            .collect()
    }
}

// === impl Cell ===

impl Cell {
    pub(super) fn resolve(domain: &Domain, marginal: Levels, index: usize) -> Option<Self> {
        if !domain.holds(marginal) {
            return None;
        }
        let mut nodes = [0; MAX_ATTRIBUTES];
        let mut rest = index;
        for position in (0..domain.attributes())
            .rev()
            .filter(|&at| marginal.contains(at))
        {
            let size = domain.tree(position).size(marginal.level(position));
            nodes[position] = rest % size;
            rest /= size;
        }
        (rest == 0).then_some(Self { marginal, nodes })
    }

    /// The node of level `to` that holds the cell, at the attribute at `position`.
    pub(super) fn ancestor(&self, domain: &Domain, position: usize, to: usize) -> usize {
        let from = self.marginal.level(position);
        domain
            .tree(position)
            .ancestor(from, self.nodes[position], to)
    }

    /// The row-major index, within a coarser marginal, of the cell that holds this one.
    pub(super) fn index_within(&self, domain: &Domain, coarser: Levels) -> usize {
        coarser.iter().fold(0, |index, (at, level)| {
            index * domain.tree(at).size(level) + self.ancestor(domain, at, level)
        })
    }

    /// The row-major index of the block of the coarser cell that holds this one: of its parents.
    pub(super) fn block_within(&self, domain: &Domain, coarser: Levels) -> usize {
        coarser.iter().fold(0, |index, (at, level)| {
            let groups = domain.tree(at).size(level - 1);
            index * groups + self.ancestor(domain, at, level - 1)
        })
    }

    /// The part of the coarser cell that falls to this one when every parent is shared out equally.
    pub(super) fn share_of(&self, domain: &Domain, coarser: Levels) -> f64 {
        let share = |at| {
            let (from, to) = (self.marginal.level(at), coarser.level(at));
            domain.tree(at).share(from, self.nodes[at], to)
        };
        self.marginal.positions().map(share).product()
    }
}
