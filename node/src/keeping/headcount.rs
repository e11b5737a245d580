//! Whether an extract's headcount follows on from what is held.
//!
//! Half a file reads as well as a whole one, and half the staff are taken for leavers then. The
//! published headcounts of Greater Manchester's six acute trusts (NHS Workforce Statistics, 60 pairs of
//! months three apart up to February 2026) differ by less than 1% in the median and by 2.0% at the most; a
//! tenth is a merger, a service that moved, or a mistake, and a person can tell which.

use vwis_proto::period::Period;

use crate::{
    import::Allowance,
    movement::STAFF,
    node::Node,
    plural::people,
    store::{HeldSnapshot, StoreError},
};

/// Share of the headcount before that may come or go without a word.
const MOST_CHANGE: f64 = 0.1;
/// So many people may whatever share they are: of a small employer a few are many.
const FEW_PEOPLE: u64 = 10;

/// A headcount too far from the one before.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error(
    "{people}, and {before} in the snapshot of {since}: {change:+.1}%, more than {most:.0}% up or \
     down. Is the extract whole, and is it of this period? Nothing was imported; if it is right, say \
     {option}",
    people = people(*now),
    most = MOST_CHANGE * 100.0,
    option = Allowance::Change.option()
)]
pub struct HeadcountJump {
    /// The period compared with.
    pub since: Period,
    /// People then.
    pub before: u64,
    /// People now.
    pub now: u64,
    /// What came or went, in percent of those before.
    pub change: f64,
}

// === impl HeadcountJump ===

impl HeadcountJump {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a share of people, compared with a limit"
    )]
    fn between(since: Period, before: u64, now: u64) -> Option<Self> {
        let share = now.abs_diff(before) as f64 / before as f64;
        // After nobody, anybody is news and no jump.
        if before == 0 || now.abs_diff(before) <= FEW_PEOPLE || share <= MOST_CHANGE {
            return None;
        }
        let change = 100.0 * (now as f64 / before as f64 - 1.0);
        Some(Self {
            since,
            before,
            now,
            change,
        })
    }
}

// === impl Node ===

impl Node {
    /// How far a headcount of `now` in `period` is from what is held, if it is too far: from the last
    /// period before, else the first one after, else what was imported for the period itself.
    ///
    /// # Privacy
    /// Exact counts, for the terminal of the organisation that imports.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn headcount_jump(
        &self,
        period: Period,
        now: u64,
    ) -> Result<Option<HeadcountJump>, StoreError> {
        let mut held = self.store.snapshots().await?;
        held.retain(|snapshot| snapshot.data_set == STAFF);
        let Some(nearest) = nearest(&held, period) else {
            return Ok(None);
        };
        let before = self.store.headcount(nearest.id).await?;
        Ok(HeadcountJump::between(nearest.period, before, now))
    }
}

/// The snapshot to compare with; `held` is in the order of the periods.
fn nearest(held: &[HeldSnapshot], period: Period) -> Option<&HeldSnapshot> {
    let before = held.iter().rfind(|snapshot| snapshot.period < period);
    let after = || held.iter().find(|snapshot| snapshot.period > period);
    before.or_else(after).or_else(|| held.first())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ledger::SnapshotId, store::Origin};

    #[test]
    fn half_a_file_is_a_jump_and_a_quarters_change_is_none() {
        let since = "2026-06".parse().unwrap();
        let jumps = |before, now| HeadcountJump::between(since, before, now).is_some();
        for (before, now) in [(5000, 2500), (5000, 5501), (5000, 4499), (100, 0), (12, 30)] {
            assert!(jumps(before, now), "{before} to {now}");
        }
        for (before, now) in [(5000, 5500), (5000, 4500), (12, 20), (0, 5000), (7, 0)] {
            assert!(!jumps(before, now), "{before} to {now}");
        }
        let said = HeadcountJump::between(since, 5000, 2500)
            .unwrap()
            .to_string();
        assert!(said.starts_with("2500 people, and 5000 in the snapshot of 2026-06: -50.0%"));
    }

    #[test]
    fn the_period_before_is_compared_with_and_the_one_after_where_there_is_none() {
        let held = ["2026-03", "2026-06", "2026-09"].map(|period| HeldSnapshot {
            id: SnapshotId::random(),
            data_set: STAFF.to_owned(),
            period: period.parse().unwrap(),
            revision: 1,
            dictionary: String::new(),
            origin: Origin::Extract,
        });
        for (held, period, expected) in [
            (&held[..], "2026-06", "2026-03"),
            (&held, "2026-12", "2026-09"),
            (&held, "2025-12", "2026-03"),
            (&held, "2026-03", "2026-06"),
            (&held[1..2], "2026-06", "2026-06"),
        ] {
            let compared = nearest(held, period.parse().unwrap()).unwrap();
            assert_eq!(compared.period.to_string(), expected, "{period}");
        }
        assert!(nearest(&[], "2026-06".parse().unwrap()).is_none());
    }
}
