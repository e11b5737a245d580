use futures_util::future::join_all;

use super::*;

fn now() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

fn read(request: &str, status: u16) -> Read<'_> {
    Read {
        who: "A reader",
        via: "token 1",
        request,
        status,
    }
}

async fn with_node() -> (Store, OdsCode, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(dir.path()).await.unwrap();
    let code: OdsCode = "R0A".parse().unwrap();
    let address = "https://127.0.0.1:1";
    store.add_node(&code, address, now()).await.unwrap();
    (store, code, dir)
}

/// A store has one connection that writes, and the reading ones refuse to. So no two writers of a program
/// compete in SQLite, where each would sleep until the other is done.
#[tokio::test]
async fn whoever_writes_stands_in_one_queue_and_nothing_writes_beside_it() {
    let (store, code, _dir) = with_node().await;
    assert_eq!(store.writer.options().get_max_connections(), 1);
    let beside = sqlx::query("DELETE FROM node").execute(&store.pool).await;
    let why = beside.unwrap_err().to_string();
    assert!(why.contains("readonly"), "{why}");

    let codes = [code];
    let rows = (0..300).map(|n| {
        let (store, codes) = (&store, &codes);
        async move {
            let request = format!("/api/v1/tables?org=R0A&n={n}");
            store.log_access(&read(&request, 200), codes, now()).await
        }
    });
    let others = (0..50u8).map(|n| {
        let (store, code) = (&store, &codes[0]);
        async move { store.keep_token(code, &[n; 32], now(), now()).await }
    });
    let (rows, others) = tokio::join!(join_all(rows), join_all(others));
    assert!(rows.into_iter().chain(others).all(|kept| kept.is_ok()));
    let log = store.access_log(&AccessFilter::default()).await.unwrap();
    let requests: std::collections::BTreeSet<_> = log.iter().map(|row| &row.request).collect();
    assert_eq!((log.len(), requests.len()), (300, 300));
}

#[tokio::test]
async fn a_row_that_cannot_be_written_takes_no_other_with_it() {
    let (store, code, _dir) = with_node().await;
    // One row that this database refuses, and others that wait with it.
    sqlx::raw_sql(
        "CREATE TRIGGER broken BEFORE INSERT ON access_request WHEN NEW.request = 'bad'
         BEGIN SELECT RAISE(ABORT, 'broken'); END",
    )
    .execute(&store.writer)
    .await
    .unwrap();
    let codes = [code];
    let all = ["one", "bad", "two", "bad", "three"];
    let kept = all.map(|request| {
        let (store, codes) = (&store, &codes);
        async move {
            store
                .log_access(&read(request, 200), codes, now())
                .await
                .is_ok()
        }
    });
    assert_eq!(join_all(kept).await, [true, false, true, false, true]);
    let log = store.access_log(&AccessFilter::default()).await.unwrap();
    let requests: Vec<_> = log.iter().map(|row| row.request.as_str()).collect();
    assert_eq!(requests, ["one", "two", "three"]);
}

#[tokio::test]
async fn of_a_long_refusal_the_beginning_and_the_hash_are_kept_and_of_an_answer_all() {
    let (store, code, _dir) = with_node().await;
    let address = format!("/api/v1/tables?org=R0A&where={}", "ä".repeat(4000));
    for status in [200, 403, 404, 429] {
        let (refused, codes) = (read(&address, status), [code.clone()]);
        let kept = store.log_access(&refused, &codes, now());
        kept.await.unwrap();
    }
    let log = store.access_log(&AccessFilter::default()).await.unwrap();
    assert_eq!((&log[0].request, log[0].request_hash), (&address, None));
    let hash: [u8; 32] = Sha256::digest(&address).into();
    for row in &log[1..] {
        assert_eq!(row.request.chars().count(), MOST_REFUSED_CHARS);
        assert!(address.starts_with(&row.request));
        assert_eq!(row.request_hash, Some(hash));
    }
    let (brief, codes) = (read("/short", 403), [code]);
    let short = store.log_access(&brief, &codes, now());
    short.await.unwrap();
    let log = store.access_log(&AccessFilter::default()).await.unwrap();
    assert_eq!(log.last().unwrap().request_hash, None);
}
