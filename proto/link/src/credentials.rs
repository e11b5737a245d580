//! Credentials: what one end of a link needs to prove who it is and to check the other.

use std::{fmt, sync::Arc, time::Duration};

use jiff::Timestamp;
use rcgen::{CertificateParams, KeyPair};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    client::Resumption,
    pki_types::{CertificateDer, PrivateKeyDer, UnixTime, pem::PemObject},
    server::{NoServerSessionStorage, WebPkiClientVerifier},
    time_provider::TimeProvider,
    version::TLS13,
};

use vwis_host::clock::{Clock as _, SystemClock};

use crate::{
    authority::{AuthorityError, new_key, subject_alt_names},
    identity::{Identity, IdentityError},
    provider,
    validity::Validity,
};

/// A new key and the request to certify it. The key never leaves the machine that made it.
pub struct KeyAndCsr {
    /// The private key, PKCS #8 in PEM, for [`vwis_host::files::write_private`].
    pub key_pem: String,
    /// The certificate signing request, in PEM.
    pub csr_pem: String,
}

/// A certificate, its key, and the authority that peers must be certified by.
pub struct Credentials {
    identity: Identity,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    roots: Arc<RootCertStore>,
}

/// Lets rustls judge certificates by the programs' own clock.
#[derive(Debug)]
struct CertificateTime;

/// Why credentials cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// A text is not the PEM that it should be.
    #[error("the {0} cannot be read as PEM")]
    Pem(&'static str),
    /// The certificate has no identity, or none that can be read.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// rustls refuses them, for example because key and certificate do not belong together.
    #[error("certificate and key cannot be used: {0}")]
    Tls(#[from] rustls::Error),
}

// === impl CertificateTime ===

impl TimeProvider for CertificateTime {
    fn current_time(&self) -> Option<UnixTime> {
        let now = SystemClock.now().as_second().try_into().ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(now)))
    }
}

// === impl KeyAndCsr ===

impl KeyAndCsr {
    /// A new ECDSA P-256 key and its request. The identity in the request is a courtesy: the
    /// authority decides.
    ///
    /// # Errors
    /// [`AuthorityError::Signing`] when no key can be made.
    pub fn generate(identity: &Identity) -> Result<Self, AuthorityError> {
        Self::of(&new_key()?, identity)
    }

    /// The request of a key that was made before, as PEM.
    ///
    /// # Errors
    /// [`AuthorityError::Signing`] if that is no key.
    pub fn of_key(key_pem: &str, identity: &Identity) -> Result<Self, AuthorityError> {
        let key = KeyPair::from_pem(key_pem).map_err(AuthorityError::Signing)?;
        Self::of(&key, identity)
    }

    fn of(key: &KeyPair, identity: &Identity) -> Result<Self, AuthorityError> {
        let mut params = CertificateParams::default();
        params.subject_alt_names = subject_alt_names(identity);
        let request = params
            .serialize_request(key)
            .and_then(|request| request.pem())
            .map_err(AuthorityError::Signing)?;
        Ok(Self {
            key_pem: key.serialize_pem(),
            csr_pem: request,
        })
    }
}

/// Never shows the key.
impl fmt::Debug for KeyAndCsr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyAndCsr").finish_non_exhaustive()
    }
}

// === impl Credentials ===

