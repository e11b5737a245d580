//! The access log. One task writes it: all rows that wait at a moment get on disk with one commit.
//!
//! ```text
//! answer ─► row ─► queue ─┐
//! answer ─► row ─► queue ─┼─► one transaction ─► fsync ─► each is told, and sent
//! answer ─► row ─► queue ─┘   (while it runs, the next ones gather)
//! ```

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use sqlx::{Row as _, SqlitePool};
use tokio::sync::{mpsc, oneshot};
use vwis_model::ods::OdsCode;

use super::{Store, StoreError, begin, bytes32, parse, time};

/// Most characters of a refused request's address that are kept.
pub(crate) const MOST_REFUSED_CHARS: usize = 500;
/// Most rows that one commit holds.
const MOST_AT_ONCE: usize = 256;
/// Rows that may queue; beyond them whoever adds one waits for room.
const MOST_WAITING: usize = 1024;

/// Selects rows of the access log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessFilter {
    /// Only reads of this organisation's tables, if one is named.
    pub ods_code: Option<OdsCode>,
    /// Only reads from this moment on, if one is named.
    pub since: Option<Timestamp>,
}

/// One read of one organisation's own table, or one request for organisations that nobody here knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessEntry {
    /// Row number, ascending.
    pub id: i64,
    /// When it was asked.
    pub at: Timestamp,
    /// The reader's name, for people.
    pub who: String,
    /// How the reader was known: `loopback`, `token 7`, `oidc SUBJECT`.
    pub via: String,
    /// Whose table was read. None where no release and no node has the code asked for, and where one row
    /// counts several refusals.
    pub ods_code: Option<OdsCode>,
    /// Path and query; of a refusal, their beginning.
    pub request: String,
    /// The answer's HTTP status.
    pub status: u16,
    /// SHA-256 of all of path and query, where `request` holds only their beginning.
    pub request_hash: Option<[u8; 32]>,
}

/// A read to log: who asked what, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read<'a> {
    /// The reader's name, for people.
    pub who: &'a str,
    /// How the reader was known, as in `token 7`.
    pub via: &'a str,
    /// Path and query.
    pub request: &'a str,
    /// The answer's HTTP status.
    pub status: u16,
}

/// A row to be written, and the channel to whoever waits for it.
struct Waiting {
    row: Row,
    told: oneshot::Sender<Result<(), StoreError>>,
}

struct Row {
    at: Timestamp,
    who: String,
    via: String,
    request: String,
    request_hash: Option<[u8; 32]>,
    status: u16,
    organisations: Vec<OdsCode>,
}

/// Sends rows to the writing task, which ends when the last store that holds this is dropped.
#[derive(Clone, Debug)]
pub(super) struct Queue(mpsc::Sender<Waiting>);

// === impl Queue ===

impl Queue {
    pub(super) fn new(writer: SqlitePool) -> Self {
        let (sender, waiting) = mpsc::channel(MOST_WAITING);
        tokio::spawn(write_all(writer, waiting));
        Self(sender)
    }

    async fn write(&self, row: Row) -> Result<(), StoreError> {
        let gone = || StoreError::Database(sqlx::Error::WorkerCrashed);
        let (told, written) = oneshot::channel();
        let sent = self.0.send(Waiting { row, told }).await;
        sent.map_err(|_| gone())?;
        written.await.map_err(|_| gone())?
    }
}

async fn write_all(writer: SqlitePool, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, MOST_AT_ONCE).await > 0 {
        let together = if batch.len() > 1 {
            write(&writer, &batch).await.is_ok()
        } else {
            false
        };
        for one in batch.drain(..) {
            // After a batch failed, its rows are tried one by one: each caller is told of its own row.
            let written = if together {
                Ok(())
            } else {
                write(&writer, std::slice::from_ref(&one)).await
            };
            // Sending fails if the caller gave up waiting, and then nobody needs the result.
            let _ = one.told.send(written);
        }
    }
}

