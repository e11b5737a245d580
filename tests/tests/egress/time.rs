//! The clock decides when an answer leaves, not the data.

use std::time::Duration;

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::time::Instant;
use vwis_node::config::DEFAULT_ANSWER_FLOOR_MS;
use vwis_proto::reason::Reason;
use vwis_tests::{
    agreement::{HEADLINE, agreement},
    call::{reason, request, with_receipt},
    certificates::System,
    extract::Extract,
    node::NodeFixture,
};

use super::BINARY;

#[tokio::test]
async fn a_new_measurement_takes_its_least_time_however_small_the_node() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE]);
    node.import(&Extract::seeded(1, 1), "2026-06").await;
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let ask = request(&agreement, "headline", "2026-06");
    let started = Instant::now();
    // A second caller, for whom it would already be sealed, is not answered early.
    let (first, second) = tokio::join!(caller.measure(ask.clone()), caller.measure(ask.clone()));
    assert!(started.elapsed() >= Duration::from_millis(DEFAULT_ANSWER_FLOOR_MS));
    assert_eq!(first.unwrap().entries, second.unwrap().entries);
    // The time of a sealed answer tells nothing any more.
    caller.measure(ask).await.unwrap();
    server.stop().await;
}

/// Counting takes longer the more people there are. Without the people only earlier counts can be used, and
/// where these are missing they are not made while somebody waits.
#[tokio::test]
async fn nobody_is_counted_while_somebody_waits_for_the_answer() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE]);
    for period in ["2026-03", "2026-06"] {
        node.import(&Extract::seeded(1, 100), period).await;
    }
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let options = SqliteConnectOptions::new().filename(node.dir().join("node.db"));
    let mut store = SqliteConnection::connect_with(&options).await.unwrap();
    for change in [
        "DELETE FROM people",
        "DELETE FROM counts WHERE snapshot_id IN (SELECT id FROM snapshot WHERE period = '2026-06')",
    ] {
        let gone = sqlx::raw_sql(change).execute(&mut store).await.unwrap();
        assert!(gone.rows_affected() > 0, "{change}");
    }
    store.close().await.unwrap();
    let first = caller
        .measure(request(&agreement, "headline", "2026-03"))
        .await;
    let next = with_receipt(
        request(&agreement, "headline", "2026-06"),
        &first.unwrap().receipt,
    );
    let status = caller.measure(next).await.unwrap_err();
    assert_eq!(reason(&status), Reason::SnapshotMissing);
    server.stop().await;
}
