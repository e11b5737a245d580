//! What leaves a node beside the noisy vector: nothing that depends on the data.

use std::time::Duration;

use tokio::time::Instant;
use vwis_node::config::DEFAULT_ANSWER_FLOOR_MS;
use vwis_tests::{
    agreement::{FTE, HEADLINE, agreement, named_agreement},
    call::{request, with_receipt},
    certificates::{AGGREGATOR, System},
    extract::{Extract, staff},
    node::NodeFixture,
};

use super::BINARY;

#[tokio::test]
async fn an_answer_is_as_long_for_one_person_as_for_three_thousand() {
    let system = System::new();
    let agreement = agreement(&[HEADLINE, FTE]);
    let mut lengths = Vec::new();
    for (ods_code, people) in [("R0A", 1), ("RM3", 3000)] {
        let node = NodeFixture::of(ods_code, BINARY, &system, "0.5").await;
        node.import(&Extract::seeded(8, people), "2026-03").await;
        let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
        let described = caller.describe().await;
        let headline = request(&agreement, "headline", "2026-03");
        let headline = caller.measure(headline).await.unwrap();
        let fte = with_receipt(request(&agreement, "fte", "2026-03"), &headline.receipt);
        let fte = caller.measure(fte).await.unwrap();
        lengths.push((
            prost::Message::encoded_len(&described),
            headline.message_bytes,
            fte.message_bytes,
        ));
        server.stop().await;
    }
    assert_eq!(lengths[0], lengths[1]);
}

#[tokio::test]
async fn a_new_measurement_takes_its_least_time_however_small_the_node() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE]);
    node.import(&Extract::seeded(1, 1), "2026-06").await;
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let ask = request(&agreement, "headline", "2026-06");
    let started = Instant::now();
    caller.measure(ask.clone()).await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(DEFAULT_ANSWER_FLOOR_MS));
    // What is sealed tells nothing by its time any more.
    caller.measure(ask).await.unwrap();
    server.stop().await;
}

/// Whether `number` stands in `text` on its own, not as part of a longer number.
fn stands_in(text: &str, number: &str) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    text.match_indices(number).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + number.len()..].chars().next();
        // A fraction of a second is no count.
        !digit(before) && !digit(after) && before != Some('.')
    })
}

#[tokio::test]
async fn no_log_and_no_message_holds_a_number_of_employees_or_of_an_employee() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.05").await;
    let agreement = agreement(&[HEADLINE, FTE]);
    // 13,417 people, of whom 11,903 in one staff group: nothing else comes to these numbers.
    let mut extract = Extract::seeded(9, 13_417);
    let group = staff().position("staff_group").unwrap();
    for (n, person) in extract.people.iter_mut().enumerate() {
        person.codes[group] = if n < 11_903 { 2 } else { 3 };
        if n == 77 {
            "ZQX-PLANTED-4471".clone_into(&mut person.number);
        }
    }
    let secrets = ["13417", "11903", "1514"];

    let server = node.serve_with(&["--log", "trace"]).await;
    let caller = server.caller(&system).await;
    caller.propose(&agreement).await.unwrap();
    node.approve(&agreement).await;
    let csv = extract.csv();
    for period in ["2026-03", "2025-12"] {
        let import = ["--report", "json"];
        let import = node.import_bytes(csv.as_bytes(), period, &import).await;
        assert_eq!(import.ended_with(0).stderr, "");
    }
    let described = format!("{:?}", caller.describe().await);
    let first = request(&agreement, "headline", "2026-03");
    let first = caller.measure(first).await.unwrap();
    // Refusals of several kinds, one of them of the budget.
    let waiting = named_agreement("Waiting", AGGREGATOR, &[HEADLINE]);
    caller.propose(&waiting).await.unwrap();
    let mut refusals = Vec::new();
    for request in [
        with_receipt(request(&agreement, "headline", "2025-12"), &first.receipt),
        with_receipt(request(&agreement, "headline", "2025-09"), &first.receipt),
        request(&agreement, "fte", "2026-03"),
        request(&agreement, "nothing", "2026-03"),
        request(&waiting, "headline", "2026-03"),
    ] {
        let status = caller.measure(request).await.unwrap_err();
        refusals.push(format!(
            "{status:?} {:?}",
            String::from_utf8_lossy(status.details())
        ));
    }
    let header = format!("{:?} {:?}", first.header, first.receipt);
    let log = server.stop().await.stderr;
    assert!(
        log.contains("reserved") && log.contains("TRACE"),
        "the log is on"
    );
    for (place, text) in [
        ("the log", log),
        ("Describe", described),
        ("the header", header),
        ("a refusal", refusals.join("\n")),
        (
            "an answer's bytes",
            String::from_utf8_lossy(&first.bytes).into_owned(),
        ),
    ] {
        assert!(!text.contains("ZQX-PLANTED"), "{place} names an employee");
        for secret in secrets {
            assert!(!stands_in(&text, secret), "{place} holds {secret}");
        }
    }

    // Nor does the store hold the number itself.
    for entry in std::fs::read_dir(node.dir()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let planted = b"ZQX-PLANTED-4471";
            assert!(
                !bytes.windows(planted.len()).any(|w| w == planted),
                "{path:?}"
            );
        }
    }
}
