//! Sign-in with a browser at a real OpenID Connect provider, from the first page to sign-out.

use reqwest::header;
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use vwis_tests::{
    federation::Federation,
    oidc_provider::OidcProvider,
    visitor::{Page, Visitor},
};

use super::asking::{get, served_as};
use crate::BINARY;

/// A provider, and an aggregator without nodes where people sign in through it.
struct Site {
    federation: Federation,
    _provider: OidcProvider,
    _secret: TempDir,
}

impl Site {
    async fn start() -> Option<Self> {
        let provider = OidcProvider::start().await?;
        let secret = tempfile::tempdir().unwrap();
        let configuration = provider.sign_in_configuration(secret.path());
        let federation = Federation::configured(BINARY, |text| text.push_str(&configuration)).await;
        Some(Self {
            federation,
            _provider: provider,
            _secret: secret,
        })
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.federation.http())
    }

    /// Sends the form of the account page, with this origin.
    async fn sign_out(&self, visitor: &mut Visitor, account: &Page, origin: &str) -> Page {
        let (_, token) = account.text.split_once("name=\"token\" value=\"").unwrap();
        let form = format!("token={}", token.split_once('"').unwrap().0);
        let headers = [("origin", origin)];
        visitor.post(&self.at("/sign-out"), &headers, &form).await
    }
}

/// Name and value of the session cookie that a page sets.
#[track_caller]
fn session_of(page: &Page) -> &str {
    let sets = page.sets();
    let session = sets.iter().find(|set| set.starts_with("vwis-session="));
    session.unwrap_or_else(|| panic!("{page:?}"))
}

#[tokio::test]
async fn somebody_signs_in_reads_and_signs_out() {
    let Some(site) = Site::start().await else {
        return;
    };
    let mut vera = Visitor::default();
    let account = vera
        .sign_in(&site.at("/account?from=a%20test"), "vera")
        .await;
    assert_eq!(account.url.as_str(), site.at("/account?from=a%20test"));
    let account = account.says(200, "vera@trust.example");
    assert!(account.text.contains("viewer") && account.text.contains("R0A"));
    let releases = site.at("/api/v1/releases");
    vera.get(&releases).await.says(200, "[");
    get(&site.federation, "/api/v1/releases", None)
        .await
        .problem(401, "unauthorised");

    let before = vera.clone();
    let evil = site
        .sign_out(&mut vera, &account, "https://evil.example")
        .await;
    evil.says(403, "You are still signed in");
    vera.get(&releases).await.says(200, "[");
    let out = site
        .sign_out(&mut vera, &account, &site.federation.http())
        .await;
    assert_eq!(out.status, 303, "{out:?}");
    vera.get(&site.at("/signed-out"))
        .await
        .says(200, "You are signed out");
    // A cookie that was kept is worth nothing.
    for mut visitor in [vera, before] {
        assert_eq!(visitor.get(&releases).await.status, 401);
        assert_eq!(visitor.get(&site.at("/account")).await.status, 303);
    }
    let said = site.federation.stop().await.stderr;
    assert!(!said.contains("vera") && !said.contains("code="), "{said}");
}

#[tokio::test]
async fn cookies_are_out_of_reach_of_scripts_and_new_at_each_sign_in() {
    let Some(site) = Site::start().await else {
        return;
    };
    let mut ada = Visitor::default();
    let begun = ada.get(&site.at("/sign-in?to=/account")).await;
    let location = begun.leads_to().unwrap();
    let asked: Vec<_> = location.query_pairs().collect();
    for (name, value) in [("response_type", "code"), ("code_challenge_method", "S256")] {
        assert!(asked.contains(&(name.into(), value.into())), "{location}");
    }
    for name in ["state", "nonce", "code_challenge"] {
        assert!(
            asked
                .iter()
                .any(|(key, value)| key == name && value.len() >= 43)
        );
    }
    let mut sessions = Vec::new();
    for _ in 0..2 {
        let back = ada
            .until_back(&site.at("/sign-in?to=/account"), "ada")
            .await;
        let page = ada.get(back.as_str()).await;
        assert_eq!(page.status, 303, "{page:?}");
        sessions.push(session_of(&page).to_owned());
    }
    assert_ne!(sessions[0], sessions[1]);
    for set in begun
        .sets()
        .into_iter()
        .chain(sessions.iter().map(String::as_str))
    {
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(set.contains(attribute), "{set}");
        }
        // Plain HTTP is served on this machine only, where browsers would not accept a cookie meant for
        // TLS.
        assert!(!set.contains("Secure") && !set.contains("Domain"), "{set}");
    }
    assert!(begun.sets()[0].contains("Max-Age=600"), "{begun:?}");
    let first = sessions[0].split(';').next().unwrap();
    let old = reqwest::Client::new()
        .get(site.at("/api/v1/releases"))
        .header(header::COOKIE, first);
    assert_eq!(old.send().await.unwrap().status().as_u16(), 401);
    // The store holds only the hash of what browsers hold.
    let secret = first.split_once('=').unwrap().1.as_bytes();
    for file in std::fs::read_dir(site.federation.aggregator_dir()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let holds = bytes.windows(secret.len()).any(|part| part == secret);
            assert!(!holds, "{}", path.display());
        }
    }
    site.federation.stop().await;
}

