//! A restored backup spends nothing twice, neither before a person recovers the ledger nor after.

use std::{fs, path::Path};

use serde_json::Value;
use vwis_node::store;
use vwis_tests::{extract::Extract, federation::Federation};

use crate::{BINARY, DRAFT};

/// A period that was measured and sealed before the backup.
const SEALED: &str = "2026-03";
/// A period that was measured after the backup.
const LOST: &str = "2026-06";
/// A period that was never measured and ended before the recovery.
pub(super) const ENDED: &str = "2026-09";

/// A federation of one node that measured two periods, with a backup from between them.
pub(super) async fn with_lost_history(backup: &Path) -> (Federation, String) {
    let federation = Federation::new(BINARY).await;
    federation.enrol("R0A").await;
    for period in [SEALED, LOST, ENDED] {
        federation
            .import("R0A", &Extract::seeded(1, 200), period)
            .await;
    }
    let serving = federation.serve("R0A").await;
    let hash = federation.propose(DRAFT).await;
    federation.approve("R0A", &hash).await;
    federation
        .aggregator(&["collect", "--period", SEALED])
        .await
        .done();
    serving.stop().await;
    store::copy_files(&federation.node_dir("R0A"), backup).unwrap();
    let serving = federation.serve("R0A").await;
    federation
        .aggregator(&["collect", "--period", LOST])
        .await
        .done();
    serving.stop().await;
    store::copy_files(backup, &federation.node_dir("R0A")).unwrap();
    (federation, hash)
}

async fn budget(federation: &Federation) -> Value {
    federation.node("R0A", &["budget", "--json"]).await.json()
}

/// ρ spent in each year, in billionths.
pub(super) async fn spent_by_year(federation: &Federation) -> Vec<u64> {
    let budget = budget(federation).await;
    let years = budget["years"].as_array().unwrap().iter();
    years
        .map(|year| year["spent_rho_nano"].as_u64().unwrap())
        .collect()
}

pub(super) async fn receipt(federation: &Federation) -> Value {
    let receipt = ["node", "receipt", "R0A"];
    federation.aggregator(&receipt).await.json()
}

/// What the aggregator reports on one collection, complete or not.
pub(super) async fn collect(federation: &Federation, period: &str) -> Value {
    let collect = ["collect", "--period", period, "--json"];
    serde_json::from_str(&federation.aggregator(&collect).await.stdout).unwrap()
}

/// Orders the series for the period that was never measured.
pub(super) async fn order_of_ended(federation: &Federation, hash: &str, series: &str) {
    let mut order = vec!["agreement", "correct", hash, "--series", series];
    order.extend(["--period", ENDED]);
    order.extend(["--by", "A. Caldicott", "--reason", "never measured"]);
    federation.node("R0A", &order).await.done();
}

/// Enrols the node again, with a new token.
async fn enrol_again(federation: &Federation) {
    let token = ["node", "token", "R0A"];
    let token = federation.aggregator(&token).await.done();
    let enrolment = federation.enrolment();
    let enrol = ["enrol", "--aggregator", &enrolment, "--token", token.trim()];
    federation.node("R0A", &enrol).await.done();
}

pub(super) async fn recover(
    federation: &Federation,
    receipt: &Value,
    more: &[&str],
) -> vwis_tests::process::Ran {
    let file = federation.file("receipt.json", &receipt.to_string());
    let mut args = vec![
        "ledger",
        "recover",
        "--receipt",
        &file,
        "--by",
        "A. Caldicott",
        "--reason",
        "disk failed",
    ];
    args.extend(more);
    federation.node("R0A", &args).await
}

