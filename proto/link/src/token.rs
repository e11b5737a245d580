//! One-time enrolment tokens.
//!
//! A token carries the authority's certificate, so that a node that has nothing yet can check the
//! aggregator with ordinary certificate verification. A fingerprint would be shorter to copy and
//! would need a verifier of our own.

use std::{fmt, str::FromStr};

use base64::{DecodeError, Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use sha2::{Digest, Sha256};
use vwis_model::{aggregator_name::AggregatorName, ods::OdsCode};

const PREFIX: &str = "vwis1.";
/// Bytes of the token's length, which stands first, so that a cut is told from a change.
const LENGTH_BYTES: usize = 2;
const SECRET_BYTES: usize = 32;
const CHECK_BYTES: usize = 8;

/// A token that an aggregator hands to an organisation, over a channel that both trust, so that its node
/// can enrol once.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentToken {
    ods_code: OdsCode,
    aggregator: AggregatorName,
    secret: [u8; SECRET_BYTES],
    authority: CertificateDer<'static>,
}

/// Why a text is no token, or none could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The text is something else.
    #[error("this is not an enrolment token: it must begin with `{PREFIX}`")]
    Prefix,
    /// The token is of another version of the product.
    #[error("this is a token of another version of VWIS: update this program or the aggregator's")]
    Version,
    /// The token is cut short.
    #[error("the token is cut short: copy all of it, to its last character")]
    Incomplete,
    /// The token was damaged in transit, or something follows it.
    #[error("the token was changed or something was added to it: copy it again, and nothing else")]
    Damaged,
    /// The authority's certificate is not PEM.
    #[error("the authority's certificate cannot be read")]
    Authority,
    /// The kernel gave no randomness.
    #[error("no randomness for a token's secret")]
    Randomness,
}

// === impl EnrolmentToken ===

impl EnrolmentToken {
    /// A token with a new secret.
    ///
    /// # Errors
    /// [`TokenError::Authority`] for a bad certificate, [`TokenError::Randomness`] if the kernel gives none.
    pub fn generate(
        ods_code: OdsCode,
        aggregator: AggregatorName,
        authority_pem: &str,
    ) -> Result<Self, TokenError> {
        let authority = CertificateDer::from_pem_slice(authority_pem.as_bytes())
            .map_err(|_| TokenError::Authority)?;
        let mut secret = [0; SECRET_BYTES];
        aws_lc_rs::rand::fill(&mut secret).map_err(|_| TokenError::Randomness)?;
        Ok(Self {
            ods_code,
            aggregator,
            secret,
            authority,
        })
    }

    /// The organisation whose node it enrols.
    #[must_use]
    pub fn ods_code(&self) -> &OdsCode {
        &self.ods_code
    }

    /// The aggregator that made it.
    #[must_use]
    pub fn aggregator(&self) -> &AggregatorName {
        &self.aggregator
    }

    /// The authority that the aggregator must be certified by.
    #[must_use]
    pub fn authority(&self) -> &CertificateDer<'static> {
        &self.authority
    }

    /// Whether `pem` holds the token's authority and no other certificate.
    #[must_use]
    pub fn is_authority(&self, pem: &str) -> bool {
        let mut certificates = CertificateDer::pem_slice_iter(pem.as_bytes());
        let first = certificates.next();
        first.is_some_and(|first| first.is_ok_and(|first| first == self.authority))
            && certificates.next().is_none()
    }

    /// The secret as text, as it travels in `EnrolRequest.token_secret`.
    #[must_use]
    pub fn secret(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.secret)
    }
}

/// The text that people copy.
impl fmt::Display for EnrolmentToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = Vec::new();
        for text in [self.ods_code.as_str(), self.aggregator.as_str()] {
            bytes.push(u8::try_from(text.len()).expect("codes and names are short"));
            bytes.extend(text.as_bytes());
        }
        bytes.extend(self.secret);
        bytes.extend(self.authority.as_ref());
        let length = LENGTH_BYTES + bytes.len() + CHECK_BYTES;
        let length = u16::try_from(length).expect("a certificate of ours has under 1 KiB");
        bytes.splice(..0, length.to_be_bytes());
        let check = Sha256::digest(&bytes);
        bytes.extend(&check[..CHECK_BYTES]);
        write!(f, "{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for EnrolmentToken {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        // Terminals and letters break long lines.
        let text: String = text.split_whitespace().collect();
        let encoded = after_prefix(&text)?;
        let bytes = URL_SAFE_NO_PAD
            .decode(encoded)
            .map_err(|error| match error {
                DecodeError::InvalidByte(..) | DecodeError::InvalidPadding => TokenError::Damaged,
                // A whole token ends at the end of a group of characters.
                DecodeError::InvalidLength(_) | DecodeError::InvalidLastSymbol(..) => {
                    TokenError::Incomplete
                }
            })?;
        let length = bytes.first_chunk().ok_or(TokenError::Incomplete)?;
        if bytes.len() < usize::from(u16::from_be_bytes(*length)) {
            return Err(TokenError::Incomplete);
        }
        let (content, check) = bytes
            .split_last_chunk::<CHECK_BYTES>()
            .ok_or(TokenError::Damaged)?;
        if Sha256::digest(content)[..CHECK_BYTES] != check[..] {
            return Err(TokenError::Damaged);
        }
        let (ods_code, rest) = short_text(&content[LENGTH_BYTES..])?;
        let (aggregator, rest) = short_text(rest)?;
        let (secret, authority) = rest
            .split_first_chunk::<SECRET_BYTES>()
            .ok_or(TokenError::Damaged)?;
        Ok(Self {
            ods_code: ods_code.parse().map_err(|_| TokenError::Damaged)?,
            aggregator: aggregator.parse().map_err(|_| TokenError::Damaged)?,
            secret: *secret,
            authority: CertificateDer::from(authority.to_vec()),
        })
    }
}

fn after_prefix(text: &str) -> Result<&str, TokenError> {
    if let Some(encoded) = text.strip_prefix(PREFIX) {
        return Ok(encoded);
    }
    let version = text
        .strip_prefix("vwis")
        .and_then(|rest| rest.split('.').next());
    Err(match version {
        _ if !text.is_empty() && PREFIX.starts_with(text) => TokenError::Incomplete,
        Some(version) if !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit()) => {
            TokenError::Version
        }
        _ => TokenError::Prefix,
    })
}

fn short_text(bytes: &[u8]) -> Result<(&str, &[u8]), TokenError> {
    let (length, rest) = bytes.split_first().ok_or(TokenError::Damaged)?;
    let (text, rest) = rest
        .split_at_checked(usize::from(*length))
        .ok_or(TokenError::Damaged)?;
    Ok((str::from_utf8(text).map_err(|_| TokenError::Damaged)?, rest))
}

/// Never shows the secret.
impl fmt::Debug for EnrolmentToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnrolmentToken")
            .field("ods_code", &self.ods_code)
            .field("aggregator", &self.aggregator)
            .finish_non_exhaustive()
    }
}
