//! Authentication: turns a request's credentials into an identity, or into the words with which it is refused.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use http::{HeaderMap, Method, Uri, Version};
use vwis_host::clock::Clock;
use vwis_web::{bearer, local::is_local};

use super::{Identity, Role, issuer::Issuer, refusal::Refusal, session::Sessions, tokens};
use crate::{
    config::Entry,
    credentials::TokenState,
    store::{Store, StoreError},
};

/// Says who asks.
pub(crate) struct Authenticator {
    store: Store,
    clock: Arc<dyn Clock>,
    issuer: Option<Issuer>,
    /// Sessions of people who signed in, where sign-in is configured.
    sessions: Option<Sessions>,
    /// The role that callers without credentials get, where they are let in.
    anonymous_role: Option<Role>,
    /// Whether callers without credentials are still let in; once false, it stays so.
    anonymous: AtomicBool,
}

// === impl Authenticator ===

impl Authenticator {
    /// Lets in whom `entry` lets in, and holders of tokens of `issuer`, where one is configured.
    #[must_use]
    pub(crate) fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        issuer: Option<Issuer>,
        entry: Entry,
    ) -> Self {
        Self {
            store,
            clock,
            issuer,
            sessions: None,
            anonymous_role: match entry {
                Entry::Anonymous(role) => Some(role),
                Entry::Credentials => None,
            },
            anonymous: AtomicBool::new(entry != Entry::Credentials),
        }
    }

    /// Also lets in whoever has a session.
    #[must_use]
    pub(crate) fn with_sessions(self, sessions: Sessions) -> Self {
        Self {
            sessions: Some(sessions),
            ..self
        }
    }

    /// Who asks: the holder of the bearer token or, for reading only, of the session cookie. A session that
    /// is over counts as none.
    ///
    /// # Errors
    /// [`Refusal`], in words for the caller.
    pub(crate) async fn admit(
        &self,
        method: &Method,
        headers: &HeaderMap,
        uri: &Uri,
        version: Version,
    ) -> Result<Identity, Refusal> {
        if let Some(token) = bearer::token(headers)? {
            return self.known(token).await;
        }
        let reader = match &self.sessions {
            Some(sessions) => sessions.reader(method, headers, self.clock.now()).await?,
            None => None,
        };
        match reader {
            Some(identity) => Ok(identity),
            None => match self.anonymous_role {
                Some(role) if self.lets_anybody_in().await? => {
                    if is_local(headers, uri, version) {
                        Ok(Identity::on_this_machine(role))
                    } else {
                        Err(Refusal::NotLocal)
                    }
                }
                _ => Err(Refusal::NoCredentials),
            },
        }
    }

    /// Whether callers without credentials are let in. The first API token ever made ends this at once,
    /// without a restart.
    async fn lets_anybody_in(&self) -> Result<bool, StoreError> {
        if !self.anonymous.load(Ordering::Acquire) {
            return Ok(false);
        }
        if self.store.any_api_token().await? {
            self.anonymous.store(false, Ordering::Release);
            tracing::info!("an API token was made: credentials are needed from now on");
            return Ok(false);
        }
        Ok(true)
    }

    async fn known(&self, token: &str) -> Result<Identity, Refusal> {
        let Some(hash) = tokens::hash_of(token) else {
            let issuer = self.issuer.as_ref().ok_or(Refusal::NoIssuer)?;
            return issuer.identify(token, self.clock.now()).await;
        };
        let record = self.store.api_token(&hash).await?;
        let record = record.ok_or(Refusal::Token("unknown"))?;
        let now = self.clock.now();
        match record.state(now) {
            TokenState::Good => {}
            other => return Err(Refusal::Token(other.in_words())),
        }
        if record.is_use_worth_keeping(now) {
            // A use that cannot be stored turns nobody away: a full disk still lets people read.
            if let Err(error) = self.store.api_token_used(record.id, now).await {
                tracing::warn!(%error, token = record.id, "a token's use could not be kept");
            }
        }
        Ok(record.identity())
    }
}
