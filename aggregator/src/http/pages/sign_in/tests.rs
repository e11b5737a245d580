//! Sign-in's pages and forms, with an issuer that does not answer. Tests over real processes walk the whole
//! flow with a real one.

use axum::body::Body;
use http::{HeaderMap, Request, StatusCode, header, request::Builder};
use tower::ServiceExt;
use vwis_host::clock::Clock;
use vwis_web::public_url::PublicUrl;

use super::*;
use crate::{
    config::{Entry, HttpConfig},
    http::{
        router,
        testing::{FixedClock, TestServer},
    },
    identity::{Identity, Role, Via, issuer::Issuer, sign_in::SignIn},
    store::Store,
};

const PUBLIC: &str = "https://vwis.example";

struct Site {
    router: Router,
    sessions: crate::identity::session::Sessions,
    _folder: tempfile::TempDir,
}

struct Page {
    status: StatusCode,
    headers: HeaderMap,
    html: String,
}

impl Site {
    /// A site behind a proxy, where people sign in at an issuer that does not exist.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).await.unwrap();
        let text = "issuer = \"http://127.0.0.1:1\"\naudience = \"b\"\nclient_id = \"c\"\n";
        let issuer = Issuer::new(toml::from_str(text).unwrap()).unwrap();
        let url = PublicUrl::parse(PUBLIC).unwrap();
        let sign_in =
            SignIn::new(issuer.clone(), "c".to_owned(), None, url, store.clone()).unwrap();
        let sessions = sign_in.sessions().clone();
        let config = HttpConfig {
            behind_proxy: true,
            ..HttpConfig::default()
        };
        let clock = Arc::new(FixedClock);
        let entry = Entry::Credentials;
        let app = App::new(store, clock, Some(issuer), entry, &config).signing_in(sign_in);
        Self {
            router: router(Arc::new(app)),
            sessions,
            _folder: folder,
        }
    }

    async fn send(&self, request: Builder, body: &str) -> Page {
        let request = request.header(header::HOST, "vwis.example");
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let (parts, body) = self
            .router
            .clone()
            .oneshot(request)
            .await
            .unwrap()
            .into_parts();
        let body = axum::body::to_bytes(body, 1_000_000).await.unwrap();
        Page {
            status: parts.status,
            headers: parts.headers,
            html: String::from_utf8(body.into()).unwrap(),
        }
    }

    async fn get(&self, path: &str) -> Page {
        self.send(Request::get(path), "").await
    }

    /// The cookie of somebody who signed in.
    async fn signed_in(&self) -> String {
        let ada = Identity {
            name: "ada@trust.example".to_owned(),
            roles: [Role::Board].into(),
            organisation: Some("R0A".parse().unwrap()),
            pathways: vec!["lung".to_owned()],
            via: Via::Oidc("6f1c".to_owned()),
        };
        let now = FixedClock.now();
        let cookie = self.sessions.begin(&ada, &HeaderMap::new(), now).await;
        let cookie = cookie.unwrap();
        let pair = cookie.to_str().unwrap().split(';').next().unwrap();
        pair.to_owned()
    }

    async fn account(&self, cookie: &str) -> Page {
        let request = Request::get("/account").header(header::COOKIE, cookie);
        self.send(request, "").await
    }
}

impl Page {
    fn header(&self, name: impl http::header::AsHeaderName) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    fn says(&self, status: u16, words: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.html);
        assert!(self.html.contains(words), "{}", self.html);
        let policy = self.header(header::CONTENT_SECURITY_POLICY);
        assert!(policy.contains("form-action 'self'"), "{policy}");
        assert_eq!(self.header(header::CACHE_CONTROL), "no-store");
    }

    /// The token in the form of sign-out.
    #[track_caller]
    fn form(&self) -> String {
        let (_, token) = self.html.split_once("name=\"token\" value=\"").unwrap();
        format!("token={}", token.split_once('"').unwrap().0)
    }
}

