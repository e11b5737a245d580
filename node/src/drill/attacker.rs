//! What an attacker can do: call the node with a certificate and keep what came back.

use tonic::Status;
use tonic_types::StatusExt as _;
use vwis_link::{
    MAX_MESSAGE_BYTES,
    credentials::Credentials,
    dial::{self, Answers, DialError},
    identity::Identity,
};
use vwis_model::{agreement::Agreement, measurement::Payload};
use vwis_proto::v1::{self, measure_response::Part, node_client::NodeClient};

/// A connection to the node under attack.
pub(super) struct Attacker {
    client: NodeClient<Answers>,
}

/// A whole answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    /// The noisy integers.
    pub(super) payload: Payload,
    /// The receipt, to be shown with the next request.
    pub(super) receipt: v1::Receipt,
}

/// What a request came to: the answer, or the node's reason for refusing.
pub(super) type Came = Result<Answer, String>;

// === impl Attacker ===

impl Attacker {
    /// Connects to the node `expected` at `url` with these credentials, stolen or not.
    pub(super) async fn connect(
        url: &str,
        expected: &Identity,
        credentials: &Credentials,
    ) -> Result<Self, DialError> {
        let link = dial::connect(url, expected, credentials).await?;
        let client = NodeClient::new(link.channel()).max_decoding_message_size(MAX_MESSAGE_BYTES);
        Ok(Self { client })
    }

    /// Asks the node what it holds.
    pub(super) async fn describe(&self) -> Result<v1::DescribeResponse, String> {
        let answer = self
            .client
            .clone()
            .describe(v1::DescribeRequest::default())
            .await;
        answer.map(tonic::Response::into_inner).map_err(why)
    }

    /// Hands an agreement over.
    pub(super) async fn propose(&self, agreement: &Agreement) -> Result<(), String> {
        let request = v1::ProposeAgreementRequest {
            agreement: agreement.canonical().to_vec(),
        };
        let answer = self.client.clone().propose_agreement(request).await;
        answer.map(drop).map_err(why)
    }

    /// Asks for a measurement.
    pub(super) async fn ask(&self, request: &v1::MeasureRequest) -> Came {
        let request = request.clone();
        let stream = self.client.clone().measure(request).await.map_err(why)?;
        let mut stream = stream.into_inner();
        let (mut receipt, mut entries) = (None, Vec::new());
        while let Some(message) = stream.message().await.map_err(why)? {
            match message.part {
                Some(Part::Header(header)) => receipt = header.receipt,
                Some(Part::Chunk(chunk)) => entries.extend(chunk.entries),
                None => {}
            }
        }
        Ok(Answer {
            payload: Payload::from_entries(&entries),
            receipt: receipt.ok_or("an answer without a receipt")?,
        })
    }
}

/// The status's machine-readable reason, or its sentence where it has none.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn why(status: Status) -> String {
    let details = status.get_error_details();
    match details.error_info() {
        Some(info) => info.reason.clone(),
        None => format!("{:?}: {}", status.code(), status.message()),
    }
}

// === impl Answer ===

impl Answer {
    /// The receipt with one field altered: it claims one entry more than was signed.
    pub(super) fn altered_receipt(&self) -> v1::Receipt {
        v1::Receipt {
            sequence: self.receipt.sequence + 1,
            ..self.receipt.clone()
        }
    }
}
