//! Sessions of people who signed in with a browser.
//!
//! ```text
//! sign-in ─► 256 random bits ─► cookie (browser)      sign-out ─► removed
//!                 └─ SHA-256 ─► store: who, times     too old, or idle for too long ─► no session
//! ```
//! A session is an identity that came by another way than a token: the same roles say what it may read. It
//! keeps what the issuer said at sign-in for at most [`MOST_AGE_S`], so whoever loses a role at the issuer
//! loses it here by then. It holds only under the configuration that made it, and ends when a person ends it
//! (`session end`).

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Method};
use jiff::Timestamp;
use vwis_host::secret::NoRandomness;
use vwis_web::{cookies::Cookies, session::Secret};

use super::Identity;
use crate::{
    credentials::{MadeBy, SessionRecord},
    store::{Store, StoreError},
};

/// A session that holds, with the secret of its cookie.
pub(crate) struct Session {
    pub record: SessionRecord,
    pub secret: Secret,
}

/// The sessions of one server.
#[derive(Clone)]
pub(crate) struct Sessions {
    store: Store,
    cookies: Cookies,
    made_by: Arc<MadeBy>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

// === impl Sessions ===

impl Sessions {
    #[must_use]
    pub(crate) fn new(store: Store, cookies: Cookies, made_by: MadeBy) -> Self {
        Self {
            store,
            cookies,
            made_by: Arc::new(made_by),
        }
    }

    /// Begins a session with a fresh secret; returns the header that sets its cookie. The session that the
    /// browser had before ends, and so do all that are over.
    pub(crate) async fn begin(
        &self,
        identity: &Identity,
        before: &HeaderMap,
        now: Timestamp,
    ) -> Result<HeaderValue, SessionError> {
        let secret = Secret::draw()?;
        self.sweep(now).await?;
        self.end(before).await?;
        self.store
            .keep_session(&secret.hash(), identity, &self.made_by, now)
            .await?;
        Ok(secret.cookie(self.cookies))
    }

    /// The session of a request's cookie, if it holds; stores that it was used.
    pub(crate) async fn find(
        &self,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let Some(secret) = Secret::sent(self.cookies, headers) else {
            return Ok(None);
        };
        let hash = secret.hash();
        let record = self.store.session(&hash, &self.made_by).await?;
        let Some(mut record) = record.filter(|record| record.holds(now)) else {
            return Ok(None);
        };
        if record.is_use_worth_keeping(now) {
            record.used_at = now;
            // A use that cannot be stored turns nobody away: a full disk still lets people read.
            if let Err(error) = self.store.session_used(&hash, now).await {
                tracing::warn!(%error, "a session's use could not be kept");
            }
        }
        Ok(Some(Session { record, secret }))
    }

    /// Who reads by a request's cookie. Browsers send a cookie whether its holder meant it or not, so it
    /// allows reading alone.
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
    pub(crate) async fn end(&self, headers: &HeaderMap) -> Result<(), StoreError> {
        match Secret::sent(self.cookies, headers) {
            Some(secret) => self.store.end_session(&secret.hash()).await,
            None => Ok(()),
        }
    }

    /// Removes sessions that are over, and those that another configuration made.
    pub(crate) async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        self.store.end_sessions_but_of(Some(&self.made_by)).await?;
        self.store.sweep_sessions(now).await
    }

    /// The header that removes the cookie.
    #[must_use]
    pub(crate) fn forget(&self) -> HeaderValue {
        Secret::forgotten(self.cookies)
    }
}

#[cfg(test)]
mod tests;
