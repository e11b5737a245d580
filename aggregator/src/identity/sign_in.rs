//! Sign-in of people: whom the issuer names gets a session.

use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use vwis_web::{
    public_url::PublicUrl,
    sign_in::{self, Begun, Client, LocalPath, NoKey, Returned},
};

use super::{
    issuer::Issuer,
    refusal::Refusal,
    session::{SessionError, Sessions},
};
use crate::{credentials::MadeBy, store::Store};

/// Sign-in at the configured issuer, and the sessions that it makes.
pub(crate) struct SignIn {
    issuer: Issuer,
    flow: sign_in::SignIn,
    sessions: Sessions,
}

/// A sign-in that made a session.
pub(crate) struct SignedIn {
    /// The page that was wanted.
    pub(crate) to: LocalPath,
    pub(crate) cookies: Vec<HeaderValue>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum SignInError {
    #[error(transparent)]
    Flow(#[from] sign_in::SignInError),
    /// What the issuer says of the person cannot be taken, or gives no role.
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Session(#[from] SessionError),
}

// === impl SignIn ===

impl SignIn {
    /// Sign-in at `issuer`, which knows this server as `client_id` with `secret`, for browsers that come to
    /// `public_url`.
    pub(crate) fn new(
        issuer: Issuer,
        client_id: String,
        secret: Option<String>,
        public_url: PublicUrl,
        store: Store,
    ) -> Result<Self, NoKey> {
        let made_by = MadeBy {
            issuer: issuer.config().issuer.clone(),
            client_id: client_id.clone(),
            configured: issuer.config().fingerprint(),
        };
        let client = Client {
            id: client_id,
            secret,
            scopes: issuer.config().scopes.clone(),
        };
        let flow = sign_in::SignIn::new(issuer.verifier().clone(), client, public_url)?;
        Ok(Self {
            issuer,
            sessions: Sessions::new(store, flow.cookies(), made_by),
            flow,
        })
    }

    #[must_use]
    pub(crate) fn public_url(&self) -> &PublicUrl {
        self.flow.public_url()
    }

    #[must_use]
    pub(crate) fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// Begins a sign-in that leads to the page `to`, or to the first page.
    pub(crate) async fn begin(
        &self,
        to: Option<&str>,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Begun, SignInError> {
        Ok(self.flow.begin(to, headers, now).await?)
    }

    /// Finishes a sign-in: the person whom the issuer names gets a session.
    pub(crate) async fn finish(
        &self,
        returned: Returned,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<SignedIn, SignInError> {
        let done = self.flow.finish(returned, headers, now).await?;
        let identity = self.issuer.identity(&done.claims)?;
        let session = self.sessions.begin(&identity, headers, now).await?;
        let mut cookies = done.cookies;
        cookies.push(session);
        Ok(SignedIn {
            to: done.to,
            cookies,
        })
    }

    /// The header that removes the cookie of the sign-in with that state.
    pub(crate) fn forget(&self, state: &str) -> HeaderValue {
        self.flow.forget(state)
    }
}
