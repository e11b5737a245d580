//! Checks that an extract makes sense, compared with what is held.

use std::collections::HashSet;

use vwis_model::period::Period;

use crate::{
    import::{
        APPLICANTS, Allowance, Imported, Kind, Report,
        sense::{self, Known, Last, LaterJoiners, Question, Questions, Stands},
    },
    node::Node,
    people::PersonTag,
    store::{HeldSnapshot, Origin, StoreError},
    turnover::{self, JOINERS, LEAVERS, MONTHS, STAFF},
};

use super::held::is_coded_as_now;

// === impl Node ===

impl Node {
    /// The questions that an extract of `period` raises and nobody allowed. Staff are checked by themselves
    /// and against each snapshot that `compared` names; joiners and leavers against the staff that are
    /// held; applicants against how many there were.
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
        let mut checked = match kind {
            Kind::Staff => self.check_staff(period, imported).await?,
            Kind::Joiners | Kind::Leavers => self.check_movers(kind, period, imported).await?,
            Kind::Applicants => self.check_applicants(period, imported).await?,
        };
        let code = kind.data_set().code();
        let others = self
            .store
            .other_periods_of_rows(code, period, imported.rows_tag);
        checked.extend(sense::same_rows(kind, period, &others.await?));
        Ok(sense::answered(checked, allowed))
    }

    async fn check_staff(
        &self,
        period: Period,
        imported: &Imported,
    ) -> Result<Vec<Question>, StoreError> {
        let mut held = self.store.snapshots().await?;
        held.retain(|snapshot| snapshot.data_set == STAFF);
        let mut questions = sense::questions(imported, None);
        for (stands, snapshot) in compared(&held, period) {
            let (people, moving) = self.staff(snapshot).await?;
            let last = Last {
                period: snapshot.period,
                people: &people,
                moving: &moving,
                stands,
                is_coded_alike: is_coded_as_now(snapshot),
                is_hashed_alike: snapshot.is_hashed_as_now,
            };
            let mut raised = sense::against(imported, &last);
            if let Some(report) = self.report_of(snapshot).await? {
                let columns = sense::columns_lost(&imported.report, snapshot.period, &report);
                raised.extend(columns);
                questions.retain(|question| !sense::is_answered_by(&report, question));
            }
            // One comparison does not repeat a question that another one asked.
            raised.retain(|new| questions.iter().all(|old| old.allowance != new.allowance));
            questions.extend(raised);
        }
        let asked = |allowance| questions.iter().any(|old| old.allowance == allowance);
        if !asked(Allowance::OldJoiners) {
            questions.extend(self.check_later_joiners(&held, period, imported).await?);
        }
        Ok(questions)
    }

    /// Asks about the joiners of the period after, which this import would count anew.
    async fn check_later_joiners(
        &self,
        held: &[HeldSnapshot],
        period: Period,
        imported: &Imported,
    ) -> Result<Option<Question>, StoreError> {
        let is_later = |held: &&HeldSnapshot| held.period.months_before(MONTHS) == Some(period);
        let Some(later) = held.iter().find(is_later) else {
            return Ok(None);
        };
        let report = self.report_of(later).await?;
        let Some(began) = report.and_then(|report| report.began_in_quarter) else {
            return Ok(None);
        };
        let flows = self.later_flows(period, imported).await?;
        let joiners = flows.and_then(|later| later.flows.joiners);
        let (people, _) = self.staff(later).await?;
        Ok(joiners.and_then(|joiners| {
            sense::derived_joiners(&LaterJoiners {
                period: later.period,
                joined: joiners.len() as u64,
                began,
                of: people.len() as u64,
            })
        }))
    }

    /// The report on the import of a snapshot; `None` where this version cannot read it.
    async fn report_of(&self, snapshot: &HeldSnapshot) -> Result<Option<Report>, StoreError> {
        let report = self.store.import_report(snapshot.id).await?;
        Ok(report.and_then(|report| serde_json::from_str(&report).ok()))
    }

    /// Checks joiners or leavers by themselves, against the staff at the two ends of their quarter, and
    /// against the other file.
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
            // A snapshot that was derived from the staff proves nothing beside them.
            Some(held) if held.origin == Origin::Extract && held.is_hashed_as_now => {
                let attributes = turnover::attributes(others);
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
        let mut questions = sense::alone(kind, imported);
        questions.extend(sense::movers(kind, imported.people.tags(), &known));
        Ok(questions)
    }

    /// Checks applicants by themselves, and their number against the list that this one replaces, or else the
    /// last one before it.
    async fn check_applicants(
        &self,
        period: Period,
        imported: &Imported,
    ) -> Result<Vec<Question>, StoreError> {
        let mut questions = sense::alone(Kind::Applicants, imported);
        let mut held = self.store.snapshots().await?;
        held.retain(|snapshot| snapshot.data_set == APPLICANTS);
        if let Some(before) = held.iter().rfind(|snapshot| snapshot.period <= period) {
            let attributes = turnover::attributes(APPLICANTS);
            let people = self.store.people(before.id, attributes).await?;
            let (now, before_this) = (imported.people.len(), people.len());
            questions.extend(sense::how_many_applicants(now, before_this, before.period));
        }
        Ok(questions)
    }

    /// Everybody employed on the last day of `period`; `None` where its staff are not held under today's key.
    async fn present(&self, period: Period) -> Result<Option<HashSet<PersonTag>>, StoreError> {
        let held = self.store.latest_snapshot(STAFF, period).await?;
        let Some(held) = held.filter(|held| held.is_hashed_as_now) else {
            return Ok(None);
        };
        let attributes = turnover::attributes(STAFF);
        let people = self.store.people(held.id, attributes).await?;
        let moving = self.store.moving(held.id).await?;
        let tags = people.tags().iter().copied();
        Ok(Some(tags.chain(moving.absent).collect()))
    }
}

