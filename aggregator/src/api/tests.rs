use std::num::NonZeroU32;

use http::{Method, Request, StatusCode, header};
use serde_json::json;

use super::{
    caching::{self, Freshness},
    testing::{Asked, FixedClock},
    *,
};
use crate::{
    config::HttpConfig,
    identity::{Role, Via, tokens::Grant},
    store::AccessFilter,
};

fn grant(roles: &[Role]) -> Grant {
    Grant {
        name: "Power BI".to_owned(),
        roles: roles.iter().copied().collect(),
        organisation: Some("R0A".parse().unwrap()),
        pathways: Vec::new(),
    }
}

/// Every path that is answered without the door. A new one is added here by a person who means it.
const OPEN: [&str; 4] = [
    "/healthz",
    "/readyz",
    "/api/v1/openapi.json",
    "/problems/not-found",
];

#[tokio::test]
async fn everything_but_a_few_named_paths_is_behind_the_door() {
    let api = Asked::new().await;
    api.token(&grant(&[Role::Viewer])).await;
    let document = api.get("/api/v1/openapi.json").await.json(200);
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() >= 6, "{paths:?}");
    let paths = paths.keys().map(|path| path.replace(['{', '}'], ""));
    for path in paths.chain(["/metrics".to_owned()]) {
        let answer = api.get(&path).await;
        answer.problem(401, "unauthorised");
        let challenge = answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap();
        assert!(challenge.starts_with("Bearer"), "{path}: {challenge}");
    }
    for path in OPEN {
        assert_eq!(api.get(path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn the_first_token_ends_anonymous_reading_at_once() {
    let api = Asked::new().await;
    api.get("/api/v1/releases").await.json(200);
    let token = api.token(&grant(&[Role::Viewer])).await;
    api.get("/api/v1/releases")
        .await
        .problem(401, "unauthorised");
    api.get_by(&token, "/api/v1/releases").await.json(200);
    let used = api.store.api_tokens().await.unwrap();
    assert_eq!(used[0].last_used_at, Some(FixedClock.now()));
}

#[tokio::test]
async fn without_identity_a_foreign_name_and_a_proxy_are_turned_away() {
    let api = Asked::new().await;
    let forwarded = Request::get("/api/v1/releases").header("x-forwarded-for", "10.0.0.1");
    api.send(forwarded).await.problem(421, "misdirected");
    let named = Request::get("/api/v1/releases").header(header::HOST, "evil.example");
    api.send(named).await.problem(421, "misdirected");
}

#[tokio::test]
async fn what_does_not_exist_is_a_problem_that_says_what_does() {
    let api = Asked::new().await;
    let nowhere = api.get("/api/v1/tabels").await;
    nowhere.problem(404, "not-found");
    let said = String::from_utf8_lossy(&nowhere.body);
    assert!(said.contains("/api/v1/docs"), "{said}");
    let posted = api.send(Request::post("/api/v1/releases")).await;
    posted.problem(405, "method-not-allowed");
    assert_eq!(posted.headers[header::ALLOW], "GET, HEAD");
    let unknown = api.get("/api/v1/releases?perod=2026-09").await;
    let detail = unknown.problem(400, "unknown-parameter");
    assert!(detail.contains("agreement, series, period"), "{detail}");
    assert_eq!(unknown.json(400)["nearest"], "period");
    api.get("/api/v1/organisations?a=1")
        .await
        .problem(400, "unknown-parameter");
    let period = api.get("/api/v1/releases?period=september").await;
    assert!(period.problem(400, "bad-query").contains("YYYY-MM"));
    api.get("/api/v1/releases/1")
        .await
        .problem(404, "unknown-release");
    api.get("/api/v1/releases/%ff")
        .await
        .problem(404, "not-found");
    api.get("/api/v1/agreements/zz")
        .await
        .problem(404, "unknown-agreement");
    let explained = api.get("/problems/unknown-period").await.json(200);
    assert_eq!(explained["status"], 404);
}

#[tokio::test]
async fn what_is_too_long_or_has_a_body_is_a_problem() {
    let api = Asked::new().await;
    let long = format!(
        "/api/v1/releases?series={}",
        "a".repeat(layers::MOST_URI_BYTES)
    );
    api.get(&long).await.problem(414, "uri-too-long");
    let heavy = "a".repeat(layers::MOST_HEADER_BYTES);
    let heavy = Request::get("/api/v1/releases").header("x-a", heavy);
    api.send(heavy).await.problem(431, "headers-too-large");
    let body = Request::get("/api/v1/releases").header(header::CONTENT_LENGTH, "5");
    api.send(body).await.problem(413, "body-not-taken");
}

#[tokio::test]
async fn a_panic_is_a_problem_without_its_message() {
    let api = Asked::new().await;
    let api_of = Api::new(
        api.store.clone(),
        Arc::new(FixedClock),
        None,
        Entry::Anonymous(Role::Analyst),
        &HttpConfig::default(),
    );
    let api_of = Arc::new(api_of);
    let panics = || async {
        assert!(std::hint::black_box(false), "4711 nurses");
    };
    let routes = Router::new().route("/x", axum::routing::get(panics));
    let routes = layers::around(routes, &api_of).with_state(api_of);
    let request = Request::get("/x")
        .header(header::HOST, "localhost")
        .body(axum::body::Body::empty())
        .unwrap();
    let answer = tower::ServiceExt::oneshot(routes, request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    let body = axum::body::to_bytes(answer.into_body(), 10_000)
        .await
        .unwrap();
    assert!(!String::from_utf8_lossy(&body).contains("4711"));
}

#[tokio::test]
async fn an_answer_that_never_comes_is_given_up_with_a_time_to_come_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).await.unwrap();
    let config = HttpConfig {
        request_timeout_s: 1,
        ..HttpConfig::default()
    };
    let clock = Arc::new(FixedClock);
    let api = Arc::new(Api::new(
        store,
        clock,
        None,
        Entry::Anonymous(Role::Analyst),
        &config,
    ));
    let never = axum::routing::get(std::future::pending::<()>);
    let routes = layers::around(Router::new().route("/x", never), &api).with_state(api);
    let request = Request::get("/x")
        .header(header::HOST, "localhost")
        .body(axum::body::Body::empty())
        .unwrap();
    let answer = tower::ServiceExt::oneshot(routes, request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key(header::RETRY_AFTER));
}

#[tokio::test]
async fn every_answer_says_how_it_is_to_be_treated() {
    let api = Asked::new().await;
    for path in ["/api/v1/releases", "/healthz", "/nothing"] {
        let headers = api.get(path).await.headers;
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer", "{path}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        assert!(headers.contains_key("x-request-id"), "{path}");
        assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    }
}

/// Of pages and data, files and problems, open or behind the door.
#[tokio::test]
async fn every_answer_keeps_other_sites_out() {
    let api = Asked::new().await;
    let asset = crate::page::assets::STYLESHEET.path();
    for path in [
        "/",
        "/account",
        "/signed-out",
        "/api/v1/releases",
        "/api/v1/openapi.json",
        "/api/v1/docs/",
        "/api/v1/docs/swagger-ui.css",
        "/problems/not-found",
        "/healthz",
        "/readyz",
        "/metrics",
        "/nothing",
        &asset,
    ] {
        let headers = api.get(path).await.headers;
        for name in ["cross-origin-resource-policy", "cross-origin-opener-policy"] {
            assert_eq!(headers[name], "same-origin", "{path}");
        }
        let policy = headers["permissions-policy"].to_str().unwrap();
        assert!(policy.contains("geolocation=()"), "{path}");
    }
}

#[tokio::test]
async fn a_request_names_its_host_once() {
    let api = Asked::new().await;
    let ask = async |hosts: &[&str], version| {
        let mut request = Request::get("/healthz").version(version);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        let request = request.body(axum::body::Body::empty()).unwrap();
        api.send_as_it_is(request).await
    };
    let plain = http::Version::HTTP_11;
    ask(&[], plain).await.problem(400, "bad-host");
    ask(&["localhost", "localhost"], plain)
        .await
        .problem(400, "bad-host");
    ask(&["localhost", "evil"], http::Version::HTTP_10)
        .await
        .problem(400, "bad-host");
    assert_eq!(ask(&["localhost"], plain).await.status, StatusCode::OK);
    let old = ask(&[], http::Version::HTTP_10).await;
    assert_eq!(old.status, StatusCode::OK);
}

/// By their address, each /64 of IPv6 as one, and whatever they show or do not.
#[tokio::test]
async fn whoever_shows_nothing_or_what_does_not_hold_is_counted_by_address() {
    let config = HttpConfig {
        requests_per_minute: NonZeroU32::new(1).unwrap(),
        ..HttpConfig::default()
    };
    let api = Asked::with(&config).await;
    api.token(&grant(&[Role::Viewer])).await;
    let ask = async |ip: &str, path: &str, token: Option<&str>| {
        let peer: std::net::SocketAddr = format!("{ip}:1").parse().unwrap();
        let mut request = Request::get(path)
            .header(header::HOST, "localhost")
            .extension(axum::extract::ConnectInfo(peer));
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(axum::body::Body::empty()).unwrap();
        api.send_as_it_is(request).await.status.as_u16()
    };
    let asset = crate::page::assets::SCRIPT.path();
    let open = [
        "/healthz",
        "/readyz",
        "/api/v1/docs/swagger-ui-bundle.js",
        "/api/v1/openapi.json",
        "/problems/not-found",
        "/sign-in",
        "/signed-out",
        &asset,
        "/api/v1/releases",
        "/account",
    ];
    for path in open {
        assert_ne!(ask("10.0.0.1", path, None).await, 429, "{path}");
    }
    for path in open {
        assert_eq!(ask("10.0.0.1", path, None).await, 429, "{path}");
        assert_ne!(ask("10.0.0.2", path, None).await, 429, "{path}");
    }
    let bad = Some("vwisa_unknown");
    assert_eq!(ask("[2001:db8::1]", "/api/v1/releases", bad).await, 401);
    assert_eq!(ask("[2001:db8::2]", "/api/v1/releases", bad).await, 429);
    assert_eq!(ask("[2001:db8:0:1::2]", "/api/v1/releases", bad).await, 401);
}

#[test]
fn behind_a_proxy_the_address_is_the_last_that_the_proxy_added() {
    let address = |behind_proxy: bool, lines: &[&str]| {
        let config = HttpConfig {
            behind_proxy,
            ..HttpConfig::default()
        };
        let mut headers = http::HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let peer = "127.0.0.1:9".parse().unwrap();
        layers::address_from(config.behind_proxy, &headers, peer)
    };
    let ip = |text: &str| Some(text.parse().unwrap());
    assert_eq!(address(false, &["10.0.0.1"]), ip("127.0.0.1"));
    assert_eq!(address(true, &["10.9.9.9, 10.0.0.1"]), ip("10.0.0.1"));
    assert_eq!(
        address(true, &["10.9.9.9", "2001:db8::1"]),
        ip("2001:db8::1")
    );
    assert_eq!(address(true, &[]), None);
    assert_eq!(address(true, &["10.0.0.1, unknown"]), None);
}

/// Whoever takes it compressed gets bytes that were made once.
#[tokio::test]
async fn what_does_not_change_is_sent_compressed_or_plain_as_it_is_asked_for() {
    let api = Asked::new().await;
    let asset = crate::page::assets::STYLESHEET.path();
    for path in [
        "/api/v1/openapi.json",
        "/api/v1/docs/swagger-ui.css",
        &asset,
    ] {
        let plain = api.get(path).await;
        assert!(
            !plain.headers.contains_key(header::CONTENT_ENCODING),
            "{path}"
        );
        let vary = plain.headers[header::VARY].to_str().unwrap().to_owned();
        assert!(vary.contains("accept-encoding"), "{path}: {vary}");
        for taken in ["gzip", "br;q=1, gzip;q=0.5", "*"] {
            let asked = Request::get(path).header(header::ACCEPT_ENCODING, taken);
            let small = api.send(asked).await;
            assert_eq!(small.headers[header::CONTENT_ENCODING], "gzip", "{path}");
            assert!(small.body.len() < plain.body.len() / 2, "{path}");
            let mut text = Vec::new();
            let mut reader = flate2::read::GzDecoder::new(&small.body[..]);
            std::io::Read::read_to_end(&mut reader, &mut text).unwrap();
            assert_eq!(text, plain.body, "{path}");
            let tag = &small.headers[header::ETAG];
            assert_ne!(tag, &plain.headers[header::ETAG], "{path}");
            let again = Request::get(path).header(header::IF_NONE_MATCH, tag);
            assert_eq!(api.send(again).await.status, 304, "{path}");
        }
        for not_taken in ["gzip;q=0", "br", "identity", "gzip;q=0.0, *"] {
            let asked = Request::get(path).header(header::ACCEPT_ENCODING, not_taken);
            let same = api.send(asked).await;
            assert_eq!(same.body, plain.body, "{path} {not_taken}");
        }
    }
}

#[tokio::test]
async fn a_proxys_request_id_is_kept_and_a_strange_one_is_not() {
    let api = Asked::new().await;
    let id_of = async |id: &str| {
        let answer = api
            .send(Request::get("/healthz").header("x-request-id", id))
            .await;
        answer.headers["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(id_of("4f1c-A9").await, "4f1c-A9");
    for strange in ["", "a b", "level=error", &"a".repeat(65)] {
        let own = id_of(strange).await;
        assert_eq!(own.len(), 36, "{strange}: {own}");
    }
}

#[tokio::test]
async fn more_than_its_share_of_requests_is_refused_with_a_time_to_wait() {
    let config = HttpConfig {
        requests_per_minute: NonZeroU32::new(2).unwrap(),
        ..HttpConfig::default()
    };
    let api = Asked::with(&config).await;
    let (one, two) = (
        api.token(&grant(&[Role::Viewer])).await,
        api.token(&grant(&[Role::Analyst])).await,
    );
    for _ in 0..2 {
        api.get_by(&one, "/api/v1/organisations").await.json(200);
    }
    let refused = api.get_by(&one, "/api/v1/organisations").await;
    refused.problem(429, "too-many-requests");
    let wait: u64 = refused.headers[header::RETRY_AFTER]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=31).contains(&wait), "{wait}");
    api.get_by(&two, "/api/v1/organisations").await.json(200);
}

#[tokio::test]
async fn metrics_name_routes_and_neither_paths_nor_queries() {
    let api = Asked::new().await;
    api.get("/api/v1/agreements/deadbeef?x=secret").await;
    api.get("/secret/path").await;
    let text = String::from_utf8(api.get("/metrics").await.body).unwrap();
    let counted = "{route=\"/api/v1/agreements/{hash}\",method=\"GET\",status=\"400\"} 1";
    assert!(text.contains(counted), "{text}");
    assert!(text.contains("route=\"none\""), "{text}");
    assert!(
        !text.contains("secret") && !text.contains("deadbeef"),
        "{text}"
    );
}

#[tokio::test]
async fn the_document_is_openapi_3_1_and_says_problems_and_credentials_of_every_endpoint() {
    let api = Asked::new().await;
    let document = api.get("/api/v1/openapi.json").await.json(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for (path, item) in document["paths"].as_object().unwrap() {
        let get = &item["get"];
        for status in ["400", "401", "403", "429", "500", "503"] {
            let content = &get["responses"][status]["content"]["application/problem+json"];
            let schema = &content["schema"]["$ref"];
            assert_eq!(
                schema, "#/components/schemas/ProblemDetails",
                "{path} {status}"
            );
        }
        assert_eq!(
            get["security"],
            json!([{"api_token": []}, {"oidc": []}, {"session": []}]),
            "{path}"
        );
    }
    let schemes = document["components"]["securitySchemes"]
        .as_object()
        .unwrap();
    assert_eq!(schemes.len(), 3);
}

#[tokio::test]
async fn the_reader_works_from_this_server_alone() {
    let api = Asked::new().await;
    let page = api.get("/api/v1/docs/").await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.headers[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    assert!(policy.contains("script-src 'self'"), "{policy}");
    let text = String::from_utf8(page.body).unwrap();
    assert!(
        !text.contains("http://") && !text.contains("https://"),
        "{text}"
    );
    let script = api.get("/api/v1/docs/swagger-initializer.js").await;
    let script = String::from_utf8(script.body).unwrap();
    assert!(script.contains("../openapi.json"), "{script}");
    let bundle = api.get("/api/v1/docs/swagger-ui-bundle.js").await;
    assert!(bundle.body.len() > 100_000);
}

#[tokio::test]
async fn a_read_of_an_organisations_table_is_in_the_log_before_it_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).await.unwrap();
    let config = HttpConfig::default();
    let clock = Arc::new(FixedClock);
    let api = Api::new(
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
    let of_system = api
        .logged(&caller, &Whose::System, &uri, Ok(answer()))
        .await;
    assert!(of_system.is_ok());
    let sent = api.logged(&caller, &whose, &uri, Ok(answer())).await;
    assert_eq!(sent.unwrap().status(), StatusCode::OK);
    let denied = Err(Kind::FORBIDDEN.problem("no"));
    let refused = api.logged(&caller, &whose, &uri, denied).await;
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

    // What cannot be written is not answered.
    store.close().await;
    let unlogged = api.logged(&caller, &whose, &uri, Ok(answer())).await;
    assert_eq!(unlogged.unwrap_err().kind(), Kind::STORE_UNAVAILABLE);
}

#[tokio::test]
async fn only_a_query_that_reads_is_taken_by_head_too() {
    let api = Asked::new().await;
    let head = Request::builder()
        .method(Method::HEAD)
        .uri("/api/v1/releases");
    let answer = api.send(head).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.is_empty());
}
