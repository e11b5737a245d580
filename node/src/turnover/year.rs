//! Who joined and who left in a year, each of them once.
//!
//! A year is four quarters. Of each person it holds the moves that the quarters' lists hold, and they tell the
//! year by its ends: a leaver is whose last move is a leaving, and it is that leaving; a joiner is whose first
//! move is a joining, and it is that joining. So whoever left twice is a leaver once, whoever came and left is
//! both, and whoever left and came back is neither, as within a quarter. As moves of one person take turns,
//! staff at the start and joiners less leavers are staff at the end.
//!
//! # Privacy
//! A person has at most one row in either list, and it follows from that person's own rows (design §3.1).

use std::collections::HashSet;

use vwis_model::period::Period;

use super::{JOINERS, LEAVERS, MONTHS, attributes};
use crate::people::{People, PersonTag};

/// Number of quarters in a year.
pub const QUARTERS: usize = 4;

/// Who joined and who left in one quarter, coded alike.
#[derive(Clone, Copy)]
pub struct Quarter<'a> {
    /// People of the data set `joiners`.
    pub joiners: &'a People,
    /// People of the data set `leavers`.
    pub leavers: &'a People,
}

/// The last months of the quarters of the year up to `period`, ascending; `None` where the calendar begins
/// later.
#[must_use]
pub fn quarters(period: Period) -> Option<[Period; QUARTERS]> {
    Some([
        period.months_before(3 * MONTHS)?,
        period.months_before(2 * MONTHS)?,
        period.months_before(MONTHS)?,
        period,
    ])
}

/// The people whose first move in these quarters, which ascend, is a joining: `year_joiners`.
#[must_use]
pub fn joiners(quarters: &[Quarter<'_>]) -> People {
    // Whoever is in both lists of a quarter came first and left then.
    let ascending = quarters.iter();
    whose_first(
        attributes(JOINERS),
        ascending.map(|quarter| (quarter.joiners, quarter.leavers)),
    )
}

/// The people whose last move in these quarters, which ascend, is a leaving: `year_leavers`.
#[must_use]
pub fn leavers(quarters: &[Quarter<'_>]) -> People {
    // Backwards, the last move comes first.
    let descending = quarters.iter().rev();
    whose_first(
        attributes(LEAVERS),
        descending.map(|quarter| (quarter.leavers, quarter.joiners)),
    )
}

/// Everybody who is first met in the first list of a pair, as they are there. Of two lists of a pair, the
/// first comes first.
fn whose_first<'a>(
    attributes: usize,
    pairs: impl Iterator<Item = (&'a People, &'a People)>,
) -> People {
    let mut met: HashSet<PersonTag> = HashSet::new();
    let mut first = People::none(attributes);
    for (wanted, others) in pairs {
        for (position, tag) in wanted.tags().iter().enumerate() {
            if met.insert(*tag) {
                first.push_from(wanted, position);
            }
        }
        met.extend(others.tags());
    }
    first
}

#[cfg(test)]
mod tests;
