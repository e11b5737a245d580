//! The key that signs receipts.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use vwis_host::files;
use vwis_model::hex;
use vwis_proto::receipt::{Receipt, ReceiptBody};

/// An Ed25519 key whose public half the ledger names, in its first entry or in that of a recovery.
pub struct ReceiptKey {
    pair: Ed25519KeyPair,
    public: [u8; 32],
}

/// Why the receipt key cannot be used or made.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptKeyError {
    /// The file cannot be read or written.
    #[error(transparent)]
    File(#[from] files::FileError),
    /// The file is missing.
    #[error(
        "{0} is missing: was its folder lost? `ledger recover --new-receipt-key` makes what is missing anew; \
         enrol again afterwards"
    )]
    Lost(PathBuf),
    /// The file holds no key.
    #[error("the receipt key's file is damaged")]
    Damaged,
    /// No key could be made.
    #[error("no receipt key could be made")]
    Generate,
}

/// The first hexadecimal digits of a public half, enough to tell keys apart.
pub(crate) fn first_digits(public: &[u8; 32]) -> String {
    hex::encode(&public[..8])
}

// === impl ReceiptKey ===

impl ReceiptKey {
    /// Makes a key and writes its seed to `path`, readable by its owner only.
    ///
    /// # Errors
    /// When no key can be made or written.
    pub fn create(path: &Path) -> Result<Self, ReceiptKeyError> {
        let mut seed = [0; 32];
        aws_lc_rs::rand::fill(&mut seed).map_err(|_| ReceiptKeyError::Generate)?;
        let key = Self::from_seed(&seed)?;
        files::write_private(path, hex::encode(&seed).as_bytes())?;
        Ok(key)
    }

    /// Reads the key that [`Self::create`] wrote.
    ///
    /// # Errors
    /// [`ReceiptKeyError::Lost`] where there is no file, [`ReceiptKeyError::Damaged`] where it holds no key.
    pub fn read(path: &Path) -> Result<Self, ReceiptKeyError> {
        if !files::is_there(path)? {
            return Err(ReceiptKeyError::Lost(path.to_owned()));
        }
        let text = files::read_text(path)?;
        let seed = hex::decode(text.trim()).ok_or(ReceiptKeyError::Damaged)?;
        Self::from_seed(&seed)
    }

    fn from_seed(seed: &[u8]) -> Result<Self, ReceiptKeyError> {
        let pair =
            Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| ReceiptKeyError::Damaged)?;
        let public = pair.public_key().as_ref();
        let public = public.try_into().map_err(|_| ReceiptKeyError::Damaged)?;
        Ok(Self { pair, public })
    }

    /// The public half of the key, 32 bytes.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.public
    }

    /// Signs a receipt.
    #[must_use]
    pub fn sign(&self, body: ReceiptBody) -> Receipt {
        let signature = self.pair.sign(&body.signing_bytes());
        let signature = signature
            .as_ref()
            .try_into()
            .expect("Ed25519 signs in 64 bytes");
        Receipt::verify(body, signature, self.public).expect("a key verifies what it signed")
    }
}

/// Hides the key.
impl fmt::Debug for ReceiptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceiptKey")
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_to_do_is_said_where_the_key_is_missing_and_nothing_where_it_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("receipt.key");
        let lost = ReceiptKey::read(&path).unwrap_err().to_string();
        let begin = format!("{} is missing: was its folder lost? ", path.display());
        assert!(lost.starts_with(&begin), "{lost}");
        assert!(
            lost.contains("`ledger recover --new-receipt-key` makes"),
            "{lost}"
        );
        assert!(lost.ends_with("enrol again afterwards"), "{lost}");
        for damaged in ["", "00", "no key"] {
            fs::write(&path, damaged).unwrap();
            let said = ReceiptKey::read(&path).unwrap_err();
            assert!(
                matches!(said, ReceiptKeyError::Damaged),
                "{damaged}: {said}"
            );
        }
    }
}
