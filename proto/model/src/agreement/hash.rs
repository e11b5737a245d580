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
    /// The fewest hex digits that name an agreement to a person who decides.
    pub const LEAST_DIGITS: usize = 16;

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

    /// The first [`Self::LEAST_DIGITS`] hex digits, for people who compare. Eight would be too few: whoever
    /// may write a purpose finds another agreement with the same eight in half a second.
    #[must_use]
    pub fn short(&self) -> String {
        self.first(Self::LEAST_DIGITS)
    }

    /// The first `digits` hex digits, at most 64.
    #[must_use]
    pub fn first(&self, digits: usize) -> String {
        self.to_string()[..digits.min(64)].to_owned()
    }

    /// Whether the name begins with what somebody typed, or is it, in small letters or capitals. An empty
    /// text, as an unset variable gives, begins no name: otherwise it would stand for an only agreement.
    #[must_use]
    pub fn begins_with(&self, typed: &str) -> bool {
        let name = self.to_string();
        let begin = name.get(..typed.len());
        !typed.is_empty() && begin.is_some_and(|begin| begin.eq_ignore_ascii_case(typed))
    }

    /// How many hex digits tell all of these names apart: [`Self::LEAST_DIGITS`], or more where two begin
    /// alike.
    #[must_use]
    pub fn digits_to_tell_apart(all: &[Self]) -> usize {
        let mut names: Vec<_> = all.iter().map(ToString::to_string).collect();
        names.sort();
        names.dedup();
        let alike = |pair: &[String]| {
            let both = pair[0].bytes().zip(pair[1].bytes());
            both.take_while(|(one, other)| one == other).count() + 1
        };
        let longest = names.windows(2).map(alike).max().unwrap_or(0);
        longest.max(Self::LEAST_DIGITS)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_named_by_how_it_begins_in_small_letters_or_capitals() {
        let hash = AgreementHash([0xab; 32]);
        let (small, capital) = (hash.to_string(), hash.to_string().to_uppercase());
        for digits in 1..=64 {
            assert!(hash.begins_with(&small[..digits]), "{digits}");
            assert!(hash.begins_with(&capital[..digits]), "{digits}");
        }
        assert!(hash.begins_with("aBAb"));
        for other in ["", "b", "AC", "abä", "ab ", &format!("{small}a")] {
            assert!(!hash.begins_with(other), "{other}");
        }
    }

    #[test]
    fn as_many_digits_are_shown_as_tell_all_apart_and_never_fewer_than_sixteen() {
        let hash = |bytes: [u8; 32]| AgreementHash(bytes);
        let (mut one, mut other) = ([7; 32], [7; 32]);
        assert_eq!(AgreementHash::digits_to_tell_apart(&[]), 16);
        other[0] = 8;
        let digits = AgreementHash::digits_to_tell_apart(&[hash(one), hash(other)]);
        assert_eq!((digits, hash(one).short().len()), (16, 16));
        other = one;
        (one[11], other[11]) = (0x10, 0x1f);
        let all = [hash(one), hash([1; 32]), hash(other), hash(one)];
        let digits = AgreementHash::digits_to_tell_apart(&all);
        assert_eq!(digits, 24);
        assert_ne!(hash(one).first(24), hash(other).first(24));
        assert_eq!(hash(one).first(23), hash(other).first(23));
    }
}
