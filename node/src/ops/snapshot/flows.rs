//! Joiners and leavers that follow from two snapshots of staff, for the period that is imported and for the
//! one after it, where that is held.

use vwis_model::period::Period;

use super::held::{HeldStaff, Staff};
use crate::{
    import::Imported,
    node::Node,
    people::People,
    store::{Origin, StoreError},
    turnover::{self, JOINERS, LEAVERS, MONTHS},
};

/// Joiners and leavers of one period; each is `None` where it comes from a file.
#[derive(Default)]
pub(super) struct Flows {
    /// The earlier period that they were counted from.
    pub(super) since: Option<Period>,
    pub(super) joiners: Option<People>,
    pub(super) leavers: Option<People>,
    /// Why neither could be derived, and what to do.
    pub(super) note: Option<String>,
}

/// Joiners and leavers of the period after the imported one.
pub(super) struct LaterFlows {
    pub(super) period: Period,
    pub(super) flows: Flows,
}

// === impl Node ===

impl Node {
    /// Derives the flows of `period` from the snapshot before it and the extract.
    pub(super) async fn flows(
        &self,
        period: Period,
        imported: &Imported,
    ) -> Result<Flows, StoreError> {
        let Some(since) = period.months_before(MONTHS) else {
            return Ok(Flows::default());
        };
        match self.held_staff(since).await? {
            HeldStaff::Missing => Ok(Flows::none_because(format!(
                "No joiners and leavers: that needs the extract of {since}. Import it too, now or later."
            ))),
            HeldStaff::Unusable(why) => Ok(Flows::none_because(format!(
                "No joiners and leavers: {since} {why}. Import {since} again, then this one."
            ))),
            HeldStaff::Usable(people, moving) => {
                let before = Staff {
                    people: &people,
                    moving: &moving,
                };
                self.between(since, before, period, imported.as_staff())
                    .await
            }
        }
    }

    /// Derives the flows of the period after `period` anew, because they were derived from an earlier
    /// revision of it. Returns only those that changed.
    pub(super) async fn later_flows(
        &self,
        period: Period,
        imported: &Imported,
    ) -> Result<Option<LaterFlows>, StoreError> {
        let Some(later) = period.months_after(MONTHS) else {
            return Ok(None);
        };
        let (people, moving) = match self.held_staff(later).await? {
            HeldStaff::Missing => return Ok(None),
            HeldStaff::Unusable(why) => {
                let flows = Flows::none_because(format!(
                    "Import {later} again: its joiners and leavers follow from this extract, and it {why}."
                ));
                return Ok(Some(LaterFlows {
                    period: later,
                    flows,
                }));
            }
            HeldStaff::Usable(people, moving) => (people, moving),
        };
        let now = Staff {
            people: &people,
            moving: &moving,
        };
        let mut flows = self
            .between(period, imported.as_staff(), later, now)
            .await?;
        for (data_set, people) in [(JOINERS, &mut flows.joiners), (LEAVERS, &mut flows.leavers)] {
            // People who did not change make no new revision.
            if let Some(counted) = people
                && self.holds(data_set, later, counted).await?
            {
                *people = None;
            }
        }
        let changed = flows.joiners.is_some() || flows.leavers.is_some();
        Ok(changed.then_some(LaterFlows {
            period: later,
            flows,
        }))
    }

    async fn between(
        &self,
        since: Period,
        before: Staff<'_>,
        period: Period,
        now: Staff<'_>,
    ) -> Result<Flows, StoreError> {
        let was_absent = |tag| before.moving.absent.contains(&tag);
        let is_absent = |tag| now.moving.absent.contains(&tag);
        let details = |tag| now.moving.leavers.get(&tag).copied();
        let joining_source = &now.moving.joining_source;
        let joiners = turnover::joiners(before.people, now.people, joining_source, was_absent);
        let leavers = turnover::leavers(before.people, now.people, details, is_absent);
        Ok(Flows {
            since: Some(since),
            joiners: self
                .comes_from_no_file(JOINERS, period)
                .await?
                .then_some(joiners),
            leavers: self
                .comes_from_no_file(LEAVERS, period)
                .await?
                .then_some(leavers),
            note: None,
        })
    }

    async fn comes_from_no_file(&self, data_set: &str, period: Period) -> Result<bool, StoreError> {
        let latest = self.store.latest_snapshot(data_set, period).await?;
        Ok(latest.is_none_or(|held| held.origin == Origin::Derived))
    }
}

// === impl Flows ===

impl Flows {
    fn none_because(why: String) -> Self {
        Self {
            note: Some(why),
            ..Self::default()
        }
    }
}