async fn write(writer: &SqlitePool, batch: &[Waiting]) -> Result<(), StoreError> {
    let mut transaction = begin(writer).await?;
    for Waiting { row, .. } in batch {
        let insert = "INSERT INTO access_request (at_s, who, via, request, status, request_hash)
             VALUES ($1, $2, $3, $4, $5, $6)";
        let done = sqlx::query(insert)
            .bind(row.at.as_second())
            .bind(&row.who)
            .bind(&row.via)
            .bind(&row.request)
            .bind(row.status)
            .bind(row.request_hash.as_ref().map(|hash| &hash[..]))
            .execute(&mut *transaction)
            .await?;
        let request = done.last_insert_rowid();
        let mut any_unknown = row.organisations.is_empty();
        for ods_code in &row.organisations {
            // `release_expected` holds a release's contributors, too.
            let insert = "INSERT INTO access_log (request_id, ods_code)
                 SELECT $1, $2 WHERE EXISTS (SELECT 1 FROM node WHERE ods_code = $2)
                     OR EXISTS (SELECT 1 FROM release_expected WHERE ods_code = $2)";
            let done = sqlx::query(insert)
                .bind(request)
                .bind(ods_code.as_str())
                .execute(&mut *transaction)
                .await?;
            any_unknown |= done.rows_affected() == 0;
        }
        if any_unknown {
            sqlx::query("INSERT INTO access_log (request_id, ods_code) VALUES ($1, NULL)")
                .bind(request)
                .execute(&mut *transaction)
                .await?;
        }
    }
    transaction.commit().await?;
    Ok(())
}

// === impl Row ===

impl Row {
    fn new(read: &Read<'_>, organisations: &[OdsCode], at: Timestamp) -> Self {
        let is_refused = read.status >= 400;
        let cut = read.request.char_indices().nth(MOST_REFUSED_CHARS);
        let (request, request_hash) = match cut {
            Some((end, _)) if is_refused => {
                let hash = Sha256::digest(read.request).into();
                (&read.request[..end], Some(hash))
            }
            _ => (read.request, None),
        };
        Self {
            at,
            who: read.who.to_owned(),
            via: read.via.to_owned(),
            request: request.to_owned(),
            request_hash,
            status: read.status,
            organisations: organisations.to_vec(),
        }
    }
}

impl Store {
    /// Logs a read of these organisations' own tables, all of it or nothing: the request once, and a row for
    /// each organisation that a release or a node here knows. All unknown codes together have one row, so
    /// that made-up codes cannot fill the disk. Of a long request that was refused, the beginning and its
    /// hash are kept. The rows are on disk before this returns.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn log_access(
        &self,
        read: &Read<'_>,
        organisations: &[OdsCode],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.access.write(Row::new(read, organisations, now)).await
    }

    /// The access log, the oldest entry first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn access_log(&self, filter: &AccessFilter) -> Result<Vec<AccessEntry>, StoreError> {
        let select = "SELECT l.id, r.at_s, r.who, r.via, l.ods_code, r.request, r.status,
                 r.request_hash
             FROM access_log l JOIN access_request r ON r.id = l.request_id
             WHERE ($1 IS NULL OR l.ods_code = $1) AND ($2 IS NULL OR r.at_s >= $2) ORDER BY l.id";
        let rows = sqlx::query(select)
            .bind(filter.ods_code.as_ref().map(OdsCode::as_str))
            .bind(filter.since.map(Timestamp::as_second))
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                let ods_code: Option<&str> = row.try_get(4)?;
                let hash: Option<&[u8]> = row.try_get(7)?;
                Ok(AccessEntry {
                    id: row.try_get(0)?,
                    at: time(row.try_get(1)?, "time")?,
                    who: row.try_get(2)?,
                    via: row.try_get(3)?,
                    ods_code: ods_code.map(|code| parse(code, "ODS code")).transpose()?,
                    request: row.try_get(5)?,
                    status: row.try_get(6)?,
                    request_hash: hash.map(|hash| bytes32(hash, "hash")).transpose()?,
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
