//! Calls to a peer that lies in each possible way, over real mutual TLS.

use std::{
    net::SocketAddr,
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
};

use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use tokio::sync::oneshot;
use tonic::{Request, Response, Status};
use vwis_link::{
    authority::Authority,
    credentials::KeyAndCsr,
    server::{PeerCertificates, TlsListener},
};
use vwis_proto::v1::node_server::{Node, NodeServer};

use super::*;
use crate::{
    node_client::testing::{Answer, NodeKey, answer, chunk, expected},
    picture::testing::agreement,
};

pub(crate) type Part = Result<v1::MeasureResponse, Status>;
pub(crate) type Script = Arc<dyn Fn(usize) -> Result<Vec<Part>, Status> + Send + Sync>;

/// A node that answers its n-th call as a script says.
struct Liar {
    script: Script,
    calls: Arc<AtomicUsize>,
}

#[tonic::async_trait]
impl Node for Liar {
    type MeasureStream = Pin<Box<dyn tokio_stream::Stream<Item = Part> + Send>>;

    async fn describe(
        &self,
        _: Request<v1::DescribeRequest>,
    ) -> Result<Response<v1::DescribeResponse>, Status> {
        Err(Status::unimplemented("not here"))
    }

    async fn renew_certificate(
        &self,
        _: Request<v1::RenewCertificateRequest>,
    ) -> Result<Response<v1::RenewCertificateResponse>, Status> {
        Err(Status::unimplemented("not here"))
    }

    async fn propose_agreement(
        &self,
        _: Request<v1::ProposeAgreementRequest>,
    ) -> Result<Response<v1::ProposeAgreementResponse>, Status> {
        Ok(Response::new(v1::ProposeAgreementResponse {
            status: Some(v1::AgreementStatus {
                corrections: Vec::new(),
                agreement_hash: vec![0; 32],
                state: v1::AgreementState::Approved.into(),
            }),
        }))
    }

    async fn measure(
        &self,
        _: Request<v1::MeasureRequest>,
    ) -> Result<Response<Self::MeasureStream>, Status> {
        let parts = (self.script)(self.calls.fetch_add(1, Ordering::SeqCst))?;
        let hang = stream::pending().take(parts.is_empty().into());
        Ok(Response::new(Box::pin(stream::iter(parts).chain(hang))))
    }
}

pub(crate) struct Bench {
    peer: Peer,
    pub(crate) record: NodeRecord,
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) calls: Arc<AtomicUsize>,
    _stop: oneshot::Sender<()>,
}

pub(crate) fn now() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "real handshakes check real validity"
    )]
    Timestamp::now()
}

fn certified(authority: &Authority, identity: &Identity) -> Credentials {
    let key = KeyAndCsr::generate(identity).unwrap();
    let certificate = authority.issue(&key.csr_pem, identity, now()).unwrap();
    Credentials::from_pem(&certificate, &key.key_pem, authority.certificate_pem()).unwrap()
}

pub(crate) async fn bench(script: Script) -> Bench {
    let authority = Authority::generate(&"gm-icb".parse().unwrap(), now()).unwrap();
    let ods_code: OdsCode = "R0A".parse().unwrap();
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = certified(&authority, &Identity::Node(ods_code.clone()));
    let listener = TlsListener::bind(any, &server, PeerCertificates::Required, 8)
        .await
        .unwrap();
    let address = listener.address();
    let calls = Arc::new(AtomicUsize::new(0));
    let liar = Liar {
        script,
        calls: Arc::clone(&calls),
    };
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(
        tonic::transport::Server::builder()
            .add_service(NodeServer::new(liar))
            .serve_with_incoming_shutdown(listener.into_incoming(), async {
                let _ = stopped.await;
            }),
    );
    let ours = certified(&authority, &Identity::Aggregator("gm-icb".parse().unwrap()));
    let record = NodeRecord {
        ods_code,
        address: format!("https://{address}"),
        added_at: now(),
        enrolled: Some((NodeKey::new(9).public(), now())),
        certificate: None,
    };
    let ours = Arc::new(ours);
    let patience = Patience {
        deadline: Duration::from_secs(5),
        attempts: 2,
    };
    Bench {
        peer: Peer::new(&record, Arc::clone(&ours), patience),
        record,
        credentials: ours,
        calls,
        _stop: stop,
    }
}

fn key() -> NodeKey {
    NodeKey::new(9)
}

fn what() -> Expected {
    expected("R0A", &agreement().series()[0], &key())
}

fn good() -> Answer {
    answer(&what(), &agreement().series()[0], 1)
}

async fn ask(
    script: impl Fn(usize) -> Result<Vec<Part>, Status> + Send + Sync + 'static,
) -> (Result<Received, Problem>, usize) {
    let bench = bench(Arc::new(script)).await;
    let result = bench.peer.measure(&what(), |_| {}).await;
    (result, bench.calls.load(Ordering::SeqCst))
}

