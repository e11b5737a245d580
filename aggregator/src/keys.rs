//! The aggregator's files of keys: its authority, and its own certificate.
//!
//! ```text
//! DIR/authority/authority.key   0600  signs certificates; back it up, and keep it from others
//! DIR/authority/authority.pem         what nodes trust
//! DIR/tls/aggregator.key        0600
//! DIR/tls/aggregator.pem
//! ```

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use vwis_link::{
    authority::{Authority, AuthorityError},
    credentials::{Credentials, CredentialsError, KeyAndCsr},
    files::{self, FileError},
    identity::Identity,
};
use vwis_proto::aggregator_name::AggregatorName;

/// Where the key files of one aggregator lie.
#[derive(Clone, Debug)]
pub struct Keys {
    dir: PathBuf,
}

/// Why keys cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// They are there already.
    #[error("{0} is there already: this folder holds an aggregator, and its keys are not replaced")]
    Exists(PathBuf),
    /// A folder cannot be made.
    #[error("{path}: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The authority cannot be made or read.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The certificate cannot be used.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
}

// === impl Keys ===

impl Keys {
    /// The keys in an aggregator's folder.
    #[must_use]
    pub fn in_dir(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
        }
    }

    fn authority_key(&self) -> PathBuf {
        self.dir.join("authority/authority.key")
    }

    fn authority_certificate(&self) -> PathBuf {
        self.dir.join("authority/authority.pem")
    }

    fn own_key(&self) -> PathBuf {
        self.dir.join("tls/aggregator.key")
    }

    fn own_certificate(&self) -> PathBuf {
        self.dir.join("tls/aggregator.pem")
    }

    /// Makes an authority and, issued by it, the aggregator's own certificate.
    ///
    /// # Errors
    /// [`KeysError::Exists`] where there are keys: an authority that is replaced cuts every node
    /// off.
    pub fn create(&self, name: &AggregatorName, now: Timestamp) -> Result<(), KeysError> {
        let files = [self.authority_key(), self.own_key()];
        if let Some(there) = files.into_iter().find(|path| path.exists()) {
            return Err(KeysError::Exists(there));
        }
        for folder in ["authority", "tls"] {
            let path = self.dir.join(folder);
            fs::create_dir_all(&path).map_err(|source| KeysError::Folder { path, source })?;
        }
        let authority = Authority::generate(name, now)?;
        let identity = Identity::Aggregator(name.clone());
        let own = KeyAndCsr::generate(&identity)?;
        let certificate = authority.issue(&own.csr_pem, &identity, now)?;
        files::write_private(&self.authority_key(), authority.key_pem().as_bytes())?;
        files::write_public(
            &self.authority_certificate(),
            authority.certificate_pem().as_bytes(),
        )?;
        files::write_private(&self.own_key(), own.key_pem.as_bytes())?;
        files::write_public(&self.own_certificate(), certificate.as_bytes())?;
        Ok(())
    }

    /// The authority, to issue certificates with.
    ///
    /// # Errors
    /// When its files cannot be read.
    pub fn authority(&self) -> Result<Authority, KeysError> {
        let certificate = files::read_text(&self.authority_certificate())?;
        let key = files::read_text(&self.authority_key())?;
        Ok(Authority::from_pem(&certificate, &key)?)
    }

    /// The authority's certificate, PEM.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn authority_pem(&self) -> Result<String, KeysError> {
        Ok(files::read_text(&self.authority_certificate())?)
    }

    /// What the aggregator shows to nodes.
    ///
    /// # Errors
    /// When a file cannot be read, or the certificate not used.
    pub fn credentials(&self) -> Result<Credentials, KeysError> {
        let certificate = files::read_text(&self.own_certificate())?;
        let key = files::read_text(&self.own_key())?;
        Ok(Credentials::from_pem(
            &certificate,
            &key,
            &self.authority_pem()?,
        )?)
    }
}
