//! Who may call: only the aggregator of this node's own authority.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;
use tonic::Code;
use vwis_link::{credentials::Credentials, dial::DialError};
use vwis_proto::reason::Reason;
use vwis_tests::{
    agreement::{HEADLINE, agreement, named_agreement},
    call::{Caller, reason, request},
    certificates::{AGGREGATOR, System, aggregator, node, now},
    extract::Extract,
    node::NodeFixture,
};

use super::BINARY;

#[tokio::test]
async fn only_the_aggregator_of_this_system_gets_in_and_nobody_else_changes_anything() {
    let system = System::new();
    let fixture = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE]);
    fixture.import(&Extract::seeded(1, 100), "2026-06").await;
    let (server, caller) = fixture.serve_approved(&system, &[&agreement]).await;
    let before = caller.chain().await;
    let connect = async |credentials: Credentials| {
        Caller::connect(server.url(), &node("R0A"), &credentials).await
    };
    let ask = request(&agreement, "headline", "2026-06");

    // Another authority issued it, under the very same name.
    let elsewhere = System::new();
    let foreign = elsewhere.certify_at(&aggregator(AGGREGATOR), now(), &system);
    let fault = connect(foreign).await.unwrap_err();
    assert!(matches!(fault, DialError::RefusedUs(_)), "{fault:?}");

    // This authority issued it, but it has expired.
    let past = now() - SignedDuration::from_hours(24 * 400);
    let expired = system.certify_at(&aggregator(AGGREGATOR), past, &system);
    let fault = connect(expired).await.unwrap_err();
    assert!(matches!(fault, DialError::OutOfTime(_)), "{fault:?}");

    // It is not valid yet.
    let future = now() + SignedDuration::from_hours(24);
    let early = system.certify_at(&aggregator(AGGREGATOR), future, &system);
    let fault = connect(early).await.unwrap_err();
    assert!(matches!(fault, DialError::OutOfTime(_)), "{fault:?}");

    // A node may not call a node, not even itself.
    for ods_code in ["RM3", "R0A"] {
        let credentials = system.certify(&node(ods_code));
        let peer = connect(credentials).await.unwrap();
        let refusals = [
            peer.measure(ask.clone()).await.map(drop).unwrap_err(),
            peer.propose(&agreement).await.map(drop).unwrap_err(),
            peer.try_describe().await.map(drop).unwrap_err(),
        ];
        for status in refusals {
            assert_eq!(status.code(), Code::PermissionDenied);
            assert_eq!(reason(&status), Reason::RoleNotAllowed);
        }
    }

    // Another aggregator of the same authority sees none of this one's agreements.
    let other = connect(system.certify(&aggregator("other"))).await.unwrap();
    let refusals = [
        other.measure(ask.clone()).await.map(drop).unwrap_err(),
        other.propose(&agreement).await.map(drop).unwrap_err(),
    ];
    for status in refusals {
        assert_eq!(status.code(), Code::PermissionDenied);
        assert_eq!(reason(&status), Reason::NotYourAgreement);
    }
    assert!(other.describe().await.agreements.is_empty());

    // Nor does it learn by name what was only proposed.
    let theirs = named_agreement("Theirs", "other", &[HEADLINE]);
    other.propose(&theirs).await.unwrap();
    let status = caller.propose(&theirs).await.unwrap_err();
    assert_eq!(reason(&status), Reason::NotYourAgreement);

    assert_eq!(caller.chain().await, before);
    assert_eq!(fixture.verified_entries().await, before.length);
    caller.measure(ask).await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn a_peer_without_a_certificate_gets_an_alert_and_no_byte_more() {
    let system = System::new();
    let fixture = NodeFixture::new(BINARY, &system, "0.5").await;
    let server = fixture.serve().await;
    let before = server.caller(&system).await.chain().await;

    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_slice(system.authority_pem().as_bytes()).unwrap();
    roots.add(authority).unwrap();
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let address = server.url().strip_prefix("https://").unwrap();
    let tcp = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from(node("R0A").dns_name()).unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let mut stream = connector.connect(name, tcp).await.unwrap();
    let mut answer = [0; 1];
    let fault = stream.read(&mut answer).await.unwrap_err();
    let alert = fault
        .get_ref()
        .and_then(|e| e.downcast_ref::<rustls::Error>());
    let expected = rustls::Error::AlertReceived(rustls::AlertDescription::CertificateRequired);
    assert_eq!(alert, Some(&expected), "{fault:?}");

    // A peer without TLS is disconnected.
    let mut plain = TcpStream::connect(address).await.unwrap();
    plain
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let mut rest = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(15), plain.read_to_end(&mut rest));
    // The server sends a TLS alert or a reset, but no HTTP.
    let _ = read.await.expect("the server hangs up");
    assert!(!rest.starts_with(b"HTTP"), "{rest:?}");

    assert_eq!(server.caller(&system).await.chain().await, before);
    server.stop().await;
}

#[tokio::test]
async fn a_replaced_authority_is_answered_no_more_on_open_connections_too() {
    let (old, new) = (System::new(), System::new());
    let fixture = NodeFixture::new(BINARY, &old, "0.5").await;
    let server = fixture.serve().await;
    let open = server.caller(&old).await;
    open.describe().await;
    // A renewal under the same authority ends no connection, and counts from the next handshake on.
    old.enrol(fixture.ods_code(), &fixture.dir().join("tls"));
    open.describe().await;
    server.caller(&old).await.describe().await;

    // `enrol --replace-authority` writes these while `serve` runs.
    new.enrol(fixture.ods_code(), &fixture.dir().join("tls"));
    open.try_describe().await.unwrap_err();
    let credentials = old.certify(&aggregator(AGGREGATOR));
    let again = Caller::connect(server.url(), &node("R0A"), &credentials).await;
    assert!(matches!(again, Err(DialError::OtherAuthority)), "{again:?}");
    server.caller(&new).await.describe().await;
    server.stop().await;
}
