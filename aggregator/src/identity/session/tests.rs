use http::header;
use vwis_web::session;

use super::*;
use crate::{
    config::OidcConfig,
    credentials::{MOST_AGE_S, MOST_IDLE_S},
    identity::{Role, Via},
};

const NOW_S: i64 = 1_795_608_000;

fn after(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW_S + seconds).unwrap()
}

fn ada() -> Identity {
    Identity {
        name: "ada@trust.example".to_owned(),
        roles: [Role::Viewer, Role::Board].into(),
        organisation: Some("R0A".parse().unwrap()),
        pathways: vec!["lung".to_owned(), "a,b".to_owned()],
        via: Via::Oidc("6f1c".to_owned()),
    }
}

/// The headers that a browser sends after it was told `set`.
fn sent(set: &HeaderValue) -> HeaderMap {
    let pair = set.to_str().unwrap().split(';').next().unwrap();
    let mut headers = HeaderMap::new();
    headers.insert(header::COOKIE, HeaderValue::try_from(pair).unwrap());
    headers
}

async fn sessions() -> (Sessions, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).await.unwrap();
    (configured(&store, ""), folder)
}

/// The sessions of a server with this configuration.
fn configured(store: &Store, more: &str) -> Sessions {
    let text = format!("issuer = \"https://a\"\naudience = \"b\"\nclient_id = \"c\"\n{more}");
    let config: OidcConfig = toml::from_str(&text).unwrap();
    let made_by = MadeBy {
        issuer: config.issuer.clone(),
        client_id: "c".to_owned(),
        configured: config.fingerprint(),
    };
    let cookies = Cookies { are_secure: true };
    Sessions::new(store.clone(), cookies, made_by)
}

#[tokio::test]
async fn a_session_ends_with_the_configuration_that_made_it() {
    let (sessions, folder) = sessions().await;
    let store = Store::open(folder.path()).await.unwrap();
    for changed in [
        "[roles]\nanalyst = \"viewer\"\n",
        "tenant = \"t\"\n",
        "organisation_claim = \"ods\"\n",
        "pathways_claim = \"boards\"\n",
        "scopes = [\"openid\"]\n",
        "client_secret_file = \"other\"\n",
    ] {
        let cookie = sessions.begin(&ada(), &HeaderMap::new(), after(0)).await;
        let headers = sent(&cookie.unwrap());
        assert!(who(&sessions, &headers, after(1)).await.is_some());
        let others = configured(&store, changed);
        assert!(
            who(&others, &headers, after(1)).await.is_none(),
            "{changed}"
        );
        // A server drops them when it starts, so that nothing brings them back.
        others.sweep(after(1)).await.unwrap();
        assert!(who(&sessions, &headers, after(1)).await.is_none());
    }
}

#[tokio::test]
async fn a_person_lists_sessions_and_ends_one_or_all() {
    let (sessions, folder) = sessions().await;
    let store = Store::open(folder.path()).await.unwrap();
    let mut headers = Vec::new();
    for _ in 0..3 {
        let cookie = sessions.begin(&ada(), &HeaderMap::new(), after(0)).await;
        headers.push(sent(&cookie.unwrap()));
    }
    let listed = store.sessions().await.unwrap();
    assert_eq!(listed.len(), 3);
    let first = &listed[0];
    assert_eq!(
        (first.issuer.as_str(), first.client_id.as_str()),
        ("https://a", "c")
    );
    assert_eq!(first.record.identity, ada());
    assert!(store.end_session_numbered(first.id).await.unwrap());
    assert!(!store.end_session_numbered(first.id).await.unwrap());
    assert!(who(&sessions, &headers[0], after(1)).await.is_none());
    assert!(who(&sessions, &headers[1], after(1)).await.is_some());
    assert_eq!(store.end_sessions_but_of(None).await.unwrap(), 2);
    assert!(who(&sessions, &headers[2], after(1)).await.is_none());
    assert!(store.sessions().await.unwrap().is_empty());
}

async fn who(sessions: &Sessions, headers: &HeaderMap, at: Timestamp) -> Option<Identity> {
    let found = sessions.reader(&Method::GET, headers, at).await;
    found.unwrap()
}

#[tokio::test]
async fn a_session_gives_whom_the_issuer_named_and_only_for_reading() {
    let (sessions, _folder) = sessions().await;
    let nothing = HeaderMap::new();
    let cookie = sessions.begin(&ada(), &nothing, after(0)).await.unwrap();
    let headers = sent(&cookie);
    assert_eq!(who(&sessions, &headers, after(1)).await, Some(ada()));
    assert_eq!(who(&sessions, &nothing, after(1)).await, None);
    let posting = sessions.reader(&Method::POST, &headers, after(1)).await;
    assert_eq!(posting.unwrap(), None);
    let made_up = Cookies { are_secure: true }.set(session::COOKIE, &"a".repeat(43), None);
    assert_eq!(who(&sessions, &sent(&made_up), after(1)).await, None);
}

#[tokio::test]
async fn a_session_ends_idle_or_old_and_is_swept() {
    let (sessions, _folder) = sessions().await;
    let begun = sessions.begin(&ada(), &HeaderMap::new(), after(0)).await;
    let headers = sent(&begun.unwrap());
    assert!(
        who(&sessions, &headers, after(MOST_IDLE_S - 1))
            .await
            .is_some()
    );
    assert!(
        who(&sessions, &headers, after(2 * MOST_IDLE_S - 2))
            .await
            .is_some()
    );
    assert!(
        who(&sessions, &headers, after(3 * MOST_IDLE_S))
            .await
            .is_none()
    );

    let begun = sessions.begin(&ada(), &HeaderMap::new(), after(0)).await;
    let headers = sent(&begun.unwrap());
    let mut at_s = 0;
    while at_s + MOST_IDLE_S - 60 < MOST_AGE_S {
        at_s += MOST_IDLE_S - 60;
        assert!(
            who(&sessions, &headers, after(at_s)).await.is_some(),
            "{at_s}"
        );
    }
    assert!(
        who(&sessions, &headers, after(MOST_AGE_S - 1))
            .await
            .is_some()
    );
    assert!(who(&sessions, &headers, after(MOST_AGE_S)).await.is_none());
    sessions.sweep(after(MOST_AGE_S)).await.unwrap();
    // Even a clock that goes backwards brings nothing back.
    assert!(who(&sessions, &headers, after(at_s)).await.is_none());
}

#[tokio::test]
async fn a_sign_in_ends_the_session_before_and_has_a_name_of_its_own() {
    let (sessions, _folder) = sessions().await;
    let first = sessions
        .begin(&ada(), &HeaderMap::new(), after(0))
        .await
        .unwrap();
    let second = sessions
        .begin(&ada(), &sent(&first), after(1))
        .await
        .unwrap();
    assert_ne!(first, second);
    assert!(who(&sessions, &sent(&first), after(2)).await.is_none());
    assert!(who(&sessions, &sent(&second), after(2)).await.is_some());
    sessions.end(&sent(&second)).await.unwrap();
    assert!(who(&sessions, &sent(&second), after(2)).await.is_none());
}
