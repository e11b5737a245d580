//! Tests of both ends over real TCP and TLS. The `Enrolment` service is the call that must get
//! through.

use std::{net::SocketAddr, time::Duration};

use jiff::{Timestamp, ToSpan};
use tokio::{io::AsyncReadExt, net::TcpStream, sync::oneshot};
use tonic::{Request, Response, Status};
use vwis_proto::v1::{
    EnrolRequest, EnrolResponse,
    enrolment_client::EnrolmentClient,
    enrolment_server::{Enrolment, EnrolmentServer},
};

use crate::{
    authority::Authority,
    credentials::{Credentials, KeyAndCsr},
    dial::{self, DialError},
    identity::Identity,
    server::{PeerCertificates, PeerInfo, Reload, TlsListener},
    token::{EnrolmentToken, TokenError},
};

mod hardening;

/// Answers with the identity that the server saw.
struct Mirror;

#[tonic::async_trait]
impl Enrolment for Mirror {
    async fn enrol(
        &self,
        request: Request<EnrolRequest>,
    ) -> Result<Response<EnrolResponse>, Status> {
        let peer = request.extensions().get::<PeerInfo>().unwrap();
        let seen = peer
            .identity
            .as_ref()
            .map(Identity::uri)
            .unwrap_or_default();
        Ok(Response::new(EnrolResponse {
            certificate_pem: seen,
            authority_pem: String::new(),
            place: Vec::new(),
        }))
    }
}

struct Server {
    address: SocketAddr,
    reload: Reload,
    _stop: oneshot::Sender<()>,
}

impl Server {
    async fn start(credentials: &Credentials, peers: PeerCertificates, most: usize) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = TlsListener::bind(any, credentials, peers, most)
            .await
            .unwrap();
        let (address, reload) = (listener.address(), listener.reload());
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(
            tonic::transport::Server::builder()
                .add_service(EnrolmentServer::new(Mirror))
                .serve_with_incoming_shutdown(listener.into_incoming(), async {
                    let _ = stopped.await;
                }),
        );
        Self {
            address,
            reload,
            _stop: stop,
        }
    }

    fn url(&self) -> String {
        format!("https://{}", self.address)
    }
}

fn now() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "real handshakes check real validity"
    )]
    Timestamp::now()
}

pub(crate) fn authority() -> Authority {
    Authority::generate(&"gm-icb".parse().unwrap(), now()).unwrap()
}

pub(crate) fn node(ods_code: &str) -> Identity {
    Identity::Node(ods_code.parse().unwrap())
}

fn aggregator() -> Identity {
    Identity::Aggregator("gm-icb".parse().unwrap())
}

fn certified_at(authority: &Authority, identity: &Identity, issued: Timestamp) -> Credentials {
    let key = KeyAndCsr::generate(identity).unwrap();
    let certificate = authority.issue(&key.csr_pem, identity, issued).unwrap();
    Credentials::from_pem(&certificate, &key.key_pem, authority.certificate_pem()).unwrap()
}

pub(crate) fn certified(authority: &Authority, identity: &Identity) -> Credentials {
    certified_at(authority, identity, now())
}

/// Connects and makes one call: what the server saw, or why it did not work.
async fn call(url: &str, expected: &Identity, us: &Credentials) -> Result<String, DialError> {
    let link = dial::connect(url, expected, us).await?;
    let answer = EnrolmentClient::new(link.channel())
        .enrol(EnrolRequest::default())
        .await;
    match answer {
        Ok(response) => Ok(response.into_inner().certificate_pem),
        Err(status) => Err(link
            .fault()
            .unwrap_or_else(|| panic!("no fault kept: {status:?}"))),
    }
}

async fn node_server(authority: &Authority) -> Server {
    let credentials = certified(authority, &node("R0A"));
    Server::start(&credentials, PeerCertificates::Required, 8).await
}

#[tokio::test]
async fn certified_peers_meet_and_the_server_knows_who_calls() {
    let authority = authority();
    let server = node_server(&authority).await;
    let us = certified(&authority, &aggregator());
    let seen = call(&server.url(), &node("R0A"), &us).await.unwrap();
    assert_eq!(seen, "vwis://aggregator/gm-icb");
}

