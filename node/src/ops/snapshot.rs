//! Keeps what an import read as snapshots in the store.

mod doubts;
mod flows;
mod held;
mod movement;
mod sense;
mod year;

pub use doubts::doubts;

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
};

use jiff::Timestamp;
use vwis_model::{here, period::Period};

use self::{
    flows::{Flows, LaterFlows},
    movement::{Movements, YearsMovement},
    year::Year,
};
use crate::{
    import::{Imported, Kind},
    node::{Node, NodeError},
    people::People,
    store::{HeldSnapshot, NewSnapshot, Origin, StoreError},
    turnover::{
        CAREER_MOVEMENT, JOINERS, LEAVERS, YEAR_JOINERS, YEAR_LEAVERS, is_of_a_year,
        movement::Tally,
    },
};

/// The result of an import that was stored.
#[derive(Debug)]
pub struct Kept {
    /// The snapshot of what was imported.
    pub snapshot: HeldSnapshot,
    /// The earlier period that joiners and leavers were counted from, where they were derived.
    pub since: Option<Period>,
    /// How many joined, where that was derived and does not come from a file.
    pub joined: Option<usize>,
    /// How many left, where that was derived and does not come from a file.
    pub left: Option<usize>,
    /// What the organisation should know or do about what follows from the extract.
    pub notes: Vec<String>,
    /// Whether the period was measured before; that measurement stays as it is.
    pub measured_before: bool,
    /// What changed for the period after, where that is held.
    pub later: Option<KeptMovers>,
    /// What changed for the years that have a quarter of this import, by period.
    pub years: Vec<KeptMovers>,
    /// What changed of the career movement of the years that end and that begin with the period.
    pub movements: Vec<KeptMovement>,
}

/// Joiners and leavers up to a period, which were counted anew.
#[derive(Debug)]
pub struct KeptMovers {
    /// The period.
    pub period: Period,
    /// How many joined, where that changed.
    pub joined: Option<usize>,
    /// How many left, where that changed.
    pub left: Option<usize>,
    /// Whether that period was measured before; that measurement stays as it is.
    pub measured_before: bool,
}

/// Career movement of a year, which was put together anew.
#[derive(Debug)]
pub struct KeptMovement {
    /// The period on whose last day the year begins.
    pub since: Period,
    /// The period on whose last day it ends.
    pub period: Period,
    /// How many moved how.
    pub tally: Tally,
    /// Whether that period was measured before; that measurement stays as it is.
    pub measured_before: bool,
}

// === impl Node ===

impl Node {
    /// Waits to be the only import of this folder, until the file is dropped. So each import compares with
    /// what the one before stored, and joiners and leavers follow from both.
    ///
    /// # Errors
    /// [`NodeError::Folder`] where the lock cannot be used.
    pub async fn import_turn(&self) -> Result<File, NodeError> {
        let path = self.config.dir.join("import.lock");
        let taken = {
            let path = path.clone();
            tokio::task::spawn_blocking(move || {
                let lock = OpenOptions::new()
                    .create(true)
                    .truncate(false)
                    .write(true)
                    .mode(0o600)
                    .open(path)?;
                lock.lock()?;
                Ok(lock)
            })
            .await
        };
        taken
            .map_err(io::Error::other)
            .flatten()
            .map_err(|source| NodeError::Folder { path, source })
    }

