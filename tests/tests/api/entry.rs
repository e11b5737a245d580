//! Who is let in before any reader is known, and which configurations are refused at the start.

use std::fs;

use vwis_tests::{
    federation::Federation,
    process::{Ran, Running},
};

use super::asking::{Answer, get};
use crate::BINARY;

/// Starts a second `serve` with the configuration changed, which is to refuse.
async fn refused(federation: &Federation, change: impl Fn(&str) -> String) -> Ran {
    let config = federation.aggregator_dir().join("aggregator.toml");
    let text = fs::read_to_string(&config).unwrap();
    let changed = change(&text);
    assert_ne!(text, changed);
    fs::write(&config, changed).unwrap();
    let started = Running::start(federation.aggregator_command(&["serve"])).await;
    fs::write(&config, text).unwrap();
    match started {
        Ok(running) => panic!("it serves: {}", running.ready_line()),
        Err(ran) => ran.ended_with(78),
    }
}

fn listening(address: &str, more: &str) -> impl Fn(&str) -> String {
    let line = format!("listen = \"{address}\"\n{more}");
    move |text: &str| {
        let (own, http) = text.split_once("[http]").unwrap();
        format!(
            "{own}[http]{}",
            http.replacen("listen = \"127.0.0.1:0\"\n", &line, 1)
        )
    }
}

#[tokio::test]
async fn before_anybody_is_known_only_this_machine_is_answered_and_that_is_said() {
    let federation = Federation::new(BINARY).await;
    get(&federation, "/api/v1/releases", None).await.done();
    let proxied = reqwest::Client::new()
        .get(format!("{}/api/v1/releases", federation.http()))
        .header("x-forwarded-for", "10.0.0.1");
    let proxied = Answer::of(proxied.send().await.unwrap()).await;
    proxied.problem(421, "misdirected");
    let said = federation.stop().await.stderr;
    assert!(said.contains("programs on this machine only"), "{said}");
    assert!(said.contains("token create"), "{said}");
}

#[tokio::test]
async fn a_server_that_would_let_anybody_in_or_show_tokens_does_not_start() {
    let federation = Federation::new(BINARY).await;
    let open = refused(&federation, listening("0.0.0.0:0", "")).await;
    assert!(
        open.stderr
            .contains("configure [oidc], or make an API token"),
        "{open:?}"
    );
    let proxied = refused(&federation, |text| {
        text.replace("behind_proxy = false", "behind_proxy = true")
    });
    let proxied = proxied.await;
    assert!(
        proxied.stderr.contains("leave the proxy out"),
        "{proxied:?}"
    );
    let half = refused(&federation, listening("127.0.0.1:0", "key = \"a\"\n")).await;
    assert!(half.stderr.contains("only one of"), "{half:?}");

    let create = ["token", "create", "--name", "a", "--role", "analyst"];
    federation.aggregator(&create).await.done();
    let plain = refused(&federation, listening("0.0.0.0:0", "")).await;
    assert!(plain.stderr.contains("plain HTTP"), "{plain:?}");
    assert!(plain.stderr.contains("behind_proxy = true"), "{plain:?}");
    let files = "certificate = \"no.pem\"\nkey = \"no.key\"\n";
    let missing = refused(&federation, listening("0.0.0.0:0", files)).await;
    assert!(missing.stderr.contains("no.pem"), "{missing:?}");
    let issuer = |text: &str| format!("{text}\n[oidc]\nissuer = \"http://a\"\naudience = \"b\"\n");
    let issuer = refused(&federation, issuer).await;
    assert!(issuer.stderr.contains("expected https://"), "{issuer:?}");
    federation.stop().await;
}

#[tokio::test]
async fn a_sign_in_that_could_not_work_is_refused_at_the_start_by_its_key() {
    let federation = Federation::new(BINARY).await;
    let sign_in = "\n[oidc]\nissuer = \"https://a\"\naudience = \"b\"\nclient_id = \"c\"\n";
    let proxied = refused(&federation, |text| {
        let text = text.replace("behind_proxy = false", "behind_proxy = true");
        format!("{text}{sign_in}")
    });
    let proxied = proxied.await;
    assert!(
        proxied.stderr.contains("[http] public_url is missing"),
        "{proxied:?}"
    );
    let plain = "behind_proxy = true\npublic_url = \"http://vwis.example\"";
    let plain = refused(&federation, |text| {
        let text = text.replace("behind_proxy = false", plain);
        format!("{text}{sign_in}")
    });
    let plain = plain.await;
    assert!(plain.stderr.contains("expected https://HOST"), "{plain:?}");
    let file = refused(&federation, |text| {
        format!("{text}{sign_in}client_secret_file = \"no-secret\"\n")
    });
    let file = file.await;
    assert!(
        file.stderr.contains("client_secret_file = \"no-secret\""),
        "{file:?}"
    );
    federation.stop().await;
}

#[tokio::test]
async fn with_a_certificate_the_api_speaks_tls_and_says_so_to_browsers() {
    let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (
        folder.path().join("http.pem"),
        folder.path().join("http.key"),
    );
    fs::write(&certificate, signed.cert.pem()).unwrap();
    fs::write(&key, signed.signing_key.serialize_pem()).unwrap();
    let files = format!(
        "certificate = \"{}\"\nkey = \"{}\"\n",
        certificate.display(),
        key.display()
    );
    let federation = Federation::configured(BINARY, |text| {
        *text = listening("127.0.0.1:0", &files)(text);
    })
    .await;
    let url = federation.http().replace("127.0.0.1", "localhost");
    assert!(url.starts_with("https://"), "{url}");
    let root = reqwest::Certificate::from_pem(signed.cert.pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder()
        .tls_certs_only([root])
        .build()
        .unwrap();
    let answer = client.get(format!("{url}/api/v1/releases")).send().await;
    let answer = Answer::of(answer.unwrap()).await.done();
    assert!(answer.headers.contains_key("strict-transport-security"));
    federation.stop().await;
}
