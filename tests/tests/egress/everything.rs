//! Searches every call and its answer, every log at its loudest, and every output that is meant to be shared.

use prost::Message;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_request::MessageRequest,
};
use vwis_model::agreement::Agreement;
use vwis_proto::v1::{self, MeasureRequest, measure_response::Part};
use vwis_tests::{
    agreement::{FTE, HEADLINE, agreement, named_agreement},
    call::{request, with_receipt},
    certificates::{AGGREGATOR, System, aggregator, node as node_of},
    node::NodeFixture,
    process::Ran,
    wire::{Answered, Wire},
};

use super::{BINARY, planted::Planted};

pub(crate) const DESCRIBE: &str = "/vwis.v1.Node/Describe";
pub(crate) const PROPOSE: &str = "/vwis.v1.Node/ProposeAgreement";
pub(crate) const MEASURE: &str = "/vwis.v1.Node/Measure";
pub(crate) const CHECK: &str = "/grpc.health.v1.Health/Check";
pub(crate) const REFLECT: &str = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

const TRACE: [&str; 2] = ["--log", "trace"];

/// A node that is asked, and the search of everything it says.
struct Asked<'a> {
    planted: &'a mut Planted,
    wire: Wire,
}

impl Asked<'_> {
    async fn call(&mut self, path: &str, message: Vec<u8>) -> Answered {
        let answered = self.wire.call(path, &[message]).await.unwrap();
        self.planted.is_not_in(path, &answered.fields().join("\n"));
        // It is searched as text here, and as numbers below, where the fields are known.
        let text = String::from_utf8_lossy(&answered.body).into_owned();
        self.planted.is_not_in(path, &text);
        answered
    }

    /// Decodes a message, searches all its numbers, and checks that it holds nothing unknown to this version.
    fn known<M: Message + Default + std::fmt::Debug>(&mut self, place: &str, bytes: &[u8]) -> M {
        let message = M::decode(bytes).unwrap();
        assert_eq!(message.encode_to_vec(), bytes, "{place}: unknown fields");
        self.planted.is_not_in(place, &format!("{message:?}"));
        message
    }

    async fn measured(&mut self, request: MeasureRequest) -> v1::Receipt {
        let answered = self.call(MEASURE, request.encode_to_vec()).await;
        assert_eq!(answered.status().0, 0, "{:?}", answered.status());
        let messages = answered.messages();
        let first: v1::MeasureResponse = self.known(MEASURE, &messages[0]);
        let Some(Part::Header(header)) = first.part else {
            panic!("the header comes first");
        };
        // A chunk holds only sealed integers. They are noisy, so there is no text to search in.
        let mut entries = 0;
        for message in &messages[1..] {
            let chunk = v1::MeasureResponse::decode(&message[..]).unwrap();
            assert_eq!(chunk.encode_to_vec(), *message, "unknown fields");
            let Some(Part::Chunk(chunk)) = chunk.part else {
                panic!("chunks follow the header");
            };
            entries += chunk.entries.len();
        }
        assert_eq!(entries, header.entry_count as usize);
        header.receipt.unwrap()
    }

    async fn refused(&mut self, path: &str, message: Vec<u8>, expected: &str) {
        let answered = self.call(path, message).await;
        assert_ne!(answered.status().0, 0, "{path}: {expected}");
        assert!(answered.body.is_empty());
        let said = answered.status().1.replace("%20", " ");
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

fn propose(agreement: &Agreement) -> Vec<u8> {
    v1::ProposeAgreementRequest {
        agreement: agreement.canonical().to_vec(),
    }
    .encode_to_vec()
}

fn reflect(what: MessageRequest) -> Vec<u8> {
    ServerReflectionRequest {
        host: String::new(),
        message_request: Some(what),
    }
    .encode_to_vec()
}

/// Runs a command with the loudest log.
async fn loud(node: &NodeFixture, args: &[&str]) -> Ran {
    node.run(&[&TRACE[..], args].concat()).await
}

#[tokio::test]
async fn no_answer_no_log_and_no_shared_output_holds_what_only_the_node_knows() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.05").await;
    let mut planted = Planted::new();
    let agreement = agreement(&[HEADLINE, FTE]);
    let withdrawn = named_agreement("Withdrawn", AGGREGATOR, &[HEADLINE]);
    let waiting = named_agreement("Waiting", AGGREGATOR, &[HEADLINE]);
    let theirs = named_agreement("Theirs", "other", &[HEADLINE]);

    let csv = planted.csv.clone();
    let import = async |period| {
        let file = node.dir().with_file_name("extract.csv");
        std::fs::write(&file, &csv).unwrap();
        let file = file.to_str().unwrap();
        // The extract has the same people each time, which real ones never have.
        let allow = ["--allow", "period", "--report", "json"];
        let import = [&["import", file, "--period", period][..], &allow].concat();
        loud(&node, &import).await
    };
    // The report on stdout is for the organisation itself; the log is searched.
    let imported = import("2025-12").await.ended_with(0);
    assert!(imported.stdout.contains("13417"), "planted: {imported:?}");
    planted.is_not_in("the log of import", &imported.stderr);

    let server = node.serve_with(&TRACE).await;
    let papers = system.papers(&aggregator(AGGREGATOR));
    let authority = system.authority_pem();
    let wire = Wire::connect(server.url(), &node_of("R0A"), authority, Some(&papers))
        .await
        .unwrap();
    let mut asked = Asked {
        planted: &mut planted,
        wire,
    };
    for proposed in [&agreement, &withdrawn, &waiting] {
        asked.call(PROPOSE, propose(proposed)).await;
    }
    node.approve(&agreement).await;
    node.approve(&withdrawn).await;
    node.decide("withdraw", &withdrawn).await.done();
    // This import is counted for what is approved by now, while the server runs.
    let imported = import("2026-03").await.ended_with(0);
    asked
        .planted
        .is_not_in("the log of import", &imported.stderr);

    let headline = |agreement, period| request(agreement, "headline", period);
    let first = asked.measured(headline(&agreement, "2026-03")).await;
    let again = with_receipt(headline(&agreement, "2026-03"), &first);
    asked.measured(again).await;
    let with = |request: MeasureRequest| with_receipt(request, &first).encode_to_vec();
    let strange = v1::Receipt {
        head: vec![9; 32],
        ..first.clone()
    };
    let correction = MeasureRequest {
        correction: 3,
        ..headline(&agreement, "2026-03")
    };
    for (message, expected) in [
        (with(headline(&agreement, "2025-12")), "budget"),
        (with(headline(&agreement, "2025-09")), "not imported"),
        (with(headline(&agreement, "2025-11")), "not measured"),
        (with(headline(&waiting, "2026-03")), "nobody"),
        (with(headline(&withdrawn, "2026-03")), "withdrawn"),
        (with(headline(&theirs, "2026-03")), "no such agreement"),
        (
            with(request(&agreement, "nothing", "2026-03")),
            "no such series",
        ),
        (with(correction), "no correction"),
        (
            headline(&agreement, "2025-12").encode_to_vec(),
            "last receipt",
        ),
        (
            with_receipt(headline(&agreement, "2025-12"), &strange).encode_to_vec(),
            "",
        ),
        (MeasureRequest::default().encode_to_vec(), ""),
        (b"\xff\xff".to_vec(), ""),
    ] {
        asked.refused(MEASURE, message, expected).await;
    }
    asked
        .refused(PROPOSE, propose(&theirs), "another aggregator")
        .await;
    asked.refused(PROPOSE, b"\x0a\x02{}".to_vec(), "").await;
    asked.refused("/vwis.v1.Node/Count", Vec::new(), "").await;

    tells_of_itself(&mut asked).await;

    pauses_and_doubts(&mut asked, &node, &agreement, &first).await;

    // Everything is searched once more as it came, with framing and settings.
    let came = asked.wire.plaintext.bytes();
    asked
        .planted
        .is_not_in("the wire", &String::from_utf8_lossy(&came));
    drop(asked);
    let log = server.stop().await;
    for target in ["vwis_node", "h2", "rustls", "TRACE", "reserved"] {
        assert!(log.stderr.contains(target), "the log is on: {target}");
    }
    planted.is_not_in_output("serve", &log);

    shared_outputs(&node, &agreement, &mut planted).await;
    stored(&node);
    planted.tell("one node");
}

