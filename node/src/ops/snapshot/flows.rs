//! Joiners and leavers that follow from two snapshots of staff, for the period that is imported and for the
//! one after it, where that is held.

use vwis_model::{here, period::Period};

use crate::{
    import::Imported,
    node::Node,
    people::People,
    store::{HeldSnapshot, Origin, StoreError},
    turnover::{self, JOINERS, LEAVERS, MONTHS, Moving, STAFF},
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

/// The people of one of the two snapshots of staff.
#[derive(Clone, Copy)]
struct Staff<'a> {
    people: &'a People,
    moving: &'a Moving,
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
        let Some(earlier) = self.store.latest_snapshot(STAFF, since).await? else {
            return Ok(Flows::none_because(format!(
                "No joiners and leavers: that needs the extract of {since}. Import it too, now or later."
            )));
        };
        if !is_coded_as_now(&earlier) {
            return Ok(Flows::none_because(format!(
                "No joiners and leavers: {since} was coded by another version of the data \
                 dictionary. Import {since} again, then this one."
            )));
        }
        if !earlier.is_hashed_as_now {
            return Ok(Flows::none_because(format!(
                "No joiners and leavers: the people of {since} are hashed by a key that was lost since, so \
                 that nobody is found again. Import {since} again, then this one."
            )));
        }
        let (people, moving) = self.staff(&earlier).await?;
        let before = Staff {
            people: &people,
            moving: &moving,
        };
        self.between(since, before, period, imported.staff()).await
    }

    /// Derives the flows of the period after `period` anew, because they were derived from an earlier
    /// revision of it. Returns only those that changed.
    pub(super) async fn later_flows(
        &self,
        period: Period,
        imported: &Imported,
    ) -> Result<Option<LaterFlows>, StoreError> {
        let held = self.store.snapshots().await?;
        let Some(later) = held.iter().find(|held| {
            held.data_set == STAFF && held.period.months_before(MONTHS) == Some(period)
        }) else {
            return Ok(None);
        };
        if !is_coded_as_now(later) {
            let flows = Flows::none_because(format!(
                "Import {} again: its joiners and leavers follow from this extract, and it was coded by \
                 another version of the data dictionary.",
                later.period
            ));
            return Ok(Some(LaterFlows {
                period: later.period,
                flows,
            }));
        }
        if !later.is_hashed_as_now {
            let flows = Flows::none_because(format!(
                "Import {} again: its joiners and leavers follow from this extract, and its people are \
                 hashed by a key that was lost since.",
                later.period
            ));
            return Ok(Some(LaterFlows {
                period: later.period,
                flows,
            }));
        }
        let (people, moving) = self.staff(later).await?;
        let now = Staff {
            people: &people,
            moving: &moving,
        };
        let mut flows = self
            .between(period, imported.staff(), later.period, now)
            .await?;
        for (data_set, people) in [(JOINERS, &mut flows.joiners), (LEAVERS, &mut flows.leavers)] {
            // People who did not change make no new revision.
            if let Some(counted) = people
                && self.holds(data_set, later.period, counted).await?
            {
                *people = None;
            }
        }
        let changed = flows.joiners.is_some() || flows.leavers.is_some();
        Ok(changed.then_some(LaterFlows {
            period: later.period,
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

    pub(super) async fn staff(
        &self,
        snapshot: &HeldSnapshot,
    ) -> Result<(People, Moving), StoreError> {
        let attributes = turnover::attributes(STAFF);
        let people = self.store.people(snapshot.id, attributes).await?;
        let moving = self.store.moving(snapshot.id).await?;
        if moving.joining_source.len() != people.len() {
            return Err(StoreError::Corrupt("list of people who come and go"));
        }
        Ok((people, moving))
    }

    /// Whether the latest revision holds these very people.
    pub(super) async fn holds(
        &self,
        data_set: &str,
        period: Period,
        people: &People,
    ) -> Result<bool, StoreError> {
        let Some(held) = self.store.latest_snapshot(data_set, period).await? else {
            return Ok(false);
        };
        if !is_coded_as_now(&held) || !held.is_hashed_as_now {
            return Ok(false);
        }
        let attributes = turnover::attributes(data_set);
        let held = self.store.people(held.id, attributes).await?;
        Ok(held.is_same_as(people))
    }

    async fn comes_from_no_file(&self, data_set: &str, period: Period) -> Result<bool, StoreError> {
        let latest = self.store.latest_snapshot(data_set, period).await?;
        Ok(latest.is_none_or(|held| held.origin == Origin::Derived))
    }
}

pub(super) fn is_coded_as_now(snapshot: &HeldSnapshot) -> bool {
    snapshot.dictionary == here::dictionary().version()
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

// === impl Imported ===

impl Imported {
    fn staff(&self) -> Staff<'_> {
        Staff {
            people: &self.people,
            moving: &self.moving,
        }
    }
}
