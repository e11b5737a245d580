use std::path::Path;

use jiff::ToSpan;
use vwis_proto::{agreement::Agreement, measurement::Payload, ods::OdsCode, v1};

use super::*;
use crate::{
    federation::{
        Assembler, Received,
        testing::{Answer, NodeKey, answer, expected},
    },
    picture::testing::agreement,
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
async fn the_bundled_sqlite_has_no_known_wal_corruption() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(&store.pool)
        .await
        .unwrap();
    let parts: Vec<u32> = version
        .split('.')
        .map(|part| part.parse().unwrap())
        .collect();
    assert!(parts >= vec![3, 51, 3], "{version}");
    let setting = |pragma: &'static str| {
        let store = &store;
        async move {
            sqlx::query_scalar::<_, String>(pragma)
                .fetch_one(&store.pool)
                .await
                .unwrap()
        }
    };
    assert_eq!(setting("PRAGMA journal_mode").await, "wal");
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
        .fetch_one(&store.pool)
        .await
        .unwrap();
    assert_eq!(synchronous, 2, "FULL");
    let foreign_keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys")
        .fetch_one(&store.pool)
        .await
        .unwrap();
    assert_eq!(foreign_keys, 1);
}

#[tokio::test]
async fn a_store_with_a_newer_schema_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let first = store(dir.path()).await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', 1, x'00', 0)",
    )
    .execute(&first.writer)
    .await
    .unwrap();
    first.close().await;
    let error = Store::open(dir.path()).await.unwrap_err();
    assert!(matches!(error, StoreError::NewerSchema(9999)), "{error}");
    assert!(error.to_string().contains("newer version"));
}

#[tokio::test]
async fn a_store_is_made_once_and_opened_only_where_it_is() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(
        Store::open(dir.path()).await,
        Err(StoreError::Missing(_))
    ));
    store(dir.path()).await.close().await;
    assert!(matches!(
        Store::create(dir.path()).await,
        Err(StoreError::Exists(_))
    ));
    assert!(Store::open(dir.path()).await.is_ok());
}

#[tokio::test]
async fn a_connection_left_inside_a_transaction_does_not_fail_the_next_caller() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let mut connection = store.writer.acquire().await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE")
        .execute(&mut *connection)
        .await
        .unwrap();
    drop(connection);
    for _ in 0..20 {
        store
            .add_node(&ods("R0A"), "https://127.0.0.1:1", now())
            .await
            .unwrap();
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
    assert!(
        store
            .holds_measurement(&first.key.identity())
            .await
            .unwrap()
    );
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
    // A node that leaves takes nothing back.
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
async fn ids_sort_in_the_order_in_which_releases_were_made_whatever_the_clock_says() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let agreement = agreement();
    store.keep_agreement(&agreement, now()).await.unwrap();
    let (hash, period) = (agreement.hash(), "2026-09".parse().unwrap());
    let mut made = Vec::new();
    // Twelve within one millisecond, and then the clock steps back by an hour.
    for number in 0..24_u32 {
        let code = format!("R{number:02}");
        let received = received(&code, 1, |_| {});
        store.keep_measurement(&received, now()).await.unwrap();
        let at = if number < 12 { now() } else { now() - 1.hour() };
        let release = store.make_release(&hash, "headline", period, at);
        made.push(is_new(release.await.unwrap()).id);
    }
    assert!(made.is_sorted(), "{made:?}");
    let newest = store.newest_release(&hash).await.unwrap();
    assert_eq!(newest.as_ref(), made.last());
    let listed = store.releases(&ReleaseFilter::default()).await.unwrap();
    let listed: Vec<_> = listed.iter().rev().map(|release| release.id).collect();
    assert_eq!(listed, made);
}

#[tokio::test]
async fn what_was_collected_or_released_cannot_be_changed_or_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let agreement = agreement();
    store.keep_agreement(&agreement, now()).await.unwrap();
    store
        .keep_measurement(&received("R0A", 1, |_| {}), now())
        .await
        .unwrap();
    is_new(release(&store, &agreement).await);
    for statement in [
        "UPDATE measurement SET payload = x'00'",
        "DELETE FROM measurement",
        "UPDATE receipt SET sequence = 0",
        "DELETE FROM receipt",
        "UPDATE agreement SET canonical = x'00'",
        "UPDATE release SET number = 9",
        "DELETE FROM release",
        "UPDATE release_contributor SET release_id = ''",
        "DELETE FROM release_contributor",
        "DELETE FROM release_expected",
    ] {
        let result = sqlx::query(statement).execute(&store.writer).await;
        assert!(result.is_err(), "{statement}");
    }
}

