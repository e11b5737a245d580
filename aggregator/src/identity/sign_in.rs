//! Sign-in of people with a browser: OpenID Connect's authorization code flow, with PKCE.
//!
//! ```text
//! /sign-in?to=/path ─► state, nonce, verifier into a cookie ─► the issuer's own pages
//! /signed-in?code=… ─► state is this browser's? ─► code + verifier ─► id token ─► nonce? ─► claims
//!                                                                        session ◄─ Identity ◄─┘
//! ```
//! The id token is verified and its claims are read by [`super::oidc`], as those of bearer tokens
//! are. The access token that comes with it is dropped: nothing is asked of the issuer afterwards.

pub(crate) mod pending;

use std::{
    collections::HashMap,
    future::poll_fn,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::Duration,
};

use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use oauth2::{
    AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, ExtraTokenFields,
    HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    Scope, StandardRevocableToken, StandardTokenResponse, TokenResponse as _, TokenUrl,
    basic::{
        BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
        BasicTokenType,
    },
};
use serde::{Deserialize, Serialize};
use vwis_link::{
    server::{Peer, Places, Repeated},
    token::TokenError,
};

use self::pending::{LocalPath, Pending, Seal};
use super::{
    cookies::Cookies,
    door::Refusal,
    oidc::{AskError, Endpoints, Issuer, KeyError, read_bounded},
    session::{MadeBy, SessionError, Sessions},
};
use crate::{config::PublicUrl, store::Store};

/// Where sign-in begins.
pub(crate) const IN: &str = "/sign-in";
/// Where the form of sign-out is sent.
pub(crate) const OUT: &str = "/sign-out";
/// Where the issuer sends the browser back to.
pub(crate) const RETURN: &str = "/signed-in";
/// Codes that are exchanged at once, and a quarter of them from one address: anybody can make up one.
const MOST_EXCHANGES: usize = 8;
/// Longest wait for a place among them.
const PATIENCE: Duration = Duration::from_secs(5);
/// Sign-ins that one browser may have begun: beyond them the oldest goes with a new one.
const MOST_PENDING: usize = 3;
/// Longest code that is taken, in bytes: Entra's take over 1 KiB.
const MOST_CODE_BYTES: usize = 4096;

/// What an issuer answers for a code.
#[derive(Debug, Serialize, Deserialize)]
struct WithIdToken {
    id_token: Option<String>,
}

impl ExtraTokenFields for WithIdToken {}

type Answer = StandardTokenResponse<WithIdToken, BasicTokenType>;
type Endpointless = Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
>;

/// Signs people in.
pub(crate) struct SignIn {
    issuer: Issuer,
    client_id: String,
    secret: Option<String>,
    public_url: PublicUrl,
    cookies: Cookies,
    sessions: Sessions,
    exchanges: Arc<Places>,
    seal: Seal,
    /// States of sign-ins that came back, and until when they could again.
    came_back: Mutex<HashMap<String, i64>>,
}

/// A sign-in that has begun.
#[derive(Debug)]
pub(crate) struct Begun {
    /// The issuer's page.
    pub(crate) location: String,
    /// Cookies to set.
    pub(crate) cookies: Vec<HeaderValue>,
}

/// What a browser brings back from the issuer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Returned {
    pub(crate) state: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) error: Option<String>,
    /// Who says so (RFC 9207).
    pub(crate) iss: Option<String>,
    /// Where the browser is.
    pub(crate) from: Option<IpAddr>,
}

/// A sign-in that is done.
#[derive(Debug)]
pub(crate) struct Done {
    /// The page that was wanted.
    pub(crate) to: LocalPath,
    /// Cookies to set.
    pub(crate) cookies: Vec<HeaderValue>,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignInError {
    /// `to` leads elsewhere.
    #[error("the page to return to is not a path of this server")]
    NotLocal,
    /// It hangs, or does not answer as it should.
    #[error("the issuer cannot be asked now")]
    IssuerUnavailable {
        /// When it may be asked again.
        retry_after_s: u64,
    },
    /// Its discovery document names no pages for people.
    #[error(
        "the issuer's discovery document names no authorization_endpoint or no token_endpoint, so \
         nobody can sign in there: check [oidc] issuer"
    )]
    NoEndpoints,
    /// Another browser's, a forged one, or an old one.
    #[error("this browser did not begin this sign-in, or began it more than ten minutes ago")]
    NotBegun,
    /// The issuer let nobody in.
    #[error("the issuer did not sign you in: it says `{0}`")]
    Denied(String),
    /// The code was used, is too old, or is not for this client.
    #[error("the issuer did not take the code that came back: it was used before, or is too old")]
    Code,
    /// No id token.
    #[error("the issuer sent no id token: [oidc] scopes need \"openid\"")]
    NoIdToken,
    /// An id token that does not hold, or gives no role.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No session could be kept.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] TokenError),
}

