//! Snapshots of staff, and the exact tables counted over them.

use jiff::Timestamp;
use sqlx::{QueryBuilder, Sqlite};
use vwis_proto::{
    agreement::{Agreement, AgreementHash, Series},
    period::Period,
};

use super::{Store, StoreError};
use crate::{counts::ConfidentialCounts, ledger::SnapshotId};

/// Rows to one INSERT: SQLite takes 32,766 parameters, and each row has four.
const ROWS_PER_INSERT: usize = 4000;

/// One person at this organisation, as stored: codes only.
#[derive(Clone)]
pub struct StaffRecord {
    /// Keyed hash of the employee number.
    pub person: [u8; 16],
    /// A category index for each attribute of the data set, in its order.
    pub codes: Vec<u8>,
    /// Summed over the person's assignments and clamped to 0..=100.
    pub fte_hundredths: u8,
}

/// A snapshot to be stored.
pub struct NewSnapshot<'a> {
    /// Data set of the dictionary.
    pub data_set: &'a str,
    /// The period whose last day it shows.
    pub period: Period,
    /// Version of the dictionary that the codes are of.
    pub dictionary: &'a str,
    /// The people, each once.
    pub people: &'a [StaffRecord],
}

/// A snapshot that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldSnapshot {
    /// Its random name.
    pub id: SnapshotId,
    /// Data set of the dictionary.
    pub data_set: String,
    /// The period whose last day it shows.
    pub period: Period,
    /// 1 for the first import of the period.
    pub revision: u32,
    /// Version of the dictionary that the codes are of.
    pub dictionary: String,
}

type SnapshotRow = (String, String, String, i64, String);

// === impl Store ===

impl Store {
    /// Stores a snapshot as the next revision of its period, and counts it for `agreements`, all
    /// in one transaction.
    ///
    /// # Errors
    /// When the store cannot be written; then nothing changed.
    pub async fn keep_snapshot(
        &self,
        snapshot: &NewSnapshot<'_>,
        agreements: &[Agreement],
        now: Timestamp,
    ) -> Result<HeldSnapshot, StoreError> {
        let id = SnapshotId::random();
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let (revision,): (i64,) = sqlx::query_as(
            "SELECT coalesce(max(revision), 0) + 1 FROM snapshot
             WHERE data_set = $1 AND period = $2",
        )
        .bind(snapshot.data_set)
        .bind(snapshot.period.to_string())
        .fetch_one(&mut *transaction)
        .await?;
        sqlx::query(
            "INSERT INTO snapshot (id, data_set, period, revision, dictionary, imported_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id.to_string())
        .bind(snapshot.data_set)
        .bind(snapshot.period.to_string())
        .bind(revision)
        .bind(snapshot.dictionary)
        .bind(now.to_string())
        .execute(&mut *transaction)
        .await?;
        for people in snapshot.people.chunks(ROWS_PER_INSERT) {
            let mut insert = QueryBuilder::<Sqlite>::new(
                "INSERT INTO staff (snapshot_id, person, codes, fte_hundredths) ",
            );
            insert.push_values(people, |mut row, person| {
                row.push_bind(id.to_string())
                    .push_bind(&person.person[..])
                    .push_bind(&person.codes[..])
                    .push_bind(i64::from(person.fte_hundredths));
            });
            insert.build().execute(&mut *transaction).await?;
        }
        let same_dictionary =
            |agreement: &&Agreement| agreement.dictionary_version() == snapshot.dictionary;
        for agreement in agreements.iter().filter(same_dictionary) {
            for series in agreement.series() {
                if series.data_set() == snapshot.data_set {
                    let counts = ConfidentialCounts::count(series, snapshot.people);
                    insert_counts(&mut transaction, id, agreement.hash(), series, &counts).await?;
                }
            }
        }
        transaction.commit().await?;
        Ok(HeldSnapshot {
            id,
            data_set: snapshot.data_set.to_owned(),
            period: snapshot.period,
            revision: u32::try_from(revision).map_err(|_| StoreError::Corrupt("revision"))?,
            dictionary: snapshot.dictionary.to_owned(),
        })
    }

    /// The latest revision of each period of every data set, by data set and period.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn snapshots(&self) -> Result<Vec<HeldSnapshot>, StoreError> {
        let rows: Vec<SnapshotRow> = sqlx::query_as(
            "SELECT id, data_set, period, max(revision), dictionary FROM snapshot
             GROUP BY data_set, period ORDER BY data_set, period",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(held).collect()
    }

    /// The latest revision of one period.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn latest_snapshot(
        &self,
        data_set: &str,
        period: Period,
    ) -> Result<Option<HeldSnapshot>, StoreError> {
        let row: Option<SnapshotRow> = sqlx::query_as(
            "SELECT id, data_set, period, revision, dictionary FROM snapshot
             WHERE data_set = $1 AND period = $2 ORDER BY revision DESC LIMIT 1",
        )
        .bind(data_set)
        .bind(period.to_string())
        .fetch_optional(&self.pool)
        .await?;
        row.map(held).transpose()
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

    /// The exact tables that `series` of `agreement` needs of a snapshot: those counted before,
    /// or counted and kept now.
    ///
    /// # Errors
    /// When the store cannot be read or written.
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
        let people = self.people(snapshot).await?;
        let counts = ConfidentialCounts::count(series, &people);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        insert_counts(&mut transaction, snapshot, agreement, series, &counts).await?;
        transaction.commit().await?;
        Ok(counts)
    }

    /// The people of a snapshot.
    async fn people(&self, snapshot: SnapshotId) -> Result<Vec<StaffRecord>, StoreError> {
        let rows: Vec<(Vec<u8>, Vec<u8>, i64)> = sqlx::query_as(
            "SELECT person, codes, fte_hundredths FROM staff WHERE snapshot_id = $1",
        )
        .bind(snapshot.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(person, codes, fte)| {
                Ok(StaffRecord {
                    person: person
                        .try_into()
                        .map_err(|_| StoreError::Corrupt("person"))?,
                    codes,
                    fte_hundredths: u8::try_from(fte).map_err(|_| StoreError::Corrupt("person"))?,
                })
            })
            .collect()
    }
}

fn held(row: SnapshotRow) -> Result<HeldSnapshot, StoreError> {
    let (id, data_set, period, revision, dictionary) = row;
    let corrupt = || StoreError::Corrupt("snapshot");
    Ok(HeldSnapshot {
        id: SnapshotId(id.parse().map_err(|_| corrupt())?),
        data_set,
        period: period.parse().map_err(|_| corrupt())?,
        revision: u32::try_from(revision).map_err(|_| corrupt())?,
        dictionary,
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
