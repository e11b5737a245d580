mod growing;
mod opening;

use std::path::Path;

use jiff::ToSpan;
use vwis_model::{agreement::Agreement, measurement::Payload, ods::OdsCode};
use vwis_proto::v1;

use super::*;
use crate::{
    node_client::{
        Assembler,
        testing::{Answer, NodeKey, answer, expected},
    },
    picture::testing::agreement,
    received::Received,
    release::Release,
};

fn now() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

async fn store(dir: &Path) -> Store {
    Store::create(dir).await.unwrap()
}

fn ods(code: &str) -> OdsCode {
    code.parse().unwrap()
}

fn received(code: &str, sequence: u64, bend: impl FnOnce(&mut Answer)) -> Received {
    let agreement = agreement();
    let (series, key) = (&agreement.series()[0], NodeKey::new(1));
    let expected = expected(code, series, &key);
    let mut answer = answer(&expected, series, sequence);
    bend(&mut answer);
    let mut assembler = Assembler::new(expected);
    for message in answer.messages(&key) {
        assembler.push(message).unwrap();
    }
    assembler.finish().unwrap()
}

async fn release(store: &Store, agreement: &Agreement) -> MadeRelease {
    let period = "2026-09".parse().unwrap();
    store
        .make_release(&agreement.hash(), "headline", period, now())
        .await
        .unwrap()
}

fn is_new(made: MadeRelease) -> Release {
    match made {
        MadeRelease::New(release) => release,
        other => panic!("no new release: {other:?}"),
    }
}

#[tokio::test]
async fn a_token_is_good_once_for_its_organisation_and_until_it_expires() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let expires = now().checked_add(1.hour()).unwrap();
    store
        .keep_token(&ods("R0A"), &[1; 32], now(), expires)
        .await
        .unwrap();
    let enrolment = |code: &str, secret_hash: [u8; 32]| Enrolment {
        ods_code: ods(code),
        secret_hash,
        receipt_public_key: [5; 32],
        certificate_pem: String::new(),
    };
    assert!(
        !store
            .enrol(&enrolment("RM3", [1; 32]), now())
            .await
            .unwrap(),
        "another's"
    );
    assert!(
        !store
            .enrol(&enrolment("R0A", [2; 32]), now())
            .await
            .unwrap(),
        "unknown"
    );
    assert!(
        !store
            .enrol(&enrolment("R0A", [1; 32]), expires)
            .await
            .unwrap(),
        "expired"
    );
    assert!(
        store
            .token_is_good(&ods("R0A"), &[1; 32], now())
            .await
            .unwrap()
    );
    let good = enrolment("R0A", [1; 32]);
    let (one, other) = tokio::join!(store.enrol(&good, now()), store.enrol(&good, now()));
    assert!(
        one.unwrap() != other.unwrap(),
        "exactly one of two callers at once"
    );
    assert!(
        !store
            .token_is_good(&ods("R0A"), &[1; 32], now())
            .await
            .unwrap()
    );
    store
        .add_node(&ods("R0A"), "https://127.0.0.1:1", now())
        .await
        .unwrap();
    let nodes = store.nodes().await.unwrap();
    assert_eq!(nodes[0].enrolled.map(|(key, _)| key), Some([5; 32]));
}

#[tokio::test]
async fn the_same_measurement_twice_is_stored_once_and_another_under_its_identity_never() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    store.keep_agreement(&agreement(), now()).await.unwrap();
    let first = received("R0A", 5, |_| {});
    assert_eq!(
        store.keep_measurement(&first, now()).await.unwrap(),
        Kept::New
    );
    assert_eq!(
        store.keep_measurement(&first, now()).await.unwrap(),
        Kept::AlreadyHeld
    );
    let held = store.holds_measurement(&first.key.identity()).await;
    assert_eq!(held.unwrap(), Holding::Summed);
    let other = received("R0A", 6, |answer| {
        answer.entries[0] += 1;
        let hash = Payload::from_entries(&answer.entries).hash();
        answer.receipt.payload_hash = hash;
        answer.header.payload_hash = hash.as_bytes().to_vec();
    });
    let error = store.keep_measurement(&other, now()).await.unwrap_err();
    assert!(matches!(error, StoreError::Differs(_)));
    let last = store
        .last_receipts(&ods("R0A"))
        .await
        .unwrap()
        .pop()
        .unwrap();
    assert_eq!(
        last.body().sequence,
        5,
        "the refused answer left no receipt"
    );
}