/// What may change: everything else in the schema only grows.
const CHANGES: [&str; 7] = [
    "_sqlx_migrations",
    "enrolment_token",
    "establishment",
    "establishment_version",
    "node",
    "session",
    "sqlite_sequence",
];

/// By no statement, `INSERT OR REPLACE` included, which deletes what stands in its way.
#[tokio::test]
async fn every_table_that_only_grows_refuses_every_way_to_change_a_row() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let (agreement, end) = (agreement(), now().checked_add(1.hour()).unwrap());
    store.keep_agreement(&agreement, now()).await.unwrap();
    let r0a = ods("R0A");
    let token = store.keep_token(&r0a, &[1; 32], now(), end);
    token.await.unwrap();
    let enrolment = Enrolment {
        ods_code: ods("R0A"),
        secret_hash: [1; 32],
        receipt_public_key: [2; 32],
        certificate_pem: "pem".to_owned(),
    };
    assert!(store.enrol(&enrolment, now()).await.unwrap());
    store.keep_renewal(&r0a, "pem", now()).await.unwrap();
    let received = received("R0A", 1, |_| {});
    store.keep_measurement(&received, now()).await.unwrap();
    let release = is_new(release(&store, &agreement).await);
    let decision = crate::publication::Decision {
        agreement: agreement.hash(),
        period: release.period,
        after: release.id,
        at: now(),
        by: "Ann".to_owned(),
        reason: "to test".to_owned(),
        telling: [ods("R0A")].into(),
    };
    store.keep_decision(&decision).await.unwrap();
    let grant = crate::identity::tokens::Grant {
        name: "a".to_owned(),
        roles: [crate::identity::Role::Analyst].into(),
        organisation: None,
        pathways: Vec::new(),
    };
    let token = store.keep_api_token(&[3; 32], &grant, now(), end);
    token.await.unwrap();
    let read = Read {
        who: "a",
        via: "token 1",
        request: "/",
        status: 200,
    };
    let codes = [ods("R0A")];
    let logged = store.log_access(&read, &codes, now());
    logged.await.unwrap();

    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
    let tables: Vec<String> = sqlx::query_scalar(tables)
        .fetch_all(&store.pool)
        .await
        .unwrap();
    let grow: Vec<_> = tables
        .iter()
        .filter(|table| !CHANGES.contains(&table.as_str()))
        .collect();
    assert_eq!(grow.len(), 12, "{grow:?}");
    for table in grow {
        let key = format!("SELECT name FROM pragma_table_info('{table}') LIMIT 1");
        let column: String = sqlx::query_scalar(sqlx::AssertSqlSafe(key))
            .fetch_one(&store.pool)
            .await
            .unwrap();
        let rows = format!("SELECT count(*) FROM {table}");
        let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(rows))
            .fetch_one(&store.pool)
            .await
            .unwrap();
        assert!(rows > 0, "{table} is not tried without a row");
        for statement in [
            format!("DELETE FROM {table}"),
            format!("UPDATE {table} SET {column} = {column}"),
            format!("UPDATE OR REPLACE {table} SET {column} = {column}"),
            format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}"),
            format!("REPLACE INTO {table} SELECT * FROM {table}"),
        ] {
            let done = sqlx::query(sqlx::AssertSqlSafe(statement.clone()))
                .execute(&store.writer)
                .await;
            let why = done.map(drop).unwrap_err().to_string();
            let is_ours = ["never", "stays"].iter().any(|word| why.contains(word));
            assert!(is_ours, "{statement}: {why}");
        }
    }
}

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

#[tokio::test]
async fn the_store_is_closed_to_others_whatever_it_was() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    store(dir.path()).await.close().await;
    let database = dir.path().join("aggregator.db");
    std::fs::set_permissions(&database, std::fs::Permissions::from_mode(0o644)).unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    store.keep_agreement(&agreement(), now()).await.unwrap();
    for name in ["aggregator.db", "aggregator.db-wal", "aggregator.db-shm"] {
        let mode = std::fs::metadata(dir.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
