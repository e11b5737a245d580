//! Certificate and key. Renewed files are taken up without a restart.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject},
};
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

use super::HttpError;

/// Pause between two looks at the files.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// The files of a certificate and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// PEM file of the certificate chain, the leaf first.
    pub certificate: PathBuf,
    /// PEM file of the private key.
    pub key: PathBuf,
}

/// Certificate and key, as last read from their files.
pub(super) struct Tls {
    files: TlsFiles,
    acceptor: TlsAcceptor,
    seen: Seen,
    looked_at: Instant,
}

/// When each file was last written, if the system says.
type Seen = [Option<SystemTime>; 2];

// === impl Tls ===

impl Tls {
    /// Reads both files.
    pub(super) fn open(files: &TlsFiles, now: Instant) -> Result<Self, HttpError> {
        // Taken before the files are read: what is written meanwhile is noticed the next time.
        let seen = written(files);
        Ok(Self {
            acceptor: read(files)?,
            files: files.clone(),
            seen,
            looked_at: now,
        })
    }

    /// The acceptor for the next handshake. Replaced files are taken up here; while they do not fit together,
    /// as halfway through a renewal, the old pair stays.
    pub(super) fn acceptor(&mut self, now: Instant) -> TlsAcceptor {
        if now.duration_since(self.looked_at) >= LOOK_EVERY {
            self.looked_at = now;
            self.renew();
        }
        self.acceptor.clone()
    }

    fn renew(&mut self) {
        let seen = written(&self.files);
        if seen == self.seen {
            return;
        }
        match read(&self.files) {
            Ok(acceptor) => {
                self.acceptor = acceptor;
                self.seen = seen;
                tracing::info!("the new certificate counts from now on");
            }
            Err(error) => tracing::warn!(%error, "the old certificate stays"),
        }
    }
}

fn written(files: &TlsFiles) -> Seen {
    [&files.certificate, &files.key]
        .map(|path| fs::metadata(path).and_then(|about| about.modified()).ok())
}

fn read(files: &TlsFiles) -> Result<TlsAcceptor, HttpError> {
    let chain = open("certificate", &files.certificate, |file| {
        CertificateDer::pem_reader_iter(file).collect::<Result<Vec<_>, _>>()
    })?;
    let key = open("key", &files.key, PrivateKeyDer::from_pem_reader)?;
    // Passed by hand, never taken from the process: a second library may have set another one there.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn open<T>(
    key: &'static str,
    path: &Path,
    read: impl FnOnce(File) -> Result<T, pem::Error>,
) -> Result<T, HttpError> {
    let wrong = |why: String| HttpError::File {
        key,
        path: path.display().to_string(),
        why,
    };
    let file = File::open(path).map_err(|error| wrong(error.to_string()))?;
    read(file).map_err(|error| wrong(format!("it is not the PEM it should be: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(dir: &Path, minute: u64) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let texts = [made.cert.pem(), made.signing_key.serialize_pem()];
        for (name, text) in ["a.pem", "a.key"].iter().zip(texts) {
            let path = dir.join(name);
            fs::write(&path, text).unwrap();
            touch(&path, minute);
        }
    }

    fn touch(path: &Path, minute: u64) {
        let at = SystemTime::UNIX_EPOCH + Duration::from_mins(minute);
        File::options()
            .append(true)
            .open(path)
            .unwrap()
            .set_modified(at)
            .unwrap();
    }

    fn files(dir: &Path) -> TlsFiles {
        TlsFiles {
            certificate: dir.join("a.pem"),
            key: dir.join("a.key"),
        }
    }

    #[test]
    fn a_renewed_certificate_counts_within_a_minute_and_a_broken_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        write(dir, 1);
        let files = files(folder.path());
        let began = Instant::now();
        let after = |minutes| began + Duration::from_mins(minutes);
        let mut tls = Tls::open(&files, began).unwrap();
        let first = tls.acceptor(began);
        let same = |tls: &mut Tls, minutes, other: &TlsAcceptor| {
            Arc::ptr_eq(tls.acceptor(after(minutes)).config(), other.config())
        };
        assert!(same(&mut tls, 1, &first), "nothing was written");
        write(dir, 2);
        assert!(same(&mut tls, 1, &first), "looked at a moment ago");
        assert!(!same(&mut tls, 2, &first));
        let second = tls.acceptor(after(2));
        fs::write(dir.join("a.key"), "no key").unwrap();
        touch(&dir.join("a.key"), 3);
        assert!(same(&mut tls, 3, &second), "halfway through a renewal");
        write(dir, 4);
        assert!(!same(&mut tls, 4, &second));
    }

    #[test]
    fn files_that_are_none_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path());
        let refused = || {
            let error = Tls::open(&files, Instant::now());
            error.map(drop).unwrap_err().to_string()
        };
        assert!(refused().contains("certificate = "));
        write(folder.path(), 1);
        fs::write(folder.path().join("a.key"), "").unwrap();
        assert!(refused().contains("key = "));
        let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = other.signing_key.serialize_pem();
        fs::write(folder.path().join("a.key"), key).unwrap();
        assert!(refused().contains("cannot be used"));
    }
}
