//! What every answer says, and what the API says of itself.

use super::*;

#[tokio::test]
async fn every_answer_says_how_it_is_to_be_treated() {
    let app = TestServer::new().await;
    for path in ["/api/v1/releases", "/healthz", "/nothing"] {
        let headers = app.get(path).await.headers;
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer", "{path}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        assert!(headers.contains_key("x-request-id"), "{path}");
        assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    }
}

/// Asks for pages and data, files and problems, open and behind the door.
#[tokio::test]
async fn every_answer_keeps_other_sites_out() {
    let app = TestServer::new().await;
    let asset = vwis_pages::ui::assets::STYLESHEET.path();
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
        let headers = app.get(path).await.headers;
        for name in ["cross-origin-resource-policy", "cross-origin-opener-policy"] {
            assert_eq!(headers[name], "same-origin", "{path}");
        }
        let policy = headers["permissions-policy"].to_str().unwrap();
        assert!(policy.contains("geolocation=()"), "{path}");
    }
}

/// Compressed bytes are made once, and sent to whoever takes them.
#[tokio::test]
async fn what_does_not_change_is_sent_compressed_or_plain_as_it_is_asked_for() {
    let app = TestServer::new().await;
    let asset = vwis_pages::ui::assets::STYLESHEET.path();
    for path in [
        "/api/v1/openapi.json",
        "/api/v1/docs/swagger-ui.css",
        &asset,
    ] {
        let plain = app.get(path).await;
        assert!(
            !plain.headers.contains_key(header::CONTENT_ENCODING),
            "{path}"
        );
        let vary = plain.headers[header::VARY].to_str().unwrap().to_owned();
        assert!(vary.contains("accept-encoding"), "{path}: {vary}");
        for taken in ["gzip", "br;q=1, gzip;q=0.5", "*"] {
            let asked = Request::get(path).header(header::ACCEPT_ENCODING, taken);
            let small = app.send(asked).await;
            assert_eq!(small.headers[header::CONTENT_ENCODING], "gzip", "{path}");
            assert!(small.body.len() < plain.body.len() / 2, "{path}");
            let mut text = Vec::new();
            let mut reader = flate2::read::GzDecoder::new(&small.body[..]);
            std::io::Read::read_to_end(&mut reader, &mut text).unwrap();
            assert_eq!(text, plain.body, "{path}");
            let tag = &small.headers[header::ETAG];
            assert_ne!(tag, &plain.headers[header::ETAG], "{path}");
            let again = Request::get(path).header(header::IF_NONE_MATCH, tag);
            assert_eq!(app.send(again).await.status, 304, "{path}");
        }
        for not_taken in ["gzip;q=0", "br", "identity", "gzip;q=0.0, *"] {
            let asked = Request::get(path).header(header::ACCEPT_ENCODING, not_taken);
            let same = app.send(asked).await;
            assert_eq!(same.body, plain.body, "{path} {not_taken}");
        }
    }
}

#[tokio::test]
async fn a_proxys_request_id_is_kept_and_a_strange_one_is_not() {
    let app = TestServer::new().await;
    let id_of = async |id: &str| {
        let answer = app
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
async fn metrics_name_routes_and_neither_paths_nor_queries() {
    let app = TestServer::new().await;
    app.get("/api/v1/agreements/deadbeef?x=secret").await;
    app.get("/secret/path").await;
    let text = String::from_utf8(app.get("/metrics").await.body).unwrap();
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
    let app = TestServer::new().await;
    let document = app.get("/api/v1/openapi.json").await.json(200);
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
    let app = TestServer::new().await;
    let page = app.get("/api/v1/docs/").await;
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
    let loaded = ["src=\"", "href=\""].map(|by| text.split(by).skip(1));
    let loaded: Vec<_> = loaded
        .into_iter()
        .flatten()
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(loaded.len() > 4, "{text}");
    for file in loaded {
        let path = format!("/api/v1/docs/{}", file.trim_start_matches("./"));
        assert_eq!(app.get(&path).await.status, StatusCode::OK, "{path}");
    }
    let script = app.get("/api/v1/docs/swagger-initializer.js").await;
    let script = String::from_utf8(script.body).unwrap();
    assert!(script.contains("../openapi.json"), "{script}");
    let bundle = app.get("/api/v1/docs/swagger-ui-bundle.js").await;
    assert!(bundle.body.len() > 100_000);
}
