//! A node whose history is in doubt answers what is sealed, and draws nothing.

use std::fs;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use tonic::Code;
use vwis_model::hex;
use vwis_proto::{
    reason::Reason,
    receipt::{Receipt, ReceiptBody},
    v1,
};
use vwis_tests::{
    agreement::{HEADLINE, agreement, named_agreement},
    call::{Caller, Measured, reason, request, with_receipt},
    certificates::{AGGREGATOR, System},
    extract::Extract,
    node::NodeFixture,
};

use super::BINARY;

const PERIODS: [&str; 3] = ["2025-12", "2026-03", "2026-06"];

async fn node_with_periods(system: &System, ods_code: &str) -> NodeFixture {
    let node = NodeFixture::of(ods_code, BINARY, system, "0.5").await;
    for period in PERIODS {
        node.import(&Extract::seeded(1, 100), period).await;
    }
    node
}

/// Checks that a new draw is refused for `expected`, the sealed one is answered, and nothing changed.
async fn sealed_only(
    caller: &Caller,
    fresh: v1::MeasureRequest,
    sealed: v1::MeasureRequest,
    bytes: &Measured,
    expected: Reason,
) {
    let before = caller.chain().await;
    let status = caller.measure(fresh).await.unwrap_err();
    assert_eq!(reason(&status), expected, "{status:?}");
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert_eq!(caller.measure(sealed).await.unwrap().entries, bytes.entries);
    assert_eq!(caller.chain().await, before);
}

/// A receipt like `like` with one change, signed by the key of `seed`.
fn signed(seed: &[u8], like: &Receipt, change: impl FnOnce(&mut ReceiptBody)) -> v1::Receipt {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).unwrap();
    let mut body = like.body().clone();
    change(&mut body);
    let signature = pair.sign(&body.signing_bytes());
    let signature = signature.as_ref().try_into().unwrap();
    let public = pair.public_key().as_ref().try_into().unwrap();
    (&Receipt::verify(body, signature, public).unwrap()).into()
}

#[tokio::test]
async fn a_new_draw_needs_a_receipt_that_the_chain_knows() {
    let system = System::new();
    let node = node_with_periods(&system, "R0A").await;
    let agreement = agreement(&[HEADLINE]);
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let sealed = request(&agreement, "headline", "2025-12");
    let first = caller.measure(sealed.clone()).await.unwrap();
    let fresh = request(&agreement, "headline", "2026-03");

    // Another node of the same system, and what it signed for the same aggregator.
    let other = node_with_periods(&system, "RM3").await;
    let (other_server, other_caller) = other.serve_approved(&system, &[&agreement]).await;
    let foreign = other_caller.measure(sealed.clone()).await.unwrap().receipt;

    let own = fs::read_to_string(node.dir().join("keep/receipt.key")).unwrap();
    let own = hex::decode(own.trim()).unwrap();
    let known = first.verified_receipt();
    let good = signed(&own, known, |_| ());
    assert_eq!(good, first.receipt, "the test signs as the node does");

    sealed_only(
        &caller,
        fresh.clone(),
        sealed.clone(),
        &first,
        Reason::ReceiptRequired,
    )
    .await;
    let unknown = [
        foreign,
        signed(&[9; 32], known, |_| ()),
        signed(&own, known, |body| body.ods_code = "RM3".parse().unwrap()),
        signed(&own, known, |body| {
            body.aggregator = "other".parse().unwrap();
        }),
    ];
    for receipt in unknown {
        let (fresh, sealed) = (
            with_receipt(fresh.clone(), &receipt),
            with_receipt(sealed.clone(), &receipt),
        );
        sealed_only(&caller, fresh, sealed, &first, Reason::ReceiptUnknown).await;
    }
    // The node's own signature under an entry that its chain does not hold is proof, and the node remembers
    // it. Neither an older receipt nor a restart makes it forget.
    let shown = node.dir().join("keep/shown.json");
    assert!(!shown.exists(), "a stranger's receipt is no proof");
    for proof in [
        signed(&own, known, |body| body.head = [5; 32]),
        signed(&own, known, |body| body.sequence += 1),
        signed(&own, known, |body| body.sequence = 0),
        signed(&own, known, |body| body.sequence = u64::MAX),
    ] {
        let ask = with_receipt(fresh.clone(), &proof);
        let again = with_receipt(sealed.clone(), &proof);
        sealed_only(&caller, ask, again, &first, Reason::ReceiptUnknown).await;
        let ask = with_receipt(fresh.clone(), &good);
        sealed_only(&caller, ask, sealed.clone(), &first, Reason::SealedOnly).await;
        assert!(caller.describe().await.sealed_only);
        let told = node.run(&["budget"]).await.ended_with(0);
        assert!(told.stderr.contains("THIS HISTORY IS IN DOUBT"), "{told:?}");
        let verify = node.run(&["ledger", "verify"]).await.ended_with(1);
        assert!(verify.stderr.contains("own signature"), "{verify:?}");
        fs::remove_file(&shown).unwrap();
    }
    assert!(!caller.describe().await.sealed_only);
    // A receipt with a wrong signature is no receipt at all.
    let mut forged = first.receipt.clone();
    forged.sequence += 1;
    let status = caller.measure(with_receipt(fresh.clone(), &forged)).await;
    assert_eq!(reason(&status.unwrap_err()), Reason::InvalidRequest);
    assert_eq!(caller.chain().await.length, 4);

    // An older receipt of this chain is as good as the last one.
    let second = caller.measure(with_receipt(fresh, &good)).await.unwrap();
    assert_eq!(second.receipt.sequence, 6);
    let third = with_receipt(request(&agreement, "headline", "2026-06"), &first.receipt);
    caller.measure(third).await.unwrap();
    server.stop().await;
    other_server.stop().await;
}

