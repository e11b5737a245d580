//! The entries of the chain.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use vwis_model::named_by_hash;

use super::{Event, KnownHead, LedgerError};

/// SHA-256 of an entry: over a domain tag, the hash of the entry before it, and its body.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryHash([u8; 32]);

/// One entry as it is stored. The body's bytes are kept as they were hashed, never re-encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Number of the entry; the first is 1.
    pub sequence: u64,
    /// JSON of sequence, time and event.
    pub body: String,
    /// Hash over the hash of the entry before it and `body`.
    pub hash: EntryHash,
}

/// The content of `body`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    pub(super) sequence: u64,
    pub(super) recorded_at: Timestamp,
    pub(super) what: Event,
}

// === impl Entry ===

impl Entry {
    /// The entry for `what`, after the one whose hash is `previous`.
    pub(super) fn link(
        sequence: u64,
        previous: EntryHash,
        what: Event,
        recorded_at: Timestamp,
    ) -> Self {
        let body = serde_json::to_string(&Body {
            sequence,
            recorded_at,
            what,
        })
        .expect("an entry is texts and integers");
        Self {
            sequence,
            hash: EntryHash::of(previous, &body),
            body,
        }
    }

    /// The places in lost histories that a recovery names; `None` for any other entry.
    pub(super) fn recovered_heads(&self) -> Option<Vec<KnownHead>> {
        match serde_json::from_str::<Body>(&self.body).ok()?.what {
            Event::Recovered { heads, .. } => Some(heads),
            _ => None,
        }
    }

    /// The entry's content, once number, hash and body are found to be unchanged.
    pub(super) fn verify(&self, expected: u64, previous: EntryHash) -> Result<Body, LedgerError> {
        if self.sequence != expected {
            return Err(LedgerError::Gap {
                expected,
                found: self.sequence,
            });
        }
        if EntryHash::of(previous, &self.body) != self.hash {
            return Err(LedgerError::Hash(expected));
        }
        let body: Body =
            serde_json::from_str(&self.body).map_err(|_| LedgerError::Syntax(expected))?;
        if body.sequence == expected {
            Ok(body)
        } else {
            Err(LedgerError::Gap {
                expected,
                found: body.sequence,
            })
        }
    }
}

// === impl EntryHash ===

impl EntryHash {
    /// The hash that the first entry has in place of a predecessor's.
    pub const GENESIS: Self = Self([0; 32]);

    pub(super) fn of(previous: Self, body: &str) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"vwis.ledger.v1\0");
        hasher.update(previous.0);
        hasher.update(body.as_bytes());
        Self(hasher.finalize().into())
    }
}

named_by_hash!(EntryHash);
