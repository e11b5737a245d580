//! The `Node` service: checks who may call, and translates wire messages to the node's operations and back.

mod answering;
pub mod run;

use std::{pin::Pin, sync::Arc};

use futures_util::stream;
use tokio::sync::Semaphore;
use tonic::{Code, Request, Response, Status};
use vwis_host::command::with_causes;
use vwis_link::{
    identity::Identity,
    server::{PeerInfo, refuse},
};
use vwis_model::{
    aggregator_name::AggregatorName,
    agreement::{Agreement, AgreementError},
    here,
};
use vwis_proto::{
    reason::Reason,
    receipt::Receipt,
    v1::{self, node_server},
};

use crate::{
    ledger::{Approval, ApprovalState, Doubt, Ledger},
    node::Node,
    ops::measure::MeasureError,
    renewal::{self, RenewalError},
    server::run::CALL_TIMEOUT,
    store::StoreError,
};
use answering::Answering;

/// Most proposals that may wait for a person's decision, so that a peer cannot fill the disk.
const MOST_PROPOSALS: usize = 32;
/// Most answers that are made or sent at once; the rest wait. The longest ones take 64 MiB together.
const MOST_ANSWERS: usize = 32;

/// Serves one [`Node`].
#[derive(Clone)]
pub struct NodeService {
    node: Arc<Node>,
    answers: Arc<Semaphore>,
}

type MeasureStream =
    Pin<Box<dyn tokio_stream::Stream<Item = Result<v1::MeasureResponse, Status>> + Send>>;

// === impl NodeService ===

impl NodeService {
    /// Serves `node`.
    #[must_use]
    pub fn new(node: Arc<Node>) -> Self {
        Self {
            node,
            answers: Arc::new(Semaphore::new(MOST_ANSWERS)),
        }
    }

    fn status_of(ledger: &Ledger, agreement: &Agreement) -> v1::AgreementStatus {
        let state = match ledger.approval(&agreement.hash()).map(Approval::state) {
            None if ledger.declined(&agreement.hash()).is_some() => v1::AgreementState::Declined,
            None => v1::AgreementState::Proposed,
            Some(ApprovalState::InForce) => v1::AgreementState::Approved,
            Some(ApprovalState::Paused) => v1::AgreementState::Paused,
            Some(ApprovalState::Withdrawn) => v1::AgreementState::Withdrawn,
        };
        v1::AgreementStatus {
            agreement_hash: agreement.hash().as_bytes().to_vec(),
            corrections: ledger
                .corrections(&agreement.hash())
                .into_iter()
                .map(|((series, period), correction)| v1::CorrectionStatus {
                    series: series.to_owned(),
                    period: period.to_string(),
                    correction,
                })
                .collect(),
            state: state.into(),
        }
    }
}

impl NodeService {
    /// The signing request, where the certificate has to be renewed; empty otherwise. Errors go to the log.
    fn certificate_request(&self) -> String {
        let node = &self.node;
        let request = renewal::request(node.config(), node.ods_code(), node.clock.now());
        request
            .inspect_err(|error| tracing::error!(%error, "cannot ask for a new certificate"))
            .ok()
            .flatten()
            .unwrap_or_default()
    }
}

#[tonic::async_trait]
impl node_server::Node for NodeService {
    async fn renew_certificate(
        &self,
        request: Request<v1::RenewCertificateRequest>,
    ) -> Result<Response<v1::RenewCertificateResponse>, Status> {
        aggregator(&request)?;
        let (node, certificate) = (&self.node, request.into_inner().certificate_pem);
        let now = node.clock.now();
        match renewal::take(node.config(), node.ods_code(), &certificate, now) {
            Ok(()) => {
                tracing::info!("took up a new certificate");
                Ok(Response::new(v1::RenewCertificateResponse {}))
            }
            Err(error @ (RenewalError::NotAsked | RenewalError::NotOurs)) => Err(refuse(
                Code::InvalidArgument,
                Reason::InvalidRequest,
                &error,
            )),
            Err(error) => {
                tracing::error!(%error, "cannot take up a new certificate");
                let message = "the node cannot keep a certificate now";
                Err(refuse(
                    Code::Unavailable,
                    Reason::StoreUnavailable,
                    &message,
                ))
            }
        }
    }

