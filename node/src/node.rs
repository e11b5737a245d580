//! A node at work: its store, keys, clock and mechanism.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions, TryLockError},
    io,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use tokio::{sync::Mutex, time::Instant};
use vwis_host::{
    clock::Clock,
    files::{self, FileError},
    folder::{self, FolderError},
};
use vwis_link::server::CredentialFiles;
use vwis_model::{
    agreement::{Agreement, AgreementHash},
    measurement::MeasurementId,
    ods::OdsCode,
    rho::Rho,
};
use vwis_noise::{Hedge, Mechanism};

use crate::{
    config::{Config, ConfigFile},
    hedge_key::{self, HedgeKeyError},
    ledger::{Approval, Ledger},
    people::{EmployeeKey, EmployeeKeyError},
    receipt_key::{ReceiptKey, ReceiptKeyError},
    renewal::{self, RenewalError},
    store::{Store, StoreError},
};

/// The cap that `init` sets for every financial year unless told otherwise.
pub const DEFAULT_CAP: Rho = Rho::from_nano(500_000_000);

/// Longest that a server waits for another one to end.
const CLAIM_PATIENCE: Duration = Duration::from_secs(1);
/// Pause between two attempts to claim the folder.
const CLAIM_PAUSE: Duration = Duration::from_millis(20);

/// Everything that an operation of a node needs.
pub struct Node {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) receipt_key: ReceiptKey,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) mechanism: Arc<dyn Mechanism>,
    /// The node's own secret part of every measurement's noise.
    pub(crate) hedge: Arc<Hedge>,
    /// Held while a measurement is drawn, so that callers who ask the same thing at once wait and find it
    /// sealed.
    pub(crate) drawing: Mutex<()>,
    /// The earliest time at which the answer of a measurement may leave, for those drawn since the start.
    pub(crate) answer_floors: std::sync::Mutex<BTreeMap<MeasurementId, Instant>>,
}