#[tokio::test]
async fn a_peer_certified_by_another_authority_is_refused_by_either_side() {
    let (ours, theirs) = (authority(), authority());
    let server = node_server(&ours).await;
    let stranger = certified(&theirs, &aggregator());
    let error = call(&server.url(), &node("R0A"), &stranger)
        .await
        .unwrap_err();
    assert!(matches!(error, DialError::OtherAuthority), "{error}");

    // Trusts the server, but shows a certificate that the server cannot trust.
    let key = KeyAndCsr::generate(&aggregator()).unwrap();
    let certificate = theirs.issue(&key.csr_pem, &aggregator(), now()).unwrap();
    let us = Credentials::from_pem(&certificate, &key.key_pem, ours.certificate_pem()).unwrap();
    let error = call(&server.url(), &node("R0A"), &us).await.unwrap_err();
    assert!(matches!(error, DialError::RefusedUs(_)), "{error}");
}

#[tokio::test]
async fn an_expired_certificate_is_refused_on_either_side_and_named() {
    let authority = authority();
    let long_ago = now() - (24 * 500).hours();
    let expired = certified_at(&authority, &node("R0A"), long_ago);
    let server = Server::start(&expired, PeerCertificates::Required, 8).await;
    let us = certified(&authority, &aggregator());
    let error = call(&server.url(), &node("R0A"), &us).await.unwrap_err();
    assert!(matches!(error, DialError::PeerExpired(..)), "{error}");

    let server = node_server(&authority).await;
    let us = certified_at(&authority, &aggregator(), long_ago);
    let error = call(&server.url(), &node("R0A"), &us).await.unwrap_err();
    assert!(matches!(error, DialError::OutOfTime(_)), "{error}");
}

#[tokio::test]
async fn a_peer_without_a_certificate_is_refused() {
    let authority = authority();
    let credentials = certified(&authority, &aggregator());
    let server = Server::start(&credentials, PeerCertificates::Required, 8).await;
    let token = EnrolmentToken::generate(
        "R0A".parse().unwrap(),
        "gm-icb".parse().unwrap(),
        authority.certificate_pem(),
    )
    .unwrap();
    // Dialling for enrolment shows no certificate; everything else is right.
    let error = dial::connect_for_enrolment(&server.url(), &token)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, DialError::RefusedUs(why) if why == "none was shown"),
        "{error}"
    );
}

#[tokio::test]
async fn a_node_of_another_organisation_is_not_the_expected_peer() {
    let authority = authority();
    let server = node_server(&authority).await;
    let us = certified(&authority, &aggregator());
    for expected in [node("RM3"), aggregator()] {
        let error = call(&server.url(), &expected, &us).await.unwrap_err();
        assert!(matches!(error, DialError::OtherPeer { .. }), "{error}");
    }
}

#[tokio::test]
async fn enrolment_needs_no_certificate_and_trusts_the_token_alone() {
    let (ours, theirs) = (authority(), authority());
    let credentials = certified(&ours, &aggregator());
    let server = Server::start(&credentials, PeerCertificates::NotAsked, 8).await;
    let token = |authority: &Authority| {
        let ods_code = "R0A".parse().unwrap();
        let name = "gm-icb".parse().unwrap();
        EnrolmentToken::generate(ods_code, name, authority.certificate_pem()).unwrap()
    };
    let link = dial::connect_for_enrolment(&server.url(), &token(&ours))
        .await
        .unwrap();
    let mut client = EnrolmentClient::new(link.channel());
    assert!(client.enrol(EnrolRequest::default()).await.is_ok());
    let error = dial::connect_for_enrolment(&server.url(), &token(&theirs))
        .await
        .unwrap_err();
    assert!(matches!(error, DialError::OtherAuthority), "{error}");
}

#[tokio::test]
async fn a_request_cannot_choose_its_own_identity() {
    let authority = authority();
    let asked = KeyAndCsr::generate(&node("RM3")).unwrap();
    let certificate = authority
        .issue(&asked.csr_pem, &node("R0A"), now())
        .unwrap();
    let credentials =
        Credentials::from_pem(&certificate, &asked.key_pem, authority.certificate_pem()).unwrap();
    assert_eq!(credentials.identity(), &node("R0A"));
}

#[test]
fn a_request_that_its_key_did_not_sign_is_refused() {
    let authority = authority();
    let request = KeyAndCsr::generate(&node("R0A")).unwrap().csr_pem;
    let other = KeyAndCsr::generate(&node("R0A")).unwrap().csr_pem;
    let lines = |pem: &str| pem.lines().map(str::to_owned).collect::<Vec<_>>();
    // The head of one request with the signature of another.
    let (mut mixed, other) = (lines(&request), lines(&other));
    let last = mixed.len() - 2;
    mixed[last] = other[other.len() - 2].clone();
    for bad in [mixed.join("\n"), String::new(), "no request".to_owned()] {
        assert!(authority.issue(&bad, &node("R0A"), now()).is_err());
    }
}