#[tokio::test]
async fn without_its_witness_a_node_draws_nothing_until_a_person_recovers_it() {
    let system = System::new();
    let node = node_with_periods(&system, "R0A").await;
    let agreement = agreement(&[HEADLINE]);
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let sealed = request(&agreement, "headline", "2025-12");
    let first = caller.measure(sealed.clone()).await.unwrap();
    assert!(!caller.describe().await.sealed_only);

    let witness = node.dir().join("keep/witness.json");
    let good = fs::read(&witness).unwrap();
    let fresh = with_receipt(request(&agreement, "headline", "2026-03"), &first.receipt);
    for damage in [None, Some(&b"{}"[..]), Some(b"")] {
        match damage {
            None => fs::remove_file(&witness).unwrap(),
            Some(bytes) => fs::write(&witness, bytes).unwrap(),
        }
        sealed_only(
            &caller,
            fresh.clone(),
            sealed.clone(),
            &first,
            Reason::SealedOnly,
        )
        .await;
        assert!(caller.describe().await.sealed_only);
        let verify = node.run(&["ledger", "verify"]).await.ended_with(1);
        assert!(verify.stderr.contains("witness"), "{verify:?}");
    }
    fs::write(&witness, good).unwrap();
    caller.measure(fresh).await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn a_witness_that_a_crash_left_behind_the_chain_is_no_doubt() {
    let system = System::new();
    let node = node_with_periods(&system, "R0A").await;
    let agreement = agreement(&[HEADLINE]);
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let witness = node.dir().join("keep/witness.json");
    // This is how a crash between a commit and its witness looks, at each of the last commits.
    let mut receipt = None;
    let mut behind = fs::read(&witness).unwrap();
    for period in PERIODS {
        let mut ask = request(&agreement, "headline", period);
        if let Some(receipt) = &receipt {
            ask = with_receipt(ask, receipt);
        }
        let now = fs::read(&witness).unwrap();
        fs::write(&witness, &behind).unwrap();
        receipt = Some(caller.measure(ask).await.unwrap().receipt);
        assert!(!caller.describe().await.sealed_only);
        behind = now;
    }
    assert_eq!(node.verified_entries().await, 8);
    assert_eq!(node.run(&["budget"]).await.ended_with(0).stderr, "");
    server.stop().await;
}

/// A node whose store was restored from a copy made before its last measurement, while the witness stayed.
/// Returned with its agreement and that measurement.
async fn rolled_back(system: &System) -> (NodeFixture, vwis_model::agreement::Agreement, Measured) {
    let node = node_with_periods(system, "R0A").await;
    let agreement = agreement(&[HEADLINE]);
    let (server, caller) = node.serve_approved(system, &[&agreement]).await;
    let first = request(&agreement, "headline", "2025-12");
    let first = caller.measure(first).await.unwrap();
    server.stop().await;
    let backup = tempfile::tempdir().unwrap();
    node.copy_store(backup.path());
    let server = node.serve().await;
    let second = with_receipt(request(&agreement, "headline", "2026-03"), &first.receipt);
    server.caller(system).await.measure(second).await.unwrap();
    server.stop().await;
    node.restore_store(backup.path());
    (node, agreement, first)
}

#[tokio::test]
async fn a_store_that_is_older_than_the_witness_draws_nothing() {
    let system = System::new();
    let (node, agreement, first) = rolled_back(&system).await;
    let verify = node.run(&["ledger", "verify"]).await.ended_with(1);
    assert!(verify.stderr.contains("history was lost"), "{verify:?}");
    // The statements may show too little, and they say so.
    for statement in [&["budget", "--json"][..], &["agreement", "list"]] {
        let told = node.run(statement).await.ended_with(0);
        assert!(told.stderr.contains("THIS HISTORY IS IN DOUBT"), "{told:?}");
    }
    let server = node.serve().await;
    let caller = server.caller(&system).await;
    assert!(caller.describe().await.sealed_only);
    let sealed = request(&agreement, "headline", "2025-12");
    for period in ["2026-03", "2026-06"] {
        let fresh = with_receipt(request(&agreement, "headline", period), &first.receipt);
        sealed_only(&caller, fresh, sealed.clone(), &first, Reason::SealedOnly).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn an_approval_does_not_heal_a_history_that_is_in_doubt() {
    let system = System::new();
    let (node, agreement, first) = rolled_back(&system).await;
    let server = node.serve().await;
    let caller = server.caller(&system).await;
    let another = named_agreement("Another", AGGREGATOR, &[HEADLINE]);
    caller.propose(&another).await.unwrap();
    let ran = node.try_approve(&another).await;
    // Refused or recorded, the decision does not end the doubt.
    let fresh = with_receipt(request(&agreement, "headline", "2026-03"), &first.receipt);
    let sealed = request(&agreement, "headline", "2025-12");
    sealed_only(&caller, fresh, sealed, &first, Reason::SealedOnly).await;
    assert!([Some(0), Some(77)].contains(&ran.code), "{ran:?}");
    assert!(caller.describe().await.sealed_only);
    server.stop().await;
}

#[tokio::test]
async fn a_no_outlives_the_backup_that_it_came_after() {
    let system = System::new();
    let node = node_with_periods(&system, "R0A").await;
    let (withdrawn, paused) = (
        agreement(&[HEADLINE]),
        named_agreement("Another", AGGREGATOR, &[HEADLINE]),
    );
    let (server, caller) = node.serve_approved(&system, &[&withdrawn, &paused]).await;
    let first = caller
        .measure(request(&withdrawn, "headline", "2025-12"))
        .await
        .unwrap();
    let second = with_receipt(request(&paused, "headline", "2025-12"), &first.receipt);
    let second = caller.measure(second).await.unwrap();
    server.stop().await;
    let backup = tempfile::tempdir().unwrap();
    node.copy_store(backup.path());
    node.decide("withdraw", &withdrawn).await.done();
    node.decide("pause", &paused).await.done();
    let lower = ["budget", "set-cap", "0.25", "--by", "A. Caldicott"];
    node.run(&[&lower[..], &["--reason", "the board"]].concat())
        .await
        .done();
    node.restore_store(backup.path());

    let refused = async || {
        let server = node.serve().await;
        let caller = server.caller(&system).await;
        for (agreement, reason_expected) in [
            (&withdrawn, Reason::AgreementWithdrawn),
            (&paused, Reason::AgreementPaused),
        ] {
            let status = caller.measure(request(agreement, "headline", "2025-12"));
            assert_eq!(reason(&status.await.unwrap_err()), reason_expected);
        }
        server.stop().await;
    };
    refused().await;
    let recover = ["ledger", "recover", "--without", AGGREGATOR, "--yes"];
    let by = ["--by", "A. Caldicott", "--reason", "disk failed"];
    node.run(&[&recover[..], &by[..]].concat()).await.done();
    // Now the ledger itself refuses it, with the reason.
    refused().await;
    let list = node.run(&["agreement", "list", "--json"]).await.json();
    let mut states: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|a| &a["state"])
        .collect();
    states.sort_by_key(ToString::to_string);
    assert_eq!(states, ["paused", "withdrawn"]);
    let budget = node.budget().await;
    assert_eq!(budget["cap_rho_nano_per_year"], 250_000_000);
    assert_eq!(budget["cap_changes"].as_array().unwrap().len(), 1);
    // A person can end the pause as usual.
    node.decide("resume", &paused).await.done();
    let server = node.serve().await;
    let again = request(&paused, "headline", "2025-12");
    let again = server.caller(&system).await.measure(again).await.unwrap();
    assert_eq!(again.entries, second.entries);
    server.stop().await;
}

#[tokio::test]
async fn a_yes_and_a_no_that_were_both_lost_leave_the_no() {
    let system = System::new();
    let node = node_with_periods(&system, "R0A").await;
    let agreement = agreement(&[HEADLINE]);
    let backup = tempfile::tempdir().unwrap();
    node.copy_store(backup.path());
    let (server, _) = node.serve_approved(&system, &[&agreement]).await;
    server.stop().await;
    node.decide("withdraw", &agreement).await.done();
    node.restore_store(backup.path());
    let recover = ["ledger", "recover", "--without", AGGREGATOR, "--yes"];
    let by = ["--by", "A. Caldicott", "--reason", "disk failed"];
    node.run(&[&recover[..], &by[..]].concat()).await.done();
    // The aggregator proposes it again, and somebody who does not know approves it.
    let server = node.serve().await;
    let caller = server.caller(&system).await;
    caller.propose(&agreement).await.unwrap();
    let again = node.try_approve(&agreement).await.ended_with(77);
    assert!(again.stderr.contains("withdrawn"), "{again:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_node_that_was_rolled_back_whole_learns_it_once_and_for_all() {
    let system = System::new();
    let node = node_with_periods(&system, "R0A").await;
    let agreement = agreement(&[HEADLINE]);
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let sealed = request(&agreement, "headline", "2025-12");
    let first = caller.measure(sealed.clone()).await.unwrap();
    server.stop().await;
    // The copy is a machine image: store, keys and witness.
    let image = node.cloned();
    let server = node.serve().await;
    let caller = server.caller(&system).await;
    let second = with_receipt(request(&agreement, "headline", "2026-03"), &first.receipt);
    let second = caller.measure(second).await.unwrap();
    server.stop().await;

    // The aggregator asks for nothing new; describing itself is enough for the node to learn it.
    let server = image.serve().await;
    let caller = server.caller(&system).await;
    assert!(!caller.describe().await.sealed_only);
    let shown = v1::DescribeRequest {
        last_receipt: Some(second.receipt.clone()),
    };
    let described = caller.client().describe(shown).await.unwrap().into_inner();
    assert!(described.sealed_only);
    // An aggregator that hides what it holds gets nothing new, now or after a restart.
    let hiding = with_receipt(request(&agreement, "headline", "2026-03"), &first.receipt);
    for _ in 0..5 {
        let (ask, again) = (hiding.clone(), sealed.clone());
        sealed_only(&caller, ask, again, &first, Reason::SealedOnly).await;
    }
    let said = server.stop().await;
    assert!(said.stderr.contains("rolled back"), "{said:?}");
    let server = image.serve().await;
    let caller = server.caller(&system).await;
    sealed_only(&caller, hiding.clone(), sealed, &first, Reason::SealedOnly).await;

    // The recovery adopts what the node was shown, whatever else it is told.
    let recover = ["ledger", "recover", "--without", AGGREGATOR, "--yes"];
    let by = ["--by", "A. Caldicott", "--reason", "the image was put back"];
    let told = image.run(&[&recover[..], &by[..]].concat()).await.done();
    assert!(told.contains("Recovered."), "{told}");
    assert!(!caller.describe().await.sealed_only);
    assert_eq!(image.run(&["budget"]).await.ended_with(0).stderr, "");
    let spent = second.verified_receipt().body().spent.clone();
    let budget = image.budget().await;
    let lifetime: u64 = spent.values().map(|rho| rho.nano()).sum();
    assert_eq!(budget["lifetime_rho_nano"], lifetime);
    server.stop().await;
}