#[tokio::test]
async fn a_recovered_ledger_has_spent_what_was_spent_and_draws_nothing_again() {
    let folder = tempfile::tempdir().unwrap();
    let (federation, hash) = with_lost_history(folder.path()).await;
    let receipt = receipt(&federation).await;
    let lifetime = |budget: &Value| budget["lifetime_rho_nano"].as_u64().unwrap();
    let before = lifetime(&budget(&federation).await);

    // Without `--yes` nothing changes.
    let looked = recover(&federation, &receipt, &[]).await.ended_with(77);
    assert!(looked.stderr.contains("say --yes"), "{looked:?}");
    assert_eq!(lifetime(&budget(&federation).await), before);
    // Without the aggregator's receipt, or with an altered one, nothing is recovered.
    let none = [
        "ledger",
        "recover",
        "--by",
        "A. Caldicott",
        "--reason",
        "disk failed",
        "--yes",
    ];
    let none = federation.node("R0A", &none).await.ended_with(77);
    assert!(
        none.stderr.contains("the last receipt of gm-icb is needed"),
        "{none:?}"
    );
    let mut forged = receipt.clone();
    let hex = forged["receipt"].as_str().unwrap();
    forged["receipt"] = format!("{}00", &hex[..hex.len() - 2]).into();
    let forged = recover(&federation, &forged, &["--yes"]).await;
    assert_eq!(forged.code, Some(65), "{forged:?}");
    assert_eq!(lifetime(&budget(&federation).await), before);

    let recovered = recover(&federation, &receipt, &["--yes"]).await.done();
    assert!(recovered.contains("Recovered."), "{recovered}");
    let after = budget(&federation).await;
    assert_eq!(
        spent_by_year(&federation).await.iter().sum::<u64>(),
        2 * before,
        "both collections cost the same, and both stand"
    );
    for whole in [&["ledger", "verify"][..], &["budget"]] {
        let told = federation.node("R0A", whole).await.ended_with(0);
        assert_eq!(told.stderr, "");
    }
    let twice = recover(&federation, &receipt, &["--yes"])
        .await
        .ended_with(77);
    assert!(twice.stderr.contains("nothing to recover"), "{twice:?}");

    // What was lost, and what ended before the recovery, is not drawn just because somebody asks.
    let serving = federation.serve("R0A").await;
    for period in [LOST, ENDED] {
        let collected = collect(&federation, period).await;
        assert_eq!(collected["stored"], 0, "{collected}");
    }
    assert_eq!(budget(&federation).await["years"], after["years"]);
    // A person orders it at full price, and the aggregator accepts the numbers that were skipped.
    order_of_ended(&federation, &hash, "headline").await;
    let collected = collect(&federation, ENDED).await;
    assert_eq!(collected["stored"], 1, "{collected}");
    serving.stop().await;
    federation.node("R0A", &["ledger", "verify"]).await.done();
    federation.stop().await;
}

#[tokio::test]
async fn what_is_ordered_without_the_receipt_is_charged_to_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let (federation, hash) = with_lost_history(folder.path()).await;
    let receipt = receipt(&federation).await;
    // The witness is lost, and somebody claims that the aggregator holds nothing.
    fs::remove_file(federation.node_dir("R0A").join("keep/witness.json")).unwrap();
    let blind = ["ledger", "recover", "--without", "gm-icb", "--yes"];
    let by = ["--by", "A. Caldicott", "--reason", "disk failed"];
    let blind = [&blind[..], &by[..]].concat();
    federation.node("R0A", &blind).await.done();
    let spent = async || spent_by_year(&federation).await.iter().sum::<u64>();
    let before = spent().await;
    order_of_ended(&federation, &hash, "headline").await;
    let serving = federation.serve("R0A").await;
    let refused = collect(&federation, ENDED).await;
    assert_eq!(refused["stored"], 0, "{refused}");
    assert_eq!(spent().await, before);
    // The receipt turns up: what it proves is adopted, and no more.
    recover(&federation, &receipt, &["--yes"]).await.done();
    assert_eq!(spent().await, 2 * before);
    order_of_ended(&federation, &hash, "headline").await;
    let collected = collect(&federation, ENDED).await;
    assert_eq!(collected["stored"], 1, "{collected}");
    assert!(spent().await > 2 * before);
    serving.stop().await;
    federation.stop().await;
}

#[tokio::test]
async fn a_lost_keep_folder_needs_a_new_key_and_the_node_enrols_again() {
    let folder = tempfile::tempdir().unwrap();
    let (federation, hash) = with_lost_history(folder.path()).await;
    let receipt = receipt(&federation).await;
    fs::remove_dir_all(federation.node_dir("R0A").join("keep")).unwrap();
    let gone = recover(&federation, &receipt, &["--yes"]).await;
    assert_eq!(gone.code, Some(1), "{gone:?}");
    // Only the decision makes a key; a look does not.
    let looked = recover(&federation, &receipt, &["--new-receipt-key"]).await;
    assert_eq!(looked.code, Some(2), "{looked:?}");
    assert!(!federation.node_dir("R0A").join("keep").exists());
    let made = recover(&federation, &receipt, &["--yes", "--new-receipt-key"])
        .await
        .ended_with(0);
    assert!(made.stderr.contains("enrol again"), "{made:?}");

    enrol_again(&federation).await;
    let serving = federation.serve("R0A").await;
    order_of_ended(&federation, &hash, "fte").await;
    let collected = collect(&federation, ENDED).await;
    assert_eq!(collected["stored"], 1, "{collected}");
    serving.stop().await;
    federation.stop().await;
}