    async fn describe(
        &self,
        request: Request<v1::DescribeRequest>,
    ) -> Result<Response<v1::DescribeResponse>, Status> {
        let peer = aggregator(&request)?;
        let store = &self.node.store;
        let receipt = request.into_inner().last_receipt;
        let receipt = receipt.map(Receipt::try_from).transpose();
        let receipt = receipt
            .map_err(|error| refuse(Code::InvalidArgument, Reason::InvalidRequest, &error))?;
        let witness = store.witness().map_err(|error| store_failed(&error))?;
        let ledger = store.ledger().await.map_err(|error| store_failed(&error))?;
        if let Some(receipt) = &receipt {
            let heeded = self.node.heed(&ledger, receipt);
            heeded.map_err(|error| store_failed(&error))?;
        }
        let doubt = self.node.doubt_about(&ledger, witness.as_ref());
        let doubt = doubt.map_err(|error| store_failed(&error))?;
        let snapshots = store
            .snapshots()
            .await
            .map_err(|error| store_failed(&error))?;
        let mut agreements = Vec::new();
        for hash in store
            .agreement_hashes()
            .await
            .map_err(|error| store_failed(&error))?
        {
            let agreement = store
                .agreement(&hash)
                .await
                .map_err(|error| store_failed(&error))?;
            if let Some(agreement) = agreement.filter(|a| *a.aggregator() == peer) {
                agreements.push(Self::status_of(&ledger, &agreement));
            }
        }
        let mut periods: Vec<_> = snapshots.iter().map(|s| s.period.to_string()).collect();
        periods.sort();
        periods.dedup();
        let years = ledger
            .spent_by_year()
            .iter()
            .map(|(year, spent)| v1::YearStatement {
                financial_year: year.0,
                cap_rho_nano: ledger.cap().nano(),
                spent_rho_nano: spent.nano(),
            });
        Ok(Response::new(v1::DescribeResponse {
            ods_code: self.node.ods_code().to_string(),
            software_version: env!("CARGO_PKG_VERSION").to_owned(),
            dictionary_version: here::dictionary().version().to_owned(),
            periods,
            agreements,
            years: years.collect(),
            chain_length: ledger.sequence(),
            chain_head: ledger.head().as_bytes().to_vec(),
            sealed_only: doubt.is_some(),
            certificate_request_pem: self.certificate_request(),
        }))
    }

    async fn propose_agreement(
        &self,
        request: Request<v1::ProposeAgreementRequest>,
    ) -> Result<Response<v1::ProposeAgreementResponse>, Status> {
        let peer = aggregator(&request)?;
        let bytes = request.into_inner().agreement;
        let agreement = Agreement::from_canonical(&bytes, here::editions()).map_err(|error| {
            let reason = match error {
                AgreementError::Place { .. } | AgreementError::Dictionary { .. } => {
                    Reason::DictionaryMismatch
                }
                _ => Reason::InvalidAgreement,
            };
            refuse(Code::InvalidArgument, reason, &error)
        })?;
        if *agreement.aggregator() != peer {
            let message = "the agreement names another aggregator than the caller";
            return Err(refuse(
                Code::PermissionDenied,
                Reason::NotYourAgreement,
                message,
            ));
        }
        let store = &self.node.store;
        let ledger = store.ledger().await.map_err(|error| store_failed(&error))?;
        let known = store
            .agreement_hashes()
            .await
            .map_err(|error| store_failed(&error))?;
        // An agreement that is known already is not written again.
        if known.contains(&agreement.hash()) {
            return Ok(Response::new(v1::ProposeAgreementResponse {
                status: Some(Self::status_of(&ledger, &agreement)),
            }));
        }
        let waiting = known
            .iter()
            .filter(|hash| ledger.approval(hash).is_none() && ledger.declined(hash).is_none())
            .count();
        // An agreement that was approved and whose text was lost waits for no decision.
        if waiting >= MOST_PROPOSALS && ledger.approval(&agreement.hash()).is_none() {
            let message = format!("{waiting} proposals wait for a decision here already");
            return Err(refuse(
                Code::ResourceExhausted,
                Reason::TooManyProposals,
                &message,
            ));
        }
        store
            .keep_proposal(&agreement, self.node.clock.now())
            .await
            .map_err(|error| store_failed(&error))?;
        tracing::info!(agreement = %agreement.hash(), "an agreement was proposed");
        Ok(Response::new(v1::ProposeAgreementResponse {
            status: Some(Self::status_of(&ledger, &agreement)),
        }))
    }

