//! The `Enrolment` service: a one-time token and a signing request in, a certificate out.
//!
//! ```text
//! token good? ─ no ─► refuse, the same words whatever is wrong with it
//!   └─► issue the certificate ─► use the token up and pin the receipt key, one transaction ─► answer
//! ```
//! A bad request does not use the token up; of two callers with one token, one is refused.

use std::{
    net::Ipv6Addr,
    sync::{Arc, LazyLock},
};

use tonic::{Code, Request, Response, Status};
use vwis_host::{
    clock::Clock,
    command::with_causes,
    peers::{Peer, Repeated},
    secret,
};
use vwis_link::{
    authority::{Authority, AuthorityError},
    identity::Identity,
    server::refuse,
};
use vwis_model::{here, ods::OdsCode};
use vwis_proto::{
    reason::Reason,
    v1::{EnrolRequest, EnrolResponse, PlaceFile, enrolment_server},
};

use crate::store::{Enrolment, Store, StoreError};

pub(crate) struct EnrolmentService {
    store: Store,
    authority: Authority,
    clock: Arc<dyn Clock>,
}

// === impl EnrolmentService ===

impl EnrolmentService {
    #[must_use]
    pub(crate) fn new(store: Store, authority: Authority, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            authority,
            clock,
        }
    }
}

#[tonic::async_trait]
impl enrolment_server::Enrolment for EnrolmentService {
    async fn enrol(
        &self,
        request: Request<EnrolRequest>,
    ) -> Result<Response<EnrolResponse>, Status> {
        let from = request.extensions().get().map_or_else(nowhere, Peer::from);
        let request = request.into_inner();
        let invalid = |field: &str| {
            refuse(
                Code::InvalidArgument,
                Reason::InvalidRequest,
                &format!("field `{field}` is missing or malformed"),
            )
        };
        let ods_code: OdsCode = request.ods_code.parse().map_err(|_| invalid("ods_code"))?;
        let receipt_public_key: [u8; 32] = request
            .receipt_public_key
            .as_slice()
            .try_into()
            .map_err(|_| invalid("receipt_public_key"))?;
        let hash = secret::hash(&request.token_secret);
        let now = self.clock.now();
        let good = self
            .store
            .token_is_good(&ods_code, &hash, now)
            .await
            .map_err(|error| store_failed(&error))?;
        if !good {
            return Err(token_refused(from, ods_code));
        }
        let identity = Identity::Node(ods_code.clone());
        let certificate_pem = self
            .authority
            .issue(&request.csr_pem, &identity, now)
            .map_err(|error| match error {
                AuthorityError::Request | AuthorityError::KeyKind => {
                    refuse(Code::InvalidArgument, Reason::CsrRefused, &error)
                }
                other => {
                    tracing::error!(error = %other, "cannot issue a certificate");
                    refuse(
                        Code::Internal,
                        Reason::Internal,
                        "the aggregator cannot issue certificates now",
                    )
                }
            })?;
        let enrolment = Enrolment {
            ods_code: ods_code.clone(),
            secret_hash: hash,
            receipt_public_key,
            certificate_pem: certificate_pem.clone(),
        };
        let enrolled = self
            .store
            .enrol(&enrolment, now)
            .await
            .map_err(|error| store_failed(&error))?;
        if !enrolled {
            return Err(token_refused(from, ods_code));
        }
        tracing::info!(node = %ods_code, "enrolled");
        Ok(Response::new(EnrolResponse {
            certificate_pem,
            authority_pem: self.authority.certificate_pem().to_owned(),
            place: here::place().pack().files().map(place_file).collect(),
        }))
    }
}

fn place_file((name, text): (&str, &str)) -> PlaceFile {
    PlaceFile {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

/// The peer of a request that came over no connection, as in tests.
fn nowhere() -> Peer {
    Peer::at(Ipv6Addr::UNSPECIFIED.into())
}

fn token_refused(from: Peer, ods_code: OdsCode) -> Status {
    static REFUSED: LazyLock<Repeated> = LazyLock::new(Repeated::default);
    REFUSED.happened(from, move |peer, times| {
        tracing::warn!(?peer, first_of = %ods_code, times, "refused an enrolment token");
    });
    refuse(
        Code::PermissionDenied,
        Reason::TokenRefused,
        "the token is unknown, used, expired or another organisation's: ask the aggregator's \
         operator for a new one",
    )
}

fn store_failed(error: &StoreError) -> Status {
    tracing::error!(error = with_causes(error), "the store failed");
    refuse(
        Code::Unavailable,
        Reason::StoreUnavailable,
        "the aggregator's store cannot be used now",
    )
}

#[cfg(test)]
mod tests;
