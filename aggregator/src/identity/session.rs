//! Sessions of people who signed in with a browser.
//!
//! ```text
//! sign-in ─► 256 random bits ─► cookie (browser)      sign-out ─► removed
//!                 └─ SHA-256 ─► store: who, times     too old, or idle for too long ─► no session
//! ```
//! A session is an identity by another way than a token: what its holder may read is told by the
//! same roles. It holds what the issuer said at sign-in, for at most [`MOST_AGE_S`]: whoever loses a
//! role at the issuer loses it here by then. It holds for the configuration that made it alone, and
//! ends when a person ends it (`session end`).

use std::sync::Arc;

use aws_lc_rs::hmac;
use http::{HeaderMap, HeaderValue, Method};
use jiff::Timestamp;
use vwis_link::token::{TokenError, new_secret, secret_hash};

use super::{Identity, cookies::Cookies};
use crate::store::{Store, StoreError};

/// Without a request for so long, a session ends.
pub(crate) const MOST_IDLE_S: i64 = 30 * 60;
/// So long after sign-in, a session ends.
pub(crate) const MOST_AGE_S: i64 = 8 * 60 * 60;
/// The last use is kept no finer than this, so that reading does not mean writing.
pub(crate) const LAST_USE_S: i64 = 60;
/// The session's cookie, without what may stand before it over TLS.
pub(crate) const COOKIE: &str = "vwis-session";
/// Longest value of it that is looked at.
const MOST_SECRET_BYTES: usize = 64;
/// What the token in the form of sign-out stands for.
const SIGN_OUT: &[u8] = b"vwis sign-out";

/// A session as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// Who signed in.
    pub identity: Identity,
    /// When.
    pub created_at: Timestamp,
    /// When it was last used, to [`LAST_USE_S`].
    pub used_at: Timestamp,
}

/// What made a session: it holds for no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeBy {
    /// Where people sign in.
    pub issuer: String,
    /// As which client of it.
    pub client_id: String,
    /// SHA-256 of the whole of `[oidc]`: what claims and roles mean stands there.
    pub configured: [u8; 32],
}

/// A session as commands list it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub id: i64,
    /// What is stored of it.
    pub record: SessionRecord,
    /// Where they signed in.
    pub issuer: String,
    /// As which client of it.
    pub client_id: String,
}

/// A session that holds, and the secret of whoever holds it.
pub(crate) struct Session {
    /// What is stored of it.
    pub record: SessionRecord,
    secret: String,
}

/// The sessions of one server.
#[derive(Clone)]
pub(crate) struct Sessions {
    store: Store,
    cookies: Cookies,
    made_by: Arc<MadeBy>,
}

/// Why no session was made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    /// The store cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The kernel gives no randomness.
    #[error(transparent)]
    Randomness(#[from] TokenError),
}

// === impl SessionRecord ===

impl SessionRecord {
    /// When it ends unless it is used before.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        let idle_s = self.used_at.as_second().saturating_add(MOST_IDLE_S);
        let idle = Timestamp::from_second(idle_s).unwrap_or(Timestamp::MAX);
        idle.min(self.ends_at_most())
    }

    /// When it ends however it is used.
    #[must_use]
    pub fn ends_at_most(&self) -> Timestamp {
        let old_s = self.created_at.as_second().saturating_add(MOST_AGE_S);
        Timestamp::from_second(old_s).unwrap_or(Timestamp::MAX)
    }

    /// Whether it holds.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        now < self.ends_at()
    }

    /// Whether this use is to be kept.
    #[must_use]
    pub fn is_use_worth_keeping(&self, now: Timestamp) -> bool {
        now.as_second() - self.used_at.as_second() >= LAST_USE_S
    }
}

// === impl Session ===

impl Session {
    /// What its forms hold, so that no other site can make up a request to sign out.
    #[must_use]
    pub(crate) fn form_token(&self) -> String {
        hex(hmac::sign(&self.key(), SIGN_OUT).as_ref())
    }

    /// Whether a form was ours; the comparison's time tells nothing.
    #[must_use]
    pub(crate) fn made(&self, form_token: &str) -> bool {
        let own = self.form_token();
        aws_lc_rs::constant_time::verify_slices_are_equal(own.as_bytes(), form_token.as_bytes())
            .is_ok()
    }

    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes())
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

// === impl Sessions ===

impl Sessions {
    /// Those in `store`, by cookies of this kind.
    #[must_use]
    pub(crate) fn new(store: Store, cookies: Cookies, made_by: MadeBy) -> Self {
        Self {
            store,
            cookies,
            made_by: Arc::new(made_by),
        }
    }

    /// Begins one, under a name that nobody knew before; the header of its cookie. Whatever session
    /// the browser had ends, and so do all that are over.
    ///
    /// # Errors
    /// [`SessionError`].
    pub(crate) async fn begin(
        &self,
        identity: &Identity,
        before: &HeaderMap,
        now: Timestamp,
    ) -> Result<HeaderValue, SessionError> {
        let secret = new_secret()?;
        self.sweep(now).await?;
        self.end(before).await?;
        self.store
            .keep_session(&secret_hash(&secret), identity, &self.made_by, now)
            .await?;
        Ok(self.cookies.set(COOKIE, &secret, None))
    }

    /// The session of a request's cookie, if it holds; its use is kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn find(
        &self,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let Some(secret) = self.secret(headers) else {
            return Ok(None);
        };
        let hash = secret_hash(&secret);
        let record = self.store.session(&hash, &self.made_by).await?;
        let Some(mut record) = record.filter(|record| record.holds(now)) else {
            return Ok(None);
        };
        if record.is_use_worth_keeping(now) {
            record.used_at = now;
            // Worth knowing, and not worth turning somebody away: a full disk still lets read.
            if let Err(error) = self.store.session_used(&hash, now).await {
                tracing::warn!(%error, "a session's use could not be kept");
            }
        }
        Ok(Some(Session { record, secret }))
    }

    /// Who reads by a request's cookie: a cookie is sent whether its holder meant it or not, so it
    /// lets nobody do anything but read.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn reader(
        &self,
        method: &Method,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Option<Identity>, StoreError> {
        if ![Method::GET, Method::HEAD].contains(method) {
            return Ok(None);
        }
        let found = self.find(headers, now).await?;
        Ok(found.map(|session| session.record.identity))
    }

    /// Ends the session of a request's cookie.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(crate) async fn end(&self, headers: &HeaderMap) -> Result<(), StoreError> {
        match self.secret(headers) {
            Some(secret) => self.store.end_session(&secret_hash(&secret)).await,
            None => Ok(()),
        }
    }

    /// Removes those that are over, and those that another configuration made.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(crate) async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        self.store.end_sessions_but_of(Some(&self.made_by)).await?;
        self.store.sweep_sessions(now).await
    }

    /// The header that takes the cookie away.
    #[must_use]
    pub(crate) fn forget(&self) -> HeaderValue {
        self.cookies.remove(COOKIE)
    }

    fn secret(&self, headers: &HeaderMap) -> Option<String> {
        let value = self.cookies.read(headers, COOKIE)?;
        (!value.is_empty() && value.len() <= MOST_SECRET_BYTES).then_some(value)
    }
}

#[cfg(test)]
mod tests;
