//! Sign-in of people with a browser: OpenID Connect's authorization code flow, with PKCE.
//!
//! ```text
//! /sign-in?to=/path ─► state, nonce, verifier into a cookie ─► the issuer's own pages
//! /signed-in?code=… ─► state is this browser's? ─► code + verifier ─► id token ─► nonce? ─► claims
//! ```
//! [`super::oidc`] verifies the id token, as it does bearer tokens. The access token that comes with it is
//! dropped: nothing is asked of the issuer afterwards. Who the claims make of a person, and their session, are
//! the server's to say.

mod pending;

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
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, ExtraTokenFields, HttpRequest,
    HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    StandardRevocableToken, StandardTokenResponse, TokenResponse as _, TokenUrl,
    basic::{
        BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
        BasicTokenType,
    },
};
use serde::{Deserialize, Serialize};
use vwis_host::{
    peers::{Peer, Places, Repeated},
    secret::NoRandomness,
};

pub use self::pending::LocalPath;
use self::pending::{Pending, Seal};
use super::{
    cookies::Cookies,
    oidc::{AskError, Claims, Endpoints, Issuer, KeyError, VerifyError, read_bounded},
    public_url::PublicUrl,
};

/// The path at which sign-in begins.
pub const IN: &str = "/sign-in";
/// The path to which sign-out's form is posted.
pub const OUT: &str = "/sign-out";
/// The path to which the issuer sends the browser back.
pub const RETURN: &str = "/signed-in";
/// Most codes that are exchanged at once; one address has a quarter of them, since anybody can make up codes.
const MOST_EXCHANGES: usize = 8;
/// Longest wait for one of the exchanges.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most sign-ins that one browser may have begun; beyond them a new one removes the oldest.
const MOST_PENDING: usize = 3;
/// Longest code that is taken, in bytes: Entra's have over 1 KiB.
const MOST_CODE_BYTES: usize = 4096;

/// The part of the issuer's answer to a code that OAuth alone does not have.
#[derive(Debug, Serialize, Deserialize)]
struct WithIdToken {
    id_token: Option<String>,
}

impl ExtraTokenFields for WithIdToken {}

type Answer = StandardTokenResponse<WithIdToken, BasicTokenType>;
type Endpointless = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
>;

/// As what the issuer knows this server.
#[derive(Clone)]
pub struct Client {
    /// Its name there.
    pub id: String,
    /// Its secret, if it has one.
    pub secret: Option<String>,
    /// What is asked for, so that the id token has the claims that are read.
    pub scopes: Vec<String>,
}

/// Sign-in at one issuer.
pub struct SignIn {
    issuer: Issuer,
    client: Client,
    public_url: PublicUrl,
    cookies: Cookies,
    exchanges: Arc<Places>,
    seal: Seal,
    /// The states of sign-ins that came back, each with the second from which its cookie holds no more.
    came_back: Mutex<HashMap<String, i64>>,
}

/// A sign-in that begins.
#[derive(Debug)]
pub struct Begun {
    /// The issuer's page to send the browser to.
    pub location: String,
    /// Headers that set this sign-in's cookie, and remove the oldest.
    pub cookies: Vec<HeaderValue>,
}

/// What a browser brings back from the issuer, and from where.
#[derive(Clone, Debug, Default)]
pub struct Returned {
    /// Which sign-in it is.
    pub state: Option<String>,
    /// What the issuer takes for a token, once.
    pub code: Option<String>,
    /// Why the issuer signed nobody in.
    pub error: Option<String>,
    /// The issuer, as it names itself (RFC 9207).
    pub iss: Option<String>,
    /// The browser's address.
    pub from: Option<IpAddr>,
}

/// A sign-in that is finished.
#[derive(Debug)]
pub struct Done {
    /// What the issuer says of the person.
    pub claims: Claims,
    /// The page that was wanted.
    pub to: LocalPath,
    /// Headers that remove this sign-in's cookie.
    pub cookies: Vec<HeaderValue>,
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// `to` is no path of this server.
    #[error("the page to return to is not a path of this server")]
    NotLocal,
    /// The issuer is down or slow, or all exchanges are taken.
    #[error("the issuer cannot be asked now")]
    IssuerUnavailable {
        /// Seconds until asking again may help.
        retry_after_s: u64,
    },
    /// The issuer's discovery document lacks an address that sign-in needs.
    #[error(
        "the issuer's discovery document names no authorization_endpoint or no token_endpoint, so \
         nobody can sign in there: check [oidc] issuer"
    )]
    NoEndpoints,
    /// The state is another browser's, forged, or too old.
    #[error("this browser did not begin this sign-in, or began it more than ten minutes ago")]
    NotBegun,
    /// The issuer refused, with this code.
    #[error("the issuer did not sign you in: it says `{0}`")]
    Denied(String),
    /// The code was used before, is too old, or is not for this client.
    #[error("the issuer did not take the code that came back: it was used before, or is too old")]
    Code,
    /// The issuer's answer lacks what says who the person is.
    #[error("the issuer sent no id token: [oidc] scopes need \"openid\"")]
    NoIdToken,
    /// The id token fails a check.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The system gives no randomness for a new sign-in.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// The system gives no randomness for the key that seals sign-ins.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the system gives no randomness for the key of sign-ins")]