impl Credentials {
    /// Reads PEM texts: the certificate (with intermediates, if any), its key, and the authority.
    ///
    /// # Errors
    /// [`CredentialsError`] says which of them is wrong.
    pub fn from_pem(
        certificate_pem: &str,
        key_pem: &str,
        authority_pem: &str,
    ) -> Result<Self, CredentialsError> {
        let chain = certificates(certificate_pem, "certificate")?;
        let leaf = chain.first().ok_or(CredentialsError::Pem("certificate"))?;
        let identity = Identity::of_certificate(leaf)?;
        let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes())
            .map_err(|_| CredentialsError::Pem("private key"))?;
        let credentials = Self {
            identity,
            chain,
            key,
            roots: roots(authority_pem)?,
        };
        // Fails now, and not at the first handshake, if key and certificate do not match.
        credentials.client_config()?;
        Ok(credentials)
    }

    /// Who the certificate speaks for.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Whether the authority certified the certificate, and it holds at `now`.
    #[must_use]
    pub fn is_certified(&self, now: Timestamp) -> bool {
        let (Some((leaf, others)), Ok(seconds)) =
            (self.chain.split_first(), u64::try_from(now.as_second()))
        else {
            return false;
        };
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::clone(&self.roots), provider())
                .build();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        verifier.is_ok_and(|verifier| verifier.verify_client_cert(leaf, others, now).is_ok())
    }

    /// From when to when the certificate holds.
    #[must_use]
    pub fn validity(&self) -> Option<Validity> {
        self.chain.first().and_then(|leaf| Validity::of_der(leaf))
    }

    /// TLS for dialling, with the certificate shown.
    pub(crate) fn client_config(&self) -> Result<ClientConfig, rustls::Error> {
        let mut config = ClientConfig::builder_with_details(provider(), Arc::new(CertificateTime))
            .with_protocol_versions(&[&TLS13])?
            .with_root_certificates(Arc::clone(&self.roots))
            .with_client_auth_cert(self.chain.clone(), self.key.clone_key())?;
        settle_client(&mut config);
        Ok(config)
    }

    /// TLS for accepting peers that show a certificate of the authority.
    pub(crate) fn mutual_config(&self) -> Result<ServerConfig, rustls::Error> {
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::clone(&self.roots), provider())
                .build()
                .map_err(|error| rustls::Error::General(error.to_string()))?;
        let mut config = ServerConfig::builder_with_details(provider(), Arc::new(CertificateTime))
            .with_protocol_versions(&[&TLS13])?
            .with_client_cert_verifier(verifier)
            .with_single_cert(self.chain.clone(), self.key.clone_key())?;
        settle_server(&mut config);
        Ok(config)
    }

    /// TLS for accepting peers that have no certificate yet.
    pub(crate) fn server_only_config(&self) -> Result<ServerConfig, rustls::Error> {
        let mut config = ServerConfig::builder_with_details(provider(), Arc::new(CertificateTime))
            .with_protocol_versions(&[&TLS13])?
            .with_no_client_auth()
            .with_single_cert(self.chain.clone(), self.key.clone_key())?;
        settle_server(&mut config);
        Ok(config)
    }
}

/// Never shows the key.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}

/// TLS for dialling without a certificate, trusting `authority_der` alone.
pub(crate) fn anonymous_client_config(
    authority_der: CertificateDer<'static>,
) -> Result<ClientConfig, CredentialsError> {
    let mut store = RootCertStore::empty();
    store.add(authority_der)?;
    let mut config = ClientConfig::builder_with_details(provider(), Arc::new(CertificateTime))
        .with_protocol_versions(&[&TLS13])?
        .with_root_certificates(store)
        .with_no_client_auth();
    settle_client(&mut config);
    Ok(config)
}

/// Sets HTTP/2, and full handshakes only. A resumed session repeats no certificate check: an expired or
/// replaced certificate would live on for as long as the session does.
fn settle_client(config: &mut ClientConfig) {
    config.alpn_protocols = vec![b"h2".to_vec()];
    config.resumption = Resumption::disabled();
}

/// Does for servers what [`settle_client`] does for clients.
fn settle_server(config: &mut ServerConfig) {
    config.alpn_protocols = vec![b"h2".to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
}

fn roots(authority_pem: &str) -> Result<Arc<RootCertStore>, CredentialsError> {
    let mut store = RootCertStore::empty();
    for certificate in certificates(authority_pem, "authority's certificate")? {
        store.add(certificate)?;
    }
    Ok(Arc::new(store))
}

fn certificates(
    pem: &str,
    what: &'static str,
) -> Result<Vec<CertificateDer<'static>>, CredentialsError> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|_| CredentialsError::Pem(what))?;
    if certificates.is_empty() {
        Err(CredentialsError::Pem(what))
    } else {
        Ok(certificates)
    }
}
