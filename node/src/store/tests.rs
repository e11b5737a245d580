use vwis_model::{
    agreement::{Agreement, Draft},
    here,
    measurement::{MeasurementId, Payload},
};

use super::*;
use crate::{
    ledger::{Decided, Ledger},
    people::People,
};

async fn store(dir: &Path) -> Store {
    let witness = dir.join("witness.json");
    let store = Store::create(dir, witness).await.unwrap();
    let first = Ledger::open(
        "R0A".parse().unwrap(),
        "0.5".parse().unwrap(),
        [1; 32],
        jiff::Timestamp::UNIX_EPOCH,
    );
    store.open_ledger(first).await.unwrap();
    store
}

fn agreement() -> Agreement {
    let draft = Draft::parse(
        "name = \"A test\"\nversion = 1\naggregator = \"gm-icb\"\npurpose = \"To test.\"\n\
         readers = \"Tests.\"\nfirst_period = \"2025-04\"\nlast_period = \"2026-03\"\n\
         [[series]]\nname = \"headline\"\nmeasure = \"headcount\"\ncadence = \"quarterly\"\n\
         rho = 0.04\ntables = [{ by = [] }]\n",
    );
    draft.unwrap().compile(here::dictionary()).unwrap().0
}

async fn approve(change: &mut LedgerTransaction) {
    let approved = crate::ledger::Event::Approved {
        agreement: vwis_model::agreement::AgreementHash::of(b"an agreement"),
        aggregator: "gm-icb".parse().unwrap(),
        decided: Decided::new("A. Caldicott", "board paper 12"),
    };
    let now = jiff::Timestamp::UNIX_EPOCH;
    change.append(approved, now).await.unwrap();
}

#[tokio::test]
async fn the_bundled_sqlite_is_not_the_one_that_corrupts_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let (version,): (String,) = sqlx::query_as("SELECT sqlite_version()")
        .fetch_one(&store.pool)
        .await
        .unwrap();
    let parts: Vec<u32> = version
        .split('.')
        .map(|part| part.parse().unwrap())
        .collect();
    assert!(parts >= vec![3, 51, 3], "{version}");
}

#[tokio::test]
async fn commits_are_durable_by_setting_and_references_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    for (pragma, expected) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("recursive_triggers", "1"),
    ] {
        let sql = format!("SELECT CAST({pragma} AS TEXT) FROM pragma_{pragma}");
        let (value,): (String,) = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .fetch_one(&store.pool)
            .await
            .unwrap();
        assert_eq!(value, expected, "{pragma}");
    }
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', 1, x'00', 0)",
    )
    .execute(&store.pool)
    .await
    .unwrap();
    store.close().await;
    let error = Store::open(folder.path(), folder.path().join("witness.json"))
        .await
        .unwrap_err();
    assert!(
        matches!(error, StoreError::Open(OpenError::NewerSchema(9999))),
        "{error}"
    );
}

/// Tables whose rows may be changed or deleted.
const CHANGES: [&str; 6] = [
    "_sqlx_migrations",
    "counts",
    "establishment",
    "people",
    "snapshot",
    "sqlite_sequence",
];

/// `INSERT OR REPLACE` is included, because it deletes a row that stands in its way.
#[tokio::test]
async fn every_table_that_only_grows_refuses_every_way_to_change_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let now = jiff::Timestamp::UNIX_EPOCH;
    let agreement = agreement();
    let identity = MeasurementId::from_bytes([2; 32]);
    store.keep_employee_key([1; 32]).await.unwrap();
    store.keep_proposal(&agreement, now).await.unwrap();
    let mut change = store.change_ledger().await.unwrap();
    let payload = Payload::from_entries(&[1, -1]);
    change.insert_payload(&identity, &payload).await.unwrap();
    approve(&mut change).await;
    change.commit().await.unwrap();

    let mut grow = Vec::new();
    for pool in [&store.pool, &store.agreements] {
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(pool).await.unwrap();
        for table in tables {
            if !CHANGES.contains(&table.as_str()) {
                refuses_every_change(pool, &table).await;
                grow.push(table);
            }
        }
    }
    let all = ["employee_key", "ledger_entry", "measurement", "agreement"];
    assert_eq!(grow, all);
}

async fn refuses_every_change(pool: &SqlitePool, table: &str) {
    let rows: i64 =
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
            .fetch_one(pool)
            .await
            .unwrap();
    assert!(rows > 0, "{table} is not tried without a row");
    let key = format!("SELECT name FROM pragma_table_info('{table}') LIMIT 1");
    let column: String = sqlx::query_scalar(sqlx::AssertSqlSafe(key))
        .fetch_one(pool)
        .await
        .unwrap();
    for statement in [
        format!("DELETE FROM {table}"),
        format!("UPDATE {table} SET {column} = {column}"),
        format!("UPDATE OR REPLACE {table} SET {column} = {column}"),
        format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}"),
        format!("REPLACE INTO {table} SELECT * FROM {table}"),
    ] {
        let done = sqlx::query(sqlx::AssertSqlSafe(statement.clone()))
            .execute(pool)
            .await;
        let why = done.map(drop).unwrap_err().to_string();
        let ours = ["append-only", "is sealed", "by one key", "is its hash"];
        assert!(
            ours.iter().any(|word| why.contains(word)),
            "{statement}: {why}"
        );
    }
}

