//! Answers of the issuer, in bounds of size; the client bounds their time.

use super::keys::PATIENCE;

/// Longest document that is read: an issuer's takes some KiB.
const MOST_BYTES: usize = 256 * 1024;

/// Why the issuer did not answer what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    /// It hangs.
    #[error("{0} took longer than {PATIENCE:?}")]
    TookTooLong(String),
    /// It cannot be reached, or refuses.
    #[error("{0}: {1}")]
    Http(String, reqwest::Error),
    /// More than anybody needs.
    #[error("{0} answers more than {MOST_BYTES} bytes")]
    TooLong(String),
    /// Of another form.
    #[error("{0} answers no JSON of the expected form")]
    Form(String),
    /// Of another issuer.
    #[error("the discovery document is of issuer `{0}`")]
    OtherIssuer(String),
    /// Anybody on the way could change it.
    #[error("the discovery document names `{0}`, which is not over TLS")]
    Untrustworthy(String),
    /// Nothing that can be used.
    #[error("it has no key for RS256, ES256 or EdDSA")]
    NoKeys,
}

/// The body of an answer from `url`.
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
