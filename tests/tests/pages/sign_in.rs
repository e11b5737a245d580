//! A board member signs in at the directory with a real browser, and reads what they may.

use std::path::Path;

use thirtyfour::{By, extensions::query::ElementQueryable};
use vwis_tests::{browser::Driver, oidc_provider::OidcProvider, process};

use crate::{BINARY, Dashboard, demo};

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap().path();
            copy(&entry, &to.join(entry.file_name().unwrap()));
        }
    } else {
        std::fs::copy(from, to).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_member_signs_in_comes_back_reads_their_own_pathway_and_signs_out() {
    let (Some(driver), Some(provider)) = (Driver::start().await, OidcProvider::start().await)
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    copy(&demo().join("aggregator"), folder.path());
    let config = folder.path().join("aggregator.toml");
    let mut text = std::fs::read_to_string(&config).unwrap();
    text.push_str(&provider.sign_in_configuration(folder.path()));
    std::fs::write(&config, text).unwrap();
    let dashboard = Dashboard::serve_by(config).await;
    let window = driver.window((1280, 900)).await;
    let client = &window.client;

    window.open(&dashboard.at("/pathways/breast")).await;
    // On the directory's own page the test says which person sits there.
    let directory = client.current_url().await.unwrap();
    assert_ne!(
        directory.port(),
        reqwest::Url::parse(&dashboard.url).unwrap().port()
    );
    window.open(&format!("{directory}?as=boris")).await;
    let address = client.current_url().await.unwrap();
    assert_eq!(
        address.path(),
        "/pathways/breast",
        "back to what was asked for"
    );
    assert!(window.text().await.contains("Where the ladder stops"));
    // Another board's pathway is closed to them, and an employer's own numbers are open only to that
    // employer.
    for other in ["/pathways/urology", "/compare?between=employers"] {
        window.open(&dashboard.at(other)).await;
        let text = window.text().await;
        assert!(
            text.contains("This is not for you to read"),
            "{other}: {text}"
        );
    }
    let index = dashboard.at("/pathways");
    window.open(&index).await;
    let text = window.text().await;
    assert!(
        text.contains("Shared diagnostics") && !text.contains("Urology\n"),
        "{text}"
    );

    let cookie = client.get_named_cookie("vwis-session").await.unwrap();
    assert_eq!(cookie.http_only, Some(true));
    window.open(&dashboard.at("/account")).await;
    let text = window.text().await;
    assert!(text.contains("boris@trust.example"), "{text}");
    client
        .find(By::Css("main form button"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    client
        .query(By::LinkText("Sign in again"))
        .first()
        .await
        .unwrap();
    window.open(&dashboard.at("/account")).await;
    let address = client.current_url().await.unwrap();
    assert_eq!(
        address.port(),
        directory.port(),
        "whoever is not signed in is sent to sign in"
    );
    window.close().await;

    let log = ["--config", dashboard.config.to_str().unwrap(), "access-log"];
    let log = process::run(process::command(BINARY, "aggregator", &log))
        .await
        .done();
    assert!(log.contains("boris@trust.example"), "{log}");
}
