//! Bearer tokens of an OpenID Connect issuer.
//!
//! ```text
//! token ─► alg allowed? ─► key of its kid ─► signature · issuer · audience ─► times ─► claims
//!                          └─ unknown: ask the issuer again, in bounds (keys.rs)
//! ```
//! Only signatures by public keys are taken: RS256, ES256 and EdDSA. `none` is no algorithm here,
//! and under HS256 a public key, which everybody has, would be the secret.

mod bounded;
mod claims;
mod keys;

pub(crate) use self::{
    bounded::{AskError, read as read_bounded},
    keys::{Endpoints, KeyError},
};

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Validation};

use self::{claims::Claims, keys::Keys};
use super::{Identity, door::Refusal};
use crate::config::OidcConfig;

/// The algorithms taken.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];
/// What tokens for this API call themselves (RFC 9068 for the second).
const ACCESS_TOKENS: [&str; 2] = ["jwt", "at+jwt"];
/// What id tokens call themselves.
const ID_TOKENS: [&str; 1] = ["jwt"];
/// How far the issuer's clock and ours may differ.
const CLOCK_SKEW_S: i64 = 60;

/// An issuer whose tokens are taken. Its clones share its keys.
#[derive(Clone)]
pub(crate) struct Issuer {
    config: OidcConfig,
    keys: Keys,
}

/// Why a token is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OidcError {
    /// Not three parts of base64 with JSON in them, or an algorithm nobody knows.
    #[error("it cannot be read as a signed JSON Web Token")]
    Malformed,
    /// Signed by another algorithm than those taken, or not at all.
    #[error("it is signed by {0}, and only RS256, ES256 and EdDSA are taken")]
    Algorithm(String),
    /// It asks for something that has to be understood.
    #[error("its header has `crit`, and nothing that it could list is understood here")]
    Critical,
    /// Another kind of token: of a sign-out, say.
    #[error("its header's `typ` is `{0}`, which is no token for this")]
    Type(String),
    /// The issuer has no such key.
    #[error("the issuer has no key of its `kid`")]
    UnknownKey,
    /// Not signed by that key.
    #[error("its signature is not the issuer's")]
    Signature,
    /// Of another issuer.
    #[error("its issuer (`iss`) is not the one configured here")]
    Issuer,
    /// For another audience.
    #[error("it is for another audience (`aud`) than this API")]
    Audience,
    /// Of another directory of the issuer.
    #[error("it is of another tenant (`tid`) than the one configured here")]
    Tenant,
    /// Over.
    #[error("it expired")]
    Expired,
    /// Not begun, or issued in the future.
    #[error("it is not valid yet: the issuer's clock and this machine's differ by over a minute")]
    NotYet,
    /// An id token of another sign-in.
    #[error("its `nonce` is not the one that this browser's sign-in sent")]
    Nonce,
    /// A claim that is missing or of the wrong form.
    #[error("its claim `{0}` is missing or is not what it should be")]
    Claim(String),
}

// === impl Issuer ===

impl Issuer {
    /// The issuer of this configuration; it is asked nothing yet.
    ///
    /// # Errors
    /// Where no HTTP client can be made.
    pub(crate) fn new(config: OidcConfig) -> Result<Self, reqwest::Error> {
        let keys = Keys::of(&config.issuer)?;
        Ok(Self { config, keys })
    }

    /// Who a token speaks for.
    ///
    /// # Errors
    /// [`Refusal::Bearer`] says what is wrong with it, [`Refusal::NoRole`] what it lacks,
    /// [`Refusal::IssuerUnavailable`] that it cannot be told now.
    pub(crate) async fn identify(&self, token: &str, now: Timestamp) -> Result<Identity, Refusal> {
        let claims = self
            .claims(token, &ACCESS_TOKENS, &self.config.audience, now)
            .await?;
        claims.identity(&self.config)
    }

    /// Whom an id token speaks for, which `client_id` got for the sign-in that sent `nonce`.
    ///
    /// # Errors
    /// As [`Self::identify`].
    pub(crate) async fn identify_signed_in(
        &self,
        id_token: &str,
        client_id: &str,
        nonce: &str,
        now: Timestamp,
    ) -> Result<Identity, Refusal> {
        let claims = self.claims(id_token, &ID_TOKENS, client_id, now).await?;
        claims.answer(nonce, client_id).map_err(Refusal::Bearer)?;
        claims.identity(&self.config)
    }

    /// What is configured of it.
    #[must_use]
    pub(crate) fn config(&self) -> &OidcConfig {
        &self.config
    }

    /// Where it signs people in.
    pub(crate) async fn endpoints(&self) -> Result<Endpoints, KeyError> {
        self.keys.endpoints().await
    }

    /// The client by which it is asked, in bounds.
    pub(crate) fn client(&self) -> &reqwest::Client {
        self.keys.client()
    }

    async fn claims(
        &self,
        token: &str,
        types: &[&str],
        audience: &str,
        now: Timestamp,
    ) -> Result<Claims, Refusal> {
        let header = header(token, types).map_err(Refusal::Bearer)?;
        let found = self.keys.find(header.kid.as_deref(), header.alg).await;
        let key = found.map_err(|error| match error {
            KeyError::Unknown => Refusal::Bearer(OidcError::UnknownKey),
            KeyError::Unavailable { retry_after_s } => Refusal::IssuerUnavailable { retry_after_s },
        })?;
        let claims = self
            .verified(token, &key, header.alg, audience)
            .map_err(Refusal::Bearer)?;
        claims
            .are_of(&self.config.issuer)
            .and_then(|()| claims.are_timely(now))
            .map_err(Refusal::Bearer)?;
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
        validation.set_issuer(&[&self.config.issuer]);
        validation.set_required_spec_claims(&["exp", "aud", "iss"]);
        // The library reads the machine's clock; ours is an input (see `are_timely`).
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let decoded = jsonwebtoken::decode::<Claims>(token, key, &validation);
        decoded
            .map(|data| data.claims)
            .map_err(|error| told(&error))
    }
}

/// The header of a token of one of these types. One that says nothing of its type is taken for any.
fn header(token: &str, types: &[&str]) -> Result<jsonwebtoken::Header, OidcError> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| OidcError::Malformed)?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(OidcError::Algorithm(format!("{:?}", header.alg)));
    }
    // RFC 7515, 4.1.11: who does not understand all that it lists must refuse, and nothing is understood.
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
