mod as_published;
mod bounds;
mod compressed;
mod history;
mod instead;
mod road;
mod said;

use http::{Method, Request, StatusCode, Uri, header};
use serde_json::json;
use vwis_host::clock::Clock as _;
use vwis_model::ods::OdsCode;
use vwis_web::{
    caching::{self, Freshness},
    problem::Kind,
};

use super::*;
use crate::{
    config::{Entry, HttpConfig},
    credentials::Grant,
    http::{
        app::Caller,
        testing::{FixedClock, TestServer},
    },
    identity::{Identity, Role, Via},
    picture::Whose,
    store::{AccessFilter, Store},
};

fn grant(roles: &[Role]) -> Grant {
    Grant {
        name: "Power BI".to_owned(),
        roles: roles.iter().copied().collect(),
        organisation: Some("R0A".parse().unwrap()),
        pathways: Vec::new(),
    }
}

/// Every path outside the door. A new one is added here by a person who means it.
const OPEN: [&str; 4] = [
    "/healthz",
    "/readyz",
    "/api/v1/openapi.json",
    "/problems/not-found",
];

#[tokio::test]
async fn everything_but_a_few_named_paths_is_behind_the_door() {
    let app = TestServer::new().await;
    app.token(&grant(&[Role::Viewer])).await;
    let document = app.get("/api/v1/openapi.json").await.json(200);
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() >= 6, "{paths:?}");
    let paths = paths.keys().map(|path| path.replace(['{', '}'], ""));
    for path in paths.chain(["/metrics".to_owned()]) {
        let answer = app.get(&path).await;
        answer.problem(401, "unauthorised");
        let challenge = answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap();
        assert!(challenge.starts_with("Bearer"), "{path}: {challenge}");
    }
    for path in OPEN {
        assert_eq!(app.get(path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn the_first_token_ends_anonymous_reading_at_once() {
    let app = TestServer::new().await;
    app.get("/api/v1/releases").await.json(200);
    let token = app.token(&grant(&[Role::Viewer])).await;
    app.get("/api/v1/releases")
        .await
        .problem(401, "unauthorised");
    app.get_by(&token, "/api/v1/releases").await.json(200);
    let used = app.store.api_tokens().await.unwrap();
    assert_eq!(used[0].last_used_at, Some(FixedClock.now()));
}

#[tokio::test]
async fn without_identity_a_foreign_name_and_a_proxy_are_turned_away() {
    let app = TestServer::new().await;
    let forwarded = Request::get("/api/v1/releases").header("x-forwarded-for", "10.0.0.1");
    app.send(forwarded).await.problem(421, "misdirected");
    let named = Request::get("/api/v1/releases").header(header::HOST, "evil.example");
    app.send(named).await.problem(421, "misdirected");
}

#[tokio::test]
async fn what_does_not_exist_is_a_problem_that_says_what_does() {
    let app = TestServer::new().await;
    let nowhere = app.get("/api/v1/tabels").await;
    nowhere.problem(404, "not-found");
    let said = String::from_utf8_lossy(&nowhere.body);
    assert!(said.contains("/api/v1/docs"), "{said}");
    let posted = app.send(Request::post("/api/v1/releases")).await;
    posted.problem(405, "method-not-allowed");
    assert_eq!(posted.headers[header::ALLOW], "GET, HEAD");
    let unknown = app.get("/api/v1/releases?perod=2026-09").await;
    let detail = unknown.problem(400, "unknown-parameter");
    assert!(detail.contains("agreement, series, period"), "{detail}");
    assert_eq!(unknown.json(400)["nearest"], "period");
    app.get("/api/v1/organisations?a=1")
        .await
        .problem(400, "unknown-parameter");
    let period = app.get("/api/v1/releases?period=september").await;
    assert!(period.problem(400, "bad-query").contains("YYYY-MM"));
    app.get("/api/v1/releases/1")
        .await
        .problem(404, "unknown-release");
    app.get("/api/v1/releases/%ff")
        .await
        .problem(404, "not-found");
    app.get("/api/v1/agreements/zz")
        .await
        .problem(404, "unknown-agreement");
    let explained = app.get("/problems/unknown-period").await.json(200);
    assert_eq!(explained["status"], 404);
}

#[tokio::test]
async fn a_read_of_an_organisations_table_is_in_the_log_before_it_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).await.unwrap();
    let config = HttpConfig::default();
    let clock = Arc::new(FixedClock);
    let app = App::new(
        store.clone(),
        clock,
        None,
        Entry::Anonymous(Role::Analyst),
        &config,
    );
    let caller = Caller(Identity {
        name: "A Reader".to_owned(),
        via: Via::Token(7),
        ..Identity::loopback()
    });
    let codes: Vec<OdsCode> = vec!["R0A".parse().unwrap(), "RM3".parse().unwrap()];
    for ods_code in &codes {
        let node = store.add_node(ods_code, "https://127.0.0.1:1", FixedClock.now());
        node.await.unwrap();
    }
    let whose = Whose::of(codes);
    let uri: Uri = "/api/v1/tables?org=R0A&org=RM3".parse().unwrap();
    let answer = || caching::json(&http::HeaderMap::new(), Freshness::Latest, &json!({}));
    let of_system = app
        .logged(&caller, &Whose::System, &uri, Ok(answer()))
        .await;
    assert!(of_system.is_ok());
    let sent = app.logged(&caller, &whose, &uri, Ok(answer())).await;
    assert_eq!(sent.unwrap().status(), StatusCode::OK);
    let denied = Err(Kind::FORBIDDEN.problem("no"));
    let refused = app.logged(&caller, &whose, &uri, denied).await;
    assert_eq!(refused.unwrap_err().kind(), Kind::FORBIDDEN);

    let log = store.access_log(&AccessFilter::default()).await.unwrap();
    let rows: Vec<_> = log
        .iter()
        .map(|row| {
            (
                row.who.as_str(),
                row.via.as_str(),
                row.ods_code.as_ref().map_or("", OdsCode::as_str),
                row.status,
            )
        })
        .collect();
    let expected = [
        ("A Reader", "token 7", "R0A", 200),
        ("A Reader", "token 7", "RM3", 200),
        ("A Reader", "token 7", "R0A", 403),
        ("A Reader", "token 7", "RM3", 403),
    ];
    assert_eq!(rows, expected);
    assert_eq!(log[0].request, "/api/v1/tables?org=R0A&org=RM3");

    // An answer that cannot be logged is not sent.
    store.close().await;
    let unlogged = app.logged(&caller, &whose, &uri, Ok(answer())).await;
    assert_eq!(unlogged.unwrap_err().kind(), Kind::STORE_UNAVAILABLE);
}

#[tokio::test]
async fn only_a_query_that_reads_is_taken_by_head_too() {
    let app = TestServer::new().await;
    let head = Request::builder()
        .method(Method::HEAD)
        .uri("/api/v1/releases");
    let answer = app.send(head).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.is_empty());
}
