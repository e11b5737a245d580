//! The aggregator's certificate authority.

use std::time::Duration;

use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, SanType,
};
use vwis_proto::aggregator_name::AggregatorName;

use crate::identity::Identity;

/// How long an authority's own certificate holds: ten years.
pub const AUTHORITY_LIFETIME: Duration = Duration::from_hours(10 * 365 * 24);
/// How long a certificate it issues holds: thirteen months.
pub const CERTIFICATE_LIFETIME: Duration = Duration::from_hours(397 * 24);
/// How far clocks may differ: certificates begin that long before they are issued.
const CLOCK_SKEW: Duration = Duration::from_mins(5);

/// A certificate authority (ECDSA P-256) that issues certificates to nodes and aggregators.
pub struct Authority {
    certificate_pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// Why no certificate was issued.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// Files that are no authority.
    #[error("the authority's certificate or key cannot be read: {0}")]
    Unreadable(rcgen::Error),
    /// A key could not be made or used.
    #[error("the authority cannot sign: {0}")]
    Signing(rcgen::Error),
    /// Not a request, or one that its own key did not sign.
    #[error("the certificate signing request is malformed, or not signed by its own key")]
    Request,
}

// === impl Authority ===

impl Authority {
    /// A new authority of the aggregator `name`, holding from `now`.
    ///
    /// # Errors
    /// [`AuthorityError::Signing`] when no key can be made.
    pub fn generate(name: &AggregatorName, now: Timestamp) -> Result<Self, AuthorityError> {
        let key = new_key()?;
        let mut params = params(
            &format!("VWIS authority of {name}"),
            now,
            AUTHORITY_LIFETIME,
        );
        // It issues leaves only: no authority stands below it.
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).map_err(AuthorityError::Signing)?;
        Ok(Self {
            certificate_pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        })
    }

    /// The authority that was written to these PEM texts.
    ///
    /// # Errors
    /// [`AuthorityError::Unreadable`].
    pub fn from_pem(certificate_pem: &str, key_pem: &str) -> Result<Self, AuthorityError> {
        let key = KeyPair::from_pem(key_pem).map_err(AuthorityError::Unreadable)?;
        let issuer =
            Issuer::from_ca_cert_pem(certificate_pem, key).map_err(AuthorityError::Unreadable)?;
        Ok(Self {
            certificate_pem: certificate_pem.to_owned(),
            issuer,
        })
    }

    /// Its certificate, for all who trust it.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// Its key, for [`crate::files::write_private`].
    #[must_use]
    pub fn key_pem(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// A certificate for `identity` and the key that signed `csr_pem`. Nothing else is taken from
    /// the request: names, usages and validity are decided here.
    ///
    /// # Errors
    /// [`AuthorityError::Request`] for a bad request.
    pub fn issue(
        &self,
        csr_pem: &str,
        identity: &Identity,
        now: Timestamp,
    ) -> Result<String, AuthorityError> {
        let request = CertificateSigningRequestParams::from_pem(csr_pem)
            .map_err(|_| AuthorityError::Request)?;
        let mut params = params(&identity.dns_name(), now, CERTIFICATE_LIFETIME);
        params.subject_alt_names = subject_alt_names(identity);
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        // Both, because the side that dials is not always the side that asks (design §4).
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

fn params(common_name: &str, now: Timestamp, lifetime: Duration) -> CertificateParams {
    let mut params = CertificateParams::default();
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let since_epoch =
        Duration::from_secs(now.as_second().try_into().unwrap_or(0)).saturating_sub(CLOCK_SKEW);
    params.not_before = epoch + since_epoch;
    params.not_after = epoch + since_epoch + lifetime;
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params
}