#[test]
fn key_and_certificate_that_do_not_belong_together_are_refused() {
    let authority = authority();
    let key = KeyAndCsr::generate(&node("R0A")).unwrap();
    let other = KeyAndCsr::generate(&node("R0A")).unwrap();
    let certificate = authority.issue(&key.csr_pem, &node("R0A"), now()).unwrap();
    let mixed = Credentials::from_pem(&certificate, &other.key_pem, authority.certificate_pem());
    assert!(mixed.is_err());
}

#[test]
fn an_authority_reads_back_and_issues_the_same_trust() {
    let first = authority();
    let again = Authority::from_pem(first.certificate_pem(), &first.key_pem()).unwrap();
    let key = KeyAndCsr::generate(&node("R0A")).unwrap();
    let certificate = again.issue(&key.csr_pem, &node("R0A"), now()).unwrap();
    assert!(Credentials::from_pem(&certificate, &key.key_pem, first.certificate_pem()).is_ok());
}

#[test]
fn a_damaged_token_says_so() {
    let token = EnrolmentToken::generate(
        "R0A".parse().unwrap(),
        "gm-icb".parse().unwrap(),
        authority().certificate_pem(),
    )
    .unwrap();
    let text = token.to_string();
    let read: EnrolmentToken = format!("  {text}\n").parse().unwrap();
    assert!(read == token);
    assert_eq!("hello".parse::<EnrolmentToken>(), Err(TokenError::Prefix));
    assert_eq!(
        "vwis1.".parse::<EnrolmentToken>(),
        Err(TokenError::Incomplete)
    );
    for cut in 1..text.len() {
        assert_eq!(
            text[..cut].parse::<EnrolmentToken>(),
            Err(TokenError::Incomplete),
            "cut after {cut}"
        );
    }
    assert!(!format!("{token:?}").contains(&token.secret()));
}

#[tokio::test]
async fn a_silent_peer_does_not_block_the_next() {
    let authority = authority();
    let server = node_server(&authority).await;
    let _silent = TcpStream::connect(server.address).await.unwrap();
    let us = certified(&authority, &aggregator());
    assert!(call(&server.url(), &node("R0A"), &us).await.is_ok());
}

#[tokio::test]
async fn connections_beyond_the_bound_wait_their_turn() {
    let authority = authority();
    let credentials = certified(&authority, &node("R0A"));
    let server = Server::start(&credentials, PeerCertificates::Required, 1).await;
    let us = certified(&authority, &aggregator());
    let first = dial::connect(&server.url(), &node("R0A"), &us)
        .await
        .unwrap();
    let mut client = EnrolmentClient::new(first.channel());
    client.enrol(EnrolRequest::default()).await.unwrap();
    let (url, expected) = (server.url(), node("R0A"));
    let second = dial::connect(&url, &expected, &us);
    let waited = tokio::time::timeout(Duration::from_millis(300), second).await;
    assert!(
        waited.is_err(),
        "a second connection was served beside the first"
    );
    drop((client, first));
    assert!(call(&server.url(), &node("R0A"), &us).await.is_ok());
}

#[tokio::test]
async fn a_reload_reaches_the_next_handshake() {
    let (old, new) = (authority(), authority());
    let server = node_server(&old).await;
    server
        .reload
        .replace(&certified(&new, &node("R0A")))
        .unwrap();
    let us = certified(&new, &aggregator());
    assert!(call(&server.url(), &node("R0A"), &us).await.is_ok());
}

#[tokio::test]
async fn an_unreachable_or_misspelt_address_is_named() {
    let us = certified(&authority(), &aggregator());
    for wrong in [
        "",
        "R0A",
        "http://127.0.0.1:1",
        "https://127.0.0.1",
        "https://127.0.0.1:1/path",
    ] {
        let error = dial::connect(wrong, &node("R0A"), &us).await.unwrap_err();
        assert!(matches!(error, DialError::Address(_)), "{wrong}: {error}");
    }
    // The listener is bound and dropped, so nobody listens there now.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = dial::connect(&format!("https://{address}"), &node("R0A"), &us)
        .await
        .unwrap_err();
    assert!(matches!(error, DialError::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn a_peer_that_speaks_no_tls_is_dropped_without_an_answer() {
    let server = node_server(&authority()).await;
    let mut plain = TcpStream::connect(server.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut plain, b"GET / HTTP/1.1\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    plain.read_to_end(&mut answer).await.unwrap();
    assert!(!answer.starts_with(b"HTTP"));
}