fn parts(answer: &Answer) -> Vec<Part> {
    answer.messages(&key()).into_iter().map(Ok).collect()
}

async fn refused(answer: Answer, expected: &str) {
    let (result, calls) = ask(move |_| Ok(parts(&answer))).await;
    let problem = result.unwrap_err();
    assert_eq!(problem.kind(), ProblemKind::BadAnswer, "{problem}");
    assert!(problem.to_string().contains(expected), "{problem}");
    assert_eq!(calls, 1, "a lie is not worth asking for again");
}

#[tokio::test]
async fn a_true_answer_arrives() {
    let (result, calls) = ask(|_| Ok(parts(&good()))).await;
    assert_eq!(result.unwrap().payload.entries(), good().entries);
    assert_eq!(calls, 1);
}

#[tokio::test]
async fn garbage_too_much_and_other_weights_are_refused_at_once() {
    let mut answer = good();
    answer.header.payload_hash = vec![1, 2, 3];
    refused(answer, "payload_hash").await;
    let mut answer = good();
    answer.entries.extend([0; 100]);
    refused(answer, "more than the").await;
    let mut answer = good();
    answer.header.weights[0] += 1;
    refused(answer, "other weights").await;
    let mut answer = good();
    answer.receipt.identity = vwis_model::measurement::MeasurementId::from_bytes([0; 32]);
    refused(answer, "the receipt speaks of another identity").await;
}

#[tokio::test]
async fn an_answer_that_never_ends_is_dropped() {
    let (result, calls) = ask(|_| {
        let mut parts = parts(&good());
        parts.extend((0..100_000).map(|_| Ok(chunk(&[0; 1000]))));
        Ok(parts)
    })
    .await;
    assert!(result.unwrap_err().to_string().contains("more than the"));
    assert_eq!(calls, 1);
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused() {
    let (result, _) = ask(|_| Ok(vec![Ok(chunk(&vec![0; MAX_MESSAGE_BYTES / 8 + 1]))])).await;
    assert_eq!(result.unwrap_err().kind(), ProblemKind::BadAnswer);
}

#[tokio::test]
async fn an_answer_that_stops_half_way_is_asked_for_again() {
    let (result, calls) = ask(|call| {
        let mut parts = parts(&good());
        if call == 0 {
            parts.truncate(2);
        }
        Ok(parts)
    })
    .await;
    assert!(result.is_ok());
    assert_eq!(calls, 2);
    let (result, calls) = ask(|_| Ok(parts(&good())[..2].to_vec())).await;
    assert!(result.unwrap_err().to_string().contains("stopped after"));
    assert_eq!(calls, 2);
}

#[tokio::test]
async fn a_stream_that_breaks_with_an_error_is_asked_for_again() {
    let (result, calls) = ask(|call| {
        let mut parts = parts(&good());
        if call == 0 {
            parts.truncate(2);
            parts.push(Err(Status::unavailable("going down")));
        }
        Ok(parts)
    })
    .await;
    assert!(result.is_ok());
    assert_eq!(calls, 2);
}

#[tokio::test]
async fn a_node_that_answers_nothing_is_given_up_after_the_deadline() {
    let bench = bench(Arc::new(|_| Ok(Vec::new()))).await;
    let peer = Peer {
        patience: Patience {
            deadline: Duration::from_millis(300),
            attempts: 1,
        },
        ..bench.peer
    };
    let problem = peer.measure(&what(), |_| {}).await.unwrap_err();
    assert_eq!(problem.kind(), ProblemKind::Unreachable, "{problem}");
    assert!(problem.fix().contains("vwis-node serve"));
}

#[tokio::test]
async fn an_unreachable_node_is_named_with_its_address_and_the_fix() {
    let bench = bench(Arc::new(|_| Ok(Vec::new()))).await;
    // The port was bound and dropped, so nobody listens there.
    let unused = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let peer = Peer {
        address: format!("https://{unused}"),
        ..bench.peer
    };
    let mut again = 0;
    let problem = peer.measure(&what(), |_| again += 1).await.unwrap_err();
    assert_eq!(problem.kind(), ProblemKind::Unreachable);
    assert!(
        problem.fix().contains(&unused.to_string()),
        "{}",
        problem.fix()
    );
    assert_eq!(again, 1, "one more attempt was made");
}

#[tokio::test]
async fn a_node_that_confirms_another_agreement_is_not_believed() {
    let bench = bench(Arc::new(|_| Ok(Vec::new()))).await;
    let problem = bench.peer.propose(&agreement()).await.unwrap_err();
    assert_eq!(problem.kind(), ProblemKind::BadAnswer);
}
