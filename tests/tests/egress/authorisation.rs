//! Who may call what: a table of every method of every server, tested for every kind of stranger. A method
//! that is served but missing from the table fails the test.

use std::{collections::BTreeSet, io};

use jiff::SignedDuration;
use prost::Message as _;
use prost_types::FileDescriptorSet;
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, ServerReflectionResponse, server_reflection_request::MessageRequest,
    server_reflection_response::MessageResponse,
};
use vwis_proto::v1::{DESCRIPTOR_SET, EnrolRequest};
use vwis_tests::{
    agreement::{HEADLINE, agreement},
    call::request,
    certificates::{AGGREGATOR, Papers, System, aggregator, node as node_of, now},
    extract::Extract,
    federation::Federation,
    node::NodeFixture,
    wire::Wire,
};

use super::{
    BINARY,
    everything::{CHECK, DESCRIBE, MEASURE, PROPOSE, REFLECT},
};

const OK: i32 = 0;
const INVALID_ARGUMENT: i32 = 3;
const PERMISSION_DENIED: i32 = 7;
const RENEW: &str = "/vwis.v1.Node/RenewCertificate";

/// Who may call a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum May {
    /// Any aggregator of the authority; each sees only its own agreements.
    Aggregators,
    /// The one aggregator that the request's agreement names.
    ItsAggregator,
    /// Whoever holds a token.
    TokenHolders,
    /// Anybody who reaches the enrolment server: the method says only that it serves, and what.
    Anybody,
}

/// Every method of the node, and who may call it.
const NODE: [(&str, May); 7] = [
    (DESCRIBE, May::Aggregators),
    (PROPOSE, May::ItsAggregator),
    (MEASURE, May::ItsAggregator),
    (RENEW, May::Aggregators),
    (CHECK, May::Aggregators),
    ("/grpc.health.v1.Health/Watch", May::Aggregators),
    (REFLECT, May::Aggregators),
];

/// Every method of the aggregator's enrolment server, and who may call it.
const AGGREGATOR_SERVER: [(&str, May); 4] = [
    ("/vwis.v1.Enrolment/Enrol", May::TokenHolders),
    (CHECK, May::Anybody),
    ("/grpc.health.v1.Health/Watch", May::Anybody),
    (REFLECT, May::Anybody),
];

/// All methods in a set of descriptors.
fn methods(set: &[u8]) -> BTreeSet<String> {
    let set = FileDescriptorSet::decode(set).unwrap();
    let files = set.file.iter();
    let services = files.flat_map(|file| file.service.iter().map(move |it| (file.package(), it)));
    services
        .flat_map(|(package, service)| {
            let path = move |name: &str| format!("/{package}.{}/{name}", service.name());
            service.method.iter().map(move |method| path(method.name()))
        })
        .collect()
}

fn list_services() -> Vec<u8> {
    ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    }
    .encode_to_vec()
}

/// The services that a server lists by reflection.
async fn reflected(wire: &Wire) -> BTreeSet<String> {
    let answered = wire.call(REFLECT, &[list_services()]).await.unwrap();
    let answer = ServerReflectionResponse::decode(&answered.messages()[0][..]).unwrap();
    let Some(MessageResponse::ListServicesResponse(list)) = answer.message_response else {
        panic!("{answer:?}");
    };
    list.service
        .into_iter()
        .map(|service| service.name)
        .collect()
}

fn service(path: &str) -> String {
    path[1..].split_once('/').unwrap().0.to_owned()
}

/// How a call of `path` ends for a caller who shows `papers`: with a status, or without a connection.
async fn ends(
    url: &str,
    authority: &str,
    papers: Option<&Papers>,
    path: &str,
    message: &[u8],
) -> io::Result<i32> {
    let wire = Wire::connect(url, &node_of("R0A"), authority, papers).await?;
    // A Watch that is let in never ends, so its head is enough.
    if path.ends_with("/Watch") {
        let mut sender = wire.sender().ready().await.map_err(io::Error::other)?;
        let (answer, mut body) = sender
            .send_request(vwis_tests::wire::head(path), false)
            .map_err(io::Error::other)?;
        body.send_data(vwis_tests::wire::framed(message), true)
            .map_err(io::Error::other)?;
        let head = answer.await.map_err(io::Error::other)?;
        let status = head.headers().get("grpc-status");
        return Ok(status.map_or(OK, |status| status.to_str().unwrap().parse().unwrap()));
    }
    let answered = wire.call(path, &[message.to_vec()]).await;
    Ok(answered.map_err(io::Error::other)?.status().0)
}

