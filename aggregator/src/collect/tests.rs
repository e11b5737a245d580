//! Whole collections from a node that answers as it should, and from one that does not.

use std::sync::atomic::Ordering;

use jiff::Timestamp;
use tonic::Status;

use super::*;
use crate::{
    node_client::{
        testing::{NodeKey, answer, expected},
        tests::{Bench, bench, now},
    },
    picture::testing::agreement,
};

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_790_000_000).unwrap()
    }
}

/// A node that refuses its first `good_from` calls and answers `headline` from then on.
async fn node(good_from: usize) -> Bench {
    bench(Arc::new(move |call| {
        let (agreement, key) = (agreement(), NodeKey::new(9));
        let series = &agreement.series()[0];
        if call < good_from {
            return Err(Status::invalid_argument("not now"));
        }
        let answer = answer(&expected("R0A", series, &key), series, 1);
        Ok(answer.messages(&key).into_iter().map(Ok).collect())
    }))
    .await
}

async fn collect(bench: &Bench, store: &Store) -> SeriesReport {
    let agreement = agreement();
    let collector = Collector {
        store: store.clone(),
        credentials: Arc::clone(&bench.credentials),
        authority: None,
        aggregator: "gm-icb".parse().unwrap(),
        clock: Arc::new(FixedClock),
        patience: Patience {
            deadline: std::time::Duration::from_secs(5),
            attempts: 1,
        },
        concurrent_nodes: 4,
    };
    let nodes = store.nodes().await.unwrap();
    let nodes: Vec<_> = nodes
        .into_iter()
        .map(|node| NodeRecord {
            enrolled: bench.record.enrolled,
            ..node
        })
        .collect();
    let (series, period) = (&agreement.series()[0], "2026-09".parse().unwrap());
    let reports = collector
        .collect(&agreement, &[series], period, &nodes, &|_| {})
        .await;
    reports.unwrap().remove(0)
}

async fn store(dir: &std::path::Path, bench: &Bench) -> Store {
    let store = Store::create(dir).await.unwrap();
    store.keep_agreement(&agreement(), now()).await.unwrap();
    let record = &bench.record;
    store
        .add_node(&record.ods_code, &record.address, now())
        .await
        .unwrap();
    store
}

#[tokio::test]
async fn a_second_collection_asks_nobody_stores_nothing_and_makes_no_release() {
    let (dir, bench) = (tempfile::tempdir().unwrap(), node(0).await);
    let store = store(dir.path(), &bench).await;
    let first = collect(&bench, &store).await;
    assert_eq!(first.nodes[0].outcome, Outcome::Stored);
    assert!(first.release_is_new && first.coverage.is_complete());
    let second = collect(&bench, &store).await;
    assert_eq!(second.nodes[0].outcome, Outcome::Held);
    assert!(!second.release_is_new);
    assert_eq!(second.release, first.release);
    assert_eq!(bench.calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_refused_answer_leaves_nothing_and_is_fetched_by_the_next_collection() {
    let (dir, bench) = (tempfile::tempdir().unwrap(), node(1).await);
    let store = store(dir.path(), &bench).await;
    let first = collect(&bench, &store).await;
    assert!(matches!(first.nodes[0].outcome, Outcome::Failed(_)));
    assert_eq!(first.release, None);
    let receipts = store.last_receipts(&bench.record.ods_code).await;
    assert!(receipts.unwrap().is_empty());
    assert_eq!(
        collect(&bench, &store).await.nodes[0].outcome,
        Outcome::Stored
    );
}

#[tokio::test]
async fn a_missing_node_makes_the_release_partial_and_its_answer_the_next_one() {
    let (dir, bench) = (tempfile::tempdir().unwrap(), node(0).await);
    let store = store(dir.path(), &bench).await;
    // R0A answers at this address, not RM3.
    store
        .add_node(&"RM3".parse().unwrap(), &bench.record.address, now())
        .await
        .unwrap();
    let report = collect(&bench, &store).await;
    assert_eq!(report.coverage.in_words(), "1 of 2 employers");
    let Outcome::Failed(problem) = &report.nodes[1].outcome else {
        panic!("another organisation was taken for RM3");
    };
    assert_eq!(problem.kind(), ProblemKind::Identity);
    assert_eq!(report.release.unwrap().coverage().missing().count(), 1);
}
