//! API tokens: shown once, good until they end, and ended at once.

use sha2::{Digest, Sha256};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use vwis_tests::federation::Federation;

use super::asking::get;
use crate::BINARY;

async fn create(federation: &Federation, more: &[&str]) -> String {
    let mut create = vec!["token", "create"];
    create.extend(more);
    let token = federation.aggregator(&create).await.done();
    token.trim().to_owned()
}

#[tokio::test]
async fn a_token_is_shown_once_and_only_its_hash_is_stored() {
    let federation = Federation::new(BINARY).await;
    let made = [
        "token",
        "create",
        "--name",
        "Power BI",
        "--role",
        "viewer",
        "--organisation",
        "R0A",
    ];
    let made = federation.aggregator(&made).await.ended_with(0);
    let token = made.stdout.trim();
    assert!(token.starts_with("vwisa_") && !token.contains(char::is_whitespace));
    assert!(made.stderr.contains("not shown again"), "{made:?}");
    assert!(!made.stderr.contains(token));
    let list = federation
        .aggregator(&["token", "list", "--json"])
        .await
        .json();
    assert!(!list.to_string().contains(token), "{list}");
    assert_eq!(list[0]["name"], "Power BI");
    assert_eq!(list[0]["organisation"], "R0A");
    assert_eq!(list[0]["last_used_at"], serde_json::Value::Null);
    for file in std::fs::read_dir(federation.aggregator_dir()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let holds = bytes
                .windows(token.len())
                .any(|part| part == token.as_bytes());
            assert!(!holds, "{}", path.display());
        }
    }
    get(&federation, "/api/v1/releases", Some(token))
        .await
        .done();
    let list = federation
        .aggregator(&["token", "list", "--json"])
        .await
        .json();
    assert!(list[0]["last_used_at"].is_string(), "{list}");
    federation.stop().await;
}

#[tokio::test]
async fn a_token_that_is_revoked_expired_or_none_is_refused_while_the_server_runs() {
    let federation = Federation::new(BINARY).await;
    let token = create(&federation, &["--name", "a", "--role", "analyst"]).await;
    get(&federation, "/api/v1/releases", Some(&token))
        .await
        .done();
    let nobody = get(&federation, "/api/v1/releases", None).await;
    nobody.problem(401, "unauthorised");
    assert!(
        nobody.headers["www-authenticate"]
            .to_str()
            .unwrap()
            .starts_with("Bearer")
    );
    federation
        .aggregator(&["token", "revoke", "1"])
        .await
        .done();
    let revoked = get(&federation, "/api/v1/releases", Some(&token)).await;
    assert!(revoked.problem(401, "unauthorised").contains("revoked"));
    let again = federation.aggregator(&["token", "revoke", "1"]).await;
    again.ended_with(2);
    // The end of the last token opens the API to nobody.
    let nobody = get(&federation, "/api/v1/releases", None).await;
    nobody.problem(401, "unauthorised");

    let expired = expired(&federation).await;
    let refused = get(&federation, "/api/v1/releases", Some(&expired)).await;
    assert!(refused.problem(401, "unauthorised").contains("expired"));
    let cut = &token[..token.len() - 1];
    for none in [cut, "vwisa_", "hello", "eyJhbGciOiJub25lIn0.e30."] {
        let refused = get(&federation, "/api/v1/releases", Some(none)).await;
        refused.problem(401, "unauthorised");
    }
    federation.stop().await;
}

/// An expired token, written to the store as the aggregator writes one.
async fn expired(federation: &Federation) -> String {
    let token = format!("vwisa_{}", "A".repeat(43));
    let database = federation.aggregator_dir().join("aggregator.db");
    let options = SqliteConnectOptions::new().filename(database);
    let mut store = SqliteConnection::connect_with(&options).await.unwrap();
    let insert = "INSERT INTO api_token
         (secret_hash, name, roles, pathways, created_at_s, expires_at_s)
         VALUES ($1, 'old', 'analyst', '', 1, 2)";
    let hash = Sha256::digest(token.as_bytes());
    sqlx::query(insert)
        .bind(&hash[..])
        .execute(&mut store)
        .await
        .unwrap();
    store.close().await.unwrap();
    token
}

#[tokio::test]
async fn a_grant_that_makes_no_sense_is_refused_with_the_fix() {
    let federation = Federation::new(BINARY).await;
    for (more, fix) in [
        (&["--role", "board"][..], "--pathway"),
        (&["--role", "viewer", "--pathway", "lung"], "role board"),
        (&["--role", "board", "--pathway", "lungg"], "did you mean"),
        (&["--role", "king"], "analyst"),
        (
            &["--role", "viewer", "--organisation", "r0a"],
            "capital letters",
        ),
        (&["--role", "viewer", "--expires-days", "0"], "1..=730"),
    ] {
        let mut create = vec!["token", "create", "--name", "a"];
        create.extend(more);
        let refused = federation.aggregator(&create).await.ended_with(2);
        assert!(refused.stderr.contains(fix), "{more:?}: {refused:?}");
    }
    let log = federation
        .aggregator(&["access-log", "--json"])
        .await
        .json();
    assert_eq!(log, serde_json::json!([]));
    federation.stop().await;
}
