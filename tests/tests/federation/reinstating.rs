//! Measurements that were sealed and lost come back from the aggregator that holds them.

use serde_json::Value;
use vwis_tests::federation::sealed_bytes;

use super::recovering::{
    BY, ENDED, collect, order_of_ended, receipt, recover, spent_by_year, with_lost_history,
};

#[tokio::test]
async fn what_was_sealed_and_lost_comes_back_under_the_nodes_own_signature() {
    let folder = tempfile::tempdir().unwrap();
    let (federation, _) = with_lost_history(folder.path()).await;
    let kept = federation
        .aggregator(&["node", "measurements", "R0A"])
        .await
        .json();
    let reinstate = async |kept: &Value| {
        let file = federation.file("kept.json", &kept.to_string());
        let by = ["--by", "A. Caldicott", "--reason", "disk failed"];
        let command = ["ledger", "reinstate", &file];
        federation
            .node("R0A", &[&command[..], &by[..]].concat())
            .await
    };
    // The doubt must be ended first.
    let early = reinstate(&kept).await.ended_with(77);
    assert!(
        early.stderr.contains("recover the ledger first"),
        "{early:?}"
    );
    let receipt = receipt(&federation).await;
    recover(&federation, &receipt, &["--yes"]).await.done();
    let before = spent_by_year(&federation).await;

    // The node refuses bytes that it never signed, and a receipt of other bytes.
    // Behind the receipt, a header ends with the name of the snapshot (18 bytes), which a node does not take back.
    for (part, behind, name) in [
        ("payload", 0, "hash is signed"),
        ("header", 36, "measurement 1"),
    ] {
        let mut forged = kept.clone();
        let hex = forged["measurements"][0][part].as_str().unwrap().to_owned();
        let at = hex.len() - 1 - behind;
        let other = if &hex[at..=at] == "0" { "1" } else { "0" };
        forged["measurements"][0][part] = format!("{}{other}{}", &hex[..at], &hex[at + 1..]).into();
        let refused = reinstate(&forged).await.ended_with(65);
        assert!(refused.stderr.contains(name), "{refused:?}");
    }
    let mut swapped = kept.clone();
    swapped["measurements"][0]["payload"] = kept["measurements"][1]["payload"].clone();
    reinstate(&swapped).await.ended_with(65);

    let said = reinstate(&kept).await.done();
    assert!(said.contains("Put back: 2 measurements"), "{said}");
    assert_eq!(spent_by_year(&federation).await, before);
    federation.node("R0A", &["ledger", "verify"]).await.done();
    let node = sealed_bytes(&federation.node_dir("R0A").join("node.db")).await;
    let aggregator = federation.aggregator_dir().join("aggregator.db");
    assert_eq!(node, sealed_bytes(&aggregator).await);
    let again = reinstate(&kept).await.done();
    assert!(again.contains("Put back: 0 measurements"), "{again}");
    federation.stop().await;
}

#[tokio::test]
async fn what_conflicts_is_left_and_counted_and_the_rest_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let (federation, hash) = with_lost_history(folder.path()).await;
    let receipt = receipt(&federation).await;
    recover(&federation, &receipt, &["--yes"]).await.done();
    let kept = federation.aggregator(&["node", "measurements", "R0A"]);
    let kept = kept.await.json();
    // The same come back beside what the node has measured anew under other numbers.
    order_of_ended(&federation, &hash, "headline").await;
    let serving = federation.serve("R0A").await;
    let collected = collect(&federation, ENDED).await;
    assert_eq!(collected["stored"], 1, "{collected}");
    serving.stop().await;
    let file = federation.file("kept.json", &kept.to_string());
    let reinstate = ["ledger", "reinstate", &file];
    let said = federation
        .node("R0A", &[&reinstate[..], &BY].concat())
        .await;
    let said = said.done();
    assert!(said.contains("under the same number: 0"), "{said}");
    federation.node("R0A", &["ledger", "verify"]).await.done();
    federation.stop().await;
}