/// The snapshots to compare an extract with: the one that it replaces, the last one before it (else the first
/// one after), and the one that its joiners and leavers are counted from. `held` is ordered by period.
fn compared(held: &[HeldSnapshot], period: Period) -> Vec<(Stands, &HeldSnapshot)> {
    let quarter_before = period.months_before(MONTHS);
    let before = held.iter().rfind(|snapshot| snapshot.period < period);
    let after = || held.iter().find(|snapshot| snapshot.period > period);
    let is_compared = |snapshot: &&HeldSnapshot| {
        let nearest = before.or_else(after).map(|nearest| nearest.period);
        [Some(period), nearest, quarter_before].contains(&Some(snapshot.period))
    };
    let stands = |snapshot: &HeldSnapshot| {
        if snapshot.period == period {
            Stands::Replaced
        } else if Some(snapshot.period) == quarter_before {
            Stands::QuarterBefore
        } else {
            Stands::Elsewhere
        }
    };
    let all = held.iter().filter(is_compared);
    // A nearer snapshot tells more, so it comes first.
    all.rev()
        .map(|snapshot| (stands(snapshot), snapshot))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::SnapshotId;

    fn periods(all: &[&str]) -> Vec<HeldSnapshot> {
        let of = |period: &&str| HeldSnapshot {
            id: SnapshotId::random(),
            data_set: STAFF.to_owned(),
            period: period.parse().unwrap(),
            revision: 1,
            dictionary: String::new(),
            origin: Origin::Extract,
            is_hashed_as_now: true,
        };
        all.iter().map(of).collect()
    }

    #[test]
    fn an_extract_is_compared_with_what_it_replaces_with_the_one_before_and_where_its_quarter_begins()
     {
        let (replaced, before, other) =
            (Stands::Replaced, Stands::QuarterBefore, Stands::Elsewhere);
        let quarters = &["2026-03", "2026-06", "2026-09"][..];
        for (held, period, expected) in [
            (
                quarters,
                "2026-06",
                &[(replaced, "2026-06"), (before, "2026-03")][..],
            ),
            (quarters, "2026-12", &[(before, "2026-09")]),
            (quarters, "2025-12", &[(other, "2026-03")]),
            (
                quarters,
                "2026-03",
                &[(other, "2026-06"), (replaced, "2026-03")],
            ),
            (&["2026-06"], "2026-06", &[(replaced, "2026-06")]),
            (
                &["2026-06", "2026-08"],
                "2026-09",
                &[(other, "2026-08"), (before, "2026-06")],
            ),
            (&[], "2026-06", &[]),
        ] {
            let held = periods(held);
            let compared: Vec<_> = compared(&held, period.parse().unwrap())
                .into_iter()
                .map(|(stands, snapshot)| (stands, snapshot.period.to_string()))
                .collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|(stands, period)| (*stands, (*period).to_owned()))
                .collect();
            assert_eq!(compared, expected, "{period}");
        }
    }
}
