//! From what an import read to snapshots in the store.

use jiff::Timestamp;
use vwis_proto::{dictionary::Dictionary, period::Period};

use crate::{
    import::{Imported, Kind, STAFF},
    movement::{self, JOINERS, LEAVERS, MONTHS},
    node::Node,
    people::People,
    store::{HeldSnapshot, NewSnapshot, Origin, StoreError},
};

/// What an import left in the store.
#[derive(Debug)]
pub struct Kept {
    /// The snapshot of what was imported.
    pub snapshot: HeldSnapshot,
    /// Joiners and leavers since an earlier snapshot.
    pub movement: Movement,
    /// Whether something was measured for the period before: that stays as it is.
    pub measured_before: bool,
}

/// What came of joiners and leavers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// Counted over the snapshots of the two periods.
    Derived {
        /// The earlier period.
        since: Period,
        /// How many joined.
        joined: usize,
        /// How many left.
        left: usize,
    },
    /// The period's joiners or leavers were imported from a file, which counts.
    FromFile,
    /// The earlier snapshot is not held, or was coded by another dictionary.
    NoEarlier(Option<Period>),
    /// The import itself was one of joiners or leavers.
    NotDerived,
}

// === impl Node ===

impl Node {
    /// Keeps an import of `period` as its next revision, with the joiners and leavers that follow
    /// from it, counted for every approved agreement: all of it, or on error nothing.
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
        let dictionary = Dictionary::builtin().version();
        let report = serde_json::to_string(&imported.report.without_values())
            .expect("a report is texts and integers");
        let snapshot = |data_set, people, origin, report| NewSnapshot {
            data_set,
            period,
            dictionary,
            origin,
            people,
            report,
        };
        let code = kind.data_set().code();
        let own = snapshot(code, &imported.people, Origin::Extract, Some(report));
        let (movement, flows) = match kind {
            Kind::Staff => self.derive(period, imported).await?,
            Kind::Joiners | Kind::Leavers => (Movement::NotDerived, None),
        };
        let mut snapshots = vec![own];
        if let Some((joiners, leavers)) = &flows {
            snapshots.push(snapshot(JOINERS, joiners, Origin::Derived, None));
            snapshots.push(snapshot(LEAVERS, leavers, Origin::Derived, None));
        }
        let mut held = self
            .store
            .keep_snapshots(&snapshots, &agreements, now)
            .await?;
        // An agreement may have been approved while this ran.
        self.count_for_approved().await?;
        Ok(Kept {
            snapshot: held.swap_remove(0),
            movement,
            measured_before,
        })
    }

    async fn derive(
        &self,
        period: Period,
        imported: &Imported,
    ) -> Result<(Movement, Option<(People, People)>), StoreError> {
        for data_set in [JOINERS, LEAVERS] {
            let latest = self.store.latest_snapshot(data_set, period).await?;
            if latest.is_some_and(|held| held.origin == Origin::Extract) {
                return Ok((Movement::FromFile, None));
            }
        }
        let Some(since) = period.months_before(MONTHS) else {
            return Ok((Movement::NoEarlier(None), None));
        };
        let earlier = self.store.latest_snapshot(STAFF, since).await?;
        let same_dictionary =
            |held: &HeldSnapshot| held.dictionary == Dictionary::builtin().version();
        let Some(earlier) = earlier.filter(same_dictionary) else {
            return Ok((Movement::NoEarlier(Some(since)), None));
        };
        let before = self
            .store
            .people(earlier.id, imported.people.attributes())
            .await?;
        let joiners = movement::joiners(&before, &imported.people, &imported.joining_source);
        let leavers = movement::leavers(&before, &imported.people, |tag| {
            imported.leavers.get(&tag).copied()
        });
        let movement = Movement::Derived {
            since,
            joined: joiners.len(),
            left: leavers.len(),
        };
        Ok((movement, Some((joiners, leavers))))
    }
}