#[tokio::test]
async fn another_browsers_sign_in_and_a_used_code_sign_nobody_in() {
    let Some(site) = Site::start().await else {
        return;
    };
    let (mut ada, mut vera) = (Visitor::default(), Visitor::default());
    let back = ada.until_back(&site.at("/account"), "ada").await;
    // A person who is led to another's way back is not signed in as that other.
    vera.get(&site.at("/account")).await;
    let led = vera.get(back.as_str()).await;
    led.says(400, "This browser did not begin it");
    let kept = ada.clone();
    let done = ada.get(back.as_str()).await;
    assert_eq!(done.status, 303, "{done:?}");
    ada.get(back.as_str()).await.says(400, "did not begin it");
    // This browser keeps what it was told to drop.
    let mut kept = kept;
    let replayed = kept.get(back.as_str()).await;
    let replayed = replayed.says(400, "It was finished before, or took too long");
    assert!(
        replayed
            .sets()
            .iter()
            .all(|set| !set.starts_with("vwis-session"))
    );
    let mut forged = back.clone();
    forged.set_query(Some("code=made-up&state=made-up"));
    kept.get(forged.as_str())
        .await
        .says(400, "did not begin it");
    site.federation.stop().await;
}

#[tokio::test]
async fn who_has_no_role_or_does_not_want_to_is_told_and_nobody_is_led_elsewhere() {
    let Some(site) = Site::start().await else {
        return;
    };
    let mut nobody = Visitor::default();
    let page = nobody.sign_in(&site.at("/account"), "nobody").await;
    let page = page.says(403, "You have no role here");
    assert!(page.text.contains("analyst"), "{page:?}");
    let mut unwilling = Visitor::default();
    let page = unwilling.sign_in(&site.at("/account"), "").await;
    page.says(403, "access_denied");
    for visitor in [&mut nobody, &mut unwilling] {
        assert_eq!(visitor.get(&site.at("/api/v1/releases")).await.status, 401);
        for to in [
            "https://evil.example/",
            "//evil.example",
            "/%5Cevil.example",
        ] {
            let page = visitor.get(&site.at(&format!("/sign-in?to={to}"))).await;
            page.says(400, "This link leads elsewhere");
        }
    }
    site.federation.stop().await;
}

#[tokio::test]
async fn a_session_that_is_over_is_none() {
    let Some(site) = Site::start().await else {
        return;
    };
    let releases = site.at("/api/v1/releases");
    for age in [
        "used_at_s = used_at_s - 1800",
        "created_at_s = created_at_s - 28800",
    ] {
        let mut boris = Visitor::default();
        let account = boris.sign_in(&site.at("/account"), "boris").await;
        account.says(200, "lung, breast");
        boris.get(&releases).await.says(200, "[");
        let path = site.federation.aggregator_dir().join("aggregator.db");
        let options = SqliteConnectOptions::new().filename(path);
        let mut store = SqliteConnection::connect_with(&options).await.unwrap();
        let older = sqlx::AssertSqlSafe(format!("UPDATE session SET {age}"));
        sqlx::query(older).execute(&mut store).await.unwrap();
        store.close().await.unwrap();
        assert_eq!(boris.get(&releases).await.status, 401, "{age}");
        assert_eq!(boris.get(&site.at("/account")).await.status, 303);
    }
    site.federation.stop().await;
}

#[tokio::test]
async fn a_session_that_a_person_ends_reads_nothing_more() {
    let Some(site) = Site::start().await else {
        return;
    };
    let releases = site.at("/api/v1/releases");
    let (mut ada, mut boris) = (Visitor::default(), Visitor::default());
    ada.sign_in(&site.at("/account"), "ada").await;
    boris.sign_in(&site.at("/account"), "boris").await;
    let listed = site.federation.aggregator(&["session", "list", "--json"]);
    let listed = listed.await.json();
    assert_eq!(listed.as_array().unwrap().len(), 2, "{listed}");
    assert_eq!(listed[0]["via"], "oidc ada", "{listed}");
    let id = listed[0]["id"].to_string();
    let end = ["session", "end", &id];
    site.federation.aggregator(&end).await.done();
    site.federation.aggregator(&end).await.ended_with(2);
    assert_eq!(ada.get(&releases).await.status, 401);
    boris.get(&releases).await.says(200, "[");
    let all = ["session", "end", "--all"];
    let said = site.federation.aggregator(&all).await.done();
    assert!(said.contains("1 sessions have ended"), "{said}");
    assert_eq!(boris.get(&releases).await.status, 401);
    site.federation.stop().await;
}

#[tokio::test]
async fn the_access_log_names_who_signed_in() {
    let Some(provider) = OidcProvider::start().await else {
        return;
    };
    let secret = tempfile::tempdir().unwrap();
    let configuration = provider.sign_in_configuration(secret.path());
    let federation = served_as(|text| text.push_str(&configuration)).await;
    let mut ada = Visitor::default();
    let account = format!("{}/account", federation.http());
    ada.sign_in(&account, "ada").await.says(200, "analyst");
    let table = "/api/v1/tables?by=staff_group&org=R0A";
    let answer = ada.get(&format!("{}{table}", federation.http())).await;
    let log = federation
        .aggregator(&["access-log", "--json"])
        .await
        .json();
    let entry = &log[0];
    assert_eq!(entry["who"], "ada@trust.example", "{log} {answer:?}");
    assert_eq!(entry["via"], "oidc ada");
    assert_eq!(entry["organisation"], "R0A");
    federation.stop().await;
}
