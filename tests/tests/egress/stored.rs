//! Searches what the aggregator has in the end, and what its commands and the node's enrolment print.

use vwis_tests::{agreement::SMALL_DRAFT, federation::Federation};

use super::{BINARY, planted::Planted};

#[tokio::test]
async fn the_aggregator_stores_and_logs_nothing_that_only_the_node_knows() {
    let mut planted = Planted::new();
    let federation = Federation::new(BINARY).await;
    federation.enrol("R0A").await;
    let extract = federation.file("planted.csv", &planted.csv);
    let import = ["import", &extract, "--period", "2026-03"];
    federation.node("R0A", &import).await.done();

    // The node enrols once more, now that it holds something that could leak.
    let token = federation
        .aggregator(&["node", "token", "R0A"])
        .await
        .done();
    let enrolment = federation.enrolment();
    let trace = ["--log", "trace", "enrol", "--aggregator", &enrolment];
    let enrol = [&trace[..], &["--token", token.trim()]].concat();
    let enrolled = federation.node("R0A", &enrol).await.ended_with(0);
    assert!(enrolled.stderr.contains("TRACE"), "the log is on");
    planted.is_not_in_output("enrol", &enrolled);

    let serve = federation.node_command("R0A", &["--log", "trace", "serve"]);
    let serving = federation.serve_by("R0A", serve).await;
    let hash = federation.propose(SMALL_DRAFT).await;
    federation.approve("R0A", &hash).await;
    for command in [
        vec!["collect", "--period", "2026-06"],
        vec!["collect", "--period", "2026-03"],
        vec!["collect", "--period", "2026-03", "--json"],
        vec!["node", "list"],
        vec!["node", "receipt", "R0A"],
        vec!["agreement", "list"],
    ] {
        let loud = [&["--log", "trace"][..], &command].concat();
        let ran = federation.aggregator(&loud).await;
        planted.is_not_in_output(&command.join(" "), &ran);
    }
    let table = federation.aggregator(&["table", "--format", "json"]).await;
    let estimate = table.json()["rows"][0]["estimate"].as_f64().unwrap();
    assert!(
        (estimate - 13_417.0).abs() < 100.0,
        "something was told: {estimate}"
    );
    serving.stop().await;
    planted.is_not_in_files(&federation.aggregator_dir());
    federation.stop().await;
    planted.tell("the aggregator");
}
