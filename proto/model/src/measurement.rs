//! Measurements, which are what a node releases: their identity and their payload.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::{agreement::AgreementHash, named_by_hash, ods::OdsCode, period::Period};

/// Which measurement is asked for. Its hash is the identity under which the ledger charges once
/// and the store seals once. The snapshot is not part of it, so importing again changes nothing
/// that was sealed (design §3.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasurementKey {
    /// The organisation that answers.
    pub ods_code: OdsCode,
    /// The agreement that allows it.
    pub agreement: AgreementHash,
    /// The clause of the agreement.
    pub series: String,
    /// The period measured.
    pub period: Period,
    /// 0 for the first measurement of the period, else the number of the correction.
    pub correction: u32,
}

/// SHA-256 of a [`MeasurementKey`], 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeasurementId([u8; 32]);

/// SHA-256 of a payload, 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PayloadHash([u8; 32]);

/// The sealed bytes of a measurement: its integers, little-endian, 8 bytes each, in the strategy's
/// layout.
#[derive(Clone, PartialEq, Eq)]
pub struct Payload(Vec<u8>);

/// Bytes that are no whole number of 64-bit integers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a payload of {0} bytes is no whole number of 64-bit integers")]
pub struct InvalidPayload(usize);

// === impl MeasurementKey ===

impl MeasurementKey {
    /// The identity: SHA-256 over a domain tag and the length-prefixed fields.
    #[must_use]
    pub fn identity(&self) -> MeasurementId {
        let mut hasher = Sha256::new();
        hasher.update(b"vwis.measurement.v1\0");
        let period = self.period.to_string();
        for field in [
            self.ods_code.as_str().as_bytes(),
            self.agreement.as_bytes(),
            self.series.as_bytes(),
            period.as_bytes(),
            &self.correction.to_be_bytes(),
        ] {
            hasher.update((field.len() as u64).to_be_bytes());
            hasher.update(field);
        }
        MeasurementId(hasher.finalize().into())
    }
}

named_by_hash!(MeasurementId);
named_by_hash!(PayloadHash);

// === impl Payload ===

impl Payload {
    /// The payload of these entries.
    #[must_use]
    pub fn from_entries(entries: &[i64]) -> Self {
        Self(
            entries
                .iter()
                .flat_map(|entry| entry.to_le_bytes())
                .collect(),
        )
    }

    /// The payload of stored bytes.
    ///
    /// # Errors
    /// [`InvalidPayload`] if they are no whole number of integers.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, InvalidPayload> {
        if bytes.len().is_multiple_of(8) {
            Ok(Self(bytes))
        } else {
            Err(InvalidPayload(bytes.len()))
        }
    }

    /// The sealed bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The payload's integers, in the strategy's layout.
    #[must_use]
    pub fn entries(&self) -> Vec<i64> {
        self.0
            .chunks_exact(8)
            .map(|chunk| {
                chunk
                    .iter()
                    .rev()
                    .fold(0, |entry: i64, byte| entry << 8 | i64::from(*byte))
            })
            .collect()
    }

    /// SHA-256 of the bytes.
    #[must_use]
    pub fn hash(&self) -> PayloadHash {
        PayloadHash(Sha256::digest(&self.0).into())
    }
}

/// Shows how many entries there are, and nothing of what they hold.
impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} entries)", self.0.len() / 8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> MeasurementKey {
        MeasurementKey {
            ods_code: "R0A".parse().unwrap(),
            agreement: AgreementHash::of(b"an agreement"),
            series: "headline".to_owned(),
            period: "2026-09".parse().unwrap(),
            correction: 0,
        }
    }

    #[test]
    fn every_field_of_the_key_changes_the_identity() {
        let others = [
            MeasurementKey {
                ods_code: "RM3".parse().unwrap(),
                ..key()
            },
            MeasurementKey {
                agreement: AgreementHash::of(b"another"),
                ..key()
            },
            MeasurementKey {
                series: "detail".to_owned(),
                ..key()
            },
            MeasurementKey {
                period: "2026-12".parse().unwrap(),
                ..key()
            },
            MeasurementKey {
                correction: 1,
                ..key()
            },
        ];
        for other in others {
            assert_ne!(other.identity(), key().identity(), "{other:?}");
        }
        assert_eq!(key().identity(), key().identity());
    }

    #[test]
    fn a_payload_gives_back_its_entries() {
        let entries = [0, 1, -1, i64::MAX, i64::MIN];
        let payload = Payload::from_entries(&entries);
        assert_eq!(payload.entries(), entries);
        assert_eq!(
            Payload::from_bytes(payload.as_bytes().to_vec())
                .unwrap()
                .hash(),
            payload.hash()
        );
        assert!(Payload::from_bytes(vec![0; 7]).is_err());
    }
}
