//! The chain on disk, and the witness that follows it.
//!
//! ```text
//! lock file ─► BEGIN IMMEDIATE ─► read chain ─► append … ─► COMMIT ─► witness, synced ─► unlock
//! ```
//!
//! The lock spans processes, so the witness of a later entry is never overwritten by that of an
//! earlier one. A crash between COMMIT and witness leaves the witness behind the chain, which is
//! harmless: only a witness ahead of the chain says that history was lost.

use std::{
    fs::{File, OpenOptions},
    path::Path,
};

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};
use vwis_link::fault;
use vwis_proto::measurement::{MeasurementId, Payload};

use super::{Store, StoreError, bytes32};
use crate::{
    ledger::{Entry, EntryHash, Event, Ledger},
    witness::Witness,
};

/// A change of the ledger under way: nothing of it stands until [`LedgerTransaction::commit`].
pub struct LedgerTransaction {
    transaction: Transaction<'static, Sqlite>,
    ledger: Ledger,
    vouched_for: bool,
    store: Store,
    /// Held until the witness is written; the lock goes with the file.
    _lock: File,
}

// === impl Store ===

impl Store {
    /// Writes the first entry of a new book, and its witness.
    ///
    /// # Errors
    /// When the store cannot be written or has a book already.
    pub async fn open_ledger(&self, first: Entry) -> Result<(), StoreError> {
        let _lock = self.lock().await?;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        insert(&mut transaction, &first).await?;
        transaction.commit().await?;
        Witness::of(&Ledger::replay([first])?).write(&self.witness_file)?;
        Ok(())
    }

    /// Reads, verifies and adds up the whole chain. Where the witness saw more than it holds, what
    /// was paused, withdrawn or capped then is so here.
    ///
    /// # Errors
    /// [`StoreError::Ledger`] names the first broken entry.
    pub async fn ledger(&self) -> Result<Ledger, StoreError> {
        let witness = self.witness();
        let mut ledger = Ledger::replay(entries(&self.pool).await?)?;
        if let Some(witness) = witness.filter(|witness| !witness.confirms(&ledger)) {
            ledger.keep_bounds(witness.cap(), witness.stopped());
        }
        Ok(ledger)
    }

    /// The chain as stored, unverified.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn ledger_entries(&self) -> Result<Vec<Entry>, StoreError> {
        entries(&self.pool).await
    }

    /// The witness, if there is one that can be read.
    ///
    /// Read it before the chain: the chain may grow in between, the witness must not be newer.
    #[must_use]
    pub fn witness(&self) -> Option<Witness> {
        Witness::read(&self.witness_file)
    }

    /// Begins to change the ledger; waits for its turn.
    ///
    /// A witness that a crash or a full disk left behind the chain is brought up first: nothing goes
    /// on while it cannot be written, or a later restore would find it satisfied.
    ///
    /// # Errors
    /// When the store cannot be read, the chain is broken or the witness cannot be written.
    pub async fn change_ledger(&self) -> Result<LedgerTransaction, StoreError> {
        let lock = self.lock().await?;
        let witness = self.witness();
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let ledger = Ledger::replay(entries(&mut *transaction).await?)?;
        let vouched_for = match &witness {
            Some(witness) if witness.confirms(&ledger) => {
                if witness.is_behind(&ledger) {
                    Witness::of(&ledger).write(&self.witness_file)?;
                }
                true
            }
            _ => false,
        };
        Ok(LedgerTransaction {
            vouched_for,
            transaction,
            ledger,
            store: self.clone(),
            _lock: lock,
        })
    }

    async fn lock(&self) -> Result<File, StoreError> {
        let path = self.lock_file.clone();
        tokio::task::spawn_blocking(move || lock(&path))
            .await
            .expect("taking a file lock does not panic")
    }
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(StoreError::File)?;
    file.lock().map_err(StoreError::File)?;
    Ok(file)
}

async fn entries<'e>(executor: impl sqlx::SqliteExecutor<'e>) -> Result<Vec<Entry>, StoreError> {
    let rows: Vec<(i64, String, Vec<u8>)> =
        sqlx::query_as("SELECT sequence, body, hash FROM ledger_entry ORDER BY sequence")
            .fetch_all(executor)
            .await?;
    rows.into_iter()
        .map(|(sequence, body, hash)| {
            Ok(Entry {
                sequence: u64::try_from(sequence)
                    .map_err(|_| StoreError::Corrupt("ledger entry"))?,
                body,
                hash: EntryHash::from_bytes(bytes32(&hash, "ledger entry")?),
            })
        })
        .collect()
}

async fn insert(
    transaction: &mut Transaction<'static, Sqlite>,
    entry: &Entry,
) -> Result<(), StoreError> {
    let sequence =
        i64::try_from(entry.sequence).map_err(|_| StoreError::Corrupt("ledger entry"))?;
    sqlx::query("INSERT INTO ledger_entry (sequence, body, hash) VALUES ($1, $2, $3)")
        .bind(sequence)
        .bind(&entry.body)
        .bind(&entry.hash.as_bytes()[..])
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

// === impl LedgerTransaction ===

impl LedgerTransaction {
    /// The ledger as it will stand if this is committed.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Whether the witness confirmed the chain when this began.
    #[must_use]
    pub fn is_vouched_for(&self) -> bool {
        self.vouched_for
    }

    /// Appends one event.
    ///
    /// # Errors
    /// [`StoreError::Refused`] names the rule of the book that forbids it.
    pub async fn append(&mut self, event: Event, now: Timestamp) -> Result<(), StoreError> {
        let entry = self.ledger.append(event, now)?;
        insert(&mut self.transaction, &entry).await
    }

    /// Puts the sealed bytes beside the entry that names their hash.
    ///
    /// # Errors
    /// When there are bytes under that identity already, or the store cannot be written.
    pub async fn insert_payload(
        &mut self,
        identity: &MeasurementId,
        payload: &Payload,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO measurement (identity, payload) VALUES ($1, $2)")
            .bind(&identity.as_bytes()[..])
            .bind(payload.as_bytes())
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Commits a recovery: from now on the witness follows this chain again.
    ///
    /// # Errors
    /// As for [`Self::commit`].
    pub async fn commit_recovery(mut self) -> Result<Ledger, StoreError> {
        self.vouched_for = true;
        self.commit().await
    }

    /// Commits, durably, then writes the witness, durably.
    ///
    /// A witness that is missing or did not confirm the chain is left as it is: an entry added to a
    /// chain that has lost history must not make it look whole. Only a person's recovery may.
    ///
    /// # Errors
    /// After an error the outcome is unknown: read the ledger again to learn it.
    pub async fn commit(self) -> Result<Ledger, StoreError> {
        fault::point("ledger.appended");
        self.transaction.commit().await?;
        fault::point("ledger.committed");
        if self.vouched_for {
            Witness::of(&self.ledger).write(&self.store.witness_file)?;
        }
        fault::point("ledger.witnessed");
        Ok(self.ledger)
    }
}
