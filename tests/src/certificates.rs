//! A certificate authority for one test, and the certificates it issues.

use std::path::Path;

use jiff::Timestamp;
use vwis_host::{
    clock::{Clock, SystemClock},
    files,
};
use vwis_link::{
    authority::Authority,
    credentials::{Credentials, KeyAndCsr},
    identity::Identity,
};
use vwis_model::{aggregator_name::AggregatorName, ods::OdsCode};

use crate::call::Caller;

/// The aggregator that the drafts of [`crate::agreement`] name.
pub const AGGREGATOR: &str = "gm-icb";

/// A certificate and its key, for peers that are not the product's own.
#[derive(Clone, Debug)]
pub struct Papers {
    /// The certificate, as PEM.
    pub certificate_pem: String,
    /// The certificate's key, as PEM.
    pub key_pem: String,
}

/// An aggregator's certificate authority.
pub struct System {
    authority: Authority,
}

// === impl System ===

impl System {
    /// Makes a new authority.
    #[must_use]
    pub fn new() -> Self {
        let name: AggregatorName = AGGREGATOR.parse().unwrap();
        Self {
            authority: Authority::generate(&name, now()).unwrap(),
        }
    }

    /// The authority's certificate.
    #[must_use]
    pub fn authority_pem(&self) -> &str {
        self.authority.certificate_pem()
    }

    /// A certificate for `identity`, issued here at `issued`.
    #[must_use]
    pub fn papers_at(&self, identity: &Identity, issued: Timestamp) -> Papers {
        let key = KeyAndCsr::generate(identity).unwrap();
        let certificate = self.authority.issue(&key.csr_pem, identity, issued);
        Papers {
            certificate_pem: certificate.unwrap(),
            key_pem: key.key_pem,
        }
    }

    /// A certificate for `identity`, issued here now.
    #[must_use]
    pub fn papers(&self, identity: &Identity) -> Papers {
        self.papers_at(identity, now())
    }

    /// Credentials for `identity`, certified here now.
    #[must_use]
    pub fn certify(&self, identity: &Identity) -> Credentials {
        self.certify_at(identity, now(), self)
    }

    /// Credentials for `identity`, certified here at `issued`, that trust the authority of `trusts`.
    #[must_use]
    pub fn certify_at(&self, identity: &Identity, issued: Timestamp, trusts: &Self) -> Credentials {
        let Papers {
            certificate_pem,
            key_pem,
        } = self.papers_at(identity, issued);
        Credentials::from_pem(&certificate_pem, &key_pem, trusts.authority_pem()).unwrap()
    }

    /// Connects, as the aggregator, to the node of `ods_code` at `url`.
    pub async fn caller_of(&self, ods_code: &OdsCode, url: &str) -> Caller {
        let credentials = self.certify(&aggregator(AGGREGATOR));
        Caller::connect(url, &node(ods_code.as_str()), &credentials)
            .await
            .unwrap()
    }

    /// Writes the files that `enrol` would leave in a node's `tls` folder.
    pub fn enrol(&self, ods_code: &OdsCode, tls: &Path) {
        let identity = Identity::Node(ods_code.clone());
        let papers = self.papers(&identity);
        files::write_private(&tls.join("node.key"), papers.key_pem.as_bytes()).unwrap();
        let authority = self.authority_pem().as_bytes();
        files::write_public(&tls.join("authority.crt"), authority).unwrap();
        files::write_public(&tls.join("node.crt"), papers.certificate_pem.as_bytes()).unwrap();
    }
}

impl Default for System {
    fn default() -> Self {
        Self::new()
    }
}

/// Identity of the aggregator `name`.
#[must_use]
pub fn aggregator(name: &str) -> Identity {
    Identity::Aggregator(name.parse().unwrap())
}

/// Identity of the node of `ods_code`.
#[must_use]
pub fn node(ods_code: &str) -> Identity {
    Identity::Node(ods_code.parse().unwrap())
}

/// The machine's time: processes under test check certificates against the machine's clock.
#[must_use]
pub fn now() -> Timestamp {
    SystemClock.now()
}