    /// Keeps an import of `period` as its next revision, with the joiners and leavers that follow from it,
    /// those of a later held period and of every year that it is part of included, and with the career movement of
    /// the years that end and that begin with it. All are counted for every agreement that may go on. On an error
    /// nothing is kept.
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
        let measured_before = |period| {
            let mut reservations = ledger.reservations();
            reservations.any(|(_, reservation)| reservation.period == period)
        };
        let agreements = self.approved_agreements(&ledger).await?;
        let report = serde_json::to_string(&imported.report.without_values())
            .expect("a report is texts and integers");
        let extract = NewSnapshot {
            data_set: kind.data_set().code(),
            period,
            dictionary: here::dictionary().version(),
            origin: Origin::Extract,
            people: &imported.people,
            moving: (kind == Kind::Staff).then_some(&imported.moving),
            rows_tag: Some(imported.rows_tag),
            report: Some(report),
        };
        let (flows, later, movements) = match kind {
            Kind::Staff => (
                self.flows(period, imported).await?,
                self.later_flows(period, imported).await?,
                self.movements(period, imported).await?,
            ),
            Kind::Joiners | Kind::Leavers | Kind::Applicants => {
                (Flows::default(), None, Movements::default())
            }
        };
        let mut snapshots = vec![extract];
        snapshots.extend(derived(period, &flows));
        if let Some(LaterFlows { period, flows }) = &later {
            snapshots.extend(derived(*period, flows));
        }
        let years = self.years(&snapshots).await?;
        let year_missing = match kind {
            Kind::Staff | Kind::Joiners | Kind::Leavers => {
                self.year_missing(period, &snapshots).await?
            }
            // They tell nothing of who joined or left.
            Kind::Applicants => None,
        };
        snapshots.extend(years.iter().flat_map(of_year));
        snapshots.extend(movements.changed.iter().filter_map(of_movement));
        let mut held = self
            .store
            .keep_snapshots(&snapshots, &agreements, now)
            .await?;
        let count = |people: &Option<People>| people.as_ref().map(People::len);
        let kept = |period, joiners, leavers| KeptMovers {
            period,
            joined: count(joiners),
            left: count(leavers),
            measured_before: measured_before(period),
        };
        let notes = [Some(&flows), later.as_ref().map(|later| &later.flows)];
        Ok(Kept {
            snapshot: held.swap_remove(0),
            since: flows.since,
            joined: count(&flows.joiners),
            left: count(&flows.leavers),
            notes: notes
                .into_iter()
                .flatten()
                .filter_map(|flows| flows.note.clone())
                .chain(year_missing)
                .chain(movements.notes)
                .collect(),
            measured_before: measured_before(period),
            years: (years.iter())
                .map(|year| kept(year.period, &year.joiners, &year.leavers))
                .collect(),
            movements: (movements.changed.iter())
                .map(|year| KeptMovement {
                    since: year.since,
                    period: year.period,
                    tally: Tally::of(&year.people),
                    measured_before: measured_before(year.period),
                })
                .collect(),
            later: (later.as_ref())
                .filter(|later| later.flows.note.is_none())
                .map(|later| kept(later.period, &later.flows.joiners, &later.flows.leavers)),
        })
    }

    /// Why a data set of a year is not put together for `period`, and what to do; `None` for other data sets, and
    /// where nothing is missing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn why_incomplete(
        &self,
        data_set: &str,
        period: Period,
    ) -> Result<Option<String>, StoreError> {
        match data_set {
            CAREER_MOVEMENT => self.why_no_movement(period).await,
            of_a_year if is_of_a_year(of_a_year) => self.why_no_movers(period).await,
            _ => Ok(None),
        }
    }
}

/// The snapshots of joiners and leavers that follow from two snapshots of staff.
fn derived(period: Period, flows: &Flows) -> impl Iterator<Item = NewSnapshot<'_>> {
    let people = [(JOINERS, &flows.joiners), (LEAVERS, &flows.leavers)];
    people
        .into_iter()
        .filter_map(move |(data_set, people)| following(data_set, period, people.as_ref()))
}

/// The snapshots of joiners and leavers of a year.
fn of_year(year: &Year) -> impl Iterator<Item = NewSnapshot<'_>> {
    let people = [(YEAR_JOINERS, &year.joiners), (YEAR_LEAVERS, &year.leavers)];
    people
        .into_iter()
        .filter_map(|(data_set, people)| following(data_set, year.period, people.as_ref()))
}

/// The snapshot of a year's career movement.
fn of_movement(year: &YearsMovement) -> Option<NewSnapshot<'_>> {
    following(CAREER_MOVEMENT, year.period, Some(&year.people))
}

/// A snapshot that follows from others; `None` where there is nothing to keep.
fn following<'a>(
    data_set: &'static str,
    period: Period,
    people: Option<&'a People>,
) -> Option<NewSnapshot<'a>> {
    Some(NewSnapshot {
        data_set,
        period,
        dictionary: here::dictionary().version(),
        origin: Origin::Derived,
        people: people?,
        moving: None,
        rows_tag: None,
        report: None,
    })
}
