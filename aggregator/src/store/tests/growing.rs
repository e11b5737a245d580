//! Tables that only grow.

use super::*;

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

/// No statement changes a row, not even `INSERT OR REPLACE`, which deletes what stands in its way.
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
    let identity = received.key.identity();
    store.admit(&identity, "a", "b", now()).await.unwrap();
    let release = is_new(release(&store, &agreement).await);
    let decision = crate::publication::Decision {
        agreement: agreement.hash(),
        period: release.period,
        after: release.sequence,
        at: now(),
        by: "Ann".to_owned(),
        reason: "to test".to_owned(),
        telling: [ods("R0A")].into(),
    };
    store.keep_decision(&decision).await.unwrap();
    let grant = crate::credentials::Grant {
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
    assert_eq!(grow.len(), 13, "{grow:?}");
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