/// Why a node cannot be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// There is a node in this folder already.
    #[error("{0} is there already: this folder holds a node; choose another --dir")]
    Exists(PathBuf),
    /// This file, of an earlier node of the organisation, is there already.
    #[error(
        "{0} is there: it tells what an earlier node of this organisation spent. Restore that node \
         from its backup; only a person who knows that its budget may be forgotten moves the file away"
    )]
    Kept(PathBuf),
    /// The folder is another user's, or open to others, or on a network file system.
    #[error(transparent)]
    Place(#[from] FolderError),
    /// The folder's lock cannot be used.
    #[error("{path}: {source}")]
    Folder {
        /// Path of the lock.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A key or certificate cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The receipt key cannot be used or made.
    #[error(transparent)]
    ReceiptKey(#[from] ReceiptKeyError),
    /// The node's own part of the noise cannot be used or made.
    #[error(transparent)]
    Hedge(#[from] HedgeKeyError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger belongs to another organisation, or to another receipt key.
    #[error("the store's ledger is {found}'s and the configuration says {expected}")]
    OtherOrganisation {
        /// The organisation in the ledger.
        found: OdsCode,
        /// The organisation in the configuration.
        expected: OdsCode,
    },
    /// `enrol` was not run yet.
    #[error("this node has no certificate yet: run `enrol` with a token of the aggregator")]
    NotEnrolled,
    /// Another `serve` runs on this folder.
    #[error("another `serve` runs on {0}: one folder, one server")]
    AlreadyServed(PathBuf),
    /// The key of employee numbers cannot be used or made.
    #[error(transparent)]
    EmployeeKey(#[from] EmployeeKeyError),
    /// A renewal of the certificate that was begun cannot be ended.
    #[error(transparent)]
    Renewal(#[from] RenewalError),
}

// === impl Node ===

impl Node {
    /// Makes a node's folder: configuration, keys, an empty store and a ledger that begins.
    ///
    /// # Errors
    /// [`NodeError::Exists`] where the folder holds a node; nothing of it is touched.
    pub async fn init(
        dir: PathBuf,
        file: ConfigFile,
        cap_per_year: Rho,
        clock: &dyn Clock,
    ) -> Result<Config, NodeError> {
        let path = dir.join("node.toml");
        if files::is_there(&path)? {
            return Err(NodeError::Exists(path));
        }
        let config = Config { file, dir };
        // A kept witness or key proves what was spent, so none is ever written over.
        for kept in config.kept_files() {
            if files::is_there(&kept)? {
                return Err(NodeError::Kept(kept));
            }
        }
        if files::is_there(&config.dir)? {
            folder::require_owner(&config.dir)?;
        }
        for folder in [config.dir.clone(), config.keep_dir(), config.tls_dir()] {
            files::private_folder(&folder)?;
        }
        config.check_folder()?;
        let store = Store::create(&config.dir, config.witness_file()).await?;
        hedge_key::create(&config.hedge_file())?;
        let employee_key = EmployeeKey::create(&config.employee_key_file())?;
        store.keep_employee_key(employee_key.check_value()).await?;
        let receipt_key = ReceiptKey::create(&config.receipt_key_file())?;
        let first = Ledger::open(
            config.file.ods_code.clone(),
            cap_per_year,
            receipt_key.public(),
            clock.now(),
        );
        store.open_ledger(first).await?;
        store.close().await;
        // The configuration comes last: without it a folder is no node, and `init` can be run again.
        let text = toml::to_string_pretty(&config.file).expect("plain fields have a TOML form");
        files::write_public(&path, text.as_bytes())?;
        Ok(config)
    }

    /// Opens a node's folder and verifies its ledger.
    ///
    /// # Errors
    /// [`NodeError`] says what is missing or broken.
    pub async fn open(
        config: Config,
        clock: Arc<dyn Clock>,
        mechanism: Arc<dyn Mechanism>,
    ) -> Result<Self, NodeError> {
        for folder in [&config.dir, &config.keep_dir(), &config.tls_dir()] {
            if files::is_there(folder)? {
                files::private_folder(folder)?;
            }
        }
        let store = Store::open(&config.dir, config.witness_file()).await?;
        let receipt_key = ReceiptKey::read(&config.receipt_key_file())?;
        let hedge = Arc::new(hedge_key::read(&config.hedge_file())?);
        let ledger = store.ledger().await?;
        if *ledger.ods_code() != config.file.ods_code {
            return Err(NodeError::OtherOrganisation {
                found: ledger.ods_code().clone(),
                expected: config.file.ods_code.clone(),
            });
        }
        Ok(Self {
            config,
            store,
            receipt_key,
            clock,
            mechanism,
            hedge,
            drawing: Mutex::new(()),
            answer_floors: std::sync::Mutex::default(),
        })
    }

    /// The organisation whose node this is.
    #[must_use]
    pub fn ods_code(&self) -> &OdsCode {
        &self.config.file.ods_code
    }

    /// The configuration that the node was opened with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The node's store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The key of employee numbers, checked to be the one that the store's people were hashed with.
    ///
    /// # Errors
    /// [`NodeError::EmployeeKey`] names the file and the cure.
    pub async fn employee_key(&self) -> Result<EmployeeKey, NodeError> {
        let check = self.store.employee_key_check().await?;
        Ok(EmployeeKey::read(&self.config.employee_key_file(), &check)?)
    }

    /// The files of the certificate that `enrol` obtained.
    ///
    /// # Errors
    /// [`NodeError::NotEnrolled`] before enrolment.
    pub fn credential_files(&self) -> Result<CredentialFiles, NodeError> {
        renewal::finish(&self.config)?;
        let files = self.config.credential_files();
        if !files::is_there(&files.certificate)? {
            return Err(NodeError::NotEnrolled);
        }
        Ok(files)
    }

    /// Claims the folder for one `serve`, until the file is dropped. A server that is just ending is given a
    /// moment, because a child that it was starting may hold its lock until it has become another program.
    ///
    /// # Errors
    /// [`NodeError::AlreadyServed`] while another server holds the folder.
    pub async fn claim(&self) -> Result<File, NodeError> {
        let path = self.config.dir.join("serve.lock");
        let in_folder = |source| NodeError::Folder {
            path: path.clone(),
            source,
        };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(in_folder)?;
        let patience = Instant::now() + CLAIM_PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(source)) => return Err(in_folder(source)),
                Err(TryLockError::WouldBlock) if Instant::now() >= patience => {
                    return Err(NodeError::AlreadyServed(self.config.dir.clone()));
                }
                Err(TryLockError::WouldBlock) => tokio::time::sleep(CLAIM_PAUSE).await,
            }
        }
    }

    /// All agreements that a person here approved, that nobody withdrew and that this version reads. Paused
    /// ones are included, because they may go on.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn approved_agreements(&self, ledger: &Ledger) -> Result<Vec<Agreement>, StoreError> {
        let mut approved = Vec::new();
        for hash in self.store.agreement_hashes().await? {
            let approval = ledger.approval(&hash);
            if approval.is_some_and(Approval::may_go_on) {
                approved.extend(self.store.agreement(&hash).await?);
            }
        }
        Ok(approved)
    }

    /// Agreements that a person here approved and whose text is missing from `agreements.db`, for example
    /// because the store was restored without it. Nothing is answered under them until the aggregator hands
    /// them over again.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn texts_missing(&self) -> Result<Vec<AgreementHash>, StoreError> {
        let here = self.store.agreement_hashes().await?;
        let ledger = self.store.ledger().await?;
        let approved = ledger.approvals().map(|(hash, _)| *hash);
        Ok(approved.filter(|hash| !here.contains(hash)).collect())
    }

    /// The agreements whose names begin with `prefix` and that were handed to this node or approved here. An
    /// approval can be paused and ended even where the text is lost.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn agreements_named(&self, prefix: &str) -> Result<Vec<AgreementHash>, StoreError> {
        let mut fitting = self.store.agreement_hashes().await?;
        fitting.extend(self.texts_missing().await?);
        fitting.retain(|hash| hash.begins_with(prefix));
        Ok(fitting)
    }
}

#[cfg(test)]
mod tests;
