//! Levels of attributes: the names of marginals and of residuals.

use std::{cmp::Ordering, fmt};

use super::{MAX_ATTRIBUTES, MAX_DEPTH};

/// One level of each attribute, by the attribute's position in the data set's order: 0 where the
/// attribute is not there, else a level of its [`Tree`](super::Tree), from the coarsest, 1, to the categories.
///
/// Names both a marginal (the table over the nodes of these levels) and its residual. Where no
/// attribute has groups, every level is 0 or 1, and this is a set of attributes. Ordered by the number
/// of attributes, then by the pairs (position, level) lexicographically, so that the total comes first.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Levels {
    /// Two bits for each attribute, the first one lowest.
    bits: u64,
}

/// All levels at most as fine as some [`Levels`], the total first and those levels themselves last.
#[derive(Clone, Debug)]
pub struct Below {
    within: Levels,
    next: Option<Levels>,
}

/// Everything at most as fine as a member of `workload`, the total included, sorted and without repeats.
///
/// This is 𝓛, the residuals that a workload needs. Exponential in the number of attributes of the
/// largest member: bound that first where the workload comes from outside.
#[must_use]
pub fn closure(workload: &[Levels]) -> Vec<Levels> {
    let mut all: Vec<_> = workload.iter().flat_map(|levels| levels.below()).collect();
    all.push(Levels::TOTAL);
    all.sort_unstable();
    all.dedup();
    all
}

// === impl Levels ===

impl Levels {
    /// No attributes: the marginal `total`.
    pub const TOTAL: Self = Self { bits: 0 };

    /// The levels of these pairs (position, level), in any order; the last one holds where a position
    /// stands twice.
    ///
    /// # Panics
    /// Where a position is 32 or more, or a level 4 or more.
    #[must_use]
    pub fn of(pairs: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let with = |levels: Self, (position, level)| levels.with(position, level);
        pairs.into_iter().fold(Self::TOTAL, with)
    }

    /// These levels, with another one for the attribute at `position`.
    ///
    /// # Panics
    /// Where the position is 32 or more, or the level 4 or more.
    #[must_use]
    pub fn with(self, position: usize, level: usize) -> Self {
        assert!(
            position < MAX_ATTRIBUTES && level <= MAX_DEPTH,
            "two bits for each of 32"
        );
        let kept = self.bits & !(3 << (2 * position));
        Self {
            bits: kept | (level as u64) << (2 * position),
        }
    }

    /// These levels without the attribute at `position`.
    ///
    /// # Panics
    /// Where the position is 32 or more.
    #[must_use]
    pub fn without(self, position: usize) -> Self {
        self.with(position, 0)
    }

    /// The level of the attribute at `position`; 0 where it is not there.
    #[must_use]
    pub const fn level(self, position: usize) -> usize {
        if position < MAX_ATTRIBUTES {
            (self.bits >> (2 * position) & 3) as usize
        } else {
            0
        }
    }

    /// Whether the attribute at `position` is there, at any level.
    #[must_use]
    pub const fn contains(self, position: usize) -> bool {
        self.level(position) > 0
    }

    /// The number of attributes that are there.
    #[must_use]
    pub const fn len(self) -> usize {
        const LOW: u64 = u64::MAX / 3;
        ((self.bits | self.bits >> 1) & LOW).count_ones() as usize
    }

    /// Whether this is the total.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// The attributes that are there as (position, level), by ascending position.
    #[must_use]
    pub fn iter(self) -> impl ExactSizeIterator<Item = (usize, usize)> + Clone {
        let mut bits = self.bits;
        (0..self.len()).map(move |_| {
            let position = bits.trailing_zeros() as usize / 2;
            let level = (bits >> (2 * position) & 3) as usize;
            bits &= !(3 << (2 * position));
            (position, level)
        })
    }

    /// The positions of the attributes that are there, ascending.
    #[must_use]
    pub fn positions(self) -> impl ExactSizeIterator<Item = usize> + Clone {
        self.iter().map(|(position, _)| position)
    }

    /// Whether no attribute has a finer level here than in `other`: then the table over these levels is
    /// made of sums of the table over the others.
    #[must_use]
    pub fn is_within(self, other: Self) -> bool {
        self.iter()
            .all(|(position, level)| level <= other.level(position))
    }

    /// Of each attribute the coarser of two levels.
    #[must_use]
    pub fn meet(self, other: Self) -> Self {
        Self::of(
            self.iter()
                .map(|(at, level)| (at, level.min(other.level(at)))),
        )
    }

    /// Of each attribute the finer of two levels.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        let finer = |joined: Self, (at, level): (usize, usize)| {
            joined.with(at, level.max(joined.level(at)))
        };
        other.iter().fold(self, finer)
    }

    /// Everything at most as fine, the total first and these levels themselves last.
    #[must_use]
    pub const fn below(self) -> Below {
        Below {
            within: self,
            next: Some(Self::TOTAL),
        }
    }
}

impl Ord for Levels {
    fn cmp(&self, other: &Self) -> Ordering {
        self.len()
            .cmp(&other.len())
            .then_with(|| self.iter().cmp(other.iter()))
    }
}

impl PartialOrd for Levels {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The pairs in braces, such as `{0:1,3:2}`.
impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs: Vec<_> = self
            .iter()
            .map(|(at, level)| format!("{at}:{level}"))
            .collect();
        write!(f, "{{{}}}", pairs.join(","))
    }
}

impl fmt::Debug for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

// === impl Below ===

impl Iterator for Below {
    type Item = Levels;

    fn next(&mut self) -> Option<Levels> {
        let levels = self.next?;
        // Counts up, the first attribute fastest, each to its own level.
        let mut following = levels;
        self.next = None;
        for (position, most) in self.within.iter() {
            let level = levels.level(position);
            if level < most {
                self.next = Some(following.with(position, level + 1));
                break;
            }
            following = following.without(position);
        }
        Some(levels)
    }
}

#[cfg(test)]
mod tests;
