//! Peers that are slow, silent or wrongly certified, and keys and tokens that are not what they
//! should be.

use std::sync::Arc;

use rcgen::{CertificateParams, Issuer, KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};
use rustls::{HandshakeKind, pki_types::ServerName};
use tokio::{io::AsyncWriteExt, net::TcpListener};
use x509_parser::{pem::parse_x509_pem, prelude::X509Certificate};

use super::*;
use crate::authority::AuthorityError;

fn read<T>(pem: &str, look: impl FnOnce(&X509Certificate<'_>) -> T) -> T {
    let (_, pem) = parse_x509_pem(pem.as_bytes()).unwrap();
    look(&pem.parse_x509().unwrap())
}

fn token(authority: &Authority) -> EnrolmentToken {
    let (ods_code, name) = ("R0A".parse().unwrap(), "gm-icb".parse().unwrap());
    EnrolmentToken::generate(ods_code, name, authority.certificate_pem()).unwrap()
}

#[tokio::test]
async fn silent_peers_that_fill_the_bound_do_not_block_the_next() {
    let authority = authority();
    let credentials = certified(&authority, &node("R0A"));
    let server = Server::start(&credentials, PeerCertificates::Required, 1).await;
    let mut silent = Vec::new();
    for _ in 0..8 {
        silent.push(TcpStream::connect(server.address).await.unwrap());
    }
    let us = certified(&authority, &aggregator());
    let (url, expected) = (server.url(), node("R0A"));
    let answer = tokio::time::timeout(Duration::from_secs(5), call(&url, &expected, &us)).await;
    assert!(answer.expect("silent peers kept it out").is_ok());
}

#[tokio::test]
async fn connecting_fails_where_the_peer_refuses_our_certificate() {
    let (ours, theirs) = (authority(), authority());
    let server = node_server(&ours).await;
    let key = KeyAndCsr::generate(&aggregator()).unwrap();
    let certificate = theirs.issue(&key.csr_pem, &aggregator(), now()).unwrap();
    let us = Credentials::from_pem(&certificate, &key.key_pem, ours.certificate_pem()).unwrap();
    let error = dial::connect(&server.url(), &node("R0A"), &us).await;
    assert!(matches!(error, Err(DialError::RefusedUs(_))), "{error:?}");
}

/// Both have the DNS name `r0a.vwis.invalid`: only the URI tells them apart.
#[tokio::test]
async fn an_aggregator_named_like_a_node_is_not_that_node() {
    let authority = authority();
    let namesake = Identity::Aggregator("r0a".parse().unwrap());
    let credentials = certified(&authority, &namesake);
    let server = Server::start(&credentials, PeerCertificates::Required, 8).await;
    let us = certified(&authority, &aggregator());
    let error = call(&server.url(), &node("R0A"), &us).await.unwrap_err();
    assert!(matches!(error, DialError::OtherPeer { .. }), "{error}");
    assert!(call(&server.url(), &namesake, &us).await.is_ok());
}

#[tokio::test]
async fn a_certificate_of_our_authority_without_an_identity_is_dropped() {
    let authority = authority();
    let server = node_server(&authority).await;
    let authority_key = KeyPair::from_pem(&authority.key_pem()).unwrap();
    let issuer = Issuer::from_ca_cert_pem(authority.certificate_pem(), authority_key).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(["gm-icb.vwis.invalid".to_owned()])
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(token(&authority).authority().clone()).unwrap();
    let config = rustls::ClientConfig::builder_with_provider(crate::provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(
            vec![leaf.der().clone()],
            rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let tcp = TcpStream::connect(server.address).await.unwrap();
    let mut tls = tokio_rustls::TlsConnector::from(Arc::new(config))
        .connect(ServerName::try_from("r0a.vwis.invalid").unwrap(), tcp)
        .await
        .unwrap();
    // A server that admits sends its SETTINGS at once.
    assert!(tls.read_u8().await.is_err(), "admitted");
}

#[tokio::test]
async fn every_handshake_is_a_full_one() {
    let authority = authority();
    let us = Arc::new(
        certified(&authority, &aggregator())
            .client_config()
            .unwrap(),
    );
    let peer = Arc::new(certified(&authority, &node("R0A")).mutual_config().unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    for _ in 0..2 {
        let accept = async {
            let (tcp, _) = listener.accept().await.unwrap();
            let acceptor = tokio_rustls::TlsAcceptor::from(Arc::clone(&peer));
            let mut tls = acceptor.accept(tcp).await.unwrap();
            tls.write_all(b"x").await.unwrap();
            tls.flush().await.unwrap();
            tls.get_ref().1.handshake_kind()
        };
        let dial = async {
            let tcp = TcpStream::connect(address).await.unwrap();
            let name = ServerName::try_from("r0a.vwis.invalid").unwrap();
            let connector = tokio_rustls::TlsConnector::from(Arc::clone(&us));
            let mut tls = connector.connect(name, tcp).await.unwrap();
            // Session tickets, if the server sends any, come before this byte.
            tls.read_u8().await.unwrap();
        };
        let (kind, ()) = tokio::join!(accept, dial);
        assert_ne!(kind, Some(HandshakeKind::Resumed));
    }
}

#[tokio::test]
async fn a_port_that_speaks_no_tls_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let us = certified(&authority(), &aggregator());
    let expected = node("R0A");
    let plain = async {
        let (mut tcp, _) = listener.accept().await.unwrap();
        tcp.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        tcp
    };
    let (error, _open) = tokio::join!(dial::connect(&url, &expected, &us), plain);
    assert!(matches!(error, Err(DialError::NotTls(_))), "{error:?}");
}

#[test]
fn an_authority_with_the_key_of_another_is_refused() {
    let (one, other) = (authority(), authority());
    let mixed = Authority::from_pem(one.certificate_pem(), &other.key_pem());
    assert!(matches!(mixed, Err(AuthorityError::Mismatch)));
}

#[test]
fn a_renewal_under_the_same_key_has_a_serial_number_of_its_own() {
    let authority = authority();
    let key = KeyAndCsr::generate(&node("R0A")).unwrap();
    let serial = || {
        let pem = authority.issue(&key.csr_pem, &node("R0A"), now()).unwrap();
        read(&pem, |certificate| certificate.raw_serial().to_vec())
    };
    assert_ne!(serial(), serial());
}

#[test]
fn only_p256_keys_are_certified() {
    for kind in [&PKCS_ECDSA_P384_SHA384, &PKCS_ED25519] {
        let key = KeyPair::generate_for(kind).unwrap();
        let request = CertificateParams::default().serialize_request(&key);
        let request = request.unwrap().pem().unwrap();
        let issued = authority().issue(&request, &node("R0A"), now());
        assert!(matches!(issued, Err(AuthorityError::KeyKind)));
    }
}

#[test]
fn no_certificate_outlives_its_authority() {
    let ten_years = 10 * 365 * 24;
    let nearly = now() - (ten_years - 24).hours();
    let authority_then = |start| Authority::generate(&"gm-icb".parse().unwrap(), start).unwrap();
    let key = KeyAndCsr::generate(&node("R0A")).unwrap();
    let end = |pem: &str| read(pem, |it| it.validity().not_after.timestamp());

    let authority = authority_then(nearly);
    let leaf = authority.issue(&key.csr_pem, &node("R0A"), now()).unwrap();
    assert_eq!(end(&leaf), end(authority.certificate_pem()));

    let ended = authority_then(now() - (ten_years + 1).hours());
    let leaf = ended.issue(&key.csr_pem, &node("R0A"), now());
    assert!(matches!(leaf, Err(AuthorityError::Expired(_))));
}

#[test]
fn a_token_says_whether_it_is_of_another_version_wrapped_or_changed() {
    let token = token(&authority());
    let text = token.to_string();
    let next = text.replacen("vwis1", "vwis2", 1);
    assert_eq!(next.parse::<EnrolmentToken>(), Err(TokenError::Version));
    let (head, tail) = text.split_at(76);
    assert!(format!("{head}\r\n  {tail}").parse::<EnrolmentToken>() == Ok(token));
    for at in [20, 200, text.len() - 6] {
        let mut changed = text.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(changed.parse::<EnrolmentToken>(), Err(TokenError::Damaged));
    }
    let longer = format!("{text}AAAA");
    assert_eq!(longer.parse::<EnrolmentToken>(), Err(TokenError::Damaged));
}
