//! One draw, one charge, the same bytes for ever.

use tokio::task::JoinSet;
use vwis_tests::{
    agreement::{FTE, HEADLINE, LARGE, agreement},
    call::{ChainState, request, with_receipt},
    certificates::System,
    extract::{Extract, OTHER_PEOPLE},
    node::NodeFixture,
};

use super::{BINARY, wait_for};

#[tokio::test]
async fn a_measurement_is_the_same_bytes_for_ever() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE, FTE]);
    node.import(&Extract::seeded(1, 300), "2026-03").await;
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;

    let first = caller
        .measure(request(&agreement, "headline", "2026-03"))
        .await
        .unwrap();
    let strategy = agreement.series_named("headline").unwrap().strategy();
    let weights: Vec<u64> = strategy.residuals().iter().map(|(_, w)| *w).collect();
    assert_eq!(first.header.weights, weights);
    assert_eq!(first.header.gamma, strategy.gamma());
    assert_eq!(first.entries.len(), strategy.entries());
    let after = caller.chain().await;

    // Asked again, with a receipt and without one.
    let again = request(&agreement, "headline", "2026-03");
    let same = [
        caller.measure(again.clone()).await.unwrap(),
        caller
            .measure(with_receipt(again.clone(), &first.receipt))
            .await
            .unwrap(),
    ];
    for answer in same {
        assert_eq!(answer.entries, first.entries);
        assert_eq!(answer.receipt, first.receipt);
    }
    assert_eq!(caller.chain().await, after);

    // The period is imported again, with other people.
    let csv = Extract::seeded(2, 800).csv();
    let options = ["--allow", OTHER_PEOPLE];
    let imported = node.import_bytes(csv.as_bytes(), "2026-03", &options).await;
    assert!(
        imported.stdout.contains("what is sealed stays as it is"),
        "{imported:?}"
    );
    assert_eq!(
        caller.measure(again.clone()).await.unwrap().entries,
        first.entries
    );

    // Another process answers.
    assert!(server.stop().await.stderr.is_empty());
    let server = node.serve().await;
    let caller = server.caller(&system).await;
    let restarted = caller.measure(again).await.unwrap();
    assert_eq!(restarted.entries, first.entries);
    assert_eq!(restarted.header.payload_hash, first.header.payload_hash);
    assert_eq!(caller.chain().await, after);

    // Another series of the same period is another measurement.
    let fte = with_receipt(request(&agreement, "fte", "2026-03"), &first.receipt);
    let fte = caller.measure(fte).await.unwrap();
    assert_ne!(fte.header.identity, first.header.identity);

    // The ledgers of both sides agree.
    let budget = node.budget().await;
    let charges = budget["charges"].as_array().unwrap();
    assert_eq!(charges.len(), 2);
    let expected: u64 = agreement.series().iter().map(|s| s.charge().nano()).sum();
    assert_eq!(budget["lifetime_rho_nano"], expected);
    assert_eq!(budget["years"][0]["financial_year"], "2025/26");
    assert_eq!(budget["years"][0]["spent_rho_nano"], expected);
    assert_eq!(budget["years"][0]["left_rho_nano"], 500_000_000 - expected);
    let signed: u64 = fte
        .receipt
        .spent
        .iter()
        .map(|year| year.spent_rho_nano)
        .sum();
    assert_eq!(signed, expected);
    // One entry opens the ledger, one approves, and each measurement has two.
    assert_eq!(node.verified_entries().await, 6);
    assert_eq!(fte.receipt.sequence, 6);
    server.stop().await;
}

#[tokio::test]
async fn sixty_four_callers_get_one_draw_and_one_charge() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[LARGE]);
    node.import(&Extract::seeded(3, 200), "2026-06").await;
    let (server, _) = node.serve_approved(&system, &[&agreement]).await;

    let mut callers = JoinSet::new();
    for _ in 0..8 {
        let connection = server.caller(&system).await;
        for _ in 0..8 {
            let (caller, request) = (connection.clone(), request(&agreement, "large", "2026-06"));
            callers.spawn(async move { caller.measure(request).await.unwrap() });
        }
    }
    let answers = callers.join_all().await;
    assert_eq!(answers.len(), 64);
    for answer in &answers {
        assert_eq!(answer.entries, answers[0].entries);
        assert_eq!(answer.receipt, answers[0].receipt);
    }
    let budget = node.budget().await;
    assert_eq!(budget["charges"].as_array().unwrap().len(), 1);
    assert_eq!(
        budget["lifetime_rho_nano"],
        agreement.series()[0].charge().nano()
    );
    assert_eq!(node.verified_entries().await, 4);
    server.stop().await;
}

#[tokio::test]
async fn a_caller_that_hangs_up_still_leaves_a_sealed_measurement() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[LARGE]);
    node.import(&Extract::seeded(4, 200), "2026-06").await;
    let (server, watcher) = node.serve_approved(&system, &[&agreement]).await;
    let before = watcher.chain().await;

    let caller = server.caller(&system).await;
    let ask = request(&agreement, "large", "2026-06");
    let call = tokio::spawn({
        let ask = ask.clone();
        async move { caller.measure(ask).await }
    });
    // The charge is durable before the draw begins; from then on nobody waits for the answer.
    wait_for(async || watcher.chain().await.length > before.length).await;
    call.abort();
    // The call is cancelled, unless the answer came first.
    let _ = call.await;
    wait_for(async || watcher.chain().await.length == before.length + 2).await;

    let answer = watcher.measure(ask).await.unwrap();
    assert_eq!(answer.receipt.sequence, before.length + 2);
    let ChainState { spent_rho_nano, .. } = watcher.chain().await;
    assert_eq!(spent_rho_nano, agreement.series()[0].charge().nano());
    assert_eq!(node.verified_entries().await, 4);
    server.stop().await;
}
