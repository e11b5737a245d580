//! Why a caller is turned away.

use crate::store::StoreError;

/// Why a caller is turned away.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Credentials are needed, and none were sent.
    #[error("send an API token or the issuer's token: `Authorization: Bearer …`")]
    NoCredentials,
    /// The `Authorization` header has another form than `Bearer` and one token.
    #[error("the Authorization header is not `Bearer` and one token")]
    NotBearer,
    /// The API token is unknown, expired or revoked.
    #[error("this API token is {0}: ask the aggregator's steward for a new one")]
    Token(&'static str),
    /// The token is not one of our API tokens, and no issuer is configured.
    #[error("this is no API token, and no issuer of others is configured here")]
    NoIssuer,
    /// The issuer's token fails a check.
    #[error("the bearer token is refused: {0}")]
    Bearer(#[source] OidcError),
    /// The issuer's token is good, but gives no role here.
    #[error("{0}")]
    NoRole(String),
    /// The issuer's keys cannot be fetched now.
    #[error("the issuer's keys cannot be had now, so its tokens cannot be checked")]
    IssuerUnavailable {
        /// Seconds until the issuer is asked again.
        retry_after_s: u64,
    },
    /// With `anonymous`: the request did not come directly from a program on this machine.
    #[error(
        "nobody is asked who they are here ([http] anonymous), so only programs on this machine are \
         answered, over HTTP/1.1 by the address 127.0.0.1, [::1] or localhost, and not through a proxy \
         nor from another site's page: configure [oidc] or make an API token for others"
    )]
    NotLocal,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an issuer's token does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OidcError {
    /// It is not three parts of base64 with JSON in them, or names an unknown algorithm.
    #[error("it cannot be read as a signed JSON Web Token")]
    Malformed,
    /// It is signed by an algorithm that is not taken, or not at all.
    #[error("it is signed by {0}, and only RS256, ES256 and EdDSA are taken")]
    Algorithm(String),
    /// Its header lists extensions that must be understood (`crit`).
    #[error("its header has `crit`, and nothing that it could list is understood here")]
    Critical,
    /// Its `typ` is another one, such as that of a logout token.
    #[error("its header's `typ` is `{0}`, which is no token for this")]
    Type(String),
    #[error("the issuer has no key of its `kid`")]
    UnknownKey,
    #[error("its signature is not the issuer's")]
    Signature,
    #[error("its issuer (`iss`) is not the one configured here")]
    Issuer,
    #[error("it is for another audience (`aud`) than this API")]
    Audience,
    #[error("it is of another tenant (`tid`) than the one configured here")]
    Tenant,
    #[error("it expired")]
    Expired,
    /// It is not valid yet, or was issued in the future.
    #[error("it is not valid yet: the issuer's clock and this machine's differ by over a minute")]
    NotYet,
    /// It is an id token of another sign-in.
    #[error("its `nonce` is not the one that this browser's sign-in sent")]
    Nonce,
    #[error("its claim `{0}` is missing or is not what it should be")]
    Claim(String),
}