    type MeasureStream = MeasureStream;

    async fn measure(
        &self,
        request: Request<v1::MeasureRequest>,
    ) -> Result<Response<MeasureStream>, Status> {
        let peer = aggregator(&request)?;
        let permit = Arc::clone(&self.answers).acquire_owned().await;
        let permit = permit.expect("the semaphore is never closed");
        let answer = self.node.measure(&peer, request.into_inner()).await;
        let answer = answer.map_err(|error| measure_failed(&error))?;
        let answering = Answering::new(&answer, permit, CALL_TIMEOUT);
        Ok(Response::new(Box::pin(stream::iter(answering))))
    }
}

/// The caller's name. That the caller is an aggregator was checked before anything of the request was read
/// (`vwis_link::server::Callers`); the check here holds even if that ever changes.
fn aggregator<T>(request: &Request<T>) -> Result<AggregatorName, Status> {
    let peer = request.extensions().get::<PeerInfo>();
    match peer.and_then(|peer| peer.identity.as_ref()) {
        Some(Identity::Aggregator(name)) => Ok(name.clone()),
        _ => Err(refuse(
            Code::PermissionDenied,
            Reason::RoleNotAllowed,
            "only an aggregator may call a node",
        )),
    }
}

fn measure_failed(error: &MeasureError) -> Status {
    let (code, reason) = match error {
        MeasureError::Request(_) => (Code::InvalidArgument, Reason::InvalidRequest),
        MeasureError::AgreementUnknown => (Code::NotFound, Reason::AgreementUnknown),
        MeasureError::DictionaryMismatch => (Code::FailedPrecondition, Reason::DictionaryMismatch),
        MeasureError::NotYourAgreement => (Code::PermissionDenied, Reason::NotYourAgreement),
        MeasureError::NotApproved => (Code::FailedPrecondition, Reason::AgreementNotApproved),
        // Not UNAVAILABLE, which clients repeat at once: only a person can let it go on.
        MeasureError::Paused => (Code::FailedPrecondition, Reason::AgreementPaused),
        MeasureError::Withdrawn => (Code::PermissionDenied, Reason::AgreementWithdrawn),
        MeasureError::SeriesUnknown => (Code::InvalidArgument, Reason::SeriesUnknown),
        MeasureError::PeriodNotAllowed => (Code::OutOfRange, Reason::PeriodNotAllowed),
        MeasureError::PeriodNotOver { .. } => (Code::FailedPrecondition, Reason::PeriodNotOver),
        MeasureError::CorrectionUnknown => (Code::NotFound, Reason::CorrectionUnknown),
        MeasureError::SnapshotMissing => (Code::FailedPrecondition, Reason::SnapshotMissing),
        MeasureError::QuarterBeforeMissing(_) => {
            (Code::FailedPrecondition, Reason::QuarterBeforeMissing)
        }
        MeasureError::YearIncomplete => (Code::FailedPrecondition, Reason::YearIncomplete),
        MeasureError::Doubt(
            Doubt::Witness | Doubt::RolledBack | Doubt::ReceiptKey | Doubt::Lost,
        ) => (Code::FailedPrecondition, Reason::SealedOnly),
        MeasureError::Doubt(Doubt::ReceiptUnknown) => {
            (Code::FailedPrecondition, Reason::ReceiptUnknown)
        }
        MeasureError::Doubt(Doubt::ReceiptRequired) => {
            (Code::FailedPrecondition, Reason::ReceiptRequired)
        }
        // Not RESOURCE_EXHAUSTED: asking again helps only in the next year.
        MeasureError::OverBudget(_) => (Code::FailedPrecondition, Reason::OverBudget),
        MeasureError::Store(error) => return store_failed(error),
        MeasureError::Mechanism(_) | MeasureError::Interrupted => {
            tracing::error!(%error, "a measurement failed");
            (Code::Internal, Reason::Internal)
        }
    };
    refuse(code, reason, error)
}

/// Logs the whole error here. The peer learns only that one happened.
fn store_failed(error: &StoreError) -> Status {
    tracing::error!(error = with_causes(error), "the store failed");
    let message = "the node's store cannot be used now";
    refuse(Code::Unavailable, Reason::StoreUnavailable, message)
}
