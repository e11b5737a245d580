//! The number of categories of each attribute, and the cells of marginals that follow from it.

use super::{AttributeSet, combination::Cell};

/// The most attributes that a data set may have.
pub const MAX_ATTRIBUTES: usize = 32;

/// The number of categories n_i ≥ 2 of every attribute, in the data set's attribute order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    sizes: Vec<u32>,
}

/// Why category counts make no domain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DomainError {
    /// There are no attributes.
    #[error("a domain needs at least one attribute")]
    NoAttributes,
    /// More attributes than an [`AttributeSet`] holds.
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
    /// The domain of attributes with these category counts.
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
        Ok(Self { sizes })
    }

    /// The number of attributes.
    #[must_use]
    pub const fn attributes(&self) -> usize {
        self.sizes.len()
    }

    /// The set of all attributes.
    #[must_use]
    pub fn all(&self) -> AttributeSet {
        AttributeSet::from_positions(0..self.sizes.len())
    }

    /// The category count n_i of the attribute at `position`.
    ///
    /// # Panics
    /// Where the domain has no such attribute.
    #[must_use]
    pub fn size_of(&self, position: usize) -> u32 {
        self.sizes[position]
    }

    /// The category counts of a marginal's axes, in ascending position.
    ///
    /// # Panics
    /// Where the domain lacks one of the attributes; see [`Self::holds`].
    #[must_use]
    pub fn sizes(&self, marginal: AttributeSet) -> Vec<usize> {
        marginal.iter().map(|i| self.sizes[i] as usize).collect()
    }

    /// Whether every attribute of `marginal` is one of this domain.
    #[must_use]
    pub fn holds(&self, marginal: AttributeSet) -> bool {
        marginal.is_subset_of(self.all())
    }

    /// The number of cells ∏ n_i of a marginal, 1 for ∅; `u64::MAX` where it leaves 64 bits.
    ///
    /// # Panics
    /// Where the domain lacks one of the attributes.
    #[must_use]
    pub fn cells(&self, marginal: AttributeSet) -> u64 {
        self.product(marginal, |size| size)
    }

    /// The row-major index of the cell with these categories, one per attribute of `marginal`
    /// in ascending position; `None` where their number or one of them is out of range.
    #[must_use]
    pub fn cell_index(&self, marginal: AttributeSet, categories: &[usize]) -> Option<usize> {
        if !self.holds(marginal) || categories.len() != marginal.len() {
            return None;
        }
        marginal
            .iter()
            .zip(categories)
            .try_fold(0_usize, |index, (position, &category)| {
                let size = self.sizes[position] as usize;
                (category < size).then_some(())?;
                index.checked_mul(size)?.checked_add(category)
            })
    }

    /// The categories of the cell at a row-major index, one per attribute of `marginal` in
    /// ascending position; `None` where the index is out of range.
    #[must_use]
    pub fn cell_categories(&self, marginal: AttributeSet, index: usize) -> Option<Vec<usize>> {
        let cell = Cell::resolve(self, marginal, index)?;
        Some(marginal.iter().map(|i| cell.categories[i]).collect())
    }

    /// ∏ f(n_i) over a marginal's attributes, saturating.
    pub(super) fn product(&self, marginal: AttributeSet, f: impl Fn(u64) -> u64) -> u64 {
        marginal.iter().fold(1_u64, |product, i| {
            product.saturating_mul(f(u64::from(self.sizes[i])))
        })
    }

    /// ∏ n_i as a float.
    #[expect(clippy::cast_precision_loss, reason = "variances only")]
    pub(super) fn cells_f64(&self, marginal: AttributeSet) -> f64 {
        self.cells(marginal) as f64
    }
}

#[cfg(test)]
mod tests;