pub(super) const BY: [&str; 4] = ["--by", "A. Caldicott", "--reason", "disk failed"];

#[tokio::test]
async fn a_backup_from_before_the_approval_does_not_begin_a_second_budget() {
    let federation = Federation::new(BINARY).await;
    federation.enrol("R0A").await;
    for period in [SEALED, ENDED] {
        federation
            .import("R0A", &Extract::seeded(1, 200), period)
            .await;
    }
    let backup = tempfile::tempdir().unwrap();
    store::copy_files(&federation.node_dir("R0A"), backup.path()).unwrap();
    let serving = federation.serve("R0A").await;
    let hash = federation.propose(DRAFT).await;
    federation.approve("R0A", &hash).await;
    let collected = collect(&federation, ENDED).await;
    assert!(collected["stored"].as_u64().unwrap() > 0, "{collected}");
    serving.stop().await;
    let spent = spent_by_year(&federation).await;
    let receipt = receipt(&federation).await;
    // The machine is lost with `keep/`, and nothing in the backup says that anybody was answered.
    store::copy_files(backup.path(), &federation.node_dir("R0A")).unwrap();
    fs::remove_dir_all(federation.node_dir("R0A").join("keep")).unwrap();
    let blind = ["ledger", "recover", "--new-receipt-key", "--yes"];
    let blind = federation.node("R0A", &[&blind[..], &BY].concat()).await;
    let blind = blind.ended_with(77);
    assert!(
        blind
            .stderr
            .contains("the last receipt of gm-icb is needed"),
        "{blind:?}"
    );
    // Even without knowing whom it is enrolled with, the node asks for receipts.
    let enrolled = federation.node_dir("R0A").join("tls/aggregator.json");
    let known = fs::read(&enrolled).unwrap();
    fs::remove_file(&enrolled).unwrap();
    let nobody = ["ledger", "recover", "--yes"];
    let nobody = federation.node("R0A", &[&nobody[..], &BY].concat()).await;
    let nobody = nobody.ended_with(77);
    assert!(nobody.stderr.contains("say --without NAME"), "{nobody:?}");
    fs::write(&enrolled, known).unwrap();

    // Somebody lies, so the year's budget would begin again; but the aggregator does not go along.
    let lie = ["ledger", "recover", "--without", "gm-icb", "--yes"];
    federation
        .node("R0A", &[&lie[..], &BY].concat())
        .await
        .done();
    enrol_again(&federation).await;
    let serving = federation.serve("R0A").await;
    federation.propose(DRAFT).await;
    federation.approve("R0A", &hash).await;
    let correct = ["agreement", "correct", &hash, "--series", "headline"];
    let correct = [&correct[..], &["--period", SEALED], &BY].concat();
    federation.node("R0A", &correct).await.done();
    let refused = collect(&federation, SEALED).await;
    assert_eq!(refused["stored"], 0, "{refused}");
    let why = refused["series"][0]["nodes"][0]["problem"].to_string();
    assert!(why.contains("an earlier key"), "{refused}");
    // The receipt repairs it: what was spent counts, and what is ordered is collected.
    recover(&federation, &receipt, &["--yes"]).await.done();
    let after = spent_by_year(&federation).await;
    assert_eq!(after.iter().sum::<u64>(), spent.iter().sum::<u64>());
    federation.node("R0A", &correct).await.done();
    let collected = collect(&federation, SEALED).await;
    assert_eq!(collected["stored"], 1, "{collected}");
    serving.stop().await;
    federation.stop().await;
}