/// Why nobody can sign in from the beginning.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the system gives no randomness for the key of sign-ins")]
pub(crate) struct NoKey;

// === impl SignIn ===

impl SignIn {
    /// At `issuer`, which knows this server as `client_id` with that secret, for browsers that come
    /// to `public_url`.
    ///
    /// # Errors
    /// [`NoKey`] where the system gives no randomness.
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
        let cookies = Cookies {
            are_secure: public_url.is_secure(),
        };
        Ok(Self {
            issuer,
            client_id,
            secret,
            public_url,
            cookies,
            sessions: Sessions::new(store, cookies, made_by),
            exchanges: Arc::new(Places::new(MOST_EXCHANGES)),
            seal: Seal::new().map_err(|_| NoKey)?,
            came_back: Mutex::default(),
        })
    }

    /// Where browsers reach this server.
    #[must_use]
    pub(crate) fn public_url(&self) -> &PublicUrl {
        &self.public_url
    }

    /// The sessions of those who signed in.
    #[must_use]
    pub(crate) fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// Begins a sign-in that leads to the page `to`.
    pub(crate) async fn begin(
        &self,
        to: Option<&str>,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Begun, SignInError> {
        let to = match to {
            None => LocalPath::start(),
            Some(to) => LocalPath::parse(to).ok_or(SignInError::NotLocal)?,
        };
        let Endpoints { authorization, .. } = self.endpoints().await?;
        let authorization = authorization.and_then(|url| AuthUrl::new(url).ok());
        let authorization = authorization.ok_or(SignInError::NoEndpoints)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let pending = Pending::new(verifier.into_secret(), to, now)?;
        let scopes = &self.issuer.config().scopes;
        let (location, _) = self
            .client()
            .set_auth_uri(authorization)
            .authorize_url(|| CsrfToken::new(pending.state.clone()))
            .add_scopes(scopes.iter().cloned().map(Scope::new))
            .add_extra_param("nonce", &pending.nonce)
            .set_pkce_challenge(challenge)
            .url();
        let mut cookies = self.too_many(headers);
        let name = Pending::cookie_of(&pending.state);
        let most_s = Some(pending::MOST_S);
        cookies.push(
            self.cookies
                .set(&name, &pending.to_text(&self.seal), most_s),
        );
        Ok(Begun {
            location: location.into(),
            cookies,
        })
    }

    /// Ends a sign-in: whoever the issuer names has a session.
    pub(crate) async fn finish(
        &self,
        returned: Returned,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Done, SignInError> {
        let state = returned.state.ok_or(SignInError::NotBegun)?;
        let name = Pending::cookie_of(&state);
        let kept = self.cookies.read(headers, &name);
        let pending = kept.and_then(|text| Pending::from_text(&text, &state, &self.seal, now));
        let pending = pending.ok_or(SignInError::NotBegun)?;
        let is_of_another = |iss: &String| *iss != self.issuer.config().issuer;
        if returned.iss.as_ref().is_some_and(is_of_another) {
            return Err(SignInError::NotBegun);
        }
        if let Some(error) = returned.error {
            return Err(SignInError::Denied(plain(&error)));
        }
        let code = returned
            .code
            .filter(|code| !code.is_empty() && code.len() <= MOST_CODE_BYTES)
            .ok_or(SignInError::Code)?;
        if !self.comes_back_first(state, &pending, now) {
            return Err(SignInError::Code);
        }
        let from = returned.from.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
        let id_token = self.exchange(code, pending.verifier, from).await?;
        let identified =
            self.issuer
                .identify_signed_in(&id_token, &self.client_id, &pending.nonce, now);
        let identity = identified.await?;
        let session = self.sessions.begin(&identity, headers, now).await?;
        Ok(Done {
            to: pending.to,
            cookies: vec![session, self.cookies.remove(&name)],
        })
    }

    /// The header that takes away what the sign-in of that state left in the browser.
    pub(crate) fn forget(&self, state: &str) -> HeaderValue {
        self.cookies.remove(&Pending::cookie_of(state))
    }

    /// The headers that take away the oldest sign-ins that this browser began, so that with a new one it
    /// has no more than it may. One that is not ours goes first.
    fn too_many(&self, headers: &HeaderMap) -> Vec<HeaderValue> {
        let mut begun = self.cookies.beginning(headers, pending::COOKIE);
        begun.sort_by_key(|(_, value)| Pending::began_at(value, &self.seal));
        let more = (begun.len() + 1).saturating_sub(MOST_PENDING);
        let oldest = begun.iter().take(more);
        oldest.map(|(name, _)| self.cookies.remove(name)).collect()
    }

    /// Whether a sign-in comes back for the first time: a code holds once, so the issuer is asked once.
    fn comes_back_first(&self, state: String, pending: &Pending, now: Timestamp) -> bool {
        let mut came_back = self
            .came_back
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let now_s = now.as_second();
        came_back.retain(|_, until_s| *until_s > now_s);
        let until_s = pending.at.as_second().saturating_add(pending::MOST_S);
        came_back.insert(state, until_s).is_none()
    }

    async fn exchange(
        &self,
        code: String,
        verifier: String,
        from: IpAddr,
    ) -> Result<String, SignInError> {
        let Endpoints { token, .. } = self.endpoints().await?;
        let token = token.and_then(|url| TokenUrl::new(url).ok());
        let token = token.ok_or(SignInError::NoEndpoints)?;
        let busy = || SignInError::IssuerUnavailable {
            retry_after_s: PATIENCE.as_secs(),
        };
        let peer = Peer::at(from);
        let place = self.exchanges.take(&peer);
        let mut place = tokio::time::timeout(PATIENCE, place)
            .await
            .map_err(|_| busy())?;
        let http = self.issuer.client();
        let ask = |request: HttpRequest| ask(http.clone(), request);
        let client = self.client().set_token_uri(token);
        let asked = client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&ask);
        let asked = tokio::select! {
            asked = asked => asked,
            () = poll_fn(|cx| place.poll_gone(cx)) => return Err(busy()),
        };
        let answer = asked.map_err(|error| no_token(peer.clone(), told(&error)))?;
        if *answer.token_type() != BasicTokenType::Bearer {
            return Err(no_token(peer, unfit("another token_type than Bearer")));
        }
        let id_token = answer.extra_fields().id_token.clone();
        id_token.ok_or(SignInError::NoIdToken)
    }

    fn client(&self) -> Endpointless {
        let redirect = RedirectUrl::new(self.public_url.at(RETURN));
        let redirect = redirect.expect("a checked address and a path are one");
        let client = Endpointless::new(ClientId::new(self.client_id.clone()));
        let client = client.set_redirect_uri(redirect);
        match &self.secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.clone())),
            None => client,
        }
    }

    async fn endpoints(&self) -> Result<Endpoints, SignInError> {
        let endpoints = self.issuer.endpoints().await;
        endpoints.map_err(|error| match error {
            KeyError::Unavailable { retry_after_s } => {
                SignInError::IssuerUnavailable { retry_after_s }
            }
            KeyError::Unknown => SignInError::NoEndpoints,
        })
    }
}

