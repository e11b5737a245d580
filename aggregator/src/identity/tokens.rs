//! API tokens: for programs, and for systems without a directory.
//!
//! A token is `vwisa_` and 256 random bits. It is shown once; the store holds its SHA-256. A password hash
//! such as Argon2 slows down guessing, but nobody guesses 256 random bits: it would only make every request
//! slow, and invite floods.

use std::collections::BTreeSet;

use jiff::Timestamp;
use vwis_link::token::{TokenError, new_secret, secret_hash};
use vwis_model::ods::OdsCode;

use super::{Identity, Role, Via};

pub(crate) const PREFIX: &str = "vwisa_";
/// Days that a token is good for unless its maker says otherwise.
pub(crate) const DEFAULT_DAYS: u32 = 90;
/// The last use is stored no finer than this, so that reads do not become writes.
pub(crate) const LAST_USE_S: i64 = 3600;

/// A token that was just made. Its text is kept nowhere else.
pub(crate) struct NewToken {
    /// What its holder sends.
    pub text: String,
    /// What the store knows it by.
    pub hash: [u8; 32],
}

/// What a token lets its holder be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What the token is for, as `token list` and the access log show it.
    pub name: String,
    /// At least one role.
    pub roles: BTreeSet<Role>,
    /// Whose people hold it, for the roles viewer and steward; none if it is no organisation.
    pub organisation: Option<OdsCode>,
    /// Categories of `pathway` that a board may read.
    pub pathways: Vec<String>,
}

/// A token as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// Its number, which `token revoke` takes.
    pub id: i64,
    pub grant: Grant,
    pub created_at: Timestamp,
    /// When it ends unless it is revoked before.
    pub expires_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the hour; none if it never was.
    pub last_used_at: Option<Timestamp>,
}

/// Whether a token is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Good,
    Expired,
    /// A person ended it.
    Revoked,
}

// === impl NewToken ===

impl NewToken {
    /// Draws a new token.
    pub(crate) fn generate() -> Result<Self, TokenError> {
        let text = format!("{PREFIX}{}", new_secret()?);
        let hash = secret_hash(&text);
        Ok(Self { text, hash })
    }
}

/// The hash by which the store knows a token; none if the text is no API token.
#[must_use]
pub(crate) fn hash_of(text: &str) -> Option<[u8; 32]> {
    text.starts_with(PREFIX).then(|| secret_hash(text))
}

// === impl TokenRecord ===

impl TokenRecord {
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

    /// Whether a use at `now` is to be stored: the last one was [`LAST_USE_S`] seconds ago or more.
    #[must_use]
    pub fn is_use_worth_keeping(&self, now: Timestamp) -> bool {
        let since = |last: Timestamp| now.as_second() - last.as_second();
        self.last_used_at
            .is_none_or(|last| since(last) >= LAST_USE_S)
    }

    /// The identity of its holder.
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
