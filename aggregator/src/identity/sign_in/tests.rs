use http::header;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_608_000 + seconds).unwrap()
}

async fn sign_in() -> (SignIn, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).await.unwrap();
    let text = "issuer = \"http://127.0.0.1:1\"\naudience = \"b\"\nclient_id = \"c\"\n";
    let issuer = Issuer::new(toml::from_str(text).unwrap()).unwrap();
    let url = PublicUrl::parse("https://vwis.example").unwrap();
    let sign_in = SignIn::new(issuer, "c".to_owned(), None, url, store);
    (sign_in.unwrap(), folder)
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
    let (sign_in, _folder) = sign_in().await;
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
    // What was made up goes before what is ours, however many came.
    held.insert(1, made_up);
    let removed = sign_in.too_many(&cookies(&held));
    assert_eq!(removed.len(), 2);
    assert!(removed[0].to_str().unwrap().contains("made-up"));
}

/// The issuer of this test is not there: whoever would ask it is told that it does not answer.
#[tokio::test]
async fn the_issuer_is_asked_for_no_code_of_a_sign_in_that_was_made_up_or_came_back_before() {
    let (sign_in, _folder) = sign_in().await;
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
