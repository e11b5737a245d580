//! Sets of attributes: the names of marginals and of residuals.

use std::{cmp::Ordering, fmt};

/// A set of attributes, by their positions 0..32 in the data set's attribute order.
///
/// Names both a marginal (the table over these attributes) and its residual. Ordered by size,
/// then by the ascending positions lexicographically, so that ∅, the total, comes first.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct AttributeSet {
    bits: u32,
}

/// The positions of an [`AttributeSet`], ascending.
#[derive(Clone, Debug)]
pub struct Positions {
    bits: u32,
}

/// All subsets of an [`AttributeSet`], ∅ first and the set itself last.
#[derive(Clone, Debug)]
pub struct Subsets {
    within: u32,
    next: Option<u32>,
}

/// Every subset of every member of `workload`, ∅ included, sorted and without repeats.
///
/// This is 𝒜, the residuals that a workload needs. Exponential in the size of the largest
/// member: bound that first where the workload comes from outside.
#[must_use]
pub fn closure(workload: &[AttributeSet]) -> Vec<AttributeSet> {
    let mut sets: Vec<_> = workload.iter().flat_map(|set| set.subsets()).collect();
    sets.push(AttributeSet::EMPTY);
    sets.sort_unstable();
    sets.dedup();
    sets
}

// === impl AttributeSet ===

impl AttributeSet {
    /// No attributes: the marginal `total`.
    pub const EMPTY: Self = Self { bits: 0 };

    /// The set of these positions, in any order, repeats ignored.
    ///
    /// # Panics
    /// Where a position is 32 or more. Use [`Self::try_from_positions`] on what comes from
    /// outside.
    #[must_use]
    pub fn from_positions(positions: impl IntoIterator<Item = usize>) -> Self {
        Self::try_from_positions(positions).expect("attribute positions are below 32")
    }

    /// The set of these positions, or `None` where one of them is 32 or more.
    #[must_use]
    pub fn try_from_positions(positions: impl IntoIterator<Item = usize>) -> Option<Self> {
        let mut bits = 0;
        for position in positions {
            bits |= 1_u32.checked_shl(u32::try_from(position).ok()?)?;
        }
        Some(Self { bits })
    }

    /// The set of one attribute, by its position.
    ///
    /// # Panics
    /// Where the position is 32 or more.
    #[must_use]
    pub fn single(position: usize) -> Self {
        Self::from_positions([position])
    }

    /// The set of a bit mask: attribute i is a member where bit i is set.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self { bits }
    }

    /// The set as a bit mask: bit i is set where attribute i is a member.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.bits
    }

    /// The number of attributes in the set.
    #[must_use]
    pub const fn len(self) -> usize {
        self.bits.count_ones() as usize
    }

    /// Whether this is ∅, the total.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// Whether the attribute at `position` is a member.
    #[must_use]
    pub const fn contains(self, position: usize) -> bool {
        position < 32 && self.bits >> position & 1 == 1
    }

    /// Whether every member is one of `other`'s.
    #[must_use]
    pub const fn is_subset_of(self, other: Self) -> bool {
        self.bits & !other.bits == 0
    }

    /// The attributes that are in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self::from_bits(self.bits | other.bits)
    }

    /// The attributes that are in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self::from_bits(self.bits & other.bits)
    }

    /// The attributes of this set that `other` lacks.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self::from_bits(self.bits & !other.bits)
    }

    /// The members' positions, ascending.
    #[must_use]
    pub const fn iter(self) -> Positions {
        Positions { bits: self.bits }
    }

    /// All 2^len subsets, ∅ first and the set itself last.
    #[must_use]
    pub const fn subsets(self) -> Subsets {
        Subsets {
            within: self.bits,
            next: Some(0),
        }
    }
}

impl Ord for AttributeSet {
    fn cmp(&self, other: &Self) -> Ordering {
        self.len().cmp(&other.len()).then_with(|| {
            // Of two sets of one size, the first in lexicographic order holds the least
            // attribute that only one of them has.
            let differing = self.bits ^ other.bits;
            let least = differing & differing.wrapping_neg();
            match (differing, self.bits & least) {
                (0, _) => Ordering::Equal,
                (_, 0) => Ordering::Greater,
                _ => Ordering::Less,
            }
        })
    }
}

impl PartialOrd for AttributeSet {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The positions in braces, such as `{0,3}`.
impl fmt::Display for AttributeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let positions: Vec<_> = self.iter().map(|position| position.to_string()).collect();
        write!(f, "{{{}}}", positions.join(","))
    }
}

impl fmt::Debug for AttributeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl IntoIterator for AttributeSet {
    type Item = usize;
    type IntoIter = Positions;

    fn into_iter(self) -> Positions {
        self.iter()
    }
}

impl FromIterator<usize> for AttributeSet {
    /// Panics as [`AttributeSet::from_positions`] does.
    fn from_iter<I: IntoIterator<Item = usize>>(positions: I) -> Self {
        Self::from_positions(positions)
    }
}

// === impl Positions ===

impl Iterator for Positions {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.bits == 0 {
            return None;
        }
        let position = self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(position)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.bits.count_ones() as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Positions {}

// === impl Subsets ===

impl Iterator for Subsets {
    type Item = AttributeSet;

    fn next(&mut self) -> Option<AttributeSet> {
        let bits = self.next?;
        // Counts up within the mask: subtracting the mask adds 1 and carries across the bits outside it.
        self.next = (bits != self.within).then(|| bits.wrapping_sub(self.within) & self.within);
        Some(AttributeSet { bits })
    }
}

#[cfg(test)]
mod tests;
