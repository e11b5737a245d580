//! Snapshots of staff, and the exact tables counted over them.

use jiff::Timestamp;
use sqlx::Sqlite;
use vwis_host::fault;
use vwis_model::{
    agreement::{Agreement, AgreementHash, Series},
    here,
    period::Period,
};

use super::{
    Store, StoreError,
    people::{MovingBytes, insert_people},
};
use crate::{
    counts::{ConfidentialCounts, is_coded_for},
    ledger::SnapshotId,
    people::{People, RowsTag},
    turnover::Moving,
};

/// A snapshot to be stored.
pub struct NewSnapshot<'a> {
    /// Code of the data set.
    pub data_set: &'a str,
    /// The period whose last day it shows.
    pub period: Period,
    /// Edition of the dictionary that coded the people.
    pub dictionary: &'a str,
    /// Whether it was imported or derived.
    pub origin: Origin,
    /// The people, each of them once.
    pub people: &'a People,
    /// What an extract of staff tells about joining and leaving, apart from the people.
    pub moving: Option<&'a Moving>,
    /// Hash that tells whether the same rows are given again; `None` where it was derived.
    pub rows_tag: Option<RowsTag>,
    /// The report on the import as JSON, without any row's values; `None` where it was derived.
    pub report: Option<String>,
}

/// Where a snapshot comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file that the organisation imported.
    Extract,
    /// It follows from two snapshots of staff, or from those of a year's quarters.
    Derived,
}

/// A snapshot that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldSnapshot {
    /// Random name of the snapshot.
    pub id: SnapshotId,
    /// Code of the data set.
    pub data_set: String,
    /// The period whose last day it shows.
    pub period: Period,
    /// Number of the import of this period, from 1.
    pub revision: u32,
    /// Edition of the dictionary that coded the people.
    pub dictionary: String,
    /// Whether it was imported or derived.
    pub origin: Origin,
    /// Whether its people are hashed under today's key. Under another one nobody is found again.
    pub is_hashed_as_now: bool,
}

type SnapshotRow = (String, String, String, i64, String, String, bool);

// === impl Store ===

impl Store {
    /// Stores each snapshot as the next revision of its period, and counts it for `agreements`, all
    /// in one transaction.
    ///
    /// # Errors
    /// When the store cannot be written; then nothing changed.
    pub async fn keep_snapshots(
        &self,
        snapshots: &[NewSnapshot<'_>],
        agreements: &[Agreement],
        now: Timestamp,
    ) -> Result<Vec<HeldSnapshot>, StoreError> {
        // Counting happens before the transaction. A measurement that is under way waits for the transaction,
        // and must not wait longer the more people there are.
        let counted: Vec<_> = snapshots
            .iter()
            .map(|snapshot| count(snapshot, agreements))
            .collect();
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let mut held = Vec::with_capacity(snapshots.len());
        for (snapshot, counted) in snapshots.iter().zip(counted) {
            let snapshot = insert_snapshot(&mut transaction, snapshot, now).await?;
            for (agreement, series, counts) in counted {
                insert_counts(&mut transaction, snapshot.id, agreement, series, &counts).await?;
            }
            held.push(snapshot);
        }
        fault::point("import.inserted");
        transaction.commit().await?;
        fault::point("import.committed");
        Ok(held)
    }

    /// The latest revision of each period of every data set, by data set and period.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn snapshots(&self) -> Result<Vec<HeldSnapshot>, StoreError> {
        let rows: Vec<SnapshotRow> = sqlx::query_as(
            "SELECT id, data_set, period, max(revision), dictionary, origin,
                    people_key = (SELECT coalesce(max(id), 0) FROM employee_key)
             FROM snapshot
             GROUP BY data_set, period ORDER BY data_set, period",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(held).collect()
    }

    /// The latest revision of one period; `None` where the period is not held.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn latest_snapshot(
        &self,
        data_set: &str,
        period: Period,
    ) -> Result<Option<HeldSnapshot>, StoreError> {
        let row: Option<SnapshotRow> = sqlx::query_as(
            "SELECT id, data_set, period, revision, dictionary, origin,
                    people_key = (SELECT coalesce(max(id), 0) FROM employee_key)
             FROM snapshot
             WHERE data_set = $1 AND period = $2 ORDER BY revision DESC LIMIT 1",
        )
        .bind(data_set)
        .bind(period.to_string())
        .fetch_optional(&self.pool)
        .await?;
        row.map(held).transpose()
    }

