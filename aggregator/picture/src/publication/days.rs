//! Which employers published figures tell apart, day by day, and which days' sums are parts of each other.
//!
//! Whoever left in a year left in one of its quarters. So the sum over a year's leavers less the sums over its
//! quarters' leaves who is in the one and not in the others, up to the few who moved twice. A sum of one of these
//! days is judged beside what is published of the others, as if it were of their day.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Apart, Classes, Day, Member};

/// Before the name of the data set whose year a data set counts.
const OF_A_YEAR: &str = "year_";
/// Months from a quarter's end to the next.
const QUARTER: u16 = 3;
/// Quarters in a year.
const QUARTERS: u16 = 4;

/// The [`Classes`] of every day of which anything is published, and of the days whose sums hold parts of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Days(BTreeMap<Day, Arc<Classes>>);

impl Days {
    pub(super) fn of(&self, day: &Day) -> Option<&Classes> {
        self.0.get(day).map(|classes| &**classes)
    }

    /// The same after the sum over `members` is published of `day` as well.
    ///
    /// # Errors
    /// Where that would tell fewer than three employers apart, there or of a day whose sums hold parts of it.
    pub(super) fn with(&self, day: &Day, members: &BTreeSet<Member>) -> Result<Self, Apart> {
        let mut days = self.clone();
        for one in Self::beside(day) {
            let known = days.of(&one).cloned().unwrap_or_default();
            days.0.insert(one, Arc::new(known.with(members)?));
        }
        Ok(days)
    }

    /// The day itself, and those whose sums are parts of its sums or hold them.
    pub(super) fn beside(day: &Day) -> impl Iterator<Item = Day> {
        std::iter::once(day.clone()).chain(parts_and_wholes(day))
    }
}

/// The quarters of a year's day, or the years that a quarter's day is part of.
fn parts_and_wholes((data_set, period): &Day) -> Vec<Day> {
    let quarters = (0..QUARTERS).map(|quarter| quarter * QUARTER);
    if let Some(quarterly) = data_set.strip_prefix(OF_A_YEAR) {
        let periods = quarters.filter_map(|months| period.months_before(months));
        return periods
            .map(|period| (quarterly.to_owned(), period))
            .collect();
    }
    let of_year = format!("{OF_A_YEAR}{data_set}");
    let later = std::iter::successors(Some(*period), |period| period.next());
    let last = later.step_by(QUARTER.into()).take(QUARTERS.into());
    last.map(|period| (of_year.clone(), period)).collect()
}
