use std::sync::atomic::{AtomicUsize, Ordering};

use axum::{
    Json, Router,
    routing::{get, post},
};
use http::header;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Semaphore};

use super::*;

/// An issuer that gives `answer` to every code, when a test lets it.
struct Answering {
    url: String,
    asked: Arc<AtomicUsize>,
    /// One permit for each answer that may be given.
    may_go: Arc<Semaphore>,
}

impl Answering {
    async fn with(answer: Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let document = json!({
            "issuer": url,
            "jwks_uri": format!("{url}/keys"),
            "authorization_endpoint": format!("{url}/authorize"),
            "token_endpoint": format!("{url}/token"),
        });
        let key = json!({
            "kty": "OKP",
            "crv": "Ed25519",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            "kid": "one",
        });
        let (asked, may_go) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
        let token = {
            let (asked, may_go) = (Arc::clone(&asked), Arc::clone(&may_go));
            move || async move {
                asked.fetch_add(1, Ordering::SeqCst);
                may_go.acquire().await.unwrap().forget();
                Json(answer)
            }
        };
        let routes = Router::new()
            .route(
                "/.well-known/openid-configuration",
                get(move || async move { Json(document) }),
            )
            .route(
                "/keys",
                get(move || async move { Json(json!({ "keys": [key] })) }),
            )
            .route("/token", post(token));
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, asked, may_go }
    }

    /// Waits until it was asked this often.
    async fn is_asked(&self, times: usize) {
        for _ in 0..10_000 {
            if self.asked.load(Ordering::SeqCst) >= times {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("it was not asked {times} times");
    }
}

#[tokio::test]
async fn one_address_has_a_quarter_of_the_exchanges_and_keeps_nobody_from_theirs() {
    let issuer = Answering::with(json!({})).await;
    let sign_in = sign_in_at(&issuer.url);
    let sign_in = Arc::new(sign_in);
    let begin = |from: &str| {
        let (sign_in, from) = (Arc::clone(&sign_in), from.parse().unwrap());
        tokio::spawn(async move {
            let asked = sign_in.exchange("c".to_owned(), "v".repeat(43), from);
            asked.await.map(drop)
        })
    };
    let share = MOST_EXCHANGES / 4;
    let of_one: Vec<_> = (0..MOST_EXCHANGES).map(|_| begin("2001:db8::1")).collect();
    issuer.is_asked(share).await;
    // This address is in the same /64.
    let neighbour = begin("2001:db8::2");
    let other = begin("10.0.0.1");
    issuer.is_asked(share + 1).await;
    tokio::task::yield_now().await;
    assert_eq!(issuer.asked.load(Ordering::SeqCst), share + 1);
    issuer.may_go.add_permits(100);
    for exchange in of_one.into_iter().chain([neighbour, other]) {
        exchange.await.unwrap().unwrap_err();
    }
}

/// RFC 6749, 7.1: a client must not use a token of a type that it does not know.
#[tokio::test]
async fn an_answer_of_another_token_type_than_bearer_signs_nobody_in() {
    for (token_type, is_taken) in [
        ("Bearer", true),
        ("bearer", true),
        ("mac", false),
        ("DPoP", false),
        ("N_A", false),
        ("", false),
    ] {
        let answer = json!({ "access_token": "a", "token_type": token_type, "id_token": "t" });
        let issuer = Answering::with(answer).await;
        issuer.may_go.add_permits(1);
        let sign_in = sign_in_at(&issuer.url);
        let from = "10.0.0.1".parse().unwrap();
        let exchanged = sign_in.exchange("c".to_owned(), "v".repeat(43), from).await;
        if is_taken {
            assert_eq!(exchanged.unwrap(), "t", "{token_type}");
        } else {
            let error = exchanged.unwrap_err();
            let is_refused = matches!(error, SignInError::IssuerUnavailable { .. });
            assert!(is_refused, "{token_type}: {error}");
        }
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_608_000 + seconds).unwrap()
}

fn sign_in_at(issuer: &str) -> SignIn {
    let issuer = Issuer::new(issuer.to_owned(), None).unwrap();
    let client = Client {
        id: "c".to_owned(),
        secret: None,
        scopes: vec!["openid".to_owned()],
    };
    let url = PublicUrl::parse("https://vwis.example").unwrap();
    SignIn::new(issuer, client, url).unwrap()
}

fn begun(seconds: i64) -> Pending {
    Pending::new("v".repeat(43), LocalPath::start(), at(seconds)).unwrap()
}

fn cookies(pairs: &[(String, String)]) -> HeaderMap {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(n, v)| format!("__Host-{n}={v}"))
        .collect();
    let mut headers = HeaderMap::new();
    headers.insert(
        header::COOKIE,
        HeaderValue::try_from(pairs.join("; ")).unwrap(),
    );
    headers
}

#[tokio::test]
async fn a_browser_has_three_sign_ins_and_the_oldest_goes() {
    let sign_in = sign_in_at("http://127.0.0.1:1");
    let mut held: Vec<(String, String)> = Vec::new();
    let made_up = ("vwis-sign-in-made-up".to_owned(), "1.2.3.4.5".to_owned());
    for (n, seconds) in [3, 1, 2].into_iter().enumerate() {
        assert_eq!(sign_in.too_many(&cookies(&held)).len(), usize::from(n > 2));
        let pending = begun(seconds);
        let value = pending.to_text(&sign_in.seal);
        held.push((Pending::cookie_of(&pending.state), value));
    }
    let removed = sign_in.too_many(&cookies(&held));
    assert_eq!(removed.len(), 1);
    let removed = removed[0].to_str().unwrap();
    assert!(
        removed.starts_with(&format!("__Host-{}=;", held[1].0)),
        "{removed}"
    );
    // Made-up cookies are removed before ours, however many there are.
    held.insert(1, made_up);
    let removed = sign_in.too_many(&cookies(&held));
    assert_eq!(removed.len(), 2);
    assert!(removed[0].to_str().unwrap().contains("made-up"));
}

/// The issuer of this test does not exist, so asking it would fail with "unavailable".
#[tokio::test]
async fn the_issuer_is_asked_for_no_code_of_a_sign_in_that_was_made_up_or_came_back_before() {
    let sign_in = sign_in_at("http://127.0.0.1:1");
    let (ours, others) = (begun(0), begun(0));
    let finish = async |pending: &Pending, value: String| {
        let headers = cookies(&[(Pending::cookie_of(&pending.state), value)]);
        let returned = Returned {
            state: Some(pending.state.clone()),
            code: Some("c".to_owned()),
            ..Returned::default()
        };
        sign_in.finish(returned, &headers, at(1)).await.unwrap_err()
    };
    let forged = others.to_text(&Seal::new().unwrap());
    for _ in 0..3 {
        let error = finish(&others, forged.clone()).await;
        assert!(matches!(error, SignInError::NotBegun), "{error}");
    }
    let own = ours.to_text(&sign_in.seal);
    let error = finish(&ours, own.clone()).await;
    assert!(
        matches!(error, SignInError::IssuerUnavailable { .. }),
        "{error}"
    );
    for _ in 0..3 {
        let error = finish(&ours, own.clone()).await;
        assert!(matches!(error, SignInError::Code), "{error}");
    }
    sign_in.comes_back_first("later".to_owned(), &begun(900), at(900));
    assert_eq!(
        sign_in.came_back.lock().unwrap().len(),
        1,
        "what is over is forgotten"
    );
}
