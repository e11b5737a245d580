//! Reads the issuer's answers up to a bound on their size. The HTTP client bounds the time.

use std::time::Duration;

/// Longest that the issuer may take, for discovery and keys together.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Longest document that is read, in bytes: an issuer's documents take some KiB.
const MOST_BYTES: usize = 256 * 1024;

#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    #[error("{0} took longer than {PATIENCE:?}")]
    TookTooLong(String),
    /// The issuer cannot be reached, or answers with an error.
    #[error("{0}: {1}")]
    Http(String, reqwest::Error),
    /// The answer is longer than [`MOST_BYTES`].
    #[error("{0} answers more than {MOST_BYTES} bytes")]
    TooLong(String),
    #[error("{0} answers no JSON of the expected form")]
    Form(String),
    #[error("the discovery document is of issuer `{0}`")]
    OtherIssuer(String),
    /// The document names an address that is not over TLS, so somebody on the way could change its answers.
    #[error("the discovery document names `{0}`, which is not over TLS")]
    Untrustworthy(String),
    #[error("it has no key for RS256, ES256 or EdDSA")]
    NoKeys,
}

/// Reads the body of an answer from `url`.
pub(crate) async fn read(url: &str, mut answer: reqwest::Response) -> Result<Vec<u8>, AskError> {
    let http = |error: reqwest::Error| AskError::Http(url.to_owned(), error.without_url());
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(http)? {
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(AskError::TooLong(url.to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
