//! The check that an extract makes sense, against what is held.

use std::collections::HashSet;

use vwis_model::period::Period;

use crate::{
    import::{
        Allowance, Imported, Kind,
        sense::{self, Known, Last, Question, Questions},
    },
    movement::{self, JOINERS, LEAVERS, MONTHS, STAFF},
    node::Node,
    people::PersonTag,
    store::{HeldSnapshot, Origin, StoreError},
};

use super::flows::is_coded_as_now;

// === impl Node ===

impl Node {
    /// What an extract of `period` raises that nobody allowed: staff against themselves, and against the last
    /// period that is held before them, else the first one after, else what was imported for the period
    /// itself; joiners and leavers against the staff that are held.
    ///
    /// # Privacy
    /// Exact counts, for the terminal of the organisation that imports.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn check_sense(
        &self,
        kind: Kind,
        period: Period,
        imported: &Imported,
        allowed: &[Allowance],
    ) -> Result<Result<(), Questions>, StoreError> {
        let checked = match kind {
            Kind::Staff => self.check_staff(period, imported).await?,
            Kind::Joiners | Kind::Leavers => self.check_movers(kind, period, imported).await?,
        };
        Ok(sense::answered(checked, allowed))
    }

    async fn check_staff(
        &self,
        period: Period,
        imported: &Imported,
    ) -> Result<Vec<Question>, StoreError> {
        let mut held = self.store.snapshots().await?;
        held.retain(|snapshot| snapshot.data_set == STAFF && snapshot.is_hashed_as_now);
        let Some(nearest) = nearest(&held, period) else {
            return Ok(sense::questions(imported, None));
        };
        let (people, moving) = self.staff(nearest).await?;
        let last = Last {
            period: nearest.period,
            people: &people,
            moving: &moving,
            is_quarter_before: period.months_before(MONTHS) == Some(nearest.period),
            is_coded_alike: is_coded_as_now(nearest),
        };
        let mut questions = sense::questions(imported, Some(&last));
        let report = self.store.import_report(nearest.id).await?;
        // One of another version may hold something else.
        let report = report.and_then(|report| serde_json::from_str(&report).ok());
        if let Some(report) = report {
            questions.extend(sense::columns_lost(
                &imported.report,
                nearest.period,
                &report,
            ));
        }
        Ok(questions)
    }

    /// Joiners and leavers against the staff at the two ends of their quarter, and against each other.
    async fn check_movers(
        &self,
        kind: Kind,
        period: Period,
        imported: &Imported,
    ) -> Result<Vec<Question>, StoreError> {
        let others = match kind {
            Kind::Joiners => LEAVERS,
            _ => JOINERS,
        };
        let before = match period.months_before(MONTHS) {
            Some(before) => self.present(before).await?,
            None => None,
        };
        let now = self.present(period).await?;
        let others = match self.store.latest_snapshot(others, period).await? {
            // What follows from the staff says nothing beside it.
            Some(held) if held.origin == Origin::Extract && held.is_hashed_as_now => {
                let attributes = movement::attributes(others);
                let people = self.store.people(held.id, attributes).await?;
                Some(people.tags().iter().copied().collect())
            }
            _ => None,
        };
        let known = Known {
            before,
            now,
            others,
        };
        let mut questions = sense::missing_numbers(&imported.report);
        questions.extend(sense::movers(kind, imported.people.tags(), &known));
        Ok(questions)
    }

    /// Everybody employed on the last day of `period`, where its staff are held.
    async fn present(&self, period: Period) -> Result<Option<HashSet<PersonTag>>, StoreError> {
        let held = self.store.latest_snapshot(STAFF, period).await?;
        let Some(held) = held.filter(|held| held.is_hashed_as_now) else {
            return Ok(None);
        };
        let attributes = movement::attributes(STAFF);
        let people = self.store.people(held.id, attributes).await?;
        let moving = self.store.moving(held.id).await?;
        let tags = people.tags().iter().copied();
        Ok(Some(tags.chain(moving.absent).collect()))
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
    use crate::ledger::SnapshotId;

    #[test]
    fn the_period_before_is_compared_with_and_the_one_after_where_there_is_none() {
        let held = ["2026-03", "2026-06", "2026-09"].map(|period| HeldSnapshot {
            id: SnapshotId::random(),
            data_set: STAFF.to_owned(),
            period: period.parse().unwrap(),
            revision: 1,
            dictionary: String::new(),
            origin: Origin::Extract,
            is_hashed_as_now: true,
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