#[tokio::test]
async fn a_node_set_up_anew_adopts_what_the_earlier_one_spent_and_is_collected_from() {
    let federation = Federation::new(BINARY).await;
    let extract = Extract::seeded(1, 200);
    federation.enrol("R0A").await;
    federation.import("R0A", &extract, ENDED).await;
    let serving = federation.serve("R0A").await;
    let hash = federation.propose(DRAFT).await;
    federation.approve("R0A", &hash).await;
    collect(&federation, ENDED).await;
    serving.stop().await;
    let spent = spent_by_year(&federation).await;
    fs::remove_dir_all(federation.node_dir("R0A")).unwrap();
    federation.enrol("R0A").await;
    for period in [LOST, SEALED] {
        federation.import("R0A", &extract, period).await;
    }
    let serving = federation.serve("R0A").await;
    federation.propose(DRAFT).await;
    federation.approve("R0A", &hash).await;
    let refused = collect(&federation, LOST).await;
    assert_eq!(refused["stored"], 0, "{refused}");
    let fix = refused["series"][0]["nodes"][0]["fix"].to_string();
    assert!(fix.contains("--earlier-node"), "{refused}");

    let receipt = receipt(&federation).await;
    let foreign = recover(&federation, &receipt, &["--yes"]).await;
    assert_eq!(foreign.code, Some(65), "{foreign:?}");
    assert!(
        foreign.stderr.contains("signed by the receipt key"),
        "{foreign:?}"
    );
    recover(&federation, &receipt, &["--yes", "--earlier-node"])
        .await
        .done();
    let adopted = spent_by_year(&federation).await;
    assert_eq!(adopted.iter().sum::<u64>(), spent.iter().sum::<u64>());
    // Twice, because receipts of the node's own key go with later requests.
    for period in [LOST, SEALED] {
        let correct = ["agreement", "correct", &hash, "--series", "headline"];
        let correct = [&correct[..], &["--period", period], &BY].concat();
        federation.node("R0A", &correct).await.done();
        let collected = collect(&federation, period).await;
        assert_eq!(collected["stored"], 1, "{collected}");
    }
    serving.stop().await;
    federation.stop().await;
}

/// Store, witness and keys are rolled back together, so only the aggregator's receipt can tell.
#[tokio::test]
async fn a_rolled_back_machine_pays_nothing_for_a_correction_that_its_aggregator_holds() {
    let federation = Federation::new(BINARY).await;
    federation.enrol("R0A").await;
    let dir = federation.node_dir("R0A");
    federation
        .import("R0A", &Extract::seeded(1, 200), SEALED)
        .await;
    let serving = federation.serve("R0A").await;
    let hash = federation.propose(DRAFT).await;
    federation.approve("R0A", &hash).await;
    collect(&federation, SEALED).await;
    serving.stop().await;
    let image = tempfile::tempdir().unwrap();
    let copy = |from: &Path, to: &Path| {
        store::copy_files(from, to).unwrap();
        fs::create_dir_all(to.join("keep")).unwrap();
        for kept in fs::read_dir(from.join("keep")).unwrap() {
            let kept = kept.unwrap();
            fs::copy(kept.path(), to.join("keep").join(kept.file_name())).unwrap();
        }
    };
    let mend_and_order = async || {
        federation
            .import("R0A", &Extract::seeded(2, 300), SEALED)
            .await;
        let order = ["agreement", "correct", &hash, "--series", "headline"];
        let order = [&order[..], &["--period", SEALED], &BY].concat();
        federation.node("R0A", &order).await.done()
    };
    copy(&dir, image.path());
    assert!(mend_and_order().await.contains("Correction 1 "));
    let serving = federation.serve("R0A").await;
    assert_eq!(collect(&federation, SEALED).await["stored"], 1);
    serving.stop().await;
    copy(image.path(), &dir);

    let before = spent_by_year(&federation).await;
    assert!(mend_and_order().await.contains("Correction 1 "));
    let serving = federation.serve("R0A").await;
    assert_eq!(collect(&federation, SEALED).await["stored"], 0);
    assert_eq!(spent_by_year(&federation).await, before);
    let told = federation
        .node("R0A", &["ledger", "verify"])
        .await
        .ended_with(1);
    assert!(told.stderr.contains("recover"), "{told:?}");
    // After the recovery the correction has a number that nobody holds, and is paid for once.
    let receipt = receipt(&federation).await;
    recover(&federation, &receipt, &["--yes"]).await.done();
    let proven = spent_by_year(&federation).await.iter().sum::<u64>();
    assert!(!mend_and_order().await.contains("Correction 1 "));
    assert_eq!(collect(&federation, SEALED).await["stored"], 1);
    assert!(spent_by_year(&federation).await.iter().sum::<u64>() > proven);
    serving.stop().await;
    federation.stop().await;
}
