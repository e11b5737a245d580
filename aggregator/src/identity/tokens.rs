//! API tokens: for programs, and for systems without a directory.
//!
//! A token is `vwisa_` and 256 random bits. It is shown once; the store holds its SHA-256. A password hash
//! such as Argon2 slows down guessing, but nobody guesses 256 random bits: it would only make every request
//! slow, and invite floods.

use vwis_host::secret::{self, NoRandomness};

pub(crate) const PREFIX: &str = "vwisa_";
/// Days that a token is good for unless its maker says otherwise.
pub(crate) const DEFAULT_DAYS: u32 = 90;

/// A token that was just made. Its text is kept nowhere else.
pub(crate) struct NewToken {
    /// What its holder sends.
    pub text: String,
    /// What the store knows it by.
    pub hash: [u8; 32],
}

// === impl NewToken ===

impl NewToken {
    /// Draws a new token.
    pub(crate) fn generate() -> Result<Self, NoRandomness> {
        let text = format!("{PREFIX}{}", secret::draw()?);
        let hash = secret::hash(&text);
        Ok(Self { text, hash })
    }
}

/// The hash by which the store knows a token; none if the text is no API token.
#[must_use]
pub(crate) fn hash_of(text: &str) -> Option<[u8; 32]> {
    text.starts_with(PREFIX).then(|| secret::hash(text))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;
    use vwis_picture::reader::Role;

    use super::*;
    use crate::credentials::{Grant, TokenRecord, TokenState};

    #[test]
    fn a_token_is_256_random_bits_and_known_by_its_hash_alone() {
        let (one, two) = (NewToken::generate().unwrap(), NewToken::generate().unwrap());
        assert_ne!(one.text, two.text);
        assert_eq!(one.text.len(), PREFIX.len() + 43);
        assert_eq!(hash_of(&one.text), Some(one.hash));
        assert_ne!(hash_of(&two.text), Some(one.hash));
        assert_eq!(hash_of("eyJhbGciOiJub25lIn0.."), None);
    }

    #[test]
    fn a_token_ends_at_its_time_or_by_hand() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let record = TokenRecord {
            id: 1,
            grant: Grant {
                name: "Power BI".to_owned(),
                roles: BTreeSet::from([Role::Analyst]),
                organisation: None,
                pathways: Vec::new(),
            },
            created_at: at(0),
            expires_at: at(10_000),
            revoked_at: None,
            last_used_at: Some(at(100)),
        };
        assert_eq!(record.state(at(9_999)), TokenState::Good);
        assert_eq!(record.state(at(10_000)), TokenState::Expired);
        let revoked = TokenRecord {
            revoked_at: Some(at(5)),
            ..record.clone()
        };
        assert_eq!(revoked.state(at(6)), TokenState::Revoked);
        assert!(!record.is_use_worth_keeping(at(3_699)));
        assert!(record.is_use_worth_keeping(at(3_700)));
    }
}