/// A full disk leaves a connection that is given back inside a transaction.
#[tokio::test]
async fn a_connection_given_back_inside_a_transaction_harms_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    for _ in 0..2 * MOST_CONNECTIONS {
        let mut connection = store.pool.acquire().await.unwrap();
        sqlx::raw_sql("BEGIN IMMEDIATE")
            .execute(&mut *connection)
            .await
            .unwrap();
    }
    assert!(store.change_ledger().await.is_ok());
}

#[tokio::test]
async fn a_store_is_neither_made_twice_nor_opened_where_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let witness = folder.path().join("witness.json");
    let missing = Store::open(folder.path(), witness.clone())
        .await
        .unwrap_err();
    assert!(matches!(missing, StoreError::Missing(_)));
    store(folder.path()).await;
    let again = Store::create(folder.path(), witness).await.unwrap_err();
    assert!(matches!(again, StoreError::Exists(_)));
}

/// The witness can be read but not replaced: its name leaves no room for that of a temporary file.
#[tokio::test]
async fn nothing_goes_on_while_the_witness_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path()).await.close().await;
    let stuck = folder.path().join("w".repeat(250));
    fs::copy(folder.path().join("witness.json"), &stuck).unwrap();
    let store = Store::open(folder.path(), stuck).await.unwrap();
    let mut change = store.change_ledger().await.unwrap();
    approve(&mut change).await;
    assert!(matches!(change.commit().await, Err(StoreError::Beside(_))));
    // The entry is stored, but the witness has not heard of it, so nothing goes on.
    assert_eq!(store.ledger().await.unwrap().sequence(), 2);
    assert!(matches!(
        store.change_ledger().await,
        Err(StoreError::Beside(_))
    ));
}

#[tokio::test]
async fn a_witness_left_behind_by_a_crash_is_brought_up_before_the_next_step() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let witness = folder.path().join("witness.json");
    let before = fs::read(&witness).unwrap();
    let mut change = store.change_ledger().await.unwrap();
    approve(&mut change).await;
    change.commit().await.unwrap();
    fs::write(&witness, before).unwrap();
    drop(store.change_ledger().await.unwrap());
    let ledger = store.ledger().await.unwrap();
    assert!(!store.witness().unwrap().unwrap().is_behind(&ledger));
}

#[tokio::test]
async fn who_comes_and_goes_is_read_as_it_was_stored() {
    use crate::{
        people::{PersonTag, RowsTag},
        turnover::{LeaverDetails, Moving},
    };

    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let tag = |number| PersonTag([number; 16]);
    let mut people = People::none(1);
    people.push(tag(1), &[0], 100);
    people.push(tag(2), &[0], 100);
    let details = |reason, destination| LeaverDetails {
        reason,
        destination,
    };
    let moving = Moving {
        joining_source: vec![4, 9],
        leavers: [(tag(3), details(1, 2)), (tag(4), details(5, 0))].into(),
        absent: [tag(6), tag(7), tag(8)].into(),
    };
    let snapshot = |moving| NewSnapshot {
        data_set: "staff",
        period: "2026-09".parse().unwrap(),
        dictionary: "a version",
        origin: Origin::Extract,
        people: &people,
        moving,
        rows_tag: Some(RowsTag([7; 32])),
        report: None,
    };
    let snapshots = [snapshot(Some(&moving)), snapshot(None)];
    let now = jiff::Timestamp::UNIX_EPOCH;
    let held = store.keep_snapshots(&snapshots, &[], now).await.unwrap();
    assert_eq!(store.moving(held[0].id).await.unwrap(), moving);
    assert_eq!(store.moving(held[1].id).await.unwrap(), Moving::default());
    assert_eq!(store.headcount(held[0].id).await.unwrap(), 2);
}

#[tokio::test]
async fn who_reads_counts_writes_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let agreement = agreement();
    let (hash, series) = (agreement.hash(), &agreement.series()[0]);
    let nobody = People::none(here::dictionary().data_sets()[0].attributes().len());
    let snapshot = NewSnapshot {
        data_set: "staff",
        period: "2026-09".parse().unwrap(),
        dictionary: here::dictionary().version(),
        origin: Origin::Extract,
        people: &nobody,
        moving: None,
        rows_tag: None,
        report: None,
    };
    let now = jiff::Timestamp::UNIX_EPOCH;
    let held = store.keep_snapshots(&[snapshot], &[], now).await.unwrap()[0].id;
    let read = store.counts(held, hash, series).await.unwrap();
    assert!(!store.holds_counts(held, hash, series).await.unwrap());
    let kept = store.keep_counts(held, hash, series).await.unwrap();
    assert!(store.holds_counts(held, hash, series).await.unwrap());
    assert!(read.same_as(&kept));
    store.keep_counts(held, hash, series).await.unwrap();
}