#[tokio::test]
async fn the_receipt_with_the_largest_sequence_is_the_last() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    store.keep_agreement(&agreement(), now()).await.unwrap();
    assert!(store.last_receipts(&ods("R0A")).await.unwrap().is_empty());
    for sequence in [7, 9, 8] {
        store
            .keep_measurement(&received("R0A", sequence, |_| {}), now())
            .await
            .unwrap();
    }
    store
        .keep_measurement(&received("RM3", 100, |_| {}), now())
        .await
        .unwrap();
    let last = store
        .last_receipts(&ods("R0A"))
        .await
        .unwrap()
        .pop()
        .unwrap();
    assert_eq!(last.body().sequence, 9);
    let as_sent = received("R0A", 9, |_| {}).receipt;
    assert_eq!(last, as_sent);
}

#[tokio::test]
async fn a_measurement_is_stored_as_it_was_received() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let agreement = agreement();
    store.keep_agreement(&agreement, now()).await.unwrap();
    let sent = received("R0A", 1, |_| {});
    store.keep_measurement(&sent, now()).await.unwrap();
    let made = is_new(release(&store, &agreement).await);
    let payloads = store.payloads(&made).await.unwrap();
    assert_eq!(payloads[&ods("R0A")], sent.payload);
    let header: Vec<u8> = sqlx::query_scalar("SELECT header FROM measurement")
        .fetch_one(&store.pool)
        .await
        .unwrap();
    let header = <v1::MeasurementHeader as prost::Message>::decode(header.as_slice()).unwrap();
    assert_eq!(header.receipt, Some(v1::Receipt::from(&sent.receipt)));
}

#[tokio::test]
async fn a_release_is_made_only_when_somebody_new_is_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let agreement = agreement();
    store.keep_agreement(&agreement, now()).await.unwrap();
    for code in ["R0A", "RM3", "RW6"] {
        store
            .add_node(&ods(code), "https://127.0.0.1:1", now())
            .await
            .unwrap();
    }
    assert_eq!(release(&store, &agreement).await, MadeRelease::Nothing);
    store
        .keep_measurement(&received("R0A", 1, |_| {}), now())
        .await
        .unwrap();
    let first = is_new(release(&store, &agreement).await);
    assert_eq!(
        (first.number, first.coverage().in_words().as_str()),
        (1, "1 of 3 employers")
    );
    assert!(!first.coverage().is_complete());
    assert_eq!(
        release(&store, &agreement).await,
        MadeRelease::Unchanged(first.clone())
    );
    store
        .keep_measurement(&received("RM3", 1, |_| {}), now())
        .await
        .unwrap();
    let second = is_new(release(&store, &agreement).await);
    assert_eq!((second.number, second.contributors.len()), (2, 2));
    // A node that leaves takes nothing away.
    store.remove_node(&ods("R0A")).await.unwrap();
    assert_eq!(
        release(&store, &agreement).await,
        MadeRelease::Unchanged(second.clone())
    );
    let latest = store
        .latest_release(&agreement.hash(), "headline", None)
        .await
        .unwrap();
    assert_eq!(latest, Some(second));
}

