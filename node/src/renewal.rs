//! Renews the node's certificate over the connection that it secures, so that nobody has to log in.
//!
//! ```text
//! Describe ─► is a third of its life left at most? ─► a new key, kept; its signing request in the answer
//! RenewCertificate ─► by our authority, for us, for that key? ─► both in place; `serve` takes them up
//! ```
//! **A crash leaves one pair or the other.** The certificate is kept beside the new key before either takes
//! its place, and whoever finds it there finishes the renewal.

use std::{fs, path::PathBuf};

use jiff::Timestamp;
use vwis_host::{
    fault,
    files::{self, FileError},
};
use vwis_link::{
    authority::AuthorityError,
    credentials::{Credentials, CredentialsError, KeyAndCsr},
    identity::Identity,
    validity::Validity,
};
use vwis_model::ods::OdsCode;

use crate::config::Config;

/// Why there is no signing request, or why a certificate is not taken.
#[derive(Debug, thiserror::Error)]
pub enum RenewalError {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// A file cannot be moved to its place.
    #[error("{path}: {source}")]
    Place {
        /// Path of the file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No key can be made.
    #[error(transparent)]
    Key(#[from] AuthorityError),
    /// Nobody asked for a certificate.
    #[error("this node asked for no certificate")]
    NotAsked,
    /// The certificate is not the one that was asked for.
    #[error(
        "that is no certificate of this node's authority for this node and the key of its request"
    )]
    NotOurs,
}

impl From<CredentialsError> for RenewalError {
    fn from(_: CredentialsError) -> Self {
        Self::NotOurs
    }
}

/// The signing request, where the certificate has to be renewed. The key stays the same until a certificate
/// is taken.
///
/// # Errors
/// When a file cannot be read or written.
pub fn request(
    config: &Config,
    ods_code: &OdsCode,
    now: Timestamp,
) -> Result<Option<String>, RenewalError> {
    finish(config)?;
    let certificate = files::read_text(&config.credential_files().certificate)?;
    if !Validity::of_pem(&certificate).is_some_and(|validity| validity.is_due(now)) {
        return Ok(None);
    }
    let identity = Identity::Node(ods_code.clone());
    let path = next_key(config);
    let key = if files::is_there(&path)? {
        KeyAndCsr::of_key(&files::read_text(&path)?, &identity)?
    } else {
        let key = KeyAndCsr::generate(&identity)?;
        files::write_private(&path, key.key_pem.as_bytes())?;
        key
    };
    Ok(Some(key.csr_pem))
}

/// Puts the requested certificate in place.
///
/// # Errors
/// [`RenewalError::NotOurs`] for any other certificate; others when a file cannot be written.
pub fn take(
    config: &Config,
    ods_code: &OdsCode,
    certificate_pem: &str,
    now: Timestamp,
) -> Result<(), RenewalError> {
    finish(config)?;
    if !files::is_there(&next_key(config))? {
        return Err(RenewalError::NotAsked);
    }
    let key = files::read_text(&next_key(config))?;
    let authority = files::read_text(&config.credential_files().authority)?;
    let credentials = Credentials::from_pem(certificate_pem, &key, &authority)?;
    let is_ours = *credentials.identity() == Identity::Node(ods_code.clone());
    if !(is_ours && credentials.is_certified(now)) {
        return Err(RenewalError::NotOurs);
    }
    files::write_public(&next_certificate(config), certificate_pem.as_bytes())?;
    fault::point("renewal.kept");
    finish(config)
}

/// Finishes a renewal: once its certificate is kept, both files are moved to their places.
///
/// # Errors
/// When a file cannot take its place.
pub fn finish(config: &Config) -> Result<(), RenewalError> {
    if !files::is_there(&next_certificate(config))? {
        return Ok(());
    }
    let places = config.credential_files();
    for (next, place) in [
        (next_key(config), places.key),
        (next_certificate(config), places.certificate),
    ] {
        if files::is_there(&next)? {
            fs::rename(&next, &place).map_err(|source| RenewalError::Place {
                path: place.clone(),
                source,
            })?;
            fault::point("renewal.in_place");
        }
    }
    Ok(())
}

fn next_key(config: &Config) -> PathBuf {
    config.tls_dir().join("node.next.key")
}

fn next_certificate(config: &Config) -> PathBuf {
    config.tls_dir().join("node.next.crt")
}

#[cfg(test)]
mod tests;
