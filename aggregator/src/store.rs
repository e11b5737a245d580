//! The aggregator's store, and the only module that speaks SQL.
//!
//! Its methods speak the domain's words, so that PostgreSQL could join beside SQLite without a change to
//! callers. Every commit is on disk before it returns (WAL with `synchronous = FULL`).
//!
//! ```text
//! reads  ─► 8 connections that cannot write (query_only)
//! writes ─► one queue, first come first served ─► 1 connection
//! reads to be logged ─► access.rs: as many as wait ─► one transaction ─┘
//! ```
//! Writers of one process never compete for SQLite's lock: it makes them sleep ever longer, and lets in
//! whoever happens to wake first.

mod access;
mod agreements;
mod establishment;
mod identity;
mod listing;
mod measurements;
mod nodes;
mod publication;
mod releases;
mod session;

pub use access::{AccessEntry, AccessFilter, Read};
pub use agreements::KeptAgreement;
pub use listing::{OrganisationReleases, ReleaseFilter};
pub use measurements::{Holding, Kept, Suspect};
pub use nodes::{Enrolment, NodeRecord};
pub use releases::MadeRelease;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sqlx::{Sqlite, SqlitePool, Transaction};
use vwis_host::{
    files::{self, FileError},
    sqlite::{self, OpenError},
};
use vwis_model::measurement::MeasurementId;

const MIGRATIONS: &[sqlite::Step] = &[(1, "first", include_str!("../migrations/0001_first.sql"))];

const MOST_CONNECTIONS: u32 = 8;
const DATABASE_FILE: &str = "aggregator.db";

/// The open store.
#[derive(Clone, Debug)]
pub struct Store {
    /// Connections for reading; a write through them fails.
    pool: SqlitePool,
    /// One connection, for writing.
    writer: SqlitePool,
    access: access::Queue,
}

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database file was lost, or the configuration names another folder: `init` writes a configuration
    /// only once there is a database.
    #[error("{0} is not there: put the last backup back, or name the aggregator's own --config")]
    Missing(PathBuf),
    /// The folder has a store already.
    #[error("{0} is there already: this folder holds an aggregator")]
    Exists(PathBuf),
    /// The database could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database refused.
    #[error("the store cannot be read or written{}", sqlite::remedy(.0))]
    Database(#[from] sqlx::Error),
    /// The database's file cannot be reached.
    #[error(transparent)]
    File(#[from] FileError),
    /// A node answered with other bytes under an identity that is stored already.
    #[error("measurement {0} is stored already, with other bytes than the node sent now")]
    Differs(MeasurementId),
    /// The store holds a value that this software never writes.
    #[error("the store holds a {0} that this software did not write")]
    Corrupt(&'static str),
}

// === impl Store ===

impl Store {
    /// Makes a new store in the folder `dir`.
    ///
    /// # Errors
    /// [`StoreError::Exists`] where there is one.
    pub async fn create(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(DATABASE_FILE);
        if files::is_there(&path)? {
            return Err(StoreError::Exists(path));
        }
        Self::connect(&path, true).await
    }

    /// Opens the store in the folder `dir`, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none, [`StoreError::Open`] where a later
    /// version wrote it.
    pub async fn open(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(DATABASE_FILE);
        if !files::is_there(&path)? {
            return Err(StoreError::Missing(path));
        }
        Self::connect(&path, false).await
    }

    async fn connect(path: &Path, create: bool) -> Result<Self, StoreError> {
        let options = sqlite::options(path, create)?;
        let writer = sqlite::open(options.clone(), 1, MIGRATIONS).await?;
        let reading = options.pragma("query_only", "ON");
        let pool = sqlite::pool(MOST_CONNECTIONS).connect_with(reading).await?;
        Ok(Self {
            pool,
            access: access::Queue::new(writer.clone()),
            writer,
        })
    }

    /// Waits for running queries and closes the files.
    pub async fn close(&self) {
        self.writer.close().await;
        self.pool.close().await;
    }

    /// Begins a transaction that holds the right to write from its first moment, so that what it reads still
    /// holds when it writes. Writers get it first come, first served.
    async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        begin(&self.writer).await
    }
}

async fn begin(writer: &SqlitePool) -> Result<Transaction<'static, Sqlite>, StoreError> {
    // Writers of another process, such as a command beside `serve`, are waited for in SQLite's own way.
    Ok(writer.begin_with("BEGIN IMMEDIATE").await?)
}

fn bytes32(bytes: &[u8], what: &'static str) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Corrupt(what))
}

fn parse<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt(what))
}

fn time(seconds: i64, what: &'static str) -> Result<Timestamp, StoreError> {
    Timestamp::from_second(seconds).map_err(|_| StoreError::Corrupt(what))
}

#[cfg(test)]
mod tests;
