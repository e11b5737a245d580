//! Pages asked for without a socket, over a real store.

mod links;
mod replaced;

use http::header;

use crate::http::testing::{TestServer, released};

async fn page(app: &TestServer, path: &str) -> (u16, String) {
    let request = http::Request::get(path).header(header::ACCEPT, "text/html,*/*;q=0.8");
    let answer = app.send(request).await;
    let body = String::from_utf8(answer.body).unwrap();
    let policy = &answer.headers[header::CONTENT_SECURITY_POLICY];
    let policy = policy.to_str().unwrap();
    let pages_own = "default-src 'none'; style-src 'self'";
    assert!(policy.starts_with(pages_own), "{policy}");
    (answer.status.as_u16(), body)
}

#[tokio::test]
async fn a_browser_is_told_in_a_page_what_is_wrong_and_a_program_in_problem_details() {
    let app = TestServer::new().await;
    let (status, html) = page(&app, "/nothing/here").await;
    assert_eq!(status, 404);
    assert!(
        html.contains("<h1>There is nothing at this address</h1>"),
        "{html}"
    );
    let (status, html) = page(&app, "/").await;
    assert_eq!(status, 404);
    assert!(html.contains("nothing is released yet"), "{html}");
    let compressing = http::Request::get("/nothing/here")
        .header(header::ACCEPT, "text/html")
        .header(header::ACCEPT_ENCODING, "gzip");
    let answer = app.send(compressing).await;
    assert!(!answer.headers.contains_key(header::CONTENT_ENCODING));
    assert!(answer.body.starts_with(b"<!DOCTYPE html>"));
    let answer = app.get("/nothing/here").await;
    answer.problem(404, "not-found");
    let answer = app.get("/api/v1/nothing").await;
    answer.problem(404, "not-found");
}

#[tokio::test]
async fn an_unknown_place_has_no_page() {
    let app = TestServer::new().await;
    released(&app).await;
    let (status, html) = page(&app, "/localities/atlantis").await;
    assert_eq!(status, 404);
    assert!(html.contains("there is no locality `atlantis`"), "{html}");
    let chosen = app
        .get("/?show=%2Flocalities%2Fe08000001&period=2026-09")
        .await;
    assert_eq!(chosen.status, 303);
    let location = &chosen.headers[header::LOCATION];
    assert_eq!(location, "/localities/e08000001?period=2026-09");
}

#[tokio::test]
async fn what_pages_load_is_where_they_look_for_it() {
    let app = TestServer::new().await;
    let (_, html) = page(&app, "/nothing/here").await;
    for (from, media_type) in [
        (
            "rel=\"icon\" type=\"image/svg+xml\" href=\"",
            "image/svg+xml",
        ),
        ("rel=\"stylesheet\" href=\"", "text/css; charset=utf-8"),
        ("<script src=\"", "text/javascript; charset=utf-8"),
    ] {
        let href = html.split(from).nth(1).unwrap();
        let answer = app.get(href.split('"').next().unwrap()).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers[header::CONTENT_TYPE], media_type);
    }
}
