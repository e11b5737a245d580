//! Proof that this node has lost history, shown by an aggregator.
//!
//! A machine image that is rolled back takes the witness along: chain, key and witness agree, and only what
//! left the machine shows it. A receipt that this node signed under an entry which its chain does not hold is
//! not an opinion of the aggregator but the node's own word. It is kept in `keep/`, so that neither a later
//! request with an older receipt nor a restart makes the node forget it. A person's recovery adopts it and
//! ends the doubt.

use std::path::Path;

use prost::Message as _;
use serde::{Deserialize, Serialize};
use vwis_host::files::{self, FileError};
use vwis_model::{hex, ods::OdsCode};
use vwis_proto::{receipt::Receipt, v1};

use crate::ledger::{EntryHash, Ledger};

/// A receipt of a history that this node does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollbackProof {
    /// `None` where the file is damaged. Then the doubt stands, and nothing can be adopted from it.
    receipt: Option<Receipt>,
}

/// The file, in the form in which `vwis-aggregator node receipt` prints a receipt.
#[derive(Serialize, Deserialize)]
struct File {
    receipt: String,
}

// === impl RollbackProof ===

impl RollbackProof {
    /// The proof in `receipt`; `None` where it does not prove that `ledger` has lost history.
    ///
    /// A recovery was shown what others held by then, and numbers its entry after all of that. Receipts of
    /// the history that it gave up have lower numbers, and prove nothing new.
    #[must_use]
    pub fn in_receipt(receipt: &Receipt, ledger: &Ledger, ods_code: &OdsCode) -> Option<Self> {
        let body = receipt.body();
        let ours = ledger.knows_receipt_key(receipt.public_key()) && body.ods_code == *ods_code;
        let known = ledger.contains(body.sequence, EntryHash::from_bytes(body.head));
        (ours && !known && body.sequence >= ledger.recovered_at()).then(|| Self {
            receipt: Some(receipt.clone()),
        })
    }

    /// The receipt, where it can still be read.
    #[must_use]
    pub fn receipt(&self) -> Option<&Receipt> {
        self.receipt.as_ref()
    }

    /// Reads the proof in `path`; `None` where there is none.
    ///
    /// # Errors
    /// Where there is a file that this user may not read.
    pub fn read(path: &Path) -> Result<Option<Self>, FileError> {
        let bytes = files::read_if_there(path)?;
        Ok(bytes.map(|bytes| Self {
            receipt: receipt_in(&bytes),
        }))
    }

    /// Writes the proof durably, unless `path` holds one of a longer history.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn keep(&self, path: &Path) -> Result<(), FileError> {
        let sequence = |proof: &Self| proof.receipt().map_or(0, |r| r.body().sequence);
        if Self::read(path)?.is_some_and(|held| sequence(&held) >= sequence(self)) {
            return Ok(());
        }
        let bytes = self.receipt().map(|r| v1::Receipt::from(r).encode_to_vec());
        let file = File {
            receipt: hex::encode(&bytes.unwrap_or_default()),
        };
        let text = serde_json::to_string_pretty(&file).expect("a text has a JSON form");
        files::write_private(path, text.as_bytes())
    }
}

fn receipt_in(json: &[u8]) -> Option<Receipt> {
    let file: File = serde_json::from_slice(json).ok()?;
    let bytes = hex::decode(&file.receipt)?;
    let message = v1::Receipt::decode(bytes.as_slice()).ok()?;
    Receipt::try_from(message).ok()
}
