//! Why a caller is turned away.
use vwis_web::{
    bearer::NotBearer,
    oidc::{OidcError, VerifyError},
};

use crate::store::StoreError;

/// Why a caller is turned away.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Credentials are needed, and none were sent.
    #[error("send an API token or the issuer's token: `Authorization: Bearer …`")]
    NoCredentials,
    #[error(transparent)]
    NotBearer(#[from] NotBearer),
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

impl From<VerifyError> for Refusal {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Token(error) => Self::Bearer(error),
            VerifyError::Unavailable { retry_after_s } => Self::IssuerUnavailable { retry_after_s },
        }
    }
}
