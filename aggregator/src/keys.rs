//! The aggregator's files of keys: its authority, and its own certificate.
//!
//! ```text
//! DIR/authority/authority.key   0600  signs certificates; back it up, and keep it from others
//! DIR/authority/authority.pem         what nodes trust
//! DIR/tls/aggregator.key        0600
//! DIR/tls/aggregator.pem
//! ```

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use vwis_host::{
    fault,
    files::{self, FileError},
};
use vwis_link::{
    authority::{Authority, AuthorityError},
    credentials::{Credentials, KeyAndCsr},
    identity::Identity,
    server::{CredentialFiles, CredentialFilesError},
    validity::Validity,
};
use vwis_model::aggregator_name::AggregatorName;

/// Where the key files of one aggregator lie.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    dir: PathBuf,
}

/// Why keys cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeysError {
    #[error("{0} is there already: this folder holds an aggregator, and its keys are not replaced")]
    Exists(PathBuf),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The lock file that keeps two renewals apart cannot be opened or locked.
    #[error("{0}: {1}")]
    Lock(PathBuf, #[source] std::io::Error),
    #[error(transparent)]
    Credentials(#[from] CredentialFilesError),
}

// === impl Keys ===

impl Keys {
    #[must_use]
    pub(crate) fn in_dir(dir: &Path) -> Self {
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
    pub(crate) fn create(&self, name: &AggregatorName, now: Timestamp) -> Result<(), KeysError> {
        for path in [self.authority_key(), self.own_key()] {
            if files::is_there(&path)? {
                return Err(KeysError::Exists(path));
            }
        }
        for folder in ["authority", "tls"] {
            files::private_folder(&self.dir.join(folder))?;
        }
        let authority = Authority::generate(name, now)?;
        files::write_private(&self.authority_key(), authority.key_pem().as_bytes())?;
        files::write_public(
            &self.authority_certificate(),
            authority.certificate_pem().as_bytes(),
        )?;
        self.certify(&authority, name, now)?;
        Ok(())
    }

    /// Makes the aggregator's own key and certificate anew when at most a third of the certificate's life is
    /// left. Returns when the new certificate ends; none if nothing was due. Nodes trust the authority, so
    /// none of them has to hear of it.
    ///
    /// # Errors
    /// When a file cannot be read or written, or the authority cannot issue.
    pub(crate) fn renew_if_due(
        &self,
        name: &AggregatorName,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, KeysError> {
        if !self.is_due(now)? {
            return Ok(None);
        }
        // `serve` and `collect` may renew at once: whoever gets the lock second finds it done.
        let lock = self.dir.join("tls/renew.lock");
        files::private_file(&lock)?;
        let in_lock = |source| KeysError::Lock(lock.clone(), source);
        let lock_file = File::open(&lock).map_err(in_lock)?;
        lock_file.lock().map_err(in_lock)?;
        if !self.is_due(now)? {
            return Ok(None);
        }
        let certificate = self.certify(&self.authority()?, name, now)?;
        Ok(Validity::of_pem(&certificate).map(|validity| validity.ends))
    }

    fn is_due(&self, now: Timestamp) -> Result<bool, KeysError> {
        let validity = self.own_validity()?;
        // A certificate that cannot be read is made anew, too.
        Ok(validity.is_none_or(|validity| validity.is_due(now)))
    }

    /// The validity of the aggregator's own certificate; none where the file is no certificate.
    pub(crate) fn own_validity(&self) -> Result<Option<Validity>, KeysError> {
        Ok(Validity::of_pem(&files::read_text(
            &self.own_certificate(),
        )?))
    }

    /// The validity of the authority's certificate; none where the file is no certificate.
    pub(crate) fn authority_validity(&self) -> Result<Option<Validity>, KeysError> {
        Ok(Validity::of_pem(&self.authority_pem()?))
    }

    /// Writes a new key and a certificate of it, issued by `authority`; returns the certificate, PEM.
    fn certify(
        &self,
        authority: &Authority,
        name: &AggregatorName,
        now: Timestamp,
    ) -> Result<String, KeysError> {
        let identity = Identity::Aggregator(name.clone());
        let own = KeyAndCsr::generate(&identity)?;
        let certificate = authority.issue(&own.csr_pem, &identity, now)?;
        files::write_private(&self.own_key(), own.key_pem.as_bytes())?;
        fault::point("renew.key");
        files::write_public(&self.own_certificate(), certificate.as_bytes())?;
        Ok(certificate)
    }

    /// The authority with its key, to issue certificates with.
    pub(crate) fn authority(&self) -> Result<Authority, KeysError> {
        let certificate = files::read_text(&self.authority_certificate())?;
        let key = files::read_text(&self.authority_key())?;
        Ok(Authority::from_pem(&certificate, &key)?)
    }

    /// The authority's certificate, PEM.
    pub(crate) fn authority_pem(&self) -> Result<String, KeysError> {
        Ok(files::read_text(&self.authority_certificate())?)
    }

    /// The certificate and key that the aggregator shows to nodes.
    pub(crate) fn credentials(&self) -> Result<Credentials, KeysError> {
        Ok(self.credential_files().read()?)
    }

    #[must_use]
    pub(crate) fn credential_files(&self) -> CredentialFiles {
        CredentialFiles {
            certificate: self.own_certificate(),
            key: self.own_key(),
            authority: self.authority_certificate(),
        }
    }
}
