//! Sessions as stored, and how long each holds.

use jiff::Timestamp;
use vwis_picture::reader::Identity;

/// A session ends after this long without a request.
pub(crate) const MOST_IDLE_S: i64 = 30 * 60;
/// A session ends this long after sign-in, however it is used.
pub(crate) const MOST_AGE_S: i64 = 8 * 60 * 60;
/// The last use is stored no finer than this, so that reads do not become writes.
pub(crate) const LAST_USE_S: i64 = 60;

/// A session as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    pub identity: Identity,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When it was last used, to [`LAST_USE_S`] seconds.
    pub used_at: Timestamp,
}

/// The configuration that made a session: it holds under no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeBy {
    /// The issuer where people sign in.
    pub issuer: String,
    /// The client id by which the issuer knows this server.
    pub client_id: String,
    /// SHA-256 of all of `[oidc]`, which says what claims and roles mean.
    pub configured: [u8; 32],
}

/// A session as `session list` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its number, which `session end` takes.
    pub id: i64,
    pub record: SessionRecord,
    /// The issuer where they signed in.
    pub issuer: String,
    /// The client id by which the issuer knew this server.
    pub client_id: String,
}

// === impl SessionRecord ===

impl SessionRecord {
    /// When it ends if it is not used again.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        let idle_s = self.used_at.as_second().saturating_add(MOST_IDLE_S);
        let idle = Timestamp::from_second(idle_s).unwrap_or(Timestamp::MAX);
        idle.min(self.ends_at_most())
    }

    /// When it ends at the latest.
    #[must_use]
    pub fn ends_at_most(&self) -> Timestamp {
        let old_s = self.created_at.as_second().saturating_add(MOST_AGE_S);
        Timestamp::from_second(old_s).unwrap_or(Timestamp::MAX)
    }

    /// Whether it holds at `now`.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        now < self.ends_at()
    }

    /// Whether a use at `now` is to be stored: the last one was [`LAST_USE_S`] ago or more.
    #[must_use]
    pub fn is_use_worth_keeping(&self, now: Timestamp) -> bool {
        now.as_second() - self.used_at.as_second() >= LAST_USE_S
    }
}