#[tokio::test]
async fn releases_are_in_the_order_in_which_they_were_made_whatever_the_clock_says() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let agreement = agreement();
    store.keep_agreement(&agreement, now()).await.unwrap();
    let (hash, period) = (agreement.hash(), "2026-09".parse().unwrap());
    let mut made = Vec::new();
    // Twelve are made within one millisecond, and then the clock steps back by an hour.
    for number in 0..24_u32 {
        let code = format!("R{number:02}");
        let received = received(&code, 1, |_| {});
        store.keep_measurement(&received, now()).await.unwrap();
        let at = if number < 12 { now() } else { now() - 1.hour() };
        let release = store.make_release(&hash, "headline", period, at);
        let release = is_new(release.await.unwrap());
        assert_eq!(release.sequence, i64::from(number) + 1);
        made.push(release.id);
    }
    let newest = store.newest_release(&hash).await.unwrap();
    assert_eq!(newest.as_ref(), made.last());
    let listed = store.releases(&ReleaseFilter::default()).await.unwrap();
    let listed: Vec<_> = listed.iter().rev().map(|release| release.id).collect();
    assert_eq!(listed, made);
}

#[tokio::test]
async fn what_is_suspect_is_kept_and_summed_only_once_admitted() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let agreement = agreement();
    store.keep_agreement(&agreement, now()).await.unwrap();
    let honest = received("R0A", 1, |_| {});
    let mut odd = received("RM3", 1, |_| {});
    odd.suspicion = Some("its noise is odd".to_owned());
    for received in [&honest, &odd] {
        assert_eq!(
            store.keep_measurement(received, now()).await.unwrap(),
            Kept::New
        );
    }
    let identity = odd.key.identity();
    let holding = store.holds_measurement(&identity).await.unwrap();
    assert_eq!(holding, Holding::Suspect("its noise is odd".to_owned()));
    let suspect = store.suspects().await.unwrap();
    assert_eq!(
        suspect.iter().map(|one| &one.key).collect::<Vec<_>>(),
        [&odd.key]
    );
    let first = is_new(release(&store, &agreement).await);
    assert_eq!(first.contributors.len(), 1);
    for reason in ["looked at", "said twice"] {
        store
            .admit(&identity, "Jo Bloggs", reason, now())
            .await
            .unwrap();
    }
    assert_eq!(store.suspects().await.unwrap(), []);
    assert_eq!(
        store.holds_measurement(&identity).await.unwrap(),
        Holding::Summed
    );
    let second = is_new(release(&store, &agreement).await);
    assert_eq!(second.contributors.len(), 2);
    let why: String = sqlx::query_scalar("SELECT reason FROM admission")
        .fetch_one(&store.pool)
        .await
        .unwrap();
    assert_eq!(why, "looked at");
    // Nothing that is not there can be admitted.
    let unknown = received("RW6", 1, |_| {}).key.identity();
    assert!(store.admit(&unknown, "Jo Bloggs", "", now()).await.is_err());
}

#[tokio::test]
async fn a_suspect_correction_does_not_replace_what_it_corrects() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let agreement = agreement();
    store.keep_agreement(&agreement, now()).await.unwrap();
    let first = received("R0A", 1, |_| {});
    store.keep_measurement(&first, now()).await.unwrap();
    let mut correction = first.clone();
    correction.key.correction = 1;
    correction.suspicion = Some("its noise is odd".to_owned());
    store.keep_measurement(&correction, now()).await.unwrap();
    let made = is_new(release(&store, &agreement).await);
    assert_eq!(made.contributors[0].identity, first.key.identity());
    let identity = correction.key.identity();
    store
        .admit(&identity, "Jo Bloggs", "looked at", now())
        .await
        .unwrap();
    let made = is_new(release(&store, &agreement).await);
    assert_eq!(made.contributors[0].identity, identity);
}

/// Tables whose rows may change; all others only grow.
const CHANGES: [&str; 7] = [
    "_sqlx_migrations",
    "enrolment_token",
    "establishment",
    "establishment_version",
    "node",
    "session",
    "sqlite_sequence",
];

#[tokio::test]
async fn an_agreement_is_kept_once_and_reads_back() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    store.keep_agreement(&agreement(), now()).await.unwrap();
    store.keep_agreement(&agreement(), now()).await.unwrap();
    let kept = store.agreements().await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].hash(), agreement().hash());
}
