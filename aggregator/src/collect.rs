//! Collecting: asks every expected node for every series of a period, fetches, validates and keeps what is
//! missing, and makes each series' release.
//!
//! ```text
//! for each node, several at once            for each series, one at a time
//!   Describe(last receipt): was anything ordered anew, and is anything forgotten?
//!   held already? ─ yes ─► nothing more is asked
//!   └─► Measure(last receipt) ─► Assembler ─► can its noise be as agreed? ─► keep: bytes, hash, receipt,
//!                                              the suspicion, one transaction
//! then for each series: a release of what is not suspect, if its contributors changed
//! ```
//! A node is asked one thing at a time because each request carries the receipt of the answer
//! before it.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use vwis_host::{clock::Clock, fault};
use vwis_link::{authority::Authority, credentials::Credentials, identity::Identity};
use vwis_model::{
    aggregator_name::AggregatorName,
    agreement::{Agreement, Series},
    measurement::MeasurementKey,
    ods::OdsCode,
    period::Period,
};

use crate::{
    node_client::{Corrections, Expected, Patience, Peer, Problem, ProblemKind},
    proof::Proof,
    release::{Coverage, Release},
    store::{Holding, Kept, MadeRelease, NodeRecord, Store, StoreError},
};
use vwis_picture::suspicion::suspicion;

pub(crate) struct Collector {
    pub store: Store,
    /// The certificate and key shown to nodes.
    pub credentials: Arc<Credentials>,
    /// Issues the certificates that nodes ask for; without it, this collection renews none.
    pub authority: Option<Authority>,
    /// Who asks, as agreements and certificates name it.
    pub aggregator: AggregatorName,
    pub clock: Arc<dyn Clock>,
    pub patience: Patience,
    /// Most nodes asked at once.
    pub concurrent_nodes: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Fetched and stored now.
    Stored,
    /// Stored before; the node was not asked.
    Held,
    /// Stored now or before, and summed into no release until a person admits it; why.
    Suspect(String),
    Failed(Problem),
}

#[derive(Clone, Debug)]
pub(crate) struct NodeOutcome {
    pub ods_code: OdsCode,
    pub series: String,
    pub outcome: Outcome,
}

#[derive(Clone, Debug)]
pub(crate) struct SeriesReport {
    pub series: String,
    /// In the order of ODS codes.
    pub nodes: Vec<NodeOutcome>,
    /// The period's latest release, made now or before; none where nothing is held.
    pub release: Option<Release>,
    pub release_is_new: bool,
    /// Who is in the release, of those expected now: nodes may have been added since it was made.
    pub coverage: Coverage,
}

/// Events of a running collection, for a progress bar.
#[derive(Clone, Debug)]
pub(crate) enum Progress {
    /// A node is being asked for a series.
    Asking(OdsCode, String),
    /// An attempt failed and will be repeated.
    AskingAgain(OdsCode, String),
    /// A node and series is done.
    Done(NodeOutcome),
}

fn ods_code(outcomes: &[NodeOutcome]) -> Option<&OdsCode> {
    outcomes.first().map(|outcome| &outcome.ods_code)
}

// === impl Collector ===

