//! Which employers published figures tell apart, day by day, and which days' sums are parts of each other.
//!
//! Some people are counted in several data sets. Whoever left in a year left in one of its quarters; whoever is
//! followed over a year was staff at its beginning, and stayed or left. So a sum over the one less sums over the
//! others leaves who is in the one and not in the others, up to the few who are counted otherwise. A sum of one
//! of these days is judged beside what is published of the others, as if it were of their day.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Apart, Classes, Day, Member};

/// Months from the end of a year to the ends of its quarters.
const QUARTERS: &[u16] = &[0, 3, 6, 9];
/// The data sets that others are parts of: each part, and how many months before the whole its days are.
const WHOLES: [(&str, &[(&str, &[u16])]); 3] = [
    ("year_joiners", &[("joiners", QUARTERS)]),
    ("year_leavers", &[("leavers", QUARTERS)]),
    // The staff at the beginning; and of those at the end, all but who joined.
    (
        "career_movement",
        &[
            ("staff", &[0, 12]),
            ("year_joiners", &[0]),
            ("year_leavers", &[0]),
            ("joiners", QUARTERS),
            ("leavers", QUARTERS),
        ],
    ),
];

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

/// The days whose sums are parts of this one's, and those whose sums this one's is part of.
fn parts_and_wholes((data_set, period): &Day) -> Vec<Day> {
    let mut days = Vec::new();
    for (whole, parts) in WHOLES {
        for (part, before) in parts {
            for &months in *before {
                if data_set == whole {
                    let earlier = period.months_before(months);
                    days.extend(earlier.map(|period| ((*part).to_owned(), period)));
                }
                if data_set == part {
                    let mut later = std::iter::successors(Some(*period), |period| period.next());
                    let whole_ends = later.nth(months.into());
                    days.extend(whole_ends.map(|period| (whole.to_owned(), period)));
                }
            }
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use vwis_model::{here, period::Period};

    use super::*;

    #[test]
    fn a_day_is_judged_beside_another_exactly_if_that_one_is_judged_beside_it() {
        let period: Period = "2026-03".parse().unwrap();
        for data_set in here::dictionary().data_sets() {
            let day = (data_set.code().to_owned(), period);
            for other in parts_and_wholes(&day) {
                assert!(here::dictionary().data_set(&other.0).is_some(), "{other:?}");
                assert!(parts_and_wholes(&other).contains(&day), "{day:?} {other:?}");
            }
        }
        let beside = |data_set: &str| parts_and_wholes(&(data_set.to_owned(), period)).len();
        assert_eq!(["staff", "joiners", "year_leavers"].map(beside), [2, 8, 5]);
        assert_eq!(["career_movement", "applicants"].map(beside), [12, 0]);
    }
}