pub struct NoKey;

// === impl SignIn ===

impl SignIn {
    /// Sign-in at `issuer`, which knows this server as `client`, for browsers that come to `public_url`.
    ///
    /// # Errors
    /// [`NoKey`].
    pub fn new(issuer: Issuer, client: Client, public_url: PublicUrl) -> Result<Self, NoKey> {
        let cookies = Cookies {
            are_secure: public_url.is_secure(),
        };
        Ok(Self {
            issuer,
            client,
            public_url,
            cookies,
            exchanges: Arc::new(Places::new(MOST_EXCHANGES)),
            seal: Seal::new().map_err(|_| NoKey)?,
            came_back: Mutex::default(),
        })
    }

    /// Where browsers reach this server.
    #[must_use]
    pub fn public_url(&self) -> &PublicUrl {
        &self.public_url
    }

    /// How cookies are set for those browsers.
    #[must_use]
    pub fn cookies(&self) -> Cookies {
        self.cookies
    }

    /// Begins a sign-in that leads to the page `to`, or to the first page.
    ///
    /// # Errors
    /// [`SignInError`] says what the person can do.
    pub async fn begin(
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
        let scopes = self.client.scopes.iter().cloned();
        let (location, _) = self
            .endpointless()
            .set_auth_uri(authorization)
            .authorize_url(|| CsrfToken::new(pending.state.clone()))
            .add_scopes(scopes.map(Scope::new))
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

    /// Finishes a sign-in: says whom the issuer names.
    ///
    /// # Errors
    /// [`SignInError`] says what the person can do.
    pub async fn finish(
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
        let is_of_another = |iss: &String| iss != self.issuer.url();
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
        let verified =
            self.issuer
                .verify_signed_in(&id_token, &self.client.id, &pending.nonce, now);
        Ok(Done {
            claims: verified.await?,
            to: pending.to,
            cookies: vec![self.cookies.remove(&name)],
        })
    }

    /// The header that removes the cookie of the sign-in with that state.
    #[must_use]
    pub fn forget(&self, state: &str) -> HeaderValue {
        self.cookies.remove(&Pending::cookie_of(state))
    }

    /// Headers that remove the browser's oldest sign-ins, so that a new one keeps it within [`MOST_PENDING`].
    /// Cookies that are not ours go first.
    fn too_many(&self, headers: &HeaderMap) -> Vec<HeaderValue> {
        let mut begun = self.cookies.beginning(headers, pending::COOKIE);
        begun.sort_by_key(|(_, value)| Pending::began_at(value, &self.seal));
        let more = (begun.len() + 1).saturating_sub(MOST_PENDING);
        let oldest = begun.iter().take(more);
        oldest.map(|(name, _)| self.cookies.remove(name)).collect()
    }

    /// Whether a sign-in comes back for the first time. A code is good once, so the issuer is asked only
    /// once.
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
        let client = self.endpointless().set_token_uri(token);
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

    fn endpointless(&self) -> Endpointless {
        let redirect = RedirectUrl::new(self.public_url.at(RETURN));
        let redirect = redirect.expect("a checked address and a path are one");
        let client = Endpointless::new(ClientId::new(self.client.id.clone()));
        let client = client.set_redirect_uri(redirect);
        match &self.client.secret {
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

/// Asks by the client that bounds time and follows no redirect.
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

/// What to tell the person and the log when the issuer gave no token. The answer itself is not logged: it may
/// hold tokens.
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

/// Logs why there is no token; returns the error for the person.
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

/// An error code such as `access_denied`, stripped of whatever such codes do not contain.
fn plain(error: &str) -> String {
    let plain = error
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_');
    plain.take(40).collect()
}

#[cfg(test)]
mod tests;