impl Collector {
    /// Collects `series` of `agreement` for `period` from `nodes`. Only a failure of the aggregator's own
    /// store is an error: what goes wrong with a node is part of the report.
    pub(crate) async fn collect(
        &self,
        agreement: &Agreement,
        series: &[&Series],
        period: Period,
        nodes: &[NodeRecord],
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Vec<SeriesReport>, StoreError> {
        let mut outcomes: Vec<Vec<NodeOutcome>> = stream::iter(nodes)
            .map(|node| self.ask_node(agreement, series, period, node, progress))
            // Unordered, so that one slow node holds up nobody behind it.
            .buffer_unordered(self.concurrent_nodes.max(1))
            .collect()
            .await;
        outcomes.sort_by(|a, b| ods_code(a).cmp(&ods_code(b)));
        let mut reports = Vec::with_capacity(series.len());
        for series in series {
            let of_series = |outcome: &&NodeOutcome| outcome.series == series.name();
            let made = self
                .store
                .make_release(&agreement.hash(), series.name(), period, self.clock.now())
                .await?;
            let (release, release_is_new) = match made {
                MadeRelease::New(release) => (Some(release), true),
                MadeRelease::Unchanged(release) => (Some(release), false),
                MadeRelease::Nothing => (None, false),
            };
            reports.push(SeriesReport {
                coverage: Coverage::now(release.as_ref(), nodes.iter().map(|node| &node.ods_code)),
                series: series.name().to_owned(),
                nodes: outcomes
                    .iter()
                    .flatten()
                    .filter(of_series)
                    .cloned()
                    .collect(),
                release,
                release_is_new,
            });
        }
        Ok(reports)
    }

    async fn ask_node(
        &self,
        agreement: &Agreement,
        series: &[&Series],
        period: Period,
        node: &NodeRecord,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Vec<NodeOutcome> {
        let peer = Peer::new(node, Arc::clone(&self.credentials), self.patience);
        // Once set, the node is asked for nothing more: what failed would fail for every series.
        let mut gone: Option<Problem> = None;
        let corrections = match self.describe(&peer, node, agreement).await {
            Ok(corrections) => corrections,
            Err(problem) => {
                gone = Some(problem);
                Corrections::new()
            }
        };
        let mut outcomes = Vec::with_capacity(series.len());
        for series in series {
            let key = MeasurementKey {
                ods_code: node.ods_code.clone(),
                agreement: agreement.hash(),
                series: series.name().to_owned(),
                period,
                correction: corrections
                    .get(&(series.name().to_owned(), period))
                    .copied()
                    .unwrap_or(0),
            };
            let outcome = self
                .ask_series(&peer, node, series, key, gone.as_ref(), progress)
                .await
                .unwrap_or_else(|problem| {
                    if matches!(
                        problem.kind(),
                        ProblemKind::Unreachable | ProblemKind::Identity
                    ) {
                        gone = Some(problem.clone());
                    }
                    Outcome::Failed(problem)
                });
            let outcome = NodeOutcome {
                ods_code: node.ods_code.clone(),
                series: series.name().to_owned(),
                outcome,
            };
            progress(Progress::Done(outcome.clone()));
            outcomes.push(outcome);
        }
        outcomes
    }

    /// Corrections ordered at the node. A problem where its ledger states less than its organisation is known
    /// to have spent.
    async fn describe(
        &self,
        peer: &Peer,
        node: &NodeRecord,
        agreement: &Agreement,
    ) -> Result<Corrections, Problem> {
        let Some((public_key, _)) = node.enrolled else {
            return Ok(Corrections::new());
        };
        let proof = self.proof(node).await?;
        let shown = proof.by(&public_key);
        let Some(described) = peer.described(&agreement.hash(), shown).await else {
            return Ok(Corrections::new());
        };
        if let Some(request) = &described.certificate_request {
            self.renew(peer, node, request).await;
        }
        match proof.stated_less(&public_key, &described.spent) {
            Some(less) => Err(Problem::stated_less(&node.ods_code, less)),
            None => Ok(described.corrections),
        }
    }

    /// Renews the node's certificate over the open connection. Failures are only logged: the old certificate
    /// holds for months yet, and the next collection tries again.
    async fn renew(&self, peer: &Peer, node: &NodeRecord, request: &str) {
        let Some(authority) = &self.authority else {
            return;
        };
        let now = self.clock.now();
        let identity = Identity::Node(node.ods_code.clone());
        let renewed = async {
            let certificate = authority.issue(request, &identity, now)?;
            peer.renew(&certificate).await?;
            let kept = self.store.keep_renewal(&node.ods_code, &certificate, now);
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(kept.await?)
        };
        match renewed.await {
            Ok(()) => tracing::info!(node = %node.ods_code, "certified anew"),
            Err(error) => {
                tracing::warn!(node = %node.ods_code, %error, "cannot certify anew: the next collection tries again");
            }
        }
    }

    async fn proof(&self, node: &NodeRecord) -> Result<Proof, Problem> {
        let receipts = self.store.last_receipts(&node.ods_code).await;
        receipts
            .map(Proof::of)
            .map_err(|error| Problem::store(&error))
    }

    async fn ask_series(
        &self,
        peer: &Peer,
        node: &NodeRecord,
        series: &Series,
        key: MeasurementKey,
        gone: Option<&Problem>,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Outcome, Problem> {
        let store_failed = |error: StoreError| Problem::store(&error);
        let held = self.store.holds_measurement(&key.identity()).await;
        match held.map_err(store_failed)? {
            Holding::Nothing => {}
            Holding::Summed => return Ok(Outcome::Held),
            Holding::Suspect(suspicion) => return Ok(Outcome::Suspect(suspicion)),
        }
        if let Some(problem) = gone {
            return Err(problem.clone());
        }
        let (receipt_public_key, _) = node
            .enrolled
            .ok_or_else(|| Problem::not_enrolled(&node.ods_code))?;
        let name = || (node.ods_code.clone(), series.name().to_owned());
        let (ods_code, series_name) = name();
        progress(Progress::Asking(ods_code, series_name));
        // A receipt by this very key: a node that was set up anew does not know what its predecessor signed.
        let last_receipt = self.proof(node).await?.by(&receipt_public_key).cloned();
        let expected = Expected {
            key,
            aggregator: self.aggregator.clone(),
            strategy: series.strategy().clone(),
            receipt_public_key,
            last_receipt,
        };
        let again = |_: &Problem| {
            let (ods_code, series_name) = name();
            progress(Progress::AskingAgain(ods_code, series_name));
        };
        let mut received = peer.measure(&expected, again).await?;
        let suspicion = suspicion(series, &received.payload.entries());
        received.suspicion = suspicion.map(|suspicion| suspicion.to_string());
        fault::point("collect.received");
        let kept = self
            .store
            .keep_measurement(&received, self.clock.now())
            .await;
        match (kept.map_err(store_failed)?, received.suspicion) {
            (Kept::New, None) => Ok(Outcome::Stored),
            (_, Some(suspicion)) => Ok(Outcome::Suspect(suspicion)),
            (Kept::AlreadyHeld, None) => Ok(Outcome::Held),
        }
    }
}

#[cfg(test)]
mod tests;
