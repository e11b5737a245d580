//! Bearer tokens that must not hold, and an issuer that does not answer.

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use vwis_tests::{
    federation::Federation,
    issuer::{Issuer, Key},
};

use super::asking::get;
use crate::BINARY;

const PATH: &str = "/api/v1/releases";

async fn trusting(issuer: &Issuer) -> Federation {
    let configuration = issuer.configuration();
    Federation::configured(BINARY, |text| text.push_str(&configuration)).await
}

fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value;
    claims
}

#[tokio::test]
async fn only_what_the_issuer_signed_for_this_api_and_for_now_holds() {
    let (rsa, ed, other) = (Key::rsa("rsa"), Key::ed25519("ed"), Key::rsa("rsa"));
    let issuer = Issuer::start(&[&rsa, &ed]).await;
    let federation = trusting(&issuer).await;
    let good = issuer.claims(&["viewer"]);
    for key in [&rsa, &ed] {
        get(&federation, PATH, Some(&key.sign(&good))).await.done();
    }
    let now_s = good["iat"].as_i64().unwrap();
    let token = rsa.sign(&good);
    let (head, signature) = token.rsplit_once('.').unwrap();
    let (first, _) = head.split_once('.').unwrap();
    let (_, foreign) = rsa
        .sign(&issuer.claims(&["analyst"]))
        .split_once('.')
        .map_or_else(
            || unreachable!("a token has three parts"),
            |(a, b)| (a.to_owned(), b.to_owned()),
        );
    let foreign = foreign.split_once('.').unwrap().0.to_owned();
    let secret = EncodingKey::from_secret(rsa.public()["n"].as_str().unwrap().as_bytes());
    let mut confused = Header::new(Algorithm::HS256);
    confused.kid = Some("rsa".to_owned());
    for (what, token) in [
        ("signed by another key", other.sign(&good)),
        ("of another key's name", Key::rsa("new").sign(&good)),
        ("expired", rsa.sign(&with(&good, "exp", json!(now_s - 61)))),
        ("not yet", rsa.sign(&with(&good, "nbf", json!(now_s + 300)))),
        (
            "for another",
            rsa.sign(&with(&good, "aud", json!("api://other"))),
        ),
        ("for nobody", rsa.sign(&with(&good, "aud", json!([])))),
        (
            "of another issuer",
            rsa.sign(&with(&good, "iss", json!("https://evil.example"))),
        ),
        ("without an end", rsa.sign(&with(&good, "exp", Value::Null))),
        (
            "other claims under its signature",
            format!("{first}.{foreign}.{signature}"),
        ),
        ("without a signature", format!("{head}.")),
        (
            "alg none",
            format!("eyJhbGciOiJub25lIn0.{}.", head.split_once('.').unwrap().1),
        ),
        (
            "HS256 by the public key",
            jsonwebtoken::encode(&confused, &good, &secret).unwrap(),
        ),
        ("cut", token[..token.len() - 10].to_owned()),
        ("two parts", head.to_owned()),
    ] {
        let refused = get(&federation, PATH, Some(&token)).await;
        assert_eq!(refused.status, 401, "{what}: {refused:?}");
        let detail = refused.problem(401, "unauthorised");
        assert!(
            detail.contains("bearer token is refused"),
            "{what}: {detail}"
        );
    }
    let nothing = rsa.sign(&issuer.claims(&["Everybody"]));
    let refused = get(&federation, PATH, Some(&nothing)).await;
    assert!(
        refused
            .problem(403, "forbidden")
            .contains("viewer, board, analyst, steward")
    );
    get(&federation, PATH, None)
        .await
        .problem(401, "unauthorised");
    get(&federation, PATH, Some(&token)).await.done();
    let said = federation.stop().await.stderr;
    assert!(!said.contains(&token) && !said.contains("ada@"), "{said}");
}

#[tokio::test]
async fn an_issuer_that_hangs_delays_nobody_whose_key_is_held() {
    let (held, new) = (Key::ed25519("held"), Key::ed25519("new"));
    let issuer = Issuer::start(&[&held]).await;
    let federation = trusting(&issuer).await;
    issuer.hang(true);
    let token = held.sign(&issuer.claims(&["viewer"]));
    // The aggregator holds no key, so callers are told to come again, and no request hangs for ever.
    let callers = (0..8).map(|_| get(&federation, PATH, Some(&token)));
    let answers = tokio::time::timeout(
        Duration::from_secs(30),
        futures_util::future::join_all(callers),
    );
    for answer in answers.await.unwrap() {
        answer.problem(503, "issuer-unavailable");
        assert!(answer.headers.contains_key("retry-after"));
    }
    assert_eq!(
        issuer.asked(),
        1,
        "one question at a time, and a pause after it"
    );
    issuer.hang(false);
    // The issuer is asked again only after a pause, so this comes as often as the answer says.
    let until = tokio::time::Instant::now() + Duration::from_secs(50);
    loop {
        let answer = get(&federation, PATH, Some(&token)).await;
        if answer.status == 200 {
            break;
        }
        answer.problem(503, "issuer-unavailable");
        assert!(
            tokio::time::Instant::now() < until,
            "it is never asked again"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // Keys are held by now: while an unknown one is asked for in vain, everybody else is answered.
    issuer.hang(true);
    let stranger = new.sign(&issuer.claims(&["viewer"]));
    let mut waiting = Box::pin(get(&federation, PATH, Some(&stranger)));
    let served = async {
        for _ in 0..20 {
            get(&federation, PATH, Some(&token)).await.done();
        }
    };
    tokio::select! {
        biased;
        early = &mut waiting => panic!("{early:?}"),
        () = served => {}
    }
    assert!([401, 503].contains(&waiting.await.status));
    federation.stop().await;
}

#[tokio::test]
async fn new_keys_are_found_and_invented_names_make_the_issuer_no_work() {
    let (old, new) = (Key::ed25519("old"), Key::rsa("new"));
    let issuer = Issuer::start(&[&old]).await;
    let federation = trusting(&issuer).await;
    let claims = issuer.claims(&["viewer"]);
    get(&federation, PATH, Some(&old.sign(&claims)))
        .await
        .done();
    issuer.publish(&[&new]);
    get(&federation, PATH, Some(&new.sign(&claims)))
        .await
        .done();
    let withdrawn = get(&federation, PATH, Some(&old.sign(&claims))).await;
    withdrawn.problem(401, "unauthorised");
    for number in 0..40 {
        let invented = Key::ed25519(&number.to_string()).sign(&claims);
        let refused = get(&federation, PATH, Some(&invented)).await;
        refused.problem(401, "unauthorised");
    }
    assert!(issuer.asked() <= 8, "asked {} times", issuer.asked());
    get(&federation, PATH, Some(&new.sign(&claims)))
        .await
        .done();
    federation.stop().await;
}
