//! Bounds on what callers may send and ask.

use std::num::NonZeroU32;

use super::*;

#[tokio::test]
async fn what_is_too_long_or_has_a_body_is_a_problem() {
    let app = TestServer::new().await;
    let long = format!(
        "/api/v1/releases?series={}",
        "a".repeat(vwis_web::layers::MOST_URI_BYTES)
    );
    app.get(&long).await.problem(414, "uri-too-long");
    let heavy = "a".repeat(vwis_web::layers::MOST_HEADER_BYTES);
    let heavy = Request::get("/api/v1/releases").header("x-a", heavy);
    app.send(heavy).await.problem(431, "headers-too-large");
    let body = Request::get("/api/v1/releases").header(header::CONTENT_LENGTH, "5");
    app.send(body).await.problem(413, "body-not-taken");
}

#[tokio::test]
async fn a_panic_is_a_problem_without_its_message() {
    let app = TestServer::new().await;
    let api_of = App::new(
        app.store.clone(),
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
    let app = Arc::new(App::new(
        store,
        clock,
        None,
        Entry::Anonymous(Role::Analyst),
        &config,
    ));
    let never = axum::routing::get(std::future::pending::<()>);
    let routes = layers::around(Router::new().route("/x", never), &app).with_state(app);
    let request = Request::get("/x")
        .header(header::HOST, "localhost")
        .body(axum::body::Body::empty())
        .unwrap();
    let answer = tower::ServiceExt::oneshot(routes, request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key(header::RETRY_AFTER));
}

#[tokio::test]
async fn a_request_names_its_host_once() {
    let app = TestServer::new().await;
    let ask = async |hosts: &[&str], version| {
        let mut request = Request::get("/healthz").version(version);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        let request = request.body(axum::body::Body::empty()).unwrap();
        app.send_as_it_is(request).await
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

/// They are counted by address, each /64 of IPv6 as one.
#[tokio::test]
async fn whoever_shows_nothing_or_what_does_not_hold_is_counted_by_address() {
    let config = HttpConfig {
        requests_per_minute: NonZeroU32::new(1).unwrap(),
        ..HttpConfig::default()
    };
    let app = TestServer::with(&config).await;
    app.token(&grant(&[Role::Viewer])).await;
    let ask = async |ip: &str, path: &str, token: Option<&str>| {
        let peer: std::net::SocketAddr = format!("{ip}:1").parse().unwrap();
        let mut request = Request::get(path)
            .header(header::HOST, "localhost")
            .extension(axum::extract::ConnectInfo(peer));
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(axum::body::Body::empty()).unwrap();
        app.send_as_it_is(request).await.status.as_u16()
    };
    let asset = vwis_pages::ui::assets::SCRIPT.path();
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

#[tokio::test]
async fn more_than_its_share_of_requests_is_refused_with_a_time_to_wait() {
    let config = HttpConfig {
        requests_per_minute: NonZeroU32::new(2).unwrap(),
        ..HttpConfig::default()
    };
    let app = TestServer::with(&config).await;
    let (one, two) = (
        app.token(&grant(&[Role::Viewer])).await,
        app.token(&grant(&[Role::Analyst])).await,
    );
    for _ in 0..2 {
        app.get_by(&one, "/api/v1/organisations").await.json(200);
    }
    let refused = app.get_by(&one, "/api/v1/organisations").await;
    refused.problem(429, "too-many-requests");
    let wait: u64 = refused.headers[header::RETRY_AFTER]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=31).contains(&wait), "{wait}");
    app.get_by(&two, "/api/v1/organisations").await.json(200);
}

/// The same question again costs nothing, because its answer is kept.
#[tokio::test]
async fn an_identity_has_so_many_cells_computed_in_a_minute_and_others_have_their_own() {
    let config = HttpConfig {
        cells_per_minute: NonZeroU32::new(60).unwrap(),
        ..HttpConfig::default()
    };
    let app = TestServer::with(&config).await;
    testing::released(&app).await;
    let mut grant = grant(&[Role::Analyst]);
    let one = app.token(&grant).await;
    grant.name = "Another".to_owned();
    let other = app.token(&grant).await;
    let table = |by: &str| format!("/api/v1/tables?by={by}");
    let groups = app.get_by(&one, &table("staff_group")).await.json(200);
    let cells = groups["rows"].as_array().unwrap().len();
    assert!((4..30).contains(&cells), "{cells}");
    let (mut asked, mut refused) = (0, None);
    while refused.is_none() && asked < 100 {
        let wanted = table(&format!("staff_group&up_to=21{asked:02}-03"));
        let answer = app.get_by(&one, &wanted).await;
        refused = (answer.status != StatusCode::OK).then_some((answer, wanted));
        asked += 1;
    }
    let (answer, wanted) = refused.unwrap();
    assert!(
        asked * cells <= 60 + cells,
        "{asked} tables of {cells} cells"
    );
    let wait = answer.headers[header::RETRY_AFTER].to_str().unwrap();
    assert!((1..=60).contains(&wait.parse::<u32>().unwrap()), "{wait}");
    answer.problem(429, "too-many-requests");
    let kept = app.get_by(&one, &table("staff_group")).await;
    assert_eq!(kept.status, StatusCode::OK);
    assert_eq!(app.get_by(&other, &wanted).await.status, StatusCode::OK);
    let too_large = app.get_by(&other, "/?period=2026-09").await;
    too_large.problem(400, "bad-query");
}
