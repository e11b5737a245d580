//! Calls to nodes: one at a time to each, with a deadline on every call. Whatever goes wrong becomes a
//! [`Problem`] with a reason and a fix in words.

mod assembler;
mod problem;

pub(crate) use assembler::{AnswerError, Assembler, Expected};
pub(crate) use problem::{Problem, ProblemKind};

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use backon::{ExponentialBuilder, Retryable};
use vwis_link::{
    MAX_MESSAGE_BYTES,
    credentials::Credentials,
    dial::{self, Answers, Link},
    identity::Identity,
};
use vwis_model::{
    agreement::{Agreement, AgreementHash},
    ods::OdsCode,
    period::{FinancialYear, Period},
    rho::Rho,
};
use vwis_proto::{
    receipt::Receipt,
    v1::{self, node_client::NodeClient},
};

use crate::{received::Received, store::NodeRecord};

/// First pause between two attempts; it doubles, up to [`LONGEST_PAUSE`], and jitter is added.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How long and how often a call to a node is tried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// Longest for one call, connecting and the whole answer included.
    pub deadline: Duration,
    /// Attempts in all, the first included.
    pub attempts: usize,
}

/// The highest correction number of each series and period that has one.
pub(crate) type Corrections = BTreeMap<(String, Period), u32>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AgreementStatus {
    pub state: v1::AgreementState,
    /// Corrections that people there ordered.
    pub corrections: Corrections,
}

/// What a node says of one agreement, its spending and its certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Described {
    /// Corrections that people there ordered.
    pub corrections: Corrections,
    /// ρ that its ledger charged to each year.
    pub spent: BTreeMap<FinancialYear, Rho>,
    /// Its signing request (PEM), if its certificate is due to be renewed.
    pub certificate_request: Option<String>,
}

/// One node, as the aggregator reaches it. The connection is opened at the first call and kept.
pub(crate) struct Peer {
    ods_code: OdsCode,
    address: String,
    credentials: Arc<Credentials>,
    patience: Patience,
    link: tokio::sync::Mutex<Option<Link>>,
}

// === impl Peer ===

impl Peer {
    /// Dials nothing yet.
    #[must_use]
    pub(crate) fn new(
        node: &NodeRecord,
        credentials: Arc<Credentials>,
        patience: Patience,
    ) -> Self {
        Self {
            ods_code: node.ods_code.clone(),
            address: node.address.clone(),
            credentials,
            patience,
            link: tokio::sync::Mutex::new(None),
        }
    }

    /// Hands an agreement to the node; returns its state there.
    ///
    /// # Errors
    /// [`Problem`] after the last attempt.
    pub(crate) async fn propose(
        &self,
        agreement: &Agreement,
    ) -> Result<v1::AgreementState, Problem> {
        self.retrying(|_| {}, || self.propose_once(agreement)).await
    }

    /// The agreements that the node was handed, and where each stands there.
    ///
    /// # Errors
    /// [`Problem`] after the last attempt.
    pub(crate) async fn agreements(
        &self,
    ) -> Result<BTreeMap<AgreementHash, AgreementStatus>, Problem> {
        self.retrying(|_| {}, || self.agreements_once()).await
    }

    /// What the node says of one agreement and of itself; none where it does not answer. Asked only once:
    /// nothing could be collected now from a node that does not answer. The node is shown the last receipt
    /// that it signed, so that it learns of a rollback even if nothing new is asked of it.
    pub(crate) async fn described(
        &self,
        agreement: &AgreementHash,
        last_receipt: Option<&Receipt>,
    ) -> Option<Described> {
        let asked = async {
            let described = self.describe_once(last_receipt).await?;
            let spent = described.years.iter().map(|year| {
                let spent = Rho::from_nano(year.spent_rho_nano);
                (FinancialYear(year.financial_year), spent)
            });
            let spent = spent.collect();
            let request = described.certificate_request_pem.clone();
            let mut known = statuses(&described)?;
            let corrections = known.remove(agreement).map(|status| status.corrections);
            Ok::<_, Problem>(Described {
                corrections: corrections.unwrap_or_default(),
                spent,
                certificate_request: Some(request).filter(|request| !request.is_empty()),
            })
        };
        let asked = tokio::time::timeout(self.patience.deadline, asked).await;
        asked.ok().and_then(Result::ok)
    }

    /// Hands the node the certificate that it asked for.
    ///
    /// # Errors
    /// [`Problem`] after the last attempt.
    pub(crate) async fn renew(&self, certificate_pem: &str) -> Result<(), Problem> {
        let attempt = || async {
            let link = self.link().await?;
            let request = v1::RenewCertificateRequest {
                certificate_pem: certificate_pem.to_owned(),
            };
            let renewed = Self::client(&link)
                .renew_certificate(self.request(request))
                .await;
            renewed.map_err(|status| Problem::of_status(&status, link.fault()))?;
            Ok(())
        };
        self.retrying(|_| {}, attempt).await
    }

