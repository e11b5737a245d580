//! Copies of a node and of an aggregator's memory: backups at a bad moment, clones, lost receipts.

use vwis_proto::reason::Reason;
use vwis_tests::{
    call::reason,
    certificates::System,
    extract::Extract,
    federation::{Federation, sealed_bytes},
};

use super::{BINARY, DRAFT, approved_node, ask, charged_once_each, measured, month};

#[tokio::test]
async fn a_backup_taken_between_reserve_and_seal_draws_nothing_again() {
    let system = System::new();
    let (node, agreement) = approved_node(&system, 1).await;
    let request = ask(&agreement, 0, None);
    let mut serve = node.command(&["serve"]);
    serve.env("VWIS_KILL_AT", "measure.reserved");
    let server = node.serve_by(serve).await;
    let caller = server.caller(&system).await;
    caller.measure(request.clone()).await.unwrap_err();
    server.until_it_ends().await;
    let backup = tempfile::tempdir().unwrap();
    node.copy_store(backup.path());
    // This month is sealed and answered after the backup.
    let first = measured(&node, &system, request.clone()).await;
    node.restore_store(backup.path());

    // It looks just like a crash, except for the witness; and without the witness, except for the receipt.
    let witness = node.dir().join("keep/witness.json");
    let server = node.serve().await;
    let caller = server.caller(&system).await;
    let refused = caller.measure(request.clone()).await.unwrap_err();
    assert_eq!(reason(&refused), Reason::SealedOnly);
    server.stop().await;
    std::fs::remove_file(witness).unwrap();
    let server = node.serve().await;
    let caller = server.caller(&system).await;
    let with_receipt = ask(&agreement, 0, Some(&first.receipt));
    for request in [request, with_receipt] {
        let refused = caller.measure(request).await.unwrap_err();
        assert_eq!(reason(&refused), Reason::SealedOnly);
    }
    server.stop().await;
}

#[tokio::test]
async fn of_two_copies_of_a_node_an_honest_aggregator_gets_one_draw() {
    let system = System::new();
    let (node, agreement) = approved_node(&system, 4).await;
    let sealed = measured(&node, &system, ask(&agreement, 0, None)).await;
    // The copy has the folder, the keys and the witness.
    let copy = node.cloned();
    let (one, other) = (node.serve().await, copy.serve().await);
    let one_caller = one.caller(&system).await;
    let other_caller = other.caller(&system).await;
    let mut last = sealed.receipt.clone();
    for number in 1..4 {
        let request = ask(&agreement, number, Some(&last));
        let answer = one_caller.measure(request).await.unwrap();
        // The same aggregator, led to the copy, sends the receipt it last held.
        let request = ask(&agreement, number, Some(&answer.receipt));
        let refused = other_caller.measure(request).await.unwrap_err();
        // The first receipt tells the copy that it is one, and the copy remembers.
        let expected = match number {
            1 => Reason::ReceiptUnknown,
            _ => Reason::SealedOnly,
        };
        assert_eq!(reason(&refused), expected);
        // Whatever both had sealed, either answers with the same bytes.
        for caller in [&one_caller, &other_caller] {
            let again = ask(&agreement, 0, Some(&answer.receipt));
            let again = caller.measure(again).await.unwrap();
            assert_eq!(again.entries, sealed.entries);
        }
        last = answer.receipt;
    }
    one.stop().await;
    other.stop().await;
    charged_once_each(&node, 4).await;
    // The copy's people are told, and its chain is not broken.
    let verify = copy.run(&["ledger", "verify"]).await.ended_with(1);
    assert!(verify.stderr.contains("own signature"), "{verify:?}");
    std::fs::remove_file(copy.dir().join("keep/shown.json")).unwrap();
    charged_once_each(&copy, 1).await;
}

#[tokio::test]
async fn an_aggregator_that_lost_its_memory_gets_the_same_bytes_for_nothing() {
    let federation = Federation::new(BINARY).await;
    federation.enrol("R0A").await;
    for number in 0..3 {
        let extract = Extract::seeded(number as u64, 40);
        federation.import("R0A", &extract, &month(number)).await;
    }
    let serving = federation.serve("R0A").await;
    let hash = federation.propose(DRAFT).await;
    federation.approve("R0A", &hash).await;
    let collect = async |number: usize| {
        let collect = ["collect", "--period", &month(number), "--json"];
        federation.aggregator(&collect).await
    };
    collect(0).await.done();
    let store = federation.aggregator_dir().join("aggregator.db");
    let backup = std::fs::read(&store).unwrap();
    collect(1).await.done();
    let held = sealed_bytes(&store).await;
    let budget = async || federation.node("R0A", &["budget", "--json"]).await.json();
    let spent = budget().await["lifetime_rho_nano"].clone();

    // An older backup of the aggregator holds a receipt that is still of this node's history.
    std::fs::write(&store, &backup).unwrap();
    collect(1).await.done();
    assert_eq!(sealed_bytes(&store).await, held);
    assert_eq!(budget().await["lifetime_rho_nano"], spent);
    // From there on it collects again.
    collect(2).await.done();
    serving.stop().await;
    federation.stop().await;
}
