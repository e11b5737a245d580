//! The chain on disk, and the witness that follows it.
//!
//! ```text
//! lock file ─► BEGIN IMMEDIATE ─► read chain ─► append … ─► COMMIT ─► witness, synced ─► unlock
//! ```
//!
//! The lock spans processes, so that the witness of an earlier entry never overwrites that of a later one. A
//! crash between COMMIT and witness leaves the witness behind the chain, which is harmless: only a witness
//! ahead of the chain says that history was lost.

use std::{
    fs::{File, OpenOptions},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};
use vwis_host::{fault, files};
use vwis_model::measurement::{MeasurementId, Payload};

use super::{Store, StoreError, bytes32};
use crate::{
    config::ROLLBACK_PROOF_FILE,
    ledger::{Doubt, Entry, EntryHash, Event, Ledger},
    rollback::RollbackProof,
    witness::Witness,
};

/// A change of the ledger that is being made. Nothing of it lasts before [`LedgerTransaction::commit`].
pub struct LedgerTransaction {
    transaction: Transaction<'static, Sqlite>,
    ledger: Ledger,
    /// Whether the witness confirmed the chain when this began.
    witnessed: bool,
    /// Whether somebody showed proof of a longer history.
    is_rolled_back: bool,
    store: Store,
    /// Held until the witness is written. Dropping the file releases the lock.
    _lock: File,
}

// === impl Store ===

impl Store {
    /// Writes the first entry of a new ledger, and its witness.
    ///
    /// # Errors
    /// When the store cannot be written or has a ledger already.
    pub async fn open_ledger(&self, first: Entry) -> Result<(), StoreError> {
        let _lock = self.lock().await?;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        insert(&mut transaction, &first).await?;
        transaction.commit().await?;
        Witness::of(&Ledger::replay([first])?).write(&self.witness_file)?;
        Ok(())
    }

    /// Reads, verifies and adds up the whole chain. Where the witness saw more than the chain holds, the
    /// pauses, withdrawals and the cap that it saw apply.
    ///
    /// # Errors
    /// [`StoreError::Ledger`] names the first broken entry.
    pub async fn ledger(&self) -> Result<Ledger, StoreError> {
        let witness = self.witness()?;
        let mut ledger = Ledger::replay(entries(&self.pool).await?)?;
        if let Some(witness) = witness.filter(|witness| !witness.confirms(&ledger)) {
            ledger.keep_bounds(witness.cap(), witness.stopped());
        }
        Ok(ledger)
    }

    /// The entries as they are stored, not verified.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn ledger_entries(&self) -> Result<Vec<Entry>, StoreError> {
        entries(&self.pool).await
    }

    /// The witness; `None` where there is none or it cannot be understood.
    ///
    /// Read it before the chain: the chain may grow in between, and the witness must not be the newer one.
    ///
    /// # Errors
    /// Where the file is there and this user may not read it.
    pub fn witness(&self) -> Result<Option<Witness>, StoreError> {
        Ok(Witness::read(&self.witness_file)?)
    }

    /// The proof of a longer history that an aggregator showed; `None` where nobody did.
    ///
    /// # Errors
    /// Where the file is there and this user may not read it.
    pub fn rollback_proof(&self) -> Result<Option<RollbackProof>, StoreError> {
        Ok(RollbackProof::read(&self.rollback_proof_file())?)
    }

    /// Keeps a proof of a longer history.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_rollback_proof(&self, proof: &RollbackProof) -> Result<(), StoreError> {
        Ok(proof.keep(&self.rollback_proof_file())?)
    }

    fn rollback_proof_file(&self) -> PathBuf {
        self.witness_file.with_file_name(ROLLBACK_PROOF_FILE)
    }

    /// Begins a change of the ledger, once its turn comes.
    ///
    /// A witness that a crash or a full disk left behind the chain is written first. While it cannot be
    /// written nothing goes on, because otherwise it would confirm a store that is restored later.
    ///
    /// # Errors
    /// When the store cannot be read, the chain is broken or the witness cannot be written.
    pub async fn change_ledger(&self) -> Result<LedgerTransaction, StoreError> {
        let lock = self.lock().await?;
        let (witness, proof) = (self.witness()?, self.rollback_proof()?);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let ledger = Ledger::replay(entries(&mut *transaction).await?)?;
        let witnessed = match &witness {
            Some(witness) if witness.confirms(&ledger) => {
                if witness.is_behind(&ledger) {
                    Witness::of(&ledger).write(&self.witness_file)?;
                }
                true
            }
            _ => false,
        };
        Ok(LedgerTransaction {
            witnessed,
            is_rolled_back: proof.is_some(),
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

    /// Whether chain, witness, receipt key and proofs of a rollback agree, as of the beginning of this change.
    ///
    /// # Errors
    /// The doubt, where one speaks against the chain.
    pub fn vouched_for(&self) -> Result<(), Doubt> {
        match (self.witnessed, self.is_rolled_back) {
            (false, _) => Err(Doubt::Witness),
            (true, true) => Err(Doubt::RolledBack),
            (true, false) => Ok(()),
        }
    }

    /// Appends one event.
    ///
    /// # Errors
    /// [`StoreError::Refused`] names the rule of the ledger that forbids it.
    pub async fn append(&mut self, event: Event, now: Timestamp) -> Result<(), StoreError> {
        let entry = self.ledger.append(event, now)?;
        insert(&mut self.transaction, &entry).await
    }

    /// Stores the sealed bytes, beside the entry that names their hash.
    ///
    /// # Errors
    /// When there are bytes for that identity already, or the store cannot be written.
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

    /// Commits a recovery. From now on the witness follows this chain again, and what was shown counts as
    /// adopted.
    ///
    /// # Errors
    /// As for [`Self::commit`].
    pub async fn commit_recovery(mut self) -> Result<Ledger, StoreError> {
        self.witnessed = true;
        let proof = self.store.rollback_proof_file();
        let ledger = self.commit().await?;
        // This comes last: after a crash before it the doubt stands, and the same recovery ends it.
        files::remove(&proof)?;
        Ok(ledger)
    }

    /// Commits durably, then writes the witness durably.
    ///
    /// A witness that is missing or did not confirm the chain stays as it is: an entry added to a chain that
    /// has lost history must not make it look whole. Only a person's recovery may do that.
    ///
    /// # Errors
    /// After an error it is unknown whether the commit happened: read the ledger again.
    pub async fn commit(self) -> Result<Ledger, StoreError> {
        fault::point("ledger.appended");
        self.transaction.commit().await?;
        fault::point("ledger.committed");
        if self.witnessed {
            Witness::of(&self.ledger).write(&self.store.witness_file)?;
        }
        fault::point("ledger.witnessed");
        Ok(self.ledger)
    }
}
