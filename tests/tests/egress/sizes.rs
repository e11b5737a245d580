//! The number and length of messages and the bytes on the wire are the same whatever the data are.

use prost::Message as _;
use vwis_proto::v1;
use vwis_tests::{
    agreement::{FTE, HEADLINE, LARGE, agreement},
    call::{request, with_receipt},
    certificates::{AGGREGATOR, System, aggregator, node as node_of},
    extract::{Extract, staff},
    node::NodeFixture,
    wire::{Answered, Wire},
};

use super::{
    BINARY,
    everything::{DESCRIBE, MEASURE, PROPOSE},
};

/// What the aggregator, and anybody on the network, sees of one call.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    what: &'static str,
    /// Names of headers and trailers, with the lengths of their values.
    fields: Vec<(String, usize)>,
    /// Lengths of the messages.
    messages: Vec<usize>,
    /// Lengths of the frames that carry the messages.
    frames: Vec<usize>,
    /// Every byte of a refusal; `None` for an answer.
    refusal: Option<Vec<String>>,
}

impl Seen {
    fn of(what: &'static str, answered: &Answered) -> Self {
        let all = answered.headers.iter().chain(&answered.trailers);
        let refused = answered.status().0 != 0;
        Self {
            what,
            fields: all
                .map(|(name, value)| (name.to_string(), value.len()))
                .collect(),
            messages: answered.messages().iter().map(Vec::len).collect(),
            frames: answered.frames.clone(),
            refusal: refused.then(|| answered.fields()),
        }
    }
}

/// Everything that can be seen of a node that holds `extract`, and the bytes on the wire.
async fn seen(extract: &Extract) -> (Vec<Seen>, usize) {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE, FTE, LARGE]);
    if extract.people.is_empty() {
        // The extract has one row, of somebody who does not count.
        let csv = format!("{},assignment_status\n", vwis_tests::extract::header());
        let one = Extract::seeded(1, 1);
        let row = vwis_tests::extract::row(&one.people[0]);
        let csv = format!("{csv}{row},Suspend No Pay\n");
        let ran = node
            .import_bytes(csv.as_bytes(), "2026-03", &["--allow", "nobody"])
            .await;
        ran.done();
    } else {
        node.import(extract, "2026-03").await;
    }
    let (server, _) = node.serve_approved(&system, &[&agreement]).await;
    let papers = system.papers(&aggregator(AGGREGATOR));
    let authority = system.authority_pem();
    let wire = Wire::connect(server.url(), &node_of("R0A"), authority, Some(&papers))
        .await
        .unwrap();
    let mut all = Vec::new();
    let before = wire.ciphertext.len();
    let headline = request(&agreement, "headline", "2026-03");
    let first = wire
        .call(MEASURE, &[headline.encode_to_vec()])
        .await
        .unwrap();
    all.push(Seen::of("first", &first));
    let header = v1::MeasureResponse::decode(&first.messages()[0][..]).unwrap();
    let Some(v1::measure_response::Part::Header(header)) = header.part else {
        panic!("the header comes first");
    };
    let receipt = header.receipt.unwrap();
    let with = |series, period| with_receipt(request(&agreement, series, period), &receipt);
    for (what, path, message) in [
        (
            "again",
            MEASURE,
            with("headline", "2026-03").encode_to_vec(),
        ),
        ("fte", MEASURE, with("fte", "2026-03").encode_to_vec()),
        ("large", MEASURE, with("large", "2026-03").encode_to_vec()),
        (
            "not held",
            MEASURE,
            with("headline", "2025-12").encode_to_vec(),
        ),
        (
            "off the cadence",
            MEASURE,
            with("headline", "2026-02").encode_to_vec(),
        ),
        (
            "no series",
            MEASURE,
            with("nothing", "2026-03").encode_to_vec(),
        ),
        (
            "no receipt",
            MEASURE,
            request(&agreement, "large", "2026-02").encode_to_vec(),
        ),
        ("malformed", MEASURE, vec![0xff]),
        ("no agreement", PROPOSE, vec![0x0a, 1, b'x']),
        ("described", DESCRIBE, Vec::new()),
    ] {
        all.push(Seen::of(what, &wire.call(path, &[message]).await.unwrap()));
    }
    let came = wire.ciphertext.len() - before;
    drop(wire);
    server.stop().await;
    (all, came)
}

#[tokio::test]
async fn what_is_seen_of_a_node_is_as_long_for_nobody_as_for_ten_thousand() {
    let one = Extract::seeded(8, 1);
    let mut skewed = Extract::seeded(8, 3000);
    for person in &mut skewed.people {
        person.codes = vec![0; staff().attributes().len()];
    }
    let nobody = Extract { people: Vec::new() };
    let (expected, bytes) = seen(&one).await;
    let answered: usize = expected.iter().flat_map(|seen| &seen.messages).sum();
    assert!(answered > 350_000, "{answered}");
    for (what, extract) in [
        ("nobody", nobody),
        ("all alike", skewed),
        ("many", Extract::seeded(9, 10_000)),
    ] {
        let (found, came) = seen(&extract).await;
        for (one, other) in expected.iter().zip(&found) {
            assert_eq!(one, other, "{what}");
        }
        // The time of day in a header has no fixed length as HTTP/2 packs it, and the frames that open
        // windows vary too.
        assert!(came.abs_diff(bytes) < 1000, "{what}: {came} and {bytes}");
    }
    eprintln!("{} calls, {bytes} bytes each", expected.len());
}
