//! Weighted sums of cells of any marginals: what differences, shares and indicators are made of.

use std::collections::BTreeMap;

use super::{AttributeSet, Domain, MAX_ATTRIBUTES};

/// Σ coefficient · cell, over cells of possibly different marginals.
///
/// A cell is a marginal and a row-major index (see [`Domain::cell_index`]). A combination may
/// hold cells that do not exist: they are found where it is evaluated.
///
/// [`Domain::cell_index`]: super::Domain::cell_index
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LinearCombination {
    terms: BTreeMap<(AttributeSet, usize), f64>,
}

/// A cell that exists, with its category by attribute position (0 at attributes that its marginal
/// does not have).
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub(super) marginal: AttributeSet,
    pub(super) categories: [usize; MAX_ATTRIBUTES],
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
    pub fn cell(marginal: AttributeSet, index: usize) -> Self {
        Self::new().plus_cell(1.0, marginal, index)
    }

    /// The sum of the one cell of the marginal `total`, with the coefficient 1.
    #[must_use]
    pub fn total() -> Self {
        Self::cell(AttributeSet::EMPTY, 0)
    }

    /// This sum plus `coefficient` times a cell.
    #[must_use]
    pub fn plus_cell(mut self, coefficient: f64, marginal: AttributeSet, index: usize) -> Self {
        self.add(coefficient, marginal, index);
        self
    }

    /// Adds `coefficient` times a cell.
    pub fn add(&mut self, coefficient: f64, marginal: AttributeSet, index: usize) {
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
    pub fn terms(&self) -> impl Iterator<Item = (AttributeSet, usize, f64)> + '_ {
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
    pub(super) fn resolve(domain: &Domain, marginal: AttributeSet, index: usize) -> Option<Self> {
        if !domain.holds(marginal) {
            return None;
        }
        let mut categories = [0; MAX_ATTRIBUTES];
        let mut rest = index;
        let descending = (0..domain.attributes()).rev();
        for position in descending.filter(|&position| marginal.contains(position)) {
            let size = domain.size_of(position) as usize;
            categories[position] = rest % size;
            rest /= size;
        }
        (rest == 0).then_some(Self {
            marginal,
            categories,
        })
    }

    /// The row-major index, within a coarser marginal, of the cell that holds this one.
    pub(super) fn index_within(&self, domain: &Domain, coarser: AttributeSet) -> usize {
        coarser.iter().fold(0, |index, position| {
            index * domain.size_of(position) as usize + self.categories[position]
        })
    }
}
