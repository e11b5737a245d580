//! Career movement of a year, which a node puts together from the staff at its two ends.

use serde_json::{Value, json};
use tonic::Code;
use vwis_proto::reason::Reason;
use vwis_tests::{
    agreement::{CAREER_MOVEMENT, agreement},
    call::{reason, request, with_receipt},
    node::NodeFixture,
};

use super::extracts::{extract, node, nurse};

const ALLOW: [&str; 2] = [
    "--allow",
    "change,changed-people,gone,groups,old-joiners,shares,strangers",
];

fn on_band(n: usize, band: usize) -> String {
    nurse(n).replace("Review Body Band 5", &format!("Review Body Band {band}"))
}

/// Two hundred nurses on band 5.
fn start() -> String {
    extract((0..200).map(nurse))
}

/// A year later: 0 and 1 left, 2 to 4 are on band 6, 5 is on band 4, and seven came.
fn end() -> String {
    let there = (2..200).map(|n| match n {
        2..=4 => on_band(n, 6),
        5 => on_band(n, 4),
        _ => nurse(n),
    });
    let came = (500..507).map(|n| nurse(n).replace("01-Apr-2010", "01-Feb-2026"));
    let rows = there.chain(came);
    // The very same rows would be asked about as another period's.
    extract(rows.map(|row| row.replace("Ward 7", "Ward 8")))
}

/// Imports an extract; returns what it says of career movement.
async fn movements(node: &NodeFixture, period: &str, text: &str) -> Value {
    let options = [&ALLOW[..], &["--report", "json"]].concat();
    let ran = node.import_bytes(text.as_bytes(), period, &options).await;
    ran.json()["stored"]["movements"].clone()
}

#[tokio::test]
async fn a_years_movement_is_kept_once_both_its_ends_are_and_what_is_missing_is_said_until_then() {
    let (system, node) = node().await;
    let agreement = agreement(&[CAREER_MOVEMENT]);
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let import = async |period, text: &str| {
        let imported = node.import_bytes(text.as_bytes(), period, &ALLOW).await;
        imported.done()
    };
    let said = import("2026-03", &end()).await;
    let missing = "No career movement of the year to 2026-03: that needs the extract of 2025-03. Import it too, \
                   now or later.";
    assert!(said.contains(missing), "{said}");

    let hash = agreement.hash().to_string();
    let shown = node.run(&["agreement", "show", &hash]).await.done();
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let nothing = "Of the career movement of the year to 2026-03 nothing leaves, unless";
    assert!(shown.contains(nothing), "{shown}");
    if let Some(preview) = node
        .typing(&["preview", &hash, "--period", "2026-03"], "")
        .await
    {
        let preview = preview.ended_with(65);
        let missing = "there is no extract of 2025-03 that can be used";
        assert!(preview.stdout.contains(missing), "{preview:?}");
    }
    let ask = request(&agreement, "career_movement", "2026-03");
    let refused = caller.measure(ask.clone()).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused)),
        (Code::FailedPrecondition, Reason::YearIncomplete)
    );
    let earlier = request(&agreement, "career_movement", "2025-03");
    let refused = caller.measure(earlier).await.unwrap_err();
    assert_eq!(reason(&refused), Reason::SnapshotMissing);

    let said = import("2025-03", &start()).await;
    let movement = "Of the 200 people of 2025-03, 3 had moved up a band by 2026-03, 1 down, and 2 had left: kept as \
                    career movement.";
    assert!(said.contains(movement), "{said}");
    let measured = caller.measure(ask.clone()).await.unwrap();
    let again = with_receipt(ask, &measured.receipt);
    let again = caller.measure(again).await.unwrap();
    assert_eq!(measured.entries, again.entries);
    let shown = node.run(&["agreement", "show", &hash]).await.done();
    assert!(
        !shown.contains("career movement of the year to 2026-03"),
        "{shown}"
    );
    server.stop().await;
}

#[tokio::test]
async fn either_end_that_is_mended_tells_the_movement_anew_and_what_was_measured_stays() {
    let (system, node) = node().await;
    let agreement = agreement(&[CAREER_MOVEMENT]);
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let year = |up, down, left, measured_before| {
        json!([{
            "since": "2025-03", "period": "2026-03", "people": 200, "up": up, "down": down, "left": left,
            "measured_before": measured_before,
        }])
    };
    assert_eq!(movements(&node, "2025-03", &start()).await, json!([]));
    // Neither end of the year to 2026-03: its own year began before anything that is held.
    assert_eq!(
        movements(&node, "2025-12", &start().replace("Ward 7", "Ward 9")).await,
        json!([])
    );
    assert_eq!(
        movements(&node, "2026-03", &end()).await,
        year(3, 1, 2, false)
    );
    // The same again changes nothing.
    assert_eq!(movements(&node, "2025-03", &start()).await, json!([]));

    let ask = request(&agreement, "career_movement", "2026-03");
    let measured = caller.measure(ask.clone()).await.unwrap();
    // 7 was on band 6 when the year began.
    let mended = start().replace(&nurse(7), &on_band(7, 6));
    assert_eq!(
        movements(&node, "2025-03", &mended).await,
        year(3, 2, 2, true)
    );
    // 8 had left when it ended.
    let gone = nurse(8).replace("Ward 7", "Ward 8");
    let mended = end().replace(&format!("{gone}\n"), "");
    assert_eq!(
        movements(&node, "2026-03", &mended).await,
        year(3, 2, 3, true)
    );
    let again = with_receipt(ask, &measured.receipt);
    let again = caller.measure(again).await.unwrap();
    assert_eq!(measured.entries, again.entries);
    server.stop().await;
}

#[tokio::test]
async fn across_a_lost_key_of_employee_numbers_no_movement_is_told_until_the_other_end_is_given_again()
 {
    let (_system, node) = node().await;
    let import = async |period, text: &str| {
        let imported = node.import_bytes(text.as_bytes(), period, &ALLOW).await;
        imported.done()
    };
    import("2025-03", &start()).await;
    std::fs::remove_file(node.dir().join("keep/employee.key")).unwrap();
    let recover = ["ledger", "recover", "--new-receipt-key", "--yes"];
    let by = ["--by", "A. Caldicott", "--reason", "disk failed"];
    node.run(&[&recover[..], &by].concat()).await.done();

    // Otherwise all two hundred would have left.
    let said = import("2026-03", &end()).await;
    let why =
        "No career movement of the year to 2026-03: 2025-03 is hashed by a key that was lost since";
    assert!(said.contains(why), "{said}");
    assert!(!said.contains("kept as career movement"), "{said}");
    let said = import("2025-03", &start()).await;
    assert!(
        said.contains("1 down, and 2 had left: kept as career movement"),
        "{said}"
    );
}
