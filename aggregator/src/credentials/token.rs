//! API tokens as stored, and what each lets its holder be.

use std::collections::BTreeSet;

use jiff::Timestamp;
use vwis_model::ods::OdsCode;
use vwis_picture::reader::{Identity, Role, Via};

/// The last use is stored no finer than this, so that reads do not become writes.
pub(crate) const LAST_USE_S: i64 = 3600;

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
pub enum TokenState {
    Good,
    Expired,
    /// A person ended it.
    Revoked,
}

// === impl TokenRecord ===

impl TokenRecord {
    #[must_use]
    pub fn state(&self, now: Timestamp) -> TokenState {
        if self.revoked_at.is_some() {
            TokenState::Revoked
        } else if now >= self.expires_at {
            TokenState::Expired
        } else {
            TokenState::Good
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

// === impl TokenState ===

impl TokenState {
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}