    /// Other periods whose latest revision has the same rows.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn other_periods_of_rows(
        &self,
        data_set: &str,
        period: Period,
        rows: RowsTag,
    ) -> Result<Vec<Period>, StoreError> {
        let periods: Vec<(String,)> = sqlx::query_as(
            "SELECT period FROM snapshot AS held
             WHERE data_set = $1 AND period <> $2 AND rows_tag = $3 AND revision =
                 (SELECT max(revision) FROM snapshot
                  WHERE data_set = held.data_set AND period = held.period)
             ORDER BY period",
        )
        .bind(data_set)
        .bind(period.to_string())
        .bind(&rows.0[..])
        .fetch_all(&self.pool)
        .await?;
        let read = |(period,): (String,)| period.parse().map_err(|_| StoreError::Corrupt("period"));
        periods.into_iter().map(read).collect()
    }

    /// Whether a snapshot was counted for `series` of `agreement`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn holds_counts(
        &self,
        snapshot: SnapshotId,
        agreement: AgreementHash,
        series: &Series,
    ) -> Result<bool, StoreError> {
        let row: Option<(i64,)> = sqlx::query_as(
            "SELECT 1 FROM counts WHERE snapshot_id = $1 AND agreement = $2 AND series = $3",
        )
        .bind(snapshot.to_string())
        .bind(&agreement.as_bytes()[..])
        .bind(series.name())
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.is_some())
    }

    /// Counts a snapshot for `series` of `agreement` and keeps the tables, unless they are kept already.
    ///
    /// # Errors
    /// When the store cannot be read or written, or the snapshot does not answer it.
    pub async fn keep_counts(
        &self,
        snapshot: SnapshotId,
        agreement: AgreementHash,
        series: &Series,
    ) -> Result<ConfidentialCounts, StoreError> {
        let counts = self.counts(snapshot, agreement, series).await?;
        if !self.holds_counts(snapshot, agreement, series).await? {
            let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
            insert_counts(&mut transaction, snapshot, agreement, series, &counts).await?;
            transaction.commit().await?;
        }
        Ok(counts)
    }

    /// The exact tables that `series` of `agreement` needs of a snapshot: those that were kept, or else
    /// counted from its people.
    ///
    /// # Errors
    /// When the store cannot be read, or the snapshot does not answer it.
    pub async fn counts(
        &self,
        snapshot: SnapshotId,
        agreement: AgreementHash,
        series: &Series,
    ) -> Result<ConfidentialCounts, StoreError> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as(
            "SELECT tables FROM counts
             WHERE snapshot_id = $1 AND agreement = $2 AND series = $3",
        )
        .bind(snapshot.to_string())
        .bind(&agreement.as_bytes()[..])
        .bind(series.name())
        .fetch_optional(&self.pool)
        .await?;
        if let Some((bytes,)) = row {
            return ConfidentialCounts::from_store(series, &bytes)
                .ok_or(StoreError::Corrupt("count"));
        }
        let (dictionary,): (String,) =
            sqlx::query_as("SELECT dictionary FROM snapshot WHERE id = $1")
                .bind(snapshot.to_string())
                .fetch_one(&self.pool)
                .await?;
        let coded_by = here::editions().edition(&dictionary);
        let attributes = coded_by
            .and_then(|edition| edition.data_set(series.data_set().code()))
            .ok_or(StoreError::Corrupt("snapshot"))?
            .attributes()
            .len();
        let people = self.people(snapshot, attributes).await?;
        ConfidentialCounts::coded(series, &people, &dictionary)
            .ok_or(StoreError::Corrupt("snapshot"))
    }

    /// The report on the import of a snapshot, as JSON; `None` where it was derived.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn import_report(&self, snapshot: SnapshotId) -> Result<Option<String>, StoreError> {
        let row: Option<(Option<String>,)> =
            sqlx::query_as("SELECT report FROM snapshot WHERE id = $1")
                .bind(snapshot.to_string())
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.and_then(|(report,)| report))
    }
}

// === impl HeldSnapshot ===