#[tokio::test]
async fn every_method_of_a_node_turns_every_stranger_away() {
    let system = System::new();
    let elsewhere = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE]);
    node.import(&Extract::seeded(1, 100), "2026-06").await;
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let (before, url) = (caller.chain().await, server.url());
    let authority = system.authority_pem();
    let us = system.papers(&aggregator(AGGREGATOR));

    // The table must name all that is compiled in, all that is served, and nothing else.
    let wire = Wire::connect(server.url(), &node_of("R0A"), authority, Some(&us))
        .await
        .unwrap();
    let reflected = reflected(&wire).await;
    let table: BTreeSet<String> = NODE.iter().map(|(path, _)| (*path).to_owned()).collect();
    for method in methods(DESCRIPTOR_SET) {
        let known = table.contains(&method) || method.starts_with("/vwis.v1.Enrolment/");
        assert!(known, "{method} has no authorisation test");
    }
    for method in methods(tonic_health::pb::FILE_DESCRIPTOR_SET) {
        assert!(
            table.contains(&method),
            "{method} has no authorisation test"
        );
    }
    let tested: BTreeSet<String> = table.iter().map(|path| service(path)).collect();
    for service in reflected.difference(&tested) {
        // Reflection names whatever is described, and that includes the other server's service.
        assert_eq!(service, "vwis.v1.Enrolment", "it has no authorisation test");
    }

    let past = now() - SignedDuration::from_hours(24 * 400);
    let strangers = [
        ("no certificate", None),
        (
            "another authority's",
            Some(elsewhere.papers(&aggregator(AGGREGATOR))),
        ),
        (
            "an expired one",
            Some(system.papers_at(&aggregator(AGGREGATOR), past)),
        ),
    ];
    let measure = request(&agreement, "headline", "2026-06").encode_to_vec();
    let proposed = vwis_proto::v1::ProposeAgreementRequest {
        agreement: agreement.canonical().to_vec(),
    };
    let proposed = proposed.encode_to_vec();
    let reflect = list_services();
    for (path, may) in NODE {
        let message: &[u8] = match path {
            MEASURE => &measure,
            PROPOSE => &proposed,
            REFLECT => &reflect,
            _ => &[],
        };
        for (who, papers) in &strangers {
            let ended = ends(url, authority, papers.as_ref(), path, message).await;
            assert!(ended.is_err(), "{path} let in {who}: {ended:?}");
        }
        for ods_code in ["R0A", "RM3"] {
            let papers = system.papers(&node_of(ods_code));
            let ended = ends(url, authority, Some(&papers), path, message)
                .await
                .unwrap();
            assert_eq!(ended, PERMISSION_DENIED, "{path} for the node {ods_code}");
        }
        let papers = system.papers(&aggregator("other"));
        let other = ends(url, authority, Some(&papers), path, message)
            .await
            .unwrap();
        // A node refuses a certificate that it did not ask for, even from a caller who may send one.
        let let_in = if path == RENEW { INVALID_ARGUMENT } else { OK };
        let expected = match may {
            May::ItsAggregator => PERMISSION_DENIED,
            _ => let_in,
        };
        assert_eq!(other, expected, "{path} for another aggregator");
        assert_eq!(caller.chain().await, before, "{path}");
        // The table must be right about who is let in, too.
        if path != MEASURE {
            assert_eq!(
                ends(url, authority, Some(&us), path, message)
                    .await
                    .unwrap(),
                let_in,
                "{path}"
            );
        }
    }
    // A service that the table does not name must not be served.
    let nothing = ends(url, authority, Some(&us), "/vwis.v1.Enrolment/Enrol", &[]);
    assert_eq!(nothing.await.unwrap(), 12, "a node enrols nobody");
    server.stop().await;
}

#[tokio::test]
async fn every_method_of_the_enrolment_server_needs_a_token_or_says_nothing() {
    let federation = Federation::new(BINARY).await;
    let url = federation.enrolment();
    let authority = federation.aggregator_dir().join("authority/authority.pem");
    let authority = std::fs::read_to_string(authority).unwrap();
    let connect = async || {
        let expected = aggregator("gm-icb");
        Wire::connect(&url, &expected, &authority, None)
            .await
            .unwrap()
    };
    let wire = connect().await;
    let tested: BTreeSet<String> = AGGREGATOR_SERVER
        .iter()
        .map(|(path, _)| service(path))
        .collect();
    for service in reflected(&wire).await.difference(&tested) {
        assert_eq!(service, "vwis.v1.Node", "it has no authorisation test");
    }
    for (path, may) in AGGREGATOR_SERVER {
        if may != May::TokenHolders {
            continue;
        }
        let request = EnrolRequest {
            ods_code: "R0A".to_owned(),
            token_secret: "guessed".to_owned(),
            receipt_public_key: vec![7; 32],
            ..EnrolRequest::default()
        };
        let answered = wire.call(path, &[request.encode_to_vec()]).await.unwrap();
        assert_eq!(answered.status().0, PERMISSION_DENIED, "{path}");
        assert!(answered.body.is_empty());
    }
    // The node's methods are not served here to anybody.
    for (path, _) in &NODE[..4] {
        let answered = wire.call(path, &[Vec::new()]).await.unwrap();
        assert_eq!(answered.status().0, 12, "{path}");
    }
    drop(wire);
    federation.stop().await;
}