    /// Asks for one measurement and validates the whole answer. `retrying` hears of every failed attempt that
    /// will be repeated.
    ///
    /// # Errors
    /// [`Problem`] after the last attempt.
    pub(crate) async fn measure(
        &self,
        expected: &Expected,
        retrying: impl FnMut(&Problem),
    ) -> Result<Received, Problem> {
        let key = &expected.key;
        let request = v1::MeasureRequest {
            agreement_hash: key.agreement.as_bytes().to_vec(),
            series: key.series.clone(),
            period: key.period.to_string(),
            correction: key.correction,
            last_receipt: expected.last_receipt.as_ref().map(Into::into),
        };
        let attempt = || self.measure_once(expected, request.clone());
        self.retrying(retrying, attempt).await
    }

    async fn retrying<T, F: Future<Output = Result<T, Problem>>>(
        &self,
        mut notify: impl FnMut(&Problem),
        attempt: impl Fn() -> F,
    ) -> Result<T, Problem> {
        let pauses = ExponentialBuilder::default()
            .with_min_delay(FIRST_PAUSE)
            .with_max_delay(LONGEST_PAUSE)
            .with_max_times(self.patience.attempts.saturating_sub(1))
            .with_jitter();
        let bounded = || async {
            tokio::time::timeout(self.patience.deadline, attempt())
                .await
                .unwrap_or_else(|_| Err(Problem::too_slow(self.patience.deadline)))
        };
        let result = bounded
            .retry(pauses)
            .sleep(tokio::time::sleep)
            .when(Problem::may_pass)
            .notify(|problem, pause| {
                tracing::info!(node = %self.ods_code, ?pause, %problem, "asking again");
                notify(problem);
            })
            .await;
        result.map_err(|problem| problem.at(&self.ods_code, &self.address))
    }

    async fn propose_once(&self, agreement: &Agreement) -> Result<v1::AgreementState, Problem> {
        let link = self.link().await?;
        let request = v1::ProposeAgreementRequest {
            agreement: agreement.canonical().to_vec(),
        };
        let status = Self::client(&link)
            .propose_agreement(self.request(request))
            .await
            .map_err(|status| Problem::of_status(&status, link.fault()))?
            .into_inner()
            .status
            .unwrap_or_default();
        let hash = AgreementHash::try_from(status.agreement_hash.as_slice());
        if hash != Ok(agreement.hash()) {
            return Err(Problem::bad_answer("it answered about another agreement"));
        }
        match status.state() {
            v1::AgreementState::Unspecified => Err(Problem::bad_answer(
                "it did not say what became of the agreement",
            )),
            state => Ok(state),
        }
    }

    async fn agreements_once(&self) -> Result<BTreeMap<AgreementHash, AgreementStatus>, Problem> {
        statuses(&self.describe_once(None).await?)
    }

    async fn describe_once(
        &self,
        last_receipt: Option<&Receipt>,
    ) -> Result<v1::DescribeResponse, Problem> {
        let link = self.link().await?;
        let request = v1::DescribeRequest {
            last_receipt: last_receipt.map(Into::into),
        };
        let described = Self::client(&link).describe(self.request(request)).await;
        let described = described.map_err(|status| Problem::of_status(&status, link.fault()))?;
        Ok(described.into_inner())
    }

    async fn measure_once(
        &self,
        expected: &Expected,
        request: v1::MeasureRequest,
    ) -> Result<Received, Problem> {
        let link = self.link().await?;
        let of_status = |status: tonic::Status| Problem::of_status(&status, link.fault());
        let mut stream = Self::client(&link)
            .measure(self.request(request))
            .await
            .map_err(of_status)?
            .into_inner();
        let mut assembler = Assembler::new(expected.clone());
        while let Some(message) = stream.message().await.map_err(of_status)? {
            assembler.push(message)?;
        }
        Ok(assembler.finish()?)
    }

    fn request<T>(&self, message: T) -> tonic::Request<T> {
        let mut request = tonic::Request::new(message);
        // The node learns how long anybody will wait. It gets a second more, so that our own deadline, whose
        // words say more, comes first.
        request.set_timeout(self.patience.deadline + Duration::from_secs(1));
        request
    }

    fn client(link: &Link) -> NodeClient<Answers> {
        NodeClient::new(link.channel())
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES)
    }

    async fn link(&self) -> Result<Link, Problem> {
        let mut held = self.link.lock().await;
        if let Some(link) = &*held {
            return Ok(link.clone());
        }
        let identity = Identity::Node(self.ods_code.clone());
        let link = dial::connect(&self.address, &identity, &self.credentials).await?;
        Ok(held.insert(link).clone())
    }
}

fn statuses(
    described: &v1::DescribeResponse,
) -> Result<BTreeMap<AgreementHash, AgreementStatus>, Problem> {
    let named = described.agreements.iter().map(|status| {
        let hash = AgreementHash::try_from(status.agreement_hash.as_slice());
        let status = AgreementStatus {
            state: status.state(),
            corrections: corrections(status)?,
        };
        hash.map(|hash| (hash, status))
            .map_err(|_| Problem::bad_answer("it named an agreement by no hash"))
    });
    named.collect()
}

fn corrections(status: &v1::AgreementStatus) -> Result<Corrections, Problem> {
    let named = status.corrections.iter().map(|named| {
        let period = named
            .period
            .parse()
            .map_err(|_| Problem::bad_answer("it named a correction of no period"))?;
        Ok(((named.series.clone(), period), named.correction))
    });
    named.collect()
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
pub(crate) mod tests;
