//! Identities: whom a certificate speaks for.

use std::{fmt, str::FromStr};

use vwis_model::{aggregator_name::AggregatorName, ods::OdsCode};
use x509_parser::{
    extensions::GeneralName,
    prelude::{FromDer, X509Certificate},
};

/// The role and name of a peer, as the URI in its certificate spells it:
/// `vwis://node/<ODS>` or `vwis://aggregator/<name>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Identity {
    /// An organisation's node.
    Node(OdsCode),
    /// An aggregator.
    Aggregator(AggregatorName),
}

/// Why no identity was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The bytes are not a certificate.
    #[error("the peer's certificate cannot be read")]
    Certificate,
    /// The certificate has no `vwis://` URI, several, or one of another form.
    #[error("the peer's certificate must carry exactly one vwis:// identity")]
    Uri,
}

// === impl Identity ===

impl Identity {
    /// The URI that stands in the certificate.
    #[must_use]
    pub fn uri(&self) -> String {
        match self {
            Self::Node(ods_code) => format!("vwis://node/{ods_code}"),
            Self::Aggregator(name) => format!("vwis://aggregator/{name}"),
        }
    }

    /// The DNS name that stands beside it, because TLS libraries want one: the name under
    /// `vwis.invalid`, a domain that never resolves (RFC 6761).
    #[must_use]
    pub fn dns_name(&self) -> String {
        let name = match self {
            Self::Node(ods_code) => ods_code.as_str().to_ascii_lowercase(),
            Self::Aggregator(name) => name.as_str().to_owned(),
        };
        format!("{name}.vwis.invalid")
    }

    /// The identity in a DER-encoded certificate.
    ///
    /// # Errors
    /// [`IdentityError`] unless it carries exactly one URI under `vwis://`.
    pub fn of_certificate(der: &[u8]) -> Result<Self, IdentityError> {
        let (_, certificate) =
            X509Certificate::from_der(der).map_err(|_| IdentityError::Certificate)?;
        let names = certificate
            .subject_alternative_name()
            .map_err(|_| IdentityError::Certificate)?
            .ok_or(IdentityError::Uri)?;
        let mut uris = names
            .value
            .general_names
            .iter()
            .filter_map(|name| match name {
                GeneralName::URI(uri) if uri.starts_with("vwis://") => Some(*uri),
                _ => None,
            });
        match (uris.next(), uris.next()) {
            (Some(uri), None) => uri.parse(),
            _ => Err(IdentityError::Uri),
        }
    }
}

impl FromStr for Identity {
    type Err = IdentityError;

    fn from_str(uri: &str) -> Result<Self, IdentityError> {
        let path = uri.strip_prefix("vwis://").ok_or(IdentityError::Uri)?;
        match path.split_once('/').ok_or(IdentityError::Uri)? {
            ("node", ods_code) => ods_code
                .parse()
                .map(Self::Node)
                .map_err(|_| IdentityError::Uri),
            ("aggregator", name) => name
                .parse()
                .map(Self::Aggregator)
                .map_err(|_| IdentityError::Uri),
            _ => Err(IdentityError::Uri),
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.uri())
    }
}
