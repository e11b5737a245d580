//! Which employers published figures tell apart, day by day, and which days' sums are parts of each other.
//!
//! Some people are counted in several data sets. Whoever left in a year left in one of its quarters; whoever is
//! followed over a year was staff at its beginning, and stayed or left. So a sum over the one less sums over the
//! others leaves who is in the one and not in the others, up to the few who are counted otherwise. Once a
//! sum over the one is published, the sums of all these days are judged together, as if they were of one.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Apart, Classes, Day, Member};

/// Months from the end of a year to the ends of its quarters.
const QUARTERS: &[u16] = &[0, 3, 6, 9];
/// Data sets that are parts of another one: each, and how many months before the whole its days are.
type Parts = &'static [(&'static str, &'static [u16])];
/// The data sets that others are parts of.
const WHOLES: [(&str, Parts); 3] = [
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

/// The [`Classes`] of every day of which anything is published.
#[derive(Clone, Debug, Default)]
pub(super) struct Days(BTreeMap<Day, Arc<Classes>>);

impl Days {
    pub(super) fn of(&self, day: &Day) -> Option<&Classes> {
        self.0.get(day).map(|classes| &**classes)
    }

    /// The same after the sum over `members` is published of `day` as well.
    ///
    /// # Errors
    /// Where that would tell fewer than three employers apart, there or together with days that are parts of
    /// the same published whole.
    pub(super) fn with(&self, day: &Day, members: &BTreeSet<Member>) -> Result<Self, Apart> {
        let mut days = self.clone();
        let own = self.of(day).cloned().unwrap_or_default();
        days.0.insert(day.clone(), Arc::new(own.with(members)?));
        for whole in wholes(day).chain([day.clone()]) {
            let Some(published) = days.of(&whole) else {
                continue;
            };
            let parts: Vec<_> = parts(&whole).collect();
            let of_parts = parts.iter().filter_map(|part| days.of(part));
            // A class is a sum that can be worked out, so it tells what the sums of its day tell.
            let mut known = of_parts.flat_map(Classes::all);
            known.try_fold(published.clone(), |all, class| all.with(class))?;
        }
        Ok(days)
    }

    /// The day itself, and those whose sums are parts of its sums or hold them.
    pub(super) fn beside(day: &Day) -> impl Iterator<Item = Day> {
        std::iter::once(day.clone())
            .chain(parts(day))
            .chain(wholes(day))
    }
}

/// The days whose sums are parts of this one's.
fn parts((data_set, period): &Day) -> impl Iterator<Item = Day> {
    let own = WHOLES
        .into_iter()
        .filter(move |(whole, _)| data_set == whole);
    let parts = own.flat_map(|(_, parts)| parts);
    parts.flat_map(|(part, before)| {
        let periods = before
            .iter()
            .filter_map(|months| period.months_before(*months));
        periods.map(|period| ((*part).to_owned(), period))
    })
}

/// The days whose sums this one's is part of.
fn wholes((data_set, period): &Day) -> impl Iterator<Item = Day> {
    let months = move |parts: Parts| {
        let own = parts.iter().filter(move |(part, _)| data_set == part);
        own.flat_map(|(_, before)| before.iter().copied())
    };
    let all = WHOLES.into_iter();
    let all = all.flat_map(move |(whole, parts)| months(parts).map(move |months| (whole, months)));
    all.filter_map(|(whole, months)| Some((whole.to_owned(), period.months_after(months)?)))
}

#[cfg(test)]
mod tests {
    use vwis_model::{here, period::Period};

    use super::*;

    #[test]
    fn a_day_is_part_of_another_exactly_if_that_one_holds_it() {
        let period: Period = "2026-03".parse().unwrap();
        let dictionary = here::dictionary();
        for data_set in dictionary.data_sets() {
            let day = (data_set.code().to_owned(), period);
            for part in parts(&day) {
                assert!(dictionary.data_set(&part.0).is_some(), "{part:?}");
                assert!(wholes(&part).any(|whole| whole == day), "{day:?} {part:?}");
            }
            for whole in wholes(&day) {
                assert!(parts(&whole).any(|part| part == day), "{day:?} {whole:?}");
            }
        }
        let beside = |data_set: &str| Days::beside(&(data_set.to_owned(), period)).count() - 1;
        assert_eq!(["staff", "joiners", "year_leavers"].map(beside), [2, 8, 5]);
        assert_eq!(["career_movement", "applicants"].map(beside), [12, 0]);
    }
}
