use jiff::ToSpan;

use super::*;
use crate::store::{AccessFilter, Read};

fn now() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

fn ods(code: &str) -> OdsCode {
    code.parse().unwrap()
}

#[tokio::test]
async fn the_access_log_only_grows_and_what_a_token_grants_never_changes() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(dir.path()).await.unwrap();
    let grant = Grant {
        name: "Board".to_owned(),
        roles: [Role::Board, Role::Viewer].into(),
        organisation: Some(ods("R0A")),
        pathways: vec!["lung".to_owned(), "breast".to_owned()],
    };
    let end = now() + 24.hours();
    let id = store.keep_api_token(&[7; 32], &grant, now(), end).await;
    let id = id.unwrap();
    let record = store.api_token(&[7; 32]).await.unwrap().unwrap();
    assert_eq!((record.id, &record.grant), (id, &grant));
    assert!(store.revoke_api_token(id, now()).await.unwrap());
    assert!(!store.revoke_api_token(id, end).await.unwrap());
    let read = Read {
        who: "Board",
        via: "token 1",
        request: "/api/v1/tables?org=R0A",
        status: 200,
    };
    let both = [ods("R0A"), ods("RM3")];
    for ods_code in &both {
        let address = "https://127.0.0.1:1";
        store.add_node(ods_code, address, now()).await.unwrap();
    }
    store.log_access(&read, &both, now()).await.unwrap();
    store.log_access(&read, &both[..1], end).await.unwrap();
    let filter = AccessFilter {
        ods_code: Some(ods("R0A")),
        since: Some(end),
    };
    let found = store.access_log(&filter).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].at, end);
    for forbidden in [
        "UPDATE access_log SET who = 'nobody'",
        "DELETE FROM access_log",
        "UPDATE access_request SET who = 'nobody'",
        "DELETE FROM access_request",
        "UPDATE api_token SET roles = 'analyst'",
        "UPDATE api_token SET expires_at_s = expires_at_s + 1",
        "UPDATE api_token SET revoked_at_s = NULL",
        "DELETE FROM api_token",
    ] {
        let done = sqlx::query(forbidden).execute(&store.writer).await;
        assert!(done.is_err(), "{forbidden}");
    }
    let all = store.access_log(&AccessFilter::default()).await.unwrap();
    assert_eq!(all.len(), 3);
}

#[tokio::test]
async fn a_request_is_kept_once_and_codes_that_nobody_knows_have_one_row_together() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(dir.path()).await.unwrap();
    let address = "https://127.0.0.1:1";
    store.add_node(&ods("RM3"), address, now()).await.unwrap();
    let read = Read {
        who: "An analyst",
        via: "token 1",
        request: "/api/v1/tables?org=X00,X01,…",
        status: 404,
    };
    let mut asked: Vec<_> = (0..50)
        .map(|number| ods(&format!("X{number:02}")))
        .collect();
    asked.push(ods("RM3"));
    store.log_access(&read, &asked, now()).await.unwrap();
    let requests: i64 = sqlx::query_scalar("SELECT count(*) FROM access_request")
        .fetch_one(&store.pool)
        .await
        .unwrap();
    assert_eq!(requests, 1);
    let log = store.access_log(&AccessFilter::default()).await.unwrap();
    let whose: Vec<_> = log.iter().map(|entry| entry.ods_code.clone()).collect();
    assert_eq!(whose, [Some(ods("RM3")), None]);
    assert!(log.iter().all(|entry| entry.request == read.request));
    let filter = AccessFilter {
        ods_code: Some(ods("X00")),
        since: None,
    };
    assert!(store.access_log(&filter).await.unwrap().is_empty());
}
