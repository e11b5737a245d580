//! From what an import read to snapshots in the store.

mod doubts;
mod headcount;

pub use headcount::HeadcountJump;

use std::collections::HashSet;

use jiff::Timestamp;
use vwis_proto::{dictionary::Dictionary, period::Period};

use crate::{
    import::{Imported, Kind},
    movement::{self, JOINERS, LEAVERS, MONTHS, STAFF},
    node::Node,
    people::{People, PersonTag},
    store::{HeldSnapshot, NewSnapshot, Origin, StoreError},
};

/// What an import left in the store.
#[derive(Debug)]
pub struct Kept {
    /// The snapshot of what was imported.
    pub snapshot: HeldSnapshot,
    /// The earlier period that joiners and leavers were counted from, where they were derived.
    pub since: Option<Period>,
    /// How many joined, where that was derived and did not come from a file.
    pub joined: Option<usize>,
    /// How many left, likewise.
    pub left: Option<usize>,
    /// What the organisation should know or do about joiners and leavers.
    pub notes: Vec<String>,
    /// Whether something was measured for the period before: that stays as it is.
    pub measured_before: bool,
}

/// Joiners and leavers that follow from two snapshots.
#[derive(Default)]
struct Flows {
    since: Option<Period>,
    joiners: Option<People>,
    leavers: Option<People>,
    notes: Vec<String>,
}

// === impl Node ===

impl Node {
    /// Keeps an import of `period` as its next revision, with the joiners and leavers that follow
    /// from it, counted for every agreement that may go on: all of it, or on error nothing.
    ///
    /// # Privacy
    /// A measurement that is sealed stays as it is, and a charged one pins its own snapshot.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn keep_import(
        &self,
        kind: Kind,
        period: Period,
        imported: &Imported,
        now: Timestamp,
    ) -> Result<Kept, StoreError> {
        let ledger = self.store.ledger().await?;
        let measured_before = ledger
            .reservations()
            .any(|(_, reservation)| reservation.period == period);
        let agreements = self.approved_agreements(&ledger).await?;
        let report = serde_json::to_string(&imported.report.without_values())
            .expect("a report is texts and integers");
        let absent: Vec<PersonTag> = imported.absent.iter().copied().collect();
        let nobody = [];
        let snapshot = |data_set, people, origin, report| NewSnapshot {
            data_set,
            period,
            dictionary: Dictionary::builtin().version(),
            origin,
            people,
            absent: if origin == Origin::Extract {
                &absent
            } else {
                &nobody
            },
            rows_tag: (origin == Origin::Extract).then_some(imported.rows_tag),
            report,
        };
        let code = kind.data_set().code();
        let mut snapshots = vec![snapshot(
            code,
            &imported.people,
            Origin::Extract,
            Some(report),
        )];
        let flows = match kind {
            Kind::Staff => self.derive(period, imported).await?,
            Kind::Joiners | Kind::Leavers => Flows::default(),
        };
        for (data_set, people) in [(JOINERS, &flows.joiners), (LEAVERS, &flows.leavers)] {
            let people = people.as_ref();
            snapshots
                .extend(people.map(|people| snapshot(data_set, people, Origin::Derived, None)));
        }
        let mut held = self
            .store
            .keep_snapshots(&snapshots, &agreements, now)
            .await?;
        Ok(Kept {
            snapshot: held.swap_remove(0),
            since: flows.since,
            joined: flows.joiners.as_ref().map(People::len),
            left: flows.leavers.as_ref().map(People::len),
            notes: flows.notes,
            measured_before,
        })
    }

    async fn derive(&self, period: Period, imported: &Imported) -> Result<Flows, StoreError> {
        let Some(since) = period.months_before(MONTHS) else {
            return Ok(Flows::default());
        };
        let earlier = self.store.latest_snapshot(STAFF, since).await?;
        let on_later = self.note_on_later(period).await?;
        let none_because = |why: String| Flows {
            notes: std::iter::once(why).chain(on_later.clone()).collect(),
            ..Flows::default()
        };
        let Some(earlier) = earlier else {
            return Ok(none_because(format!(
                "No joiners and leavers: that needs the extract of {since}, imported before this one."
            )));
        };
        if earlier.dictionary != Dictionary::builtin().version() {
            return Ok(none_because(format!(
                "No joiners and leavers: {since} was coded by another version of the data \
                 dictionary. Import {since} again, then this one."
            )));
        }
        let attributes = imported.people.attributes();
        let before = self.store.people(earlier.id, attributes).await?;
        let absent_before: HashSet<PersonTag> =
            self.store.absent(earlier.id).await?.into_iter().collect();
        let joiners =
            movement::joiners(&before, &imported.people, &imported.joining_source, |tag| {
                absent_before.contains(&tag)
            });
        let leavers = movement::leavers(
            &before,
            &imported.people,
            |tag| imported.leavers.get(&tag).copied(),
            |tag| imported.absent.contains(&tag),
        );
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
            notes: on_later.into_iter().collect(),
        })
    }

    async fn comes_from_no_file(&self, data_set: &str, period: Period) -> Result<bool, StoreError> {
        let latest = self.store.latest_snapshot(data_set, period).await?;
        Ok(latest.is_none_or(|held| held.origin == Origin::Derived))
    }

    /// A later period's joiners and leavers were counted from what was held of this one before.
    async fn note_on_later(&self, period: Period) -> Result<Option<String>, StoreError> {
        let held = self.store.snapshots().await?;
        let later = held.iter().find(|held| {
            held.data_set == STAFF && held.period.months_before(MONTHS) == Some(period)
        });
        Ok(later.map(|later| {
            let later = later.period;
            format!("Import {later} again: its joiners and leavers follow from this extract.")
        }))
    }
}
