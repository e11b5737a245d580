//! The aggregator's certificate authority.

use std::time::Duration;

use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PublicKeyData, SanType, SerialNumber,
};
use vwis_model::aggregator_name::AggregatorName;
use x509_parser::{pem::parse_x509_pem, prelude::X509Certificate};

use crate::identity::Identity;

/// How long an authority's own certificate holds: ten years.
pub const AUTHORITY_LIFETIME: Duration = Duration::from_hours(10 * 365 * 24);
/// How long a certificate that it issues holds: thirteen months.
pub const CERTIFICATE_LIFETIME: Duration = Duration::from_hours(397 * 24);
/// How far clocks may differ: certificates begin this long before they are issued.
const CLOCK_SKEW: Duration = Duration::from_mins(5);

/// A certificate authority (ECDSA P-256) that issues certificates to nodes and aggregators.
pub struct Authority {
    certificate_pem: String,
    issuer: Issuer<'static, KeyPair>,
    /// The end of its own certificate. TLS libraries do not check that of a trusted root.
    not_after: Timestamp,
}

/// Why no certificate was issued.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// The files are no authority.
    #[error("the authority's certificate or key cannot be read: {0}")]
    Unreadable(rcgen::Error),
    /// A key could not be made or used.
    #[error("the authority cannot sign: {0}")]
    Signing(rcgen::Error),
    /// The text is not a request, or its own key did not sign it.
    #[error("the certificate signing request is malformed, or not signed by its own key")]
    Request,
    /// The request is for a kind of key that VWIS does not use.
    #[error("the certificate signing request is for another key than ECDSA P-256")]
    KeyKind,
    /// The key is not the certificate's.
    #[error("the authority's key does not belong to its certificate: one of them was replaced")]
    Mismatch,
    /// The authority's own certificate has ended.
    #[error("the authority expired on {0}: make a new one, and enrol every node again")]
    Expired(Timestamp),
    /// The kernel gave no randomness.
    #[error("no randomness for a serial number")]
    Randomness,
}

// === impl Authority ===

impl Authority {
    /// A new authority of the aggregator `name`, whose certificate holds from `now`.
    ///
    /// # Errors
    /// [`AuthorityError::Signing`] when no key can be made.
    pub fn generate(name: &AggregatorName, now: Timestamp) -> Result<Self, AuthorityError> {
        let key = new_key()?;
        let common_name = format!("VWIS authority of {name}");
        let mut params = params(&common_name, now, now + AUTHORITY_LIFETIME);
        // It issues leaves only: no authority stands below it.
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).map_err(AuthorityError::Signing)?;
        Self::from_pem(&certificate.pem(), &key.serialize_pem())
    }

    /// The authority that was written to these PEM texts.
    ///
    /// # Errors
    /// [`AuthorityError::Unreadable`], or [`AuthorityError::Mismatch`] when they are not a pair.
    pub fn from_pem(certificate_pem: &str, key_pem: &str) -> Result<Self, AuthorityError> {
        let key = KeyPair::from_pem(key_pem).map_err(AuthorityError::Unreadable)?;
        let issuer =
            Issuer::from_ca_cert_pem(certificate_pem, key).map_err(AuthorityError::Unreadable)?;
        let not_after = with_certificate(certificate_pem, |certificate| {
            let certified = &certificate.public_key().subject_public_key.data;
            // With another key it would issue certificates that nobody trusts, and nobody would know why.
            if certified.as_ref() != issuer.key().public_key_raw() {
                return Err(AuthorityError::Mismatch);
            }
            Timestamp::from_second(certificate.validity().not_after.timestamp())
                .map_err(|_| AuthorityError::Unreadable(rcgen::Error::CouldNotParseCertificate))
        })?;
        Ok(Self {
            certificate_pem: certificate_pem.to_owned(),
            issuer,
            not_after,
        })
    }

    /// Its certificate, for all who trust it.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// Its key, for [`vwis_host::files::write_private`].
    #[must_use]
    pub fn key_pem(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// A certificate for `identity` and the key that signed `csr_pem`. Nothing else is taken from
    /// the request: names, usages and validity are decided here. It ends with the authority's own
    /// certificate at the latest.
    ///
    /// # Errors
    /// [`AuthorityError::Request`] or [`AuthorityError::KeyKind`] for a bad request,
    /// [`AuthorityError::Expired`] once the authority's own certificate has ended.
    pub fn issue(
        &self,
        csr_pem: &str,
        identity: &Identity,
        now: Timestamp,
    ) -> Result<String, AuthorityError> {
        let request = CertificateSigningRequestParams::from_pem(csr_pem)
            .map_err(|_| AuthorityError::Request)?;
        require_p256(&request.public_key)?;
        if now >= self.not_after {
            return Err(AuthorityError::Expired(self.not_after));
        }
        let end = (now + CERTIFICATE_LIFETIME).min(self.not_after);
        let mut params = params(&identity.dns_name(), now, end);
        params.serial_number = Some(random_serial()?);
        params.subject_alt_names = subject_alt_names(identity);
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        // Both usages, because the side that dials is not always the side that asks (design §4).
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        params.use_authority_key_identifier_extension = true;
        let certificate = params
            .signed_by(&request.public_key, &self.issuer)
            .map_err(AuthorityError::Signing)?;
        Ok(certificate.pem())
    }
}

pub(crate) fn new_key() -> Result<KeyPair, AuthorityError> {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(AuthorityError::Signing)
}

pub(crate) fn subject_alt_names(identity: &Identity) -> Vec<SanType> {
    let ascii = "identities are ASCII";
    vec![
        SanType::URI(identity.uri().try_into().expect(ascii)),
        SanType::DnsName(identity.dns_name().try_into().expect(ascii)),
    ]
}

fn params(common_name: &str, now: Timestamp, end: Timestamp) -> CertificateParams {
    let mut params = CertificateParams::default();
    // X.509 counts whole seconds.
    let seconds = |time: Timestamp| Duration::from_secs(time.as_second().try_into().unwrap_or(0));
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + seconds(now - CLOCK_SKEW);
    params.not_after = epoch + seconds(end);
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params
}

/// A random serial number. rcgen's default is a hash of the key: a renewal under the same key would
/// repeat it, and a revocation list names certificates by number.
fn random_serial() -> Result<SerialNumber, AuthorityError> {
    let mut bytes = [0; 20];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| AuthorityError::Randomness)?;
    // Positive, and always the 20 bytes that RFC 5280 allows.
    bytes[0] = (bytes[0] & 0x7f) | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}

/// Refuses a key that is not on P-256. rcgen takes the curve from the signature's algorithm: a P-384
/// key that signed with SHA-256 would pass for P-256, so the point itself is looked at.
fn require_p256(key: &impl PublicKeyData) -> Result<(), AuthorityError> {
    let uncompressed_point = key.der_bytes().len() == 65 && key.der_bytes()[0] == 4;
    if key.algorithm() == &PKCS_ECDSA_P256_SHA256 && uncompressed_point {
        Ok(())
    } else {
        Err(AuthorityError::KeyKind)
    }
}

fn with_certificate<T>(
    pem: &str,
    read: impl FnOnce(&X509Certificate<'_>) -> Result<T, AuthorityError>,
) -> Result<T, AuthorityError> {
    let unreadable = || AuthorityError::Unreadable(rcgen::Error::CouldNotParseCertificate);
    let (_, pem) = parse_x509_pem(pem.as_bytes()).map_err(|_| unreadable())?;
    read(&pem.parse_x509().map_err(|_| unreadable())?)
}
