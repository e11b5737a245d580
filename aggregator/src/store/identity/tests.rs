use jiff::ToSpan;

use super::*;

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
        "UPDATE api_token SET roles = 'analyst'",
        "UPDATE api_token SET expires_at_s = expires_at_s + 1",
        "UPDATE api_token SET revoked_at_s = NULL",
        "DELETE FROM api_token",
    ] {
        let done = sqlx::query(forbidden).execute(&store.pool).await;
        assert!(done.is_err(), "{forbidden}");
    }
    let all = store.access_log(&AccessFilter::default()).await.unwrap();
    assert_eq!(all.len(), 3);
}
