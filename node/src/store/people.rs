//! The people of snapshots, in blocks, and the details of those who come and go.

use sqlx::Sqlite;

use super::{Store, StoreError};
use crate::{
    ledger::SnapshotId,
    people::{People, PersonTag},
    turnover::{LeaverDetails, Moving},
};

/// People in a block, which takes some megabytes.
const PEOPLE_PER_BLOCK: usize = 1 << 16;
/// Bytes of a leaver's tag, reason and destination.
const LEAVER_BYTES: usize = 18;

/// [`Moving`] as it is stored.
#[derive(Default)]
pub(super) struct MovingBytes {
    pub(super) joining_source: Vec<u8>,
    pub(super) left_listed: Vec<u8>,
    pub(super) absent: Vec<u8>,
}

// === impl Store ===

impl Store {
    /// Keeps the check value of the key of employee numbers, once and for good.
    ///
    /// # Errors
    /// When the store cannot be written, or knows a key already.
    pub async fn keep_employee_key(&self, check_value: [u8; 32]) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO employee_key (check_value) VALUES ($1)")
            .bind(&check_value[..])
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The check value of the key of employee numbers.
    ///
    /// # Errors
    /// When the store cannot be read, or knows no key.
    pub async fn employee_key_check(&self) -> Result<Vec<u8>, StoreError> {
        let (check_value,): (Vec<u8>,) =
            sqlx::query_as("SELECT check_value FROM employee_key ORDER BY id DESC LIMIT 1")
                .fetch_optional(&self.pool)
                .await?
                .ok_or(StoreError::Corrupt("table of the key of employee numbers"))?;
        Ok(check_value)
    }

    /// Number of people in a snapshot.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn headcount(&self, snapshot: SnapshotId) -> Result<u64, StoreError> {
        let (people,): (i64,) = sqlx::query_as(
            "SELECT coalesce(sum(length(fte_hundredths)), 0) FROM people WHERE snapshot_id = $1",
        )
        .bind(snapshot.to_string())
        .fetch_one(&self.pool)
        .await?;
        u64::try_from(people).map_err(|_| StoreError::Corrupt("block of people"))
    }

    /// What the extract of a snapshot told about joining and leaving.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn moving(&self, snapshot: SnapshotId) -> Result<Moving, StoreError> {
        let (joining_source, left_listed, absent): (Vec<u8>, Vec<u8>, Vec<u8>) = sqlx::query_as(
            "SELECT joining_source, left_listed, absent FROM snapshot WHERE id = $1",
        )
        .bind(snapshot.to_string())
        .fetch_one(&self.pool)
        .await?;
        let bytes = MovingBytes {
            joining_source,
            left_listed,
            absent,
        };
        bytes
            .read()
            .ok_or(StoreError::Corrupt("list of people who come and go"))
    }

    /// The people of a snapshot whose data set has `attributes` attributes.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn people(
        &self,
        snapshot: SnapshotId,
        attributes: usize,
    ) -> Result<People, StoreError> {
        let blocks: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = sqlx::query_as(
            "SELECT tags, codes, fte_hundredths FROM people WHERE snapshot_id = $1 ORDER BY block",
        )
        .bind(snapshot.to_string())
        .fetch_all(&self.pool)
        .await?;
        let corrupt = || StoreError::Corrupt("block of people");
        let mut tags = Vec::new();
        let mut columns = vec![Vec::new(); attributes];
        let mut fte_hundredths = Vec::new();
        for (block_tags, codes, fte) in blocks {
            let block_tags = tags_of(&block_tags).ok_or_else(corrupt)?;
            let people = block_tags.len();
            if people == 0 || codes.len() != people * attributes {
                return Err(corrupt());
            }
            tags.extend(block_tags);
            for (column, codes) in columns.iter_mut().zip(codes.chunks(people)) {
                column.extend_from_slice(codes);
            }
            fte_hundredths.extend_from_slice(&fte);
        }
        People::of_columns(tags, columns, fte_hundredths).ok_or_else(corrupt)
    }
}

// === impl MovingBytes ===

impl MovingBytes {
    pub(super) fn of(moving: Option<&Moving>) -> Self {
        let Some(moving) = moving else {
            return Self::default();
        };
        let leaver = |(tag, details): (&PersonTag, &LeaverDetails)| {
            tag.0
                .into_iter()
                .chain([details.reason, details.destination])
        };
        Self {
            joining_source: moving.joining_source.clone(),
            left_listed: moving.leavers.iter().flat_map(leaver).collect(),
            absent: moving.absent.iter().flat_map(|tag| tag.0).collect(),
        }
    }

    fn read(self) -> Option<Moving> {
        let (leavers, rest) = self.left_listed.as_chunks::<LEAVER_BYTES>();
        let leaver = |bytes: &[u8; LEAVER_BYTES]| {
            let (tag, [reason, destination]) = bytes
                .split_first_chunk::<16>()
                .and_then(|(tag, rest)| Some((PersonTag(*tag), <[u8; 2]>::try_from(rest).ok()?)))?;
            Some((
                tag,
                LeaverDetails {
                    reason,
                    destination,
                },
            ))
        };
        let leavers = leavers.iter().map(leaver).collect::<Option<_>>()?;
        rest.is_empty().then_some(Moving {
            joining_source: self.joining_source,
            leavers,
            absent: tags_of(&self.absent)?.into_iter().collect(),
        })
    }
}

pub(super) async fn insert_people(
    transaction: &mut sqlx::Transaction<'static, Sqlite>,
    snapshot: SnapshotId,
    people: &People,
) -> Result<(), StoreError> {
    for (block, start) in (0_i64..).zip((0..people.len()).step_by(PEOPLE_PER_BLOCK)) {
        let range = start..people.len().min(start + PEOPLE_PER_BLOCK);
        let tags = tag_bytes(&people.tags()[range.clone()]);
        let mut codes = Vec::with_capacity(range.len() * people.attributes());
        for attribute in 0..people.attributes() {
            codes.extend_from_slice(&people.column(attribute)[range.clone()]);
        }
        sqlx::query(
            "INSERT INTO people (snapshot_id, block, tags, codes, fte_hundredths)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(snapshot.to_string())
        .bind(block)
        .bind(tags)
        .bind(codes)
        .bind(&people.fte_hundredths()[range])
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

fn tag_bytes(tags: &[PersonTag]) -> Vec<u8> {
    tags.iter().flat_map(|tag| tag.0).collect()
}

fn tags_of(bytes: &[u8]) -> Option<Vec<PersonTag>> {
    let (tags, rest) = bytes.as_chunks::<16>();
    rest.is_empty()
        .then(|| tags.iter().copied().map(PersonTag).collect())
}
