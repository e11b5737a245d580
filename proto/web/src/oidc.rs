//! Bearer tokens of an OpenID Connect issuer.
//!
//! ```text
//! token ─► alg allowed? ─► key of its kid ─► signature · issuer · audience ─► times ─► claims
//!                          └─ unknown: ask the issuer again, in bounds (keys.rs)
//! ```
//! Only signatures by public keys are taken: RS256, ES256 and EdDSA. `none` is no algorithm here. HS256 is
//! not taken because its secret would be the public key, which everybody has.

mod bounded;
mod claims;
mod error;
mod keys;

pub(super) use self::{
    bounded::{AskError, read as read_bounded},
    keys::{Endpoints, KeyError},
};
pub use self::{
    claims::Claims,
    error::{OidcError, VerifyError},
};

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Validation};
use reqwest::Url;

use self::keys::Keys;

const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];
/// Values of `typ` that access tokens may have (the second by RFC 9068).
const ACCESS_TOKENS: [&str; 2] = ["jwt", "at+jwt"];
/// Values of `typ` that id tokens may have.
const ID_TOKENS: [&str; 1] = ["jwt"];
/// Most seconds by which the issuer's clock and ours may differ.
const CLOCK_SKEW_S: i64 = 60;

/// An issuer whose tokens are taken. Clones share its keys.
#[derive(Clone)]
pub struct Issuer {
    url: String,
    tenant: Option<String>,
    keys: Keys,
}

/// No HTTP client can be made for asking an issuer.
#[derive(Debug, thiserror::Error)]
#[error("no HTTP client can be made for asking the issuer")]
pub struct NoClient(#[source] reqwest::Error);

/// Whether an answer from `url` can be trusted to come from there: it is https, or on loopback.
#[must_use]
pub fn is_trustworthy(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else {
        return false;
    };
    let host = url.host_str().unwrap_or_default();
    let loopback = ["127.0.0.1", "localhost", "[::1]"].contains(&host);
    url.scheme() == "https" || (url.scheme() == "http" && loopback)
}

// === impl Issuer ===

impl Issuer {
    /// The issuer at `url`, spelt as its tokens and its discovery document spell it; only tokens of this
    /// `tenant`, where one is named. Asks the issuer nothing yet.
    ///
    /// # Errors
    /// [`NoClient`].
    pub fn new(url: String, tenant: Option<String>) -> Result<Self, NoClient> {
        let keys = Keys::of(&url).map_err(NoClient)?;
        Ok(Self { url, tenant, keys })
    }

    /// The issuer's name and address.
    #[must_use]
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Checks an access token for `audience`; returns what it says.
    ///
    /// # Errors
    /// [`VerifyError::Token`] says what is wrong with it, [`VerifyError::Unavailable`] that it cannot be
    /// checked now.
    pub async fn verify(
        &self,
        token: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<Claims, VerifyError> {
        self.claims(token, &ACCESS_TOKENS, audience, now).await
    }

    /// Checks an id token that `client_id` got for the sign-in that sent `nonce`; returns what it says. Fails
    /// as [`Self::verify`] does.
    pub(super) async fn verify_signed_in(
        &self,
        id_token: &str,
        client_id: &str,
        nonce: &str,
        now: Timestamp,
    ) -> Result<Claims, VerifyError> {
        let claims = self.claims(id_token, &ID_TOKENS, client_id, now).await?;
        claims.answer(nonce, client_id)?;
        Ok(claims)
    }

    /// Where the issuer signs people in.
    pub(super) async fn endpoints(&self) -> Result<Endpoints, KeyError> {
        self.keys.endpoints().await
    }

    /// The HTTP client for asking the issuer; it bounds time and follows no redirect.
    pub(super) fn client(&self) -> &reqwest::Client {
        self.keys.client()
    }

    async fn claims(
        &self,
        token: &str,
        types: &[&str],
        audience: &str,
        now: Timestamp,
    ) -> Result<Claims, VerifyError> {
        let header = header(token, types)?;
        let found = self.keys.find(header.kid.as_deref(), header.alg).await;
        let key = found.map_err(|error| match error {
            KeyError::Unknown => VerifyError::Token(OidcError::UnknownKey),
            KeyError::Unavailable { retry_after_s } => VerifyError::Unavailable { retry_after_s },
        })?;
        let claims = self.verified(token, &key, header.alg, audience)?;
        claims.are_of(&self.url, self.tenant.as_deref())?;
        claims.are_timely(now)?;
        Ok(claims)
    }

    fn verified(
        &self,
        token: &str,
        key: &jsonwebtoken::DecodingKey,
        algorithm: Algorithm,
        audience: &str,
    ) -> Result<Claims, OidcError> {
        let mut validation = Validation::new(algorithm);
        validation.set_audience(&[audience]);
        validation.set_issuer(&[&self.url]);
        validation.set_required_spec_claims(&["exp", "aud", "iss"]);
        // The library would read the machine's clock. Ours is an input: see `are_timely`.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let decoded = jsonwebtoken::decode::<Claims>(token, key, &validation);
        decoded
            .map(|data| data.claims)
            .map_err(|error| told(&error))
    }
}

/// The token's header, if its `typ` is one of `types` or missing.
fn header(token: &str, types: &[&str]) -> Result<jsonwebtoken::Header, OidcError> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| OidcError::Malformed)?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(OidcError::Algorithm(format!("{:?}", header.alg)));
    }
    // RFC 7515, 4.1.11: a reader that does not understand all of `crit` must refuse. This one understands
    // none.
    if header.crit.is_some() {
        return Err(OidcError::Critical);
    }
    let own = header.typ.as_deref().map(str::to_ascii_lowercase);
    // RFC 7515, 4.1.9: `application/` may be left out.
    let own = own
        .as_deref()
        .map(|own| own.strip_prefix("application/").unwrap_or(own));
    match own {
        Some(own) if !types.contains(&own) => Err(OidcError::Type(own.chars().take(40).collect())),
        _ => Ok(header),
    }
}

fn told(error: &jsonwebtoken::errors::Error) -> OidcError {
    use jsonwebtoken::errors::ErrorKind;
    match error.kind() {
        ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => OidcError::Signature,
        ErrorKind::InvalidIssuer => OidcError::Issuer,
        ErrorKind::InvalidAudience => OidcError::Audience,
        ErrorKind::MissingRequiredClaim(claim) => OidcError::Claim(claim.clone()),
        _ => OidcError::Malformed,
    }
}

#[cfg(test)]
mod tests;
