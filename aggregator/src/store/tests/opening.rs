use super::*;

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
    assert!(
        matches!(error, StoreError::Open(OpenError::NewerSchema(9999))),
        "{error}"
    );
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
