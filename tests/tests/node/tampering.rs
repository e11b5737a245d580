//! A store that somebody edited: the database refuses what it can, and the chain shows the rest.

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tonic::Code;
use vwis_model::agreement::Agreement;
use vwis_proto::reason::Reason;
use vwis_tests::{
    agreement::{HEADLINE, agreement},
    call::{reason, request},
    certificates::System,
    extract::Extract,
    node::NodeFixture,
};

use super::BINARY;

/// A node with one sealed measurement, stopped, with a connection to its store.
async fn sealed_node(system: &System) -> (NodeFixture, Agreement, SqliteConnection) {
    let node = NodeFixture::new(BINARY, system, "0.5").await;
    let agreement = agreement(&[HEADLINE]);
    node.import(&Extract::seeded(1, 100), "2026-06").await;
    let (server, caller) = node.serve_approved(system, &[&agreement]).await;
    let ask = request(&agreement, "headline", "2026-06");
    caller.measure(ask).await.unwrap();
    server.stop().await;
    let options = SqliteConnectOptions::new().filename(node.dir().join("node.db"));
    let store = SqliteConnection::connect_with(&options).await.unwrap();
    (node, agreement, store)
}

async fn execute(store: &mut SqliteConnection, sql: &'static str) -> Result<(), String> {
    let done = sqlx::raw_sql(sql).execute(store).await;
    done.map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn the_database_itself_refuses_to_rewrite_history() {
    let system = System::new();
    let (node, _, mut store) = sealed_node(&system).await;
    for (sql, reason) in [
        ("UPDATE ledger_entry SET body = '{}'", "append-only"),
        ("DELETE FROM ledger_entry WHERE sequence > 2", "append-only"),
        ("UPDATE measurement SET payload = x'00'", "sealed"),
        ("DELETE FROM measurement", "sealed"),
    ] {
        let error = execute(&mut store, sql).await.unwrap_err();
        assert!(error.contains(reason), "{sql}: {error}");
    }
    store.close().await.unwrap();
    assert_eq!(node.verified_entries().await, 4);
}

#[tokio::test]
async fn sealed_bytes_that_were_changed_are_named_and_never_served() {
    let system = System::new();
    let (node, agreement, mut store) = sealed_node(&system).await;
    let change = "DROP TRIGGER measurement_is_sealed_1;
                  UPDATE measurement SET payload = zeroblob(length(payload))";
    execute(&mut store, change).await.unwrap();
    store.close().await.unwrap();
    let verify = node.run(&["ledger", "verify"]).await.ended_with(1);
    assert!(verify.stderr.contains("headline, 2026-06"), "{verify:?}");
    assert!(verify.stderr.contains("missing or changed"), "{verify:?}");

    let server = node.serve().await;
    let caller = server.caller(&system).await;
    let before = caller.chain().await;
    let ask = request(&agreement, "headline", "2026-06");
    let status = caller.measure(ask).await.unwrap_err();
    assert_eq!(reason(&status), Reason::StoreUnavailable);
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(caller.chain().await, before);
    server.stop().await;
}

#[tokio::test]
async fn an_entry_that_was_changed_taken_out_or_cut_off_is_found() {
    let system = System::new();
    let changes = [
        (
            "UPDATE ledger_entry SET body = replace(body, '40000000', '4') WHERE sequence = 3",
            "entry 3 is broken",
        ),
        (
            "DELETE FROM ledger_entry WHERE sequence = 3",
            "entry 3 is missing",
        ),
        ("DELETE FROM ledger_entry", "empty"),
        // Cut off at its end, the rest is still a whole chain; only the witness can tell.
        (
            "DELETE FROM ledger_entry WHERE sequence > 2",
            "history was lost",
        ),
    ];
    for (change, expected) in changes {
        let (node, _, mut store) = sealed_node(&system).await;
        let untie = "DROP TRIGGER ledger_entry_is_append_only_1;
                     DROP TRIGGER ledger_entry_is_append_only_2";
        execute(&mut store, untie).await.unwrap();
        execute(&mut store, change).await.unwrap();
        store.close().await.unwrap();
        let verify = node.run(&["ledger", "verify"]).await.ended_with(1);
        assert!(verify.stderr.contains(expected), "{change}: {verify:?}");
        if expected != "history was lost" {
            let serve = node.run(&["serve"]).await.ended_with(1);
            assert!(serve.stderr.contains(expected), "{change}: {serve:?}");
        }
    }
}