impl HeldSnapshot {
    /// Whether its people can be counted as `series` counts them: they are of its data set, and their codes
    /// tell its categories apart.
    #[must_use]
    pub fn answers(&self, series: &Series) -> bool {
        self.data_set == series.data_set().code() && is_coded_for(&self.dictionary, series)
    }
}

// === impl Origin ===

impl Origin {
    fn word(self) -> &'static str {
        match self {
            Self::Extract => "extract",
            Self::Derived => "derived",
        }
    }
}

/// The exact tables of everything that the agreements promise of `snapshot`.
fn count<'a>(
    snapshot: &NewSnapshot<'_>,
    agreements: &'a [Agreement],
) -> Vec<(AgreementHash, &'a Series, ConfidentialCounts)> {
    agreements
        .iter()
        .flat_map(|agreement| {
            let series = agreement.series().iter();
            series.map(|series| (agreement.hash(), series))
        })
        .filter(|(_, series)| series.data_set().code() == snapshot.data_set)
        .filter_map(|(hash, series)| {
            let counts = ConfidentialCounts::coded(series, snapshot.people, snapshot.dictionary)?;
            Some((hash, series, counts))
        })
        .collect()
}

async fn insert_snapshot(
    transaction: &mut sqlx::Transaction<'static, Sqlite>,
    snapshot: &NewSnapshot<'_>,
    now: Timestamp,
) -> Result<HeldSnapshot, StoreError> {
    let id = SnapshotId::random();
    let moving = MovingBytes::of(snapshot.moving);
    let (revision,): (i64,) = sqlx::query_as(
        "SELECT coalesce(max(revision), 0) + 1 FROM snapshot WHERE data_set = $1 AND period = $2",
    )
    .bind(snapshot.data_set)
    .bind(snapshot.period.to_string())
    .fetch_one(&mut **transaction)
    .await?;
    sqlx::query(
        "INSERT INTO snapshot
             (id, data_set, period, revision, dictionary, origin, joining_source, left_listed,
              absent, rows_tag, report, imported_at, people_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
                 (SELECT coalesce(max(id), 0) FROM employee_key))",
    )
    .bind(id.to_string())
    .bind(snapshot.data_set)
    .bind(snapshot.period.to_string())
    .bind(revision)
    .bind(snapshot.dictionary)
    .bind(snapshot.origin.word())
    .bind(moving.joining_source)
    .bind(moving.left_listed)
    .bind(moving.absent)
    .bind(snapshot.rows_tag.map(|tag| tag.0.to_vec()))
    .bind(&snapshot.report)
    .bind(now.to_string())
    .execute(&mut **transaction)
    .await?;
    insert_people(transaction, id, snapshot.people).await?;
    Ok(HeldSnapshot {
        id,
        data_set: snapshot.data_set.to_owned(),
        period: snapshot.period,
        revision: u32::try_from(revision).map_err(|_| StoreError::Corrupt("revision"))?,
        dictionary: snapshot.dictionary.to_owned(),
        origin: snapshot.origin,
        is_hashed_as_now: true,
    })
}

fn held(row: SnapshotRow) -> Result<HeldSnapshot, StoreError> {
    let (id, data_set, period, revision, dictionary, origin, is_hashed_as_now) = row;
    let corrupt = || StoreError::Corrupt("snapshot");
    Ok(HeldSnapshot {
        id: SnapshotId(id.parse().map_err(|_| corrupt())?),
        data_set,
        period: period.parse().map_err(|_| corrupt())?,
        revision: u32::try_from(revision).map_err(|_| corrupt())?,
        dictionary,
        origin: match origin.as_str() {
            "extract" => Origin::Extract,
            "derived" => Origin::Derived,
            _ => return Err(corrupt()),
        },
        is_hashed_as_now,
    })
}

async fn insert_counts(
    transaction: &mut sqlx::Transaction<'static, Sqlite>,
    snapshot: SnapshotId,
    agreement: AgreementHash,
    series: &Series,
    counts: &ConfidentialCounts,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO counts (snapshot_id, agreement, series, tables) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
    )
    .bind(snapshot.to_string())
    .bind(&agreement.as_bytes()[..])
    .bind(series.name())
    .bind(counts.to_store())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