#[tokio::test]
async fn who_asks_for_a_page_is_sent_to_sign_in_and_a_program_is_told() {
    let site = Site::new().await;
    let page = site.get("/account?a=b&c=d").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let location = page.header(header::LOCATION);
    assert_eq!(location, "/sign-in?to=%2Faccount%3Fa%3Db%26c%3Dd");
    assert_eq!(page.header(header::CACHE_CONTROL), "no-store");
    for path in ["/api/v1/releases", "/metrics"] {
        assert_eq!(
            site.get(path).await.status,
            StatusCode::UNAUTHORIZED,
            "{path}"
        );
    }
    let made_up = site.account("__Host-vwis-session=made-up").await;
    assert_eq!(made_up.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn without_sign_in_a_page_says_that_there_is_none() {
    let app = TestServer::new().await;
    let grant = crate::credentials::Grant {
        name: "Power BI".to_owned(),
        roles: [Role::Viewer].into(),
        organisation: None,
        pathways: Vec::new(),
    };
    let anonymous = app.get("/account").await;
    let html = String::from_utf8(anonymous.body).unwrap();
    assert!(
        html.contains("this machine is taken for an analyst"),
        "{html}"
    );
    assert!(!html.contains("<form"), "{html}");
    let token = app.token(&grant).await;
    let refused = app.get("/account").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let html = String::from_utf8(refused.body).unwrap();
    assert!(html.contains("[oidc] client_id"), "{html}");
    let known = app.get_by(&token, "/account").await;
    let html = String::from_utf8(known.body).unwrap();
    assert!(
        html.contains("by an API token") && html.contains("Power BI"),
        "{html}"
    );
}

#[tokio::test]
async fn a_session_is_admitted_to_pages_and_to_the_api_for_reading_alone() {
    let site = Site::new().await;
    let cookie = site.signed_in().await;
    let page = site.account(&cookie).await;
    page.says(200, "ada@trust.example");
    page.says(200, "board");
    page.says(200, "lung");
    page.says(200, "12:30 on 25 November 2026");
    assert_eq!(page.header(header::REFERRER_POLICY), "same-origin");
    assert_eq!(
        page.header(header::STRICT_TRANSPORT_SECURITY),
        "max-age=31536000"
    );
    let read = |method: &'static str| {
        let request = Request::builder().method(method).uri("/api/v1/releases");
        site.send(request.header(header::COOKIE, &cookie), "")
    };
    assert_eq!(read("GET").await.status, StatusCode::OK);
    assert_eq!(read("HEAD").await.status, StatusCode::OK);
    assert_eq!(read("POST").await.status, StatusCode::METHOD_NOT_ALLOWED);
    // Credentials that a program sends win over a cookie that a browser adds.
    let both = Request::get("/api/v1/releases")
        .header(header::COOKIE, &cookie)
        .header(header::AUTHORIZATION, "Bearer vwisa_unknown");
    assert_eq!(site.send(both, "").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn only_the_accounts_own_form_signs_out() {
    let site = Site::new().await;
    let cookie = site.signed_in().await;
    let form = site.account(&cookie).await.form();
    let post = |origin: &str, fetched: &str| {
        Request::post("/sign-out")
            .header(header::COOKIE, &cookie)
            .header(header::ORIGIN, origin)
            .header("sec-fetch-site", fetched)
    };
    for (origin, fetched, form) in [
        ("https://evil.example", "same-origin", form.as_str()),
        ("null", "same-origin", &form),
        (PUBLIC, "cross-site", &form),
        (PUBLIC, "same-site", &form),
        (PUBLIC, "same-origin", ""),
        (PUBLIC, "same-origin", "token=0"),
        (PUBLIC, "same-origin", &format!("{form}&{form}")),
    ] {
        let refused = site.send(post(origin, fetched), form).await;
        refused.says(403, "You are still signed in");
    }
    let other = site.signed_in().await;
    let others = site.account(&other).await.form();
    let refused = site.send(post(PUBLIC, "same-origin"), &others).await;
    refused.says(403, "still signed in");
    let long = "a".repeat(MOST_BODY_BYTES + 1);
    let refused = site.send(post(PUBLIC, "same-origin"), &long).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    site.account(&cookie).await.says(200, "ada@");

    let out = site.send(post(PUBLIC, "same-origin"), &form).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert_eq!(out.header(header::LOCATION), "/signed-out");
    let forgotten = out.header(header::SET_COOKIE);
    assert!(
        forgotten.starts_with("__Host-vwis-session=;"),
        "{forgotten}"
    );
    assert!(forgotten.contains("Max-Age=0"), "{forgotten}");
    assert_eq!(site.account(&cookie).await.status, StatusCode::SEE_OTHER);
    site.account(&other).await.says(200, "ada@");
    site.get("/signed-out")
        .await
        .says(200, "You are signed out");
    let got = site.get("/sign-out").await;
    assert_eq!(got.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(got.header(header::ALLOW), "POST");
}

#[tokio::test]
async fn what_goes_wrong_is_said_in_plain_words() {
    let site = Site::new().await;
    let elsewhere = site.get("/sign-in?to=https%3A%2F%2Fevil.example%2F").await;
    elsewhere.says(400, "This link leads elsewhere");
    assert!(!elsewhere.html.contains("evil.example"));
    let silent = site.get("/sign-in?to=%2Faccount").await;
    silent.says(503, "does not answer now");
    assert!(!silent.header(header::RETRY_AFTER).is_empty());
    for query in [
        "",
        "?state=made-up&code=c",
        "?code=c",
        "?state=a&state=b&code=c",
    ] {
        let page = site.get(&format!("/signed-in{query}")).await;
        page.says(400, "more than ten minutes ago");
        page.says(400, "href=\"https://vwis.example/sign-in\"");
        assert!(page.headers.get(header::SET_COOKIE).is_none());
    }
}
