//! Kills at any step: never a second charge, never a lost measurement, always a whole chain.

use std::{path::Path, time::Duration};

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use vwis_proto::v1;
use vwis_tests::{
    agreement::{Clause, LARGE, agreement},
    call::{Measured, request, with_receipt},
    certificates::System,
    extract::Extract,
    node::NodeFixture,
};

use super::{BINARY, wait_for};

/// When the server is killed, relative to the request.
#[derive(Clone, Copy, Debug)]
enum Kill {
    /// Once the store shows this many more ledger entries: 1 is most likely between reserve and seal, 2
    /// between seal and answer.
    Entries(i64),
    /// After this many milliseconds, wherever the server is then.
    Milliseconds(u64),
}

/// Looks at a running node's store from outside.
struct Store(SqliteConnection);

// === impl Store ===

impl Store {
    async fn open(dir: &Path) -> Self {
        let options = SqliteConnectOptions::new().filename(dir.join("node.db"));
        Self(SqliteConnection::connect_with(&options).await.unwrap())
    }

    async fn entries(&mut self) -> i64 {
        let query = sqlx::query_scalar("SELECT count(*) FROM ledger_entry");
        query.fetch_one(&mut self.0).await.unwrap()
    }
}

#[tokio::test]
async fn a_node_killed_at_any_step_charges_once_and_answers_in_the_end() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "1").await;
    let agreement = agreement(&[LARGE]);
    let kills = [
        ("2025-04", Kill::Entries(1)),
        ("2025-05", Kill::Entries(2)),
        ("2025-06", Kill::Milliseconds(0)),
        ("2025-07", Kill::Milliseconds(2)),
        ("2025-08", Kill::Milliseconds(5)),
        ("2025-09", Kill::Milliseconds(9)),
        ("2025-10", Kill::Milliseconds(17)),
        ("2025-11", Kill::Milliseconds(40)),
        ("2025-12", Kill::Milliseconds(90)),
        ("2026-01", Kill::Milliseconds(180)),
        ("2026-02", Kill::Entries(1)),
    ];
    let extract = Extract::seeded(5, 100);
    let (server, _) = node.serve_approved(&system, &[&agreement]).await;
    server.stop().await;

    let charge = agreement.series()[0].charge().nano();
    let mut last: Option<v1::Receipt> = None;
    let mut between = 0;
    for (measured, (period, kill)) in (1..).zip(kills) {
        node.import(&extract, period).await;
        let mut ask = request(&agreement, "large", period);
        if let Some(receipt) = &last {
            ask = with_receipt(ask, receipt);
        }
        let killed = killed_while_asked(&node, &system, ask.clone(), kill).await;
        between += u32::from(killed.entries == 1);

        // Whatever was cut off, the chain is whole and holds at most one more charge.
        let entries = node.verified_entries().await;
        assert!(
            (2 * measured..=2 * measured + 2).contains(&entries),
            "{kill:?}: {entries}"
        );
        let server = node.serve().await;
        let caller = server.caller(&system).await;
        let answer = caller.measure(ask.clone()).await.unwrap();
        let again = caller.measure(ask).await.unwrap();
        assert_eq!(answer.entries, again.entries, "{kill:?}");
        if let Some(before) = killed.answer {
            assert_eq!(answer.entries, before.entries, "{kill:?}");
        }
        assert_eq!(
            caller.chain().await.spent_rho_nano,
            measured * charge,
            "{kill:?}"
        );
        assert_eq!(answer.receipt.sequence, 2 + 2 * measured, "{kill:?}");
        server.kill().await;
        last = Some(answer.receipt);
    }
    assert!(between > 0, "no kill fell between a reserve and its seal");
    assert_eq!(node.verified_entries().await, 2 + 2 * kills.len() as u64);
    let budget = node.budget().await;
    for charge in budget["charges"].as_array().unwrap() {
        assert!(charge["sealed_at"].is_string(), "{charge}");
    }
}

/// What had come of a request by the time the server was killed.
struct Killed {
    /// Entries added to the ledger; 1 where it was charged and not sealed.
    entries: i64,
    /// The answer, where it came before the kill.
    answer: Option<Measured>,
}

/// Asks, and kills the server.
async fn killed_while_asked(
    node: &NodeFixture,
    system: &System,
    ask: v1::MeasureRequest,
    kill: Kill,
) -> Killed {
    let server = node.serve().await;
    let caller = server.caller(system).await;
    let mut store = Store::open(&node.dir()).await;
    let before = store.entries().await;
    let call = tokio::spawn(async move { caller.measure(ask).await });
    match kill {
        Kill::Entries(more) => {
            while store.entries().await < before + more {
                tokio::task::yield_now().await;
            }
        }
        // This sleep is the fault itself; it waits for nothing.
        Kill::Milliseconds(delay) => tokio::time::sleep(Duration::from_millis(delay)).await,
    }
    server.kill().await;
    let answer = call.await.unwrap().ok();
    let entries = store.entries().await - before;
    store.0.close().await.unwrap();
    Killed { entries, answer }
}

#[tokio::test]
async fn a_redraw_after_a_crash_measures_the_snapshot_that_was_charged() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "10").await;
    let agreement = agreement(&[Clause { rho: "8", ..LARGE }]);
    node.import(&Extract::seeded(6, 50), "2026-02").await;
    let (server, _) = node.serve_approved(&system, &[&agreement]).await;
    server.stop().await;
    let ask = request(&agreement, "large", "2026-02");
    killed_while_asked(&node, &system, ask.clone(), Kill::Entries(1)).await;

    // The period is imported again between the charge and the redraw: 4,000 people instead of 50.
    node.import(&Extract::seeded(7, 4000), "2026-02").await;
    let server = node.serve().await;
    let caller = server.caller(&system).await;
    let answer = caller.measure(ask).await.unwrap();
    wait_for(async || caller.chain().await.length == 4).await;

    // The first entry is w_∅ · people plus noise of scale γ.
    let strategy = agreement.series()[0].strategy();
    #[expect(clippy::cast_precision_loss, reason = "a ratio to some digits")]
    let (total, sd) = {
        let weight = strategy.residuals()[0].1 as f64;
        (
            answer.entries[0] as f64 / weight,
            strategy.gamma() as f64 / weight,
        )
    };
    assert!((total - 50.0).abs() < 7.0 * sd, "{total} ± {sd}");
    assert!(
        (4000.0 - 50.0) > 14.0 * sd,
        "the two snapshots can be told apart: {sd}"
    );
    server.stop().await;
}
