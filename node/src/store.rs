//! The node's store: SQLite, and the only module that speaks SQL.
//!
//! Every commit is on disk before it returns (WAL with `synchronous = FULL`). All changes of the ledger go
//! through [`LedgerTransaction`]. It holds a file lock across the commit and the writing of the witness after
//! it, so that commands and a running `serve` take turns.

mod agreements;
mod establishment;
mod ledger;
mod measurements;
mod people;
mod snapshots;

pub use ledger::LedgerTransaction;
pub use snapshots::{HeldSnapshot, NewSnapshot, Origin};

use std::{fs, io, path::Path, path::PathBuf};

use sqlx::SqlitePool;

use vwis_host::{
    files::{self, FileError},
    sqlite::{self, OpenError},
};

use crate::ledger::{LedgerError, Refusal};

const MIGRATIONS: &[sqlite::Step] = &[(1, "begin", include_str!("../migrations/0001_begin.sql"))];
const AGREEMENTS_MIGRATIONS: &[sqlite::Step] = &[(
    1,
    "begin",
    include_str!("../migrations/agreements/0001_begin.sql"),
)];

const MOST_CONNECTIONS: u32 = 8;
const DATABASE_FILE: &str = "node.db";
/// The file of agreements that aggregators hand over. It is a database of its own, so that a proposal never
/// waits for an import, whose time tells how many people there are.
const AGREEMENTS_FILE: &str = "agreements.db";
/// Files of the databases, with the logs that exist while they are in use.
const FILES: [&str; 6] = [
    "node.db",
    "node.db-wal",
    "node.db-shm",
    "agreements.db",
    "agreements.db-wal",
    "agreements.db-shm",
];
const LOCK_FILE: &str = "ledger.lock";

/// The open store.
#[derive(Clone, Debug)]
pub struct Store {
    pool: SqlitePool,
    agreements: SqlitePool,
    lock_file: PathBuf,
    witness_file: PathBuf,
}

/// Why the store did not do what was asked. No variant holds a value that was stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is missing: it was lost, or this is another folder. A configuration stands in a folder
    /// only once there is a database.
    #[error(
        "{0} is not there: put the last backup back (node/README.md, \"Back up\"), or name the node's own --config"
    )]
    Missing(PathBuf),
    /// There is a store in the folder already.
    #[error("{0} is there already: this folder holds a node")]
    Exists(PathBuf),
    /// The database could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database refused.
    #[error("the store cannot be read or written{}", sqlite::remedy(.0))]
    Database(#[from] sqlx::Error),
    /// The lock or the witness could not be read or written.
    #[error("the ledger's lock or witness cannot be used")]
    File(#[source] io::Error),
    /// A file beside the database cannot be read or written.
    #[error(transparent)]
    Beside(#[from] FileError),
    /// The chain is broken.
    #[error("the ledger is broken: {0}")]
    Ledger(#[from] LedgerError),
    /// The ledger refused the event.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store holds a value that this software never writes.
    #[error("the store holds a {0} that this software did not write")]
    Corrupt(&'static str),
}

// === impl Store ===

impl Store {
    /// Makes a new store in `dir`, whose witness will be `witness_file`.
    ///
    /// # Errors
    /// [`StoreError::Exists`] where `dir` holds a store.
    pub async fn create(dir: &Path, witness_file: PathBuf) -> Result<Self, StoreError> {
        for path in [dir.join(DATABASE_FILE), dir.join(AGREEMENTS_FILE)] {
            if files::is_there(&path)? {
                return Err(StoreError::Exists(path));
            }
        }
        Self::connect(dir, witness_file, true).await
    }

    /// Opens the store in `dir`.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none, [`StoreError::Open`] where a later
    /// version wrote it.
    pub async fn open(dir: &Path, witness_file: PathBuf) -> Result<Self, StoreError> {
        for path in [dir.join(DATABASE_FILE), dir.join(AGREEMENTS_FILE)] {
            if !files::is_there(&path)? {
                return Err(StoreError::Missing(path));
            }
        }
        Self::connect(dir, witness_file, false).await
    }

    async fn connect(dir: &Path, witness_file: PathBuf, create: bool) -> Result<Self, StoreError> {
        let open = async |name, migrations| {
            let options = sqlite::options(&dir.join(name), create)?;
            let pool = sqlite::open(options, MOST_CONNECTIONS, migrations).await?;
            Ok::<_, StoreError>(pool)
        };
        let pool = open(DATABASE_FILE, MIGRATIONS).await?;
        let agreements = open(AGREEMENTS_FILE, AGREEMENTS_MIGRATIONS).await?;
        Ok(Self {
            pool,
            agreements,
            lock_file: dir.join(LOCK_FILE),
            witness_file,
        })
    }

    /// Waits for running queries and closes the files.
    pub async fn close(&self) {
        self.pool.close().await;
        self.agreements.close().await;
    }
}

/// Copies a store's files from folder to folder, over existing ones. Neither store may be in use.
///
/// # Errors
/// When a file cannot be copied or removed.
pub fn copy_files(source: &Path, target: &Path) -> io::Result<()> {
    for name in FILES {
        let (from, to) = (source.join(name), target.join(name));
        if from.exists() {
            fs::copy(&from, &to)?;
        } else if to.exists() {
            // The log of another history would be replayed into this one.
            fs::remove_file(to)?;
        }
    }
    Ok(())
}

fn bytes32(bytes: &[u8], what: &'static str) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Corrupt(what))
}

#[cfg(test)]
mod tests;
