//! Which of the snapshots that are held can be used beside others.

use std::fmt;

use vwis_model::{here, period::Period};

use crate::{
    import::Imported,
    node::Node,
    people::People,
    store::{HeldSnapshot, StoreError},
    turnover::{self, Moving, STAFF},
};

/// Why a snapshot cannot be used beside others. To be put behind its period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// Its categories are others.
    CodedOtherwise,
    /// Nobody in it would be found again.
    HashedOtherwise,
}

/// What is held of the staff of a period.
pub(super) enum HeldStaff {
    /// Nothing.
    Missing,
    /// A snapshot that cannot be used beside others.
    Unusable(Unusable),
    /// The people, and what their extract tells about joining and leaving.
    Usable(People, Moving),
}

/// The people of a snapshot of staff that is held, or that is imported.
#[derive(Clone, Copy)]
pub(super) struct Staff<'a> {
    pub(super) people: &'a People,
    pub(super) moving: &'a Moving,
}

pub(super) fn is_coded_as_now(snapshot: &HeldSnapshot) -> bool {
    snapshot.dictionary == here::dictionary().version()
}

/// Why a snapshot cannot be used beside others; `None` where it can.
pub(super) fn why_unusable(snapshot: &HeldSnapshot) -> Option<Unusable> {
    if !is_coded_as_now(snapshot) {
        Some(Unusable::CodedOtherwise)
    } else if !snapshot.is_hashed_as_now {
        Some(Unusable::HashedOtherwise)
    } else {
        None
    }
}

// === impl Node ===

impl Node {
    /// The staff of the latest revision of `period`.
    pub(super) async fn held_staff(&self, period: Period) -> Result<HeldStaff, StoreError> {
        let Some(held) = self.store.latest_snapshot(STAFF, period).await? else {
            return Ok(HeldStaff::Missing);
        };
        if let Some(why) = why_unusable(&held) {
            return Ok(HeldStaff::Unusable(why));
        }
        let (people, moving) = self.staff(&held).await?;
        Ok(HeldStaff::Usable(people, moving))
    }

    /// The people of a snapshot of staff, however they are coded.
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

    /// The people of the latest revision; `None` where none is held, or it cannot be used beside others.
    pub(super) async fn usable(
        &self,
        data_set: &str,
        period: Period,
    ) -> Result<Option<People>, StoreError> {
        let held = self.store.latest_snapshot(data_set, period).await?;
        let Some(held) = held.filter(|held| why_unusable(held).is_none()) else {
            return Ok(None);
        };
        let attributes = turnover::attributes(data_set);
        Ok(Some(self.store.people(held.id, attributes).await?))
    }

    /// Whether the latest revision holds these very people.
    pub(super) async fn holds(
        &self,
        data_set: &str,
        period: Period,
        people: &People,
    ) -> Result<bool, StoreError> {
        let held = self.usable(data_set, period).await?;
        Ok(held.is_some_and(|held| held.is_same_as(people)))
    }
}

// === impl Unusable ===

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CodedOtherwise => "was coded by another version of the data dictionary",
            Self::HashedOtherwise => {
                "is hashed by a key that was lost since, so that nobody in it is found again"
            }
        })
    }
}

// === impl Imported ===

impl Imported {
    pub(super) fn as_staff(&self) -> Staff<'_> {
        Staff {
            people: &self.people,
            moving: &self.moving,
        }
    }
}
