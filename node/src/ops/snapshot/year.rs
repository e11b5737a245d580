//! Joiners and leavers of a year, which follow from those of its quarters.

use std::collections::HashMap;

use vwis_model::{agreement::Cadence, period::Period};

use crate::{
    node::Node,
    people::People,
    store::{NewSnapshot, StoreError},
    turnover::{
        JOINERS, LEAVERS, MONTHS, YEAR_JOINERS, YEAR_LEAVERS,
        year::{self, QUARTERS, Quarter},
    },
};

/// Joiners and leavers of the year up to one period; each is `None` where it is held as it is.
pub(super) struct Year {
    pub(super) period: Period,
    pub(super) joiners: Option<People>,
    pub(super) leavers: Option<People>,
}

/// The lists of quarters: those that an import brings, before those that are held.
struct Lists<'a> {
    node: &'a Node,
    new: HashMap<(&'a str, Period), &'a People>,
    held: HashMap<(&'static str, Period), Option<People>>,
}

// === impl Node ===

impl Node {
    /// Puts the years together anew that have a quarter among `new`, the snapshots that an import brings.
    /// Returns those that changed.
    pub(super) async fn years(&self, new: &[NewSnapshot<'_>]) -> Result<Vec<Year>, StoreError> {
        let mut lists = Lists::of(self, new);
        let mut changed = Vec::new();
        for period in lists.years_touched() {
            let Some(quarters) = lists.quarters(period).await? else {
                continue;
            };
            let quarters: Vec<_> = quarters
                .iter()
                .map(|quarter| lists.quarter(*quarter))
                .collect::<Option<_>>()
                .expect("the lists were just read");
            let (joiners, leavers) = (year::joiners(&quarters), year::leavers(&quarters));
            let year = Year {
                period,
                joiners: (!self.holds(YEAR_JOINERS, period, &joiners).await?).then_some(joiners),
                leavers: (!self.holds(YEAR_LEAVERS, period, &leavers).await?).then_some(leavers),
            };
            if year.joiners.is_some() || year.leavers.is_some() {
                changed.push(year);
            }
        }
        Ok(changed)
    }

    /// Says which quarters keep the year up to `period` from being put together, once `new` is held too;
    /// `None` where none do, or where `period` ends no financial year, so that few ask for it.
    pub(super) async fn year_missing(
        &self,
        period: Period,
        new: &[NewSnapshot<'_>],
    ) -> Result<Option<String>, StoreError> {
        if !Cadence::Yearly.includes(period) {
            return Ok(None);
        }
        let missing = Lists::of(self, new).missing(period).await?;
        Ok((!missing.is_empty()).then(|| why_no_year(period, &missing)))
    }

    /// Says which quarters keep the year up to `period` from being put together; `None` where none do.
    pub(super) async fn why_no_movers(&self, period: Period) -> Result<Option<String>, StoreError> {
        let missing = Lists::of(self, &[]).missing(period).await?;
        Ok((!missing.is_empty()).then(|| why_no_year(period, &missing)))
    }
}

/// Why there are no joiners and leavers of the year up to `period`, and what to do.
fn why_no_year(period: Period, missing: &[Period]) -> String {
    let names: Vec<_> = missing.iter().map(Period::to_string).collect();
    let (last, others) = names.split_last().expect("something is missing");
    let (quarters, have) = match others {
        [] => (format!("the quarter to {last}"), "has"),
        others => (
            format!("the quarters to {} and {last}", others.join(", ")),
            "have",
        ),
    };
    format!(
        "No joiners and leavers of the year to {period}, and none are counted from a part of it: {quarters} \
         {have} none that can be used. Import the extracts of the last day of each and of three months \
         before, in any order."
    )
}

// === impl Lists ===

impl<'a> Lists<'a> {
    fn of(node: &'a Node, new: &'a [NewSnapshot<'a>]) -> Self {
        let flows = new.iter();
        let flows = flows.filter(|snapshot| [JOINERS, LEAVERS].contains(&snapshot.data_set));
        let new = flows.map(|snapshot| ((snapshot.data_set, snapshot.period), snapshot.people));
        Self {
            node,
            new: new.collect(),
            held: HashMap::new(),
        }
    }

    /// The periods whose years have one of the new lists, ascending.
    fn years_touched(&self) -> Vec<Period> {
        let last = "9998-12".parse().expect("a period");
        let years = |quarter: Period| {
            let later = quarter.through(last).step_by(usize::from(MONTHS));
            later.take(QUARTERS)
        };
        let mut touched: Vec<_> = self.new.keys().flat_map(|(_, of)| years(*of)).collect();
        touched.sort_unstable();
        touched.dedup();
        touched
    }

    /// The last months of the quarters of the year up to `period`, whose lists are read; `None` where one
    /// cannot be used.
    async fn quarters(&mut self, period: Period) -> Result<Option<[Period; QUARTERS]>, StoreError> {
        let missing = self.missing(period).await?;
        Ok(year::quarters(period).filter(|_| missing.is_empty()))
    }

    /// Last months of the quarters of that year whose lists are not held or cannot be used, ascending.
    async fn missing(&mut self, period: Period) -> Result<Vec<Period>, StoreError> {
        let mut missing = Vec::new();
        for quarter in year::quarters(period).into_iter().flatten() {
            for data_set in [JOINERS, LEAVERS] {
                self.read(data_set, quarter).await?;
            }
            if self.quarter(quarter).is_none() {
                missing.push(quarter);
            }
        }
        Ok(missing)
    }

    fn quarter(&self, period: Period) -> Option<Quarter<'_>> {
        Some(Quarter {
            joiners: self.list(JOINERS, period)?,
            leavers: self.list(LEAVERS, period)?,
        })
    }

    fn list(&self, data_set: &'static str, period: Period) -> Option<&People> {
        let new = self.new.get(&(data_set, period)).copied();
        new.or_else(|| self.held.get(&(data_set, period))?.as_ref())
    }

    /// Reads a list that is held, unless it is read or the import brings another.
    async fn read(&mut self, data_set: &'static str, period: Period) -> Result<(), StoreError> {
        let key = (data_set, period);
        if self.new.contains_key(&key) || self.held.contains_key(&key) {
            return Ok(());
        }
        let people = self.node.usable(data_set, period).await?;
        self.held.insert(key, people);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_year_lacks_is_named() {
        let periods = |all: &[&str]| -> Vec<Period> {
            all.iter().map(|period| period.parse().unwrap()).collect()
        };
        let year = "2026-03".parse().unwrap();
        let one = why_no_year(year, &periods(&["2025-09"]));
        assert!(one.contains("the quarter to 2025-09 has none"), "{one}");
        let three = why_no_year(year, &periods(&["2025-06", "2025-09", "2025-12"]));
        let expected = "the quarters to 2025-06, 2025-09 and 2025-12 have none";
        assert!(three.contains(expected), "{three}");
    }
}