/// Not even the node's own store holds a name, a text or an employee number.
fn stored(node: &NodeFixture) {
    let stored: Vec<u8> = [
        "node.db",
        "node.db-wal",
        "agreements.db",
        "agreements.db-wal",
    ]
    .iter()
    .flat_map(|name| std::fs::read(node.dir().join(name)).unwrap_or_default())
    .collect();
    let stored = String::from_utf8_lossy(&stored);
    for text in ["ZQX-", "Quillfeather", "occupational health"] {
        assert!(!stored.contains(text), "the store holds {text}");
    }
}

/// Asks for description, health and reflection.
async fn tells_of_itself(asked: &mut Asked<'_>) {
    let described = asked.call(DESCRIBE, Vec::new()).await.messages();
    let _: v1::DescribeResponse = asked.known(DESCRIBE, &described[0]);
    let health = HealthCheckRequest::default().encode_to_vec();
    let health = asked.call(CHECK, health).await.messages();
    let _: HealthCheckResponse = asked.known(CHECK, &health[0]);
    for what in [
        MessageRequest::ListServices(String::new()),
        MessageRequest::FileContainingSymbol("vwis.v1.Node".to_owned()),
        MessageRequest::FileByFilename("no such file".to_owned()),
    ] {
        asked.call(REFLECT, reflect(what)).await;
    }
}

