//! The names of agreements.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The name of an agreement: the SHA-256 of its canonical bytes, written as 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgreementHash([u8; 32]);

/// Why a text or byte string names no agreement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an agreement's name: expected the 64 hex digits that `agreement list` shows")]
pub struct InvalidHash(String);

// === impl AgreementHash ===

impl AgreementHash {
    /// The name of these canonical bytes.
    #[must_use]
    pub fn of(canonical: &[u8]) -> Self {
        Self(Sha256::digest(canonical).into())
    }

    /// The hash itself, 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first eight hex digits, for people who compare.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string()[..8].to_owned()
    }
}

impl TryFrom<&[u8]> for AgreementHash {
    type Error = InvalidHash;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes
            .try_into()
            .map(Self)
            .map_err(|_| InvalidHash(format!("{} bytes", bytes.len())))
    }
}

impl FromStr for AgreementHash {
    type Err = InvalidHash;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidHash(text.chars().take(80).collect());
        let bytes = crate::hex::decode(text).ok_or_else(invalid)?;
        bytes.as_slice().try_into().map_err(|_| invalid())
    }
}

impl TryFrom<String> for AgreementHash {
    type Error = InvalidHash;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AgreementHash> for String {
    fn from(hash: AgreementHash) -> Self {
        hash.to_string()
    }
}

impl fmt::Display for AgreementHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::hex::encode(&self.0))
    }
}

impl fmt::Debug for AgreementHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
