//! The check that an extract makes sense, against what is held.

use vwis_proto::period::Period;

use crate::{
    import::{
        Allowance, Imported, Kind,
        sense::{self, Last, Question, Questions},
    },
    movement::{MONTHS, STAFF},
    node::Node,
    store::{HeldSnapshot, StoreError},
};

use super::flows::is_coded_as_now;

// === impl Node ===

impl Node {
    /// What an extract of `period` raises that nobody allowed: staff against themselves, and against the last
    /// period that is held before them, else the first one after, else what was imported for the period
    /// itself.
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
            Kind::Joiners | Kind::Leavers => Vec::new(),
        };
        Ok(sense::answered(checked, allowed))
    }

    async fn check_staff(
        &self,
        period: Period,
        imported: &Imported,
    ) -> Result<Vec<Question>, StoreError> {
        let mut held = self.store.snapshots().await?;
        held.retain(|snapshot| snapshot.data_set == STAFF);
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
