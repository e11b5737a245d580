//! The credentials that a listener shows and trusts now.
//!
//! ```text
//! each handshake, each arrival of bytes ─► did a file change? ─ yes ─► read again ─► other authority?
//!                                                                                     └─► hang up on all
//! ```
//!
//! A person who replaces an authority wants nobody whom the old one certified to be answered from that
//! moment on, on open connections either. So the files are looked at whenever a peer does something, and
//! not by a timer.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwap;
use rustls::ServerConfig;

use vwis_host::files::{self, FileError};

use super::{PeerCertificates, server_config};
use crate::credentials::{Credentials, CredentialsError};

/// The files of a certificate, its key and the authority that peers must be certified by.
#[derive(Clone, Debug)]
pub struct CredentialFiles {
    /// The certificate's file, in PEM.
    pub certificate: PathBuf,
    /// The private key's file, in PEM.
    pub key: PathBuf,
    /// The file of the authority's certificate, in PEM.
    pub authority: PathBuf,
}

/// Why the files give no credentials.
#[derive(Debug, thiserror::Error)]
pub enum CredentialFilesError {
    /// One of the files cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// They hold nothing that can be used, or do not belong together.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
}

/// Which version of each file was seen last: its inode, and when it was written (seconds, nanoseconds).
type Seen = [Option<(u64, i64, i64)>; 3];

/// A listener's credentials, which the accept loop and every connection share.
pub(super) struct Current {
    config: ArcSwap<ServerConfig>,
    peers: PeerCertificates,
    /// The number of times that the authority was replaced: connections of an earlier number are over.
    authority: AtomicU64,
    authority_pem: Mutex<Option<String>>,
    followed: Option<(CredentialFiles, Mutex<Seen>)>,
}

// === impl CredentialFiles ===

impl CredentialFiles {
    /// The credentials that the files hold now.
    ///
    /// # Errors
    /// [`CredentialFilesError`] names the file.
    pub fn read(&self) -> Result<Credentials, CredentialFilesError> {
        Ok(self.read_with_authority()?.0)
    }

    fn read_with_authority(&self) -> Result<(Credentials, String), CredentialFilesError> {
        let authority = files::read_text(&self.authority)?;
        let credentials = Credentials::from_pem(
            &files::read_text(&self.certificate)?,
            &files::read_text(&self.key)?,
            &authority,
        )?;
        Ok((credentials, authority))
    }

    fn seen(&self) -> Seen {
        [&self.certificate, &self.key, &self.authority].map(|path| {
            let about = fs::metadata(path).ok()?;
            Some((about.ino(), about.mtime(), about.mtime_nsec()))
        })
    }
}

// === impl Current ===

impl Current {
    pub(super) fn fixed(
        credentials: &Credentials,
        peers: PeerCertificates,
    ) -> Result<Self, rustls::Error> {
        Ok(Self {
            config: ArcSwap::from_pointee(server_config(credentials, peers)?),
            peers,
            authority: AtomicU64::new(0),
            authority_pem: Mutex::new(None),
            followed: None,
        })
    }

    pub(super) fn following(
        files: CredentialFiles,
        peers: PeerCertificates,
    ) -> Result<Self, super::ListenError> {
        // Looked at before they are read, so that what is written meanwhile is noticed the next time.
        let seen = files.seen();
        let (credentials, authority) = files.read_with_authority()?;
        Ok(Self {
            authority_pem: Mutex::new(Some(authority)),
            followed: Some((files, Mutex::new(seen))),
            ..Self::fixed(&credentials, peers)?
        })
    }

    /// The configuration for the next handshake, and the number of the authority that it is of.
    pub(super) fn for_handshake(&self) -> (Arc<ServerConfig>, u64) {
        self.follow();
        // The number first: if the authority is replaced in between, the connection ends, and does not live
        // on under a new number.
        let authority = self.authority.load(Ordering::SeqCst);
        (self.config.load_full(), authority)
    }

    /// Whether a connection under that number of the authority is over.
    pub(super) fn is_over(&self, authority: u64) -> bool {
        self.follow();
        self.authority.load(Ordering::SeqCst) != authority
    }

    pub(super) fn replace(&self, credentials: &Credentials) -> Result<(), rustls::Error> {
        self.config
            .store(Arc::new(server_config(credentials, self.peers)?));
        Ok(())
    }

    /// Takes up files that were replaced. While they do not belong together, as halfway through an enrolment,
    /// the old ones count.
    fn follow(&self) {
        let Some((files, last_seen)) = &self.followed else {
            return;
        };
        let mut last_seen = last_seen.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = files.seen();
        if seen == *last_seen {
            return;
        }
        let read = files.read_with_authority();
        let taken = read
            .map_err(|error| error.to_string())
            .and_then(|(credentials, authority)| {
                self.replace(&credentials)
                    .map_err(|error| error.to_string())?;
                Ok(authority)
            });
        match taken {
            Ok(authority) => {
                *last_seen = seen;
                let mut known = self
                    .authority_pem
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                if known.as_ref() == Some(&authority) {
                    tracing::info!("a new certificate counts from now on");
                } else {
                    *known = Some(authority);
                    self.authority.fetch_add(1, Ordering::SeqCst);
                    tracing::warn!(
                        "another authority counts from now on; all connections are ended"
                    );
                }
            }
            Err(error) => tracing::debug!(error, "the files make no pair yet: the old ones count"),
        }
    }
}
