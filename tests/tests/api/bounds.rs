//! Too much is refused, and the server goes on.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use vwis_tests::federation::Federation;

use super::asking::get;
use crate::BINARY;

/// Everything that the server answers to these bytes, until it closes the connection.
async fn raw(federation: &Federation, request: &str) -> String {
    let address = federation.http().replace("http://", "");
    let mut stream = TcpStream::connect(&address).await.unwrap();
    // The server may refuse and close before the last byte is sent.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn huge_headers_and_addresses_are_refused_and_the_next_caller_is_answered() {
    let federation = Federation::new(BINARY).await;
    let head = "GET /api/v1/releases HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n";
    let little_too_much = format!("{head}x-a: {}\r\n\r\n", "a".repeat(17_000));
    let told = raw(&federation, &little_too_much).await;
    assert!(told.contains("/problems/headers-too-large"), "{told}");
    for size in [90_000, 10_000_000] {
        let request = format!("{head}x-a: {}\r\n\r\n", "a".repeat(size));
        let answer = raw(&federation, &request).await;
        let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 431 ");
        assert!(refused, "{size}: {answer}");
    }
    let many = "x-a: a\r\n".repeat(1000);
    let answer = raw(&federation, &format!("{head}{many}\r\n")).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431 "),
        "{answer}"
    );

    let long = format!("/api/v1/releases?series={}", "a".repeat(9_000));
    get(&federation, &long, None)
        .await
        .problem(414, "uri-too-long");
    let filters = "period=2026-09&".repeat(300);
    let many = get(&federation, &format!("/api/v1/releases?{filters}"), None).await;
    many.problem(400, "bad-query");
    get(&federation, "/api/v1/releases", None).await.done();
    federation.stop().await;
}

#[tokio::test]
async fn unknown_parameters_and_strange_values_are_refused_by_name() {
    let federation = Federation::new(BINARY).await;
    let unknown = get(&federation, "/api/v1/releases?perod=2026-09", None).await;
    unknown.problem(400, "unknown-parameter");
    assert_eq!(unknown.body["nearest"], "period");
    for value in [
        "'; DROP TABLE release; --",
        "=1+1",
        "@SUM(A1)",
        "\u{0}",
        "../../etc/passwd",
    ] {
        let url = format!("{}/api/v1/releases", federation.http());
        let url = reqwest::Url::parse_with_params(&url, [("period", value)]).unwrap();
        let answer = reqwest::get(url).await.unwrap();
        assert_eq!(answer.status(), 400, "{value}");
        let series = format!("{}/api/v1/releases", federation.http());
        let series = reqwest::Url::parse_with_params(&series, [("series", value)]).unwrap();
        let answer = reqwest::get(series).await.unwrap();
        assert!(answer.status() == 200 || answer.status() == 400, "{value}");
    }
    get(&federation, "/api/v1/releases", None).await.done();
    federation.stop().await;
}

#[tokio::test]
async fn who_asks_too_often_waits_and_others_do_not() {
    let federation = Federation::configured(BINARY, |text| {
        *text = text.replace("requests_per_minute = 600", "requests_per_minute = 3");
    })
    .await;
    let mut tokens = Vec::new();
    for name in ["one", "two"] {
        let create = ["token", "create", "--name", name, "--role", "viewer"];
        let token = federation.aggregator(&create).await.done();
        tokens.push(token.trim().to_owned());
    }
    for _ in 0..3 {
        get(&federation, "/api/v1/releases", Some(&tokens[0]))
            .await
            .done();
    }
    let refused = get(&federation, "/api/v1/releases", Some(&tokens[0])).await;
    refused.problem(429, "too-many-requests");
    assert!(refused.headers.contains_key("retry-after"));
    get(&federation, "/api/v1/releases", Some(&tokens[1]))
        .await
        .done();
    // Wrong tokens count against the caller too.
    let mut last = 0;
    for _ in 0..5 {
        last = get(&federation, "/api/v1/releases", Some("vwisa_guess"))
            .await
            .status;
    }
    assert_eq!(last, 429);
    federation.stop().await;
}

#[tokio::test]
async fn a_connection_that_rests_gives_way_to_one_beyond_the_bound() {
    let federation = Federation::configured(BINARY, |text| {
        *text = text.replace("most_connections = 256", "most_connections = 1");
    })
    .await;
    let address = federation.http().replace("http://", "");
    let mut resting = TcpStream::connect(&address).await.unwrap();
    // One answer shows that this connection has the only place.
    let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
    resting.write_all(request).await.unwrap();
    let mut first = [0; 12];
    resting.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    // It stays open as long as nobody else comes.
    assert_eq!(get(&federation, "/healthz", None).await.status, 200);
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(5), resting.read_to_end(&mut rest));
    ended
        .await
        .expect("it was not told that its place is gone")
        .unwrap();
    federation.stop().await;
}
