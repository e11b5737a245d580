//! Calls a node as an aggregator does: gRPC over mutual TLS.

use prost::Message as _;
use tonic::Status;
use tonic_types::StatusExt as _;
use vwis_link::dial::{self, Answers, DialError};
use vwis_link::{credentials::Credentials, identity::Identity};
use vwis_model::{agreement::Agreement, measurement::Payload};
use vwis_proto::{
    reason::{ERROR_DOMAIN, Reason},
    receipt::Receipt,
    v1::{self, measure_response::Part, node_client::NodeClient},
    wire::Header,
};

/// A connection to one node.
#[derive(Clone, Debug)]
pub struct Caller {
    client: NodeClient<Answers>,
}

/// A whole answer, whose parts were checked against each other.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The header, parsed and verified.
    pub header: Header,
    /// The receipt as it came, to be sent with the next request.
    pub receipt: v1::Receipt,
    /// The noisy integers.
    pub entries: Vec<i64>,
    /// Length in bytes of each encoded message of the stream.
    pub message_bytes: Vec<usize>,
    /// All messages in their encoded form.
    pub bytes: Vec<u8>,
}

/// The state of a node's ledger, as seen from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainState {
    /// Number of entries.
    pub length: u64,
    /// Hash of the last entry.
    pub head: Vec<u8>,
    /// ρ spent in all years.
    pub spent_rho_nano: u64,
}

/// A request for `period` of `series`.
#[must_use]
pub fn request(agreement: &Agreement, series: &str, period: &str) -> v1::MeasureRequest {
    v1::MeasureRequest {
        agreement_hash: agreement.hash().as_bytes().to_vec(),
        series: series.to_owned(),
        period: period.to_owned(),
        correction: 0,
        last_receipt: None,
    }
}

/// The same request with the last receipt that the caller holds.
#[must_use]
pub fn with_receipt(request: v1::MeasureRequest, receipt: &v1::Receipt) -> v1::MeasureRequest {
    v1::MeasureRequest {
        last_receipt: Some(receipt.clone()),
        ..request
    }
}

/// The machine-readable reason of a refusal.
///
/// # Panics
/// Where the status carries no reason of this system.
#[must_use]
#[track_caller]
pub fn reason(status: &Status) -> Reason {
    let details = status.get_error_details();
    let info = details
        .error_info()
        .unwrap_or_else(|| panic!("no ErrorInfo: {status:?}"));
    assert_eq!(info.domain, ERROR_DOMAIN);
    assert!(info.metadata.is_empty(), "{info:?}");
    info.reason.parse().unwrap()
}

// === impl Caller ===

impl Caller {
    /// Connects to the node `expected` at `url`.
    ///
    /// # Errors
    /// Why the connection failed.
    pub async fn connect(
        url: &str,
        expected: &Identity,
        credentials: &Credentials,
    ) -> Result<Self, DialError> {
        let link = dial::connect(url, expected, credentials).await?;
        let client =
            NodeClient::new(link.channel()).max_decoding_message_size(vwis_link::MAX_MESSAGE_BYTES);
        Ok(Self { client })
    }

    /// The generated client, for requests that no helper makes.
    #[must_use]
    pub fn client(&self) -> NodeClient<Answers> {
        self.client.clone()
    }

    /// Asks the node to describe itself.
    ///
    /// # Errors
    /// The node's refusal.
    pub async fn try_describe(&self) -> Result<v1::DescribeResponse, Status> {
        let answer = self
            .client
            .clone()
            .describe(v1::DescribeRequest::default())
            .await?;
        Ok(answer.into_inner())
    }

    /// Asks the node to describe itself; a refusal fails the test.
    pub async fn describe(&self) -> v1::DescribeResponse {
        self.try_describe().await.unwrap()
    }

    /// The state of the node's ledger.
    pub async fn chain(&self) -> ChainState {
        let described = self.describe().await;
        ChainState {
            length: described.chain_length,
            head: described.chain_head,
            spent_rho_nano: described.years.iter().map(|year| year.spent_rho_nano).sum(),
        }
    }

    /// Hands over an agreement to the node.
    ///
    /// # Errors
    /// The node's refusal.
    pub async fn propose(
        &self,
        agreement: &Agreement,
    ) -> Result<v1::ProposeAgreementResponse, Status> {
        let request = v1::ProposeAgreementRequest {
            agreement: agreement.canonical().to_vec(),
        };
        let answer = self.client.clone().propose_agreement(request).await?;
        Ok(answer.into_inner())
    }

    /// Asks for a measurement and reads the whole stream.
    ///
    /// # Errors
    /// The node's refusal.
    ///
    /// # Panics
    /// Where parts of the answer contradict each other.
    pub async fn measure(&self, request: v1::MeasureRequest) -> Result<Measured, Status> {
        let mut stream = self.client.clone().measure(request).await?.into_inner();
        let mut first = None;
        let mut entries = Vec::new();
        let mut message_bytes = Vec::new();
        let mut bytes = Vec::new();
        while let Some(message) = stream.message().await? {
            message_bytes.push(message.encoded_len());
            bytes.extend(message.encode_to_vec());
            match message.part.expect("every message has a part") {
                Part::Header(header) => {
                    assert!(first.is_none(), "the header comes once");
                    first = Some(*header);
                }
                Part::Chunk(chunk) => {
                    assert!(first.is_some(), "the header comes first");
                    entries.extend(chunk.entries);
                }
            }
        }
        let message = first.expect("an answer has a header");
        let receipt = message.receipt.clone().expect("an answer has a receipt");
        // This verifies the receipt's signature too.
        let header = Header::try_from(message).unwrap();
        assert_eq!(header.key.identity(), header.identity);
        assert_eq!(header.entry_count, entries.len());
        assert_eq!(
            Payload::from_entries(&entries).hash(),
            header.payload_hash,
            "the entries are those that were sealed"
        );
        let signed = header.receipt.body();
        assert_eq!(signed.identity, header.identity);
        assert_eq!(signed.payload_hash, header.payload_hash);
        assert_eq!(signed.ods_code, header.key.ods_code);
        Ok(Measured {
            header,
            receipt,
            entries,
            message_bytes,
            bytes,
        })
    }
}

// === impl Measured ===

impl Measured {
    /// The verified receipt.
    #[must_use]
    pub fn verified_receipt(&self) -> &Receipt {
        &self.header.receipt
    }
}
