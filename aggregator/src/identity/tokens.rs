//! API tokens: for programs, and for systems without a directory.
//!
//! A token is 256 random bits behind `vwisa_`. It is shown once; the store holds its SHA-256. A
//! password hash such as Argon2 slows down guessing, and 256 random bits are beyond guessing: it
//! would only make every request slow, and invite floods.

use std::collections::BTreeSet;

use jiff::Timestamp;
use vwis_link::token::{TokenError, new_secret, secret_hash};
use vwis_model::ods::OdsCode;

use super::{Identity, Role, Via};

/// How every API token begins.
pub(crate) const PREFIX: &str = "vwisa_";
/// How long a token holds unless its maker says otherwise.
pub(crate) const DEFAULT_DAYS: u32 = 90;
/// The last use is kept no finer than this, so that reading does not mean writing.
pub(crate) const LAST_USE_S: i64 = 3600;

/// A token that was just made; its text is nowhere else.
pub(crate) struct NewToken {
    /// For whoever will use it.
    pub text: String,
    /// For the store.
    pub hash: [u8; 32],
}

/// What a token lets its holder be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// For people.
    pub name: String,
    /// At least one.
    pub roles: BTreeSet<Role>,
    /// Whose people hold it, if anybody's.
    pub organisation: Option<OdsCode>,
    /// Categories of `pathway`, for boards.
    pub pathways: Vec<String>,
}

/// A token as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// Its number.
    pub id: i64,
    /// What it lets its holder be.
    pub grant: Grant,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was ended by hand.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the hour.
    pub last_used_at: Option<Timestamp>,
}

/// Where a token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is good.
    Good,
    /// Its time is over.
    Expired,
    /// It was ended by hand.
    Revoked,
}

// === impl NewToken ===

impl NewToken {
    /// A new one.
    ///
    /// # Errors
    /// Where the kernel gives no randomness.
    pub(crate) fn generate() -> Result<Self, TokenError> {
        let text = format!("{PREFIX}{}", new_secret()?);
        let hash = secret_hash(&text);
        Ok(Self { text, hash })
    }
}

/// What the store knows a token by; none where the text is no API token.
#[must_use]
pub(crate) fn hash_of(text: &str) -> Option<[u8; 32]> {
    text.starts_with(PREFIX).then(|| secret_hash(text))
}

// === impl TokenRecord ===

impl TokenRecord {
    /// Where it stands.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        if self.revoked_at.is_some() {
            Standing::Revoked
        } else if now >= self.expires_at {
            Standing::Expired
        } else {
            Standing::Good
        }
    }

    /// Whether this use is to be kept.
    #[must_use]
    pub fn is_use_worth_keeping(&self, now: Timestamp) -> bool {
        let since = |last: Timestamp| now.as_second() - last.as_second();
        self.last_used_at
            .is_none_or(|last| since(last) >= LAST_USE_S)
    }

    /// Who holds it.
    #[must_use]
    pub fn identity(&self) -> Identity {
        let grant = self.grant.clone();
        Identity {
            name: grant.name,
            roles: grant.roles,
            organisation: grant.organisation,
            pathways: grant.pathways,
            via: Via::Token(self.id),
        }
    }
}

// === impl Standing ===

impl Standing {
    /// In a word.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(record.standing(at(9_999)), Standing::Good);
        assert_eq!(record.standing(at(10_000)), Standing::Expired);
        let revoked = TokenRecord {
            revoked_at: Some(at(5)),
            ..record.clone()
        };
        assert_eq!(revoked.standing(at(6)), Standing::Revoked);
        assert!(!record.is_use_worth_keeping(at(3_699)));
        assert!(record.is_use_worth_keeping(at(3_700)));
    }
}
