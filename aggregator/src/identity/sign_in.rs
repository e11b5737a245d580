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

use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use oauth2::{
    AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, ExtraTokenFields,
    HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    Scope, StandardRevocableToken, StandardTokenResponse, TokenUrl,
    basic::{
        BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
        BasicTokenType,
    },
};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use vwis_link::token::TokenError;

use self::pending::{LocalPath, Pending};
use super::{
    cookies::Cookies,
    door::Refusal,
    oidc::{AskError, Endpoints, Issuer, KeyError, read_bounded},
    session::{SessionError, Sessions},
};
use crate::{config::PublicUrl, store::Store};

/// Where the issuer sends the browser back to.
pub const RETURN: &str = "/signed-in";
/// Codes that are exchanged at once: anybody can make up one.
const MOST_EXCHANGES: usize = 8;
/// Longest wait for a place among them.
const PATIENCE: Duration = Duration::from_secs(5);
/// Sign-ins that one browser may have begun: the cookies of more go with a new one.
const MOST_PENDING: usize = 8;
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
pub struct SignIn {
    issuer: Issuer,
    client_id: String,
    secret: Option<String>,
    public_url: PublicUrl,
    cookies: Cookies,
    sessions: Sessions,
    exchanges: Semaphore,
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
pub enum SignInError {
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

// === impl SignIn ===

impl SignIn {
    /// At `issuer`, which knows this server as `client_id` with that secret, for browsers that come
    /// to `public_url`.
    #[must_use]
    pub fn new(
        issuer: Issuer,
        client_id: String,
        secret: Option<String>,
        public_url: PublicUrl,
        store: Store,
    ) -> Self {
        let cookies = Cookies {
            are_secure: public_url.is_secure(),
        };
        Self {
            issuer,
            client_id,
            secret,
            public_url,
            cookies,
            sessions: Sessions::new(store, cookies),
            exchanges: Semaphore::new(MOST_EXCHANGES),
        }
    }

    /// Where browsers reach this server.
    #[must_use]
    pub fn public_url(&self) -> &PublicUrl {
        &self.public_url
    }

    /// The sessions of those who signed in.
    #[must_use]
    pub fn sessions(&self) -> &Sessions {
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
        let begun = self.cookies.beginning(headers, pending::COOKIE);
        let mut cookies = Vec::new();
        if begun.len() >= MOST_PENDING {
            cookies.extend(begun.iter().map(|name| self.cookies.remove(name)));
        }
        let name = Pending::cookie_of(&pending.state);
        let most_s = Some(pending::MOST_S);
        cookies.push(self.cookies.set(&name, &pending.to_text(), most_s));
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
        let pending = kept.and_then(|text| Pending::from_text(&text, &state, now));
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
        let id_token = self.exchange(code, pending.verifier).await?;
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

    async fn exchange(&self, code: String, verifier: String) -> Result<String, SignInError> {
        let Endpoints { token, .. } = self.endpoints().await?;
        let token = token.and_then(|url| TokenUrl::new(url).ok());
        let token = token.ok_or(SignInError::NoEndpoints)?;
        let place = tokio::time::timeout(PATIENCE, self.exchanges.acquire()).await;
        let Ok(Ok(_place)) = place else {
            return Err(SignInError::IssuerUnavailable {
                retry_after_s: PATIENCE.as_secs(),
            });
        };
        let http = self.issuer.client();
        let ask = |request: HttpRequest| ask(http.clone(), request);
        let asked = self
            .client()
            .set_token_uri(token)
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&ask)
            .await;
        let answer = asked.map_err(|error| told(&error))?;
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
fn told(error: &RequestTokenError<AskError, BasicErrorResponse>) -> SignInError {
    match error {
        RequestTokenError::ServerResponse(answer) => {
            let error = plain(answer.error().as_ref());
            tracing::warn!(error, "the issuer did not take a sign-in's code");
            SignInError::Code
        }
        RequestTokenError::Request(error) => {
            tracing::warn!(%error, "the issuer does not answer a sign-in");
            SignInError::IssuerUnavailable { retry_after_s: 5 }
        }
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            tracing::warn!("the issuer's answer to a sign-in is not of the expected form");
            SignInError::IssuerUnavailable { retry_after_s: 30 }
        }
    }
}

/// An error's code, as far as it is one: `access_denied`.
fn plain(error: &str) -> String {
    let plain = error
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_');
    plain.take(40).collect()
}