/// By the client that bounds time and follows no redirect.
async fn ask(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, AskError> {
    let url = request.uri().to_string();
    let http = |error: reqwest::Error| AskError::Http(url.clone(), error.without_url());
    let request = reqwest::Request::try_from(request).map_err(http)?;
    let answer = client.execute(request).await.map_err(http)?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = HttpResponse::new(read_bounded(&url, answer).await?);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// What an issuer answered to a code. The answer itself may hold tokens, so it is in no log.
fn told(error: &RequestTokenError<AskError, BasicErrorResponse>) -> (SignInError, String) {
    match error {
        RequestTokenError::ServerResponse(answer) => {
            (SignInError::Code, plain(answer.error().as_ref()))
        }
        RequestTokenError::Request(error) => {
            let unavailable = SignInError::IssuerUnavailable { retry_after_s: 5 };
            (unavailable, error.to_string())
        }
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            unfit("an answer of another form")
        }
    }
}

fn unfit(why: &str) -> (SignInError, String) {
    let unavailable = SignInError::IssuerUnavailable { retry_after_s: 30 };
    (unavailable, why.to_owned())
}

/// Tells the log, and whoever signs in.
fn no_token(from: Peer, (error, why): (SignInError, String)) -> SignInError {
    static NO_TOKEN: LazyLock<Repeated> = LazyLock::new(Repeated::default);
    NO_TOKEN.happened(from, move |peer, times| {
        tracing::warn!(
            ?peer,
            first = why,
            times,
            "the issuer gave no token for a sign-in's code"
        );
    });
    error
}

/// An error's code, as far as it is one: `access_denied`.
fn plain(error: &str) -> String {
    let plain = error
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_');
    plain.take(40).collect()
}

#[cfg(test)]
mod tests;
