//! The witness: what the ledger had come to, kept outside the backup.
//!
//! A restored backup brings back an old chain, without the charges since. The witness lies elsewhere
//! (`keep/`, best on other storage) and is not restored with it. A chain that does not contain what the
//! witness saw has lost history, and a node with such a chain answers sealed measurements only (design §3.6).
//! Pauses, withdrawals and caps that the witness saw stay in force: a backup does not take back a person's
//! decision.

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};
use vwis_host::files::{self, FileError};
use vwis_model::{agreement::AgreementHash, hex, period::FinancialYear, rho::Rho};

use crate::ledger::{ApprovalState, EntryHash, KnownHead, Ledger};

/// The head of the chain, the spending, the cap and the stopped agreements at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Witness {
    sequence: u64,
    head: String,
    spent_rho_nano: BTreeMap<FinancialYear, Rho>,
    cap_rho_nano_per_year: Rho,
    /// Agreements that were paused or withdrawn, each with its state.
    stopped: BTreeMap<AgreementHash, ApprovalState>,
}

// === impl Witness ===

impl Witness {
    /// The witness of `ledger` as it is now.
    #[must_use]
    pub fn of(ledger: &Ledger) -> Self {
        Self {
            sequence: ledger.sequence(),
            head: ledger.head().to_string(),
            spent_rho_nano: ledger.spent_by_year().clone(),
            cap_rho_nano_per_year: ledger.cap(),
            stopped: ledger.stopped(),
        }
    }

    /// The last entry that was witnessed; `None` where the file does not name a hash.
    #[must_use]
    pub fn head(&self) -> Option<KnownHead> {
        let head = hex::decode(&self.head)?.try_into().ok()?;
        Some(KnownHead {
            sequence: self.sequence,
            head: EntryHash::from_bytes(head),
        })
    }

    /// ρ spent by then, for each year.
    #[must_use]
    pub fn spent_by_year(&self) -> &BTreeMap<FinancialYear, Rho> {
        &self.spent_rho_nano
    }

    /// The yearly cap then.
    #[must_use]
    pub fn cap(&self) -> Rho {
        self.cap_rho_nano_per_year
    }

    /// Agreements that were paused or withdrawn by then, each with its state.
    #[must_use]
    pub fn stopped(&self) -> &BTreeMap<AgreementHash, ApprovalState> {
        &self.stopped
    }

    /// Whether `ledger` contains everything that was witnessed.
    #[must_use]
    pub fn confirms(&self, ledger: &Ledger) -> bool {
        self.head()
            .is_some_and(|known| ledger.contains(known.sequence, known.head))
            && self
                .spent_rho_nano
                .iter()
                .all(|(year, spent)| *spent <= ledger.spent(*year))
    }

    /// Whether `ledger` has entries that were not witnessed.
    #[must_use]
    pub fn is_behind(&self, ledger: &Ledger) -> bool {
        self.sequence < ledger.sequence()
    }

    /// Reads the witness in `path`; `None` where there is no file, or none that is a witness: both are the
    /// same doubt.
    ///
    /// # Errors
    /// Where the file is there and this user may not read it, which is no doubt about the history.
    pub fn read(path: &Path) -> Result<Option<Self>, FileError> {
        let bytes = files::read_if_there(path)?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// Writes the witness, whole and synced.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), FileError> {
        let text = serde_json::to_string_pretty(self).expect("texts and integers have a JSON form");
        files::write_private(path, text.as_bytes())
    }
}
