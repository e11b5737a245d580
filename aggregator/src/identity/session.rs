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

use aws_lc_rs::hmac;
use http::{HeaderMap, HeaderValue, Method};
use jiff::Timestamp;
use vwis_host::secret::{self, NoRandomness};

use super::{Identity, cookies::Cookies};
use crate::{
    credentials::{MadeBy, SessionRecord},
    store::{Store, StoreError},
};

/// The name of the session's cookie, without the prefix that it has over TLS.
pub(crate) const COOKIE: &str = "vwis-session";
/// Longest cookie value that is looked up.
const MOST_SECRET_BYTES: usize = 64;
/// What the token in sign-out's form is a MAC of.
const SIGN_OUT: &[u8] = b"vwis sign-out";

/// A session that holds, with the secret of its cookie.
pub(crate) struct Session {
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

#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

// === impl Session ===

impl Session {
    /// The token that the session's forms carry, so that no other site can forge a sign-out.
    #[must_use]
    pub(crate) fn form_token(&self) -> String {
        hex(hmac::sign(&self.key(), SIGN_OUT).as_ref())
    }

    /// Whether a form's token is this session's; takes the same time for any wrong one.
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
        // Writing into a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
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
        let secret = secret::draw()?;
        self.sweep(now).await?;
        self.end(before).await?;
        self.store
            .keep_session(&secret::hash(&secret), identity, &self.made_by, now)
            .await?;
        Ok(self.cookies.set(COOKIE, &secret, None))
    }

    /// The session of a request's cookie, if it holds; stores that it was used.
    pub(crate) async fn find(
        &self,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let Some(secret) = self.secret(headers) else {
            return Ok(None);
        };
        let hash = secret::hash(&secret);
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
        match self.secret(headers) {
            Some(secret) => self.store.end_session(&secret::hash(&secret)).await,
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
        self.cookies.remove(COOKIE)
    }

    fn secret(&self, headers: &HeaderMap) -> Option<String> {
        let value = self.cookies.read(headers, COOKIE)?;
        (!value.is_empty() && value.len() <= MOST_SECRET_BYTES).then_some(value)
    }
}

#[cfg(test)]
mod tests;