/// Collects the refusals while the agreement is paused, and while the history is in doubt.
async fn pauses_and_doubts(
    asked: &mut Asked<'_>,
    node: &NodeFixture,
    agreement: &Agreement,
    receipt: &v1::Receipt,
) {
    let with =
        |series| with_receipt(request(agreement, series, "2026-03"), receipt).encode_to_vec();
    node.decide("pause", agreement).await.done();
    asked.refused(MEASURE, with("headline"), "paused").await;
    node.decide("resume", agreement).await.done();

    let witness = node.dir().join("keep/witness.json");
    let kept = std::fs::read(&witness).unwrap();
    std::fs::remove_file(&witness).unwrap();
    asked.refused(MEASURE, with("fte"), "doubt").await;
    std::fs::write(&witness, kept).unwrap();
}

/// Searches the output of the commands that an organisation may share: all except import, quality, preview,
/// and `agreement show` on a terminal.
async fn shared_outputs(node: &NodeFixture, agreement: &Agreement, planted: &mut Planted) {
    let hash = agreement.hash().to_string();
    let decided = ["--by", "A Tester", "--reason", "to be read"];
    let correct = [
        "agreement",
        "correct",
        &hash,
        "--series",
        "headline",
        "--period",
        "2026-03",
    ];
    let commands: Vec<Vec<&str>> = vec![
        vec!["--help"],
        vec!["agreement", "list"],
        vec!["agreement", "list", "--json"],
        vec!["agreement", "show", &hash],
        vec!["agreement", "show", &hash, "--json"],
        vec!["budget"],
        vec!["budget", "--json"],
        vec!["ledger", "verify"],
        vec!["preview", &hash, "--period", "2026-03"],
        [&["agreement", "pause", &hash][..], &decided].concat(),
        [&["agreement", "resume", &hash][..], &decided].concat(),
        [&correct[..], &decided].concat(),
        [&["agreement", "approve", &hash][..], &decided].concat(),
        [&["agreement", "withdraw", &hash, "--yes"][..], &decided].concat(),
        [&["agreement", "decline", &hash][..], &decided].concat(),
    ];
    for command in commands {
        let ran = loud(node, &command).await;
        assert!(ran.code.is_some(), "{command:?}");
        planted.is_not_in_output(&command.join(" "), &ran);
    }
    // These commands print the organisation's own numbers for itself; only their logs are searched.
    for command in [vec!["quality"], vec!["quality", "--json"]] {
        let ran = loud(node, &command).await;
        planted.is_not_in("the log of quality", &ran.stderr);
    }
}
