//! Receipts: what a node signs beside each answer, so that a rolled-back store is noticed.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};

use vwis_model::{
    aggregator_name::AggregatorName,
    measurement::{MeasurementId, PayloadHash},
    ods::OdsCode,
    period::FinancialYear,
    rho::Rho,
};

/// What the receipt key signs (design §3.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptBody {
    /// The organisation whose node answered.
    pub ods_code: OdsCode,
    /// The aggregator that it answered.
    pub aggregator: AggregatorName,
    /// Number of entries in the node's chain up to and including the head.
    pub sequence: u64,
    /// Hash of the chain's last entry.
    pub head: [u8; 32],
    /// The privacy loss that the node has spent so far, by financial year.
    pub spent: BTreeMap<FinancialYear, Rho>,
    /// The measurement that it answered with.
    pub identity: MeasurementId,
    /// SHA-256 of that measurement's payload.
    pub payload_hash: PayloadHash,
}

/// A signed [`ReceiptBody`]. Whoever has one has verified it: see [`Receipt::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    body: ReceiptBody,
    signature: [u8; 64],
    public_key: [u8; 32],
}

/// The signature is not one over this body by this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the receipt's signature is not good")]
pub struct BadSignature;

// === impl ReceiptBody ===

impl ReceiptBody {
    /// The bytes that are signed: a domain tag, then every field, texts prefixed with their length.
    #[must_use]
    pub fn signing_bytes(&self) -> Vec<u8> {
        let mut bytes = b"vwis.receipt.v1\0".to_vec();
        for text in [self.ods_code.as_str(), self.aggregator.as_str()] {
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend(self.head);
        bytes.extend((self.spent.len() as u64).to_be_bytes());
        for (year, spent) in &self.spent {
            bytes.extend(year.0.to_be_bytes());
            bytes.extend(spent.nano().to_be_bytes());
        }
        bytes.extend(self.identity.as_bytes());
        bytes.extend(self.payload_hash.as_bytes());
        bytes
    }
}

// === impl Receipt ===

impl Receipt {
    /// Makes a receipt if `signature` is one over `body` by `public_key` (Ed25519). The caller must
    /// know whether that key is the node's.
    ///
    /// # Errors
    /// [`BadSignature`] otherwise.
    pub fn verify(
        body: ReceiptBody,
        signature: [u8; 64],
        public_key: [u8; 32],
    ) -> Result<Self, BadSignature> {
        UnparsedPublicKey::new(&ED25519, public_key)
            .verify(&body.signing_bytes(), &signature)
            .map_err(|_| BadSignature)?;
        Ok(Self {
            body,
            signature,
            public_key,
        })
    }

    /// What was signed.
    #[must_use]
    pub fn body(&self) -> &ReceiptBody {
        &self.body
    }

    /// Ed25519 signature over [`ReceiptBody::signing_bytes`].
    #[must_use]
    pub fn signature(&self) -> &[u8; 64] {
        &self.signature
    }

    /// The public half of the node's receipt key.
    #[must_use]
    pub fn public_key(&self) -> &[u8; 32] {
        &self.public_key
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};

    use super::*;

    fn body() -> ReceiptBody {
        ReceiptBody {
            ods_code: "R0A".parse().unwrap(),
            aggregator: "gm-icb".parse().unwrap(),
            sequence: 7,
            head: [1; 32],
            spent: BTreeMap::from([(FinancialYear(2026), Rho::from_nano(40_000_000))]),
            identity: MeasurementId::from_bytes([2; 32]),
            payload_hash: PayloadHash::from_bytes([3; 32]),
        }
    }

    #[test]
    fn a_receipt_with_any_field_changed_is_refused() {
        let key = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
        let public = key.public_key().as_ref().try_into().unwrap();
        let signature: [u8; 64] = key
            .sign(&body().signing_bytes())
            .as_ref()
            .try_into()
            .unwrap();
        assert!(Receipt::verify(body(), signature, public).is_ok());
        let forged = [
            ReceiptBody {
                ods_code: "RM3".parse().unwrap(),
                ..body()
            },
            ReceiptBody {
                aggregator: "gm".parse().unwrap(),
                ..body()
            },
            ReceiptBody {
                sequence: 8,
                ..body()
            },
            ReceiptBody {
                head: [0; 32],
                ..body()
            },
            ReceiptBody {
                spent: BTreeMap::new(),
                ..body()
            },
            ReceiptBody {
                identity: MeasurementId::from_bytes([0; 32]),
                ..body()
            },
            ReceiptBody {
                payload_hash: PayloadHash::from_bytes([0; 32]),
                ..body()
            },
        ];
        for body in forged {
            assert_eq!(Receipt::verify(body, signature, public), Err(BadSignature));
        }
        assert_eq!(
            Receipt::verify(body(), signature, [0; 32]),
            Err(BadSignature)
        );
    }
}
