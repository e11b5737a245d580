//! Servers that misbehave, and how `collect` and `enrol` handle them.

use std::{fs, path::Path, time::Duration};

use tokio::time::Instant;
use vwis_tests::{
    agreement::SMALL_DRAFT,
    certificates::Papers,
    extract::Extract,
    federation::Federation,
    process::{self, Ran},
    wire,
};

use super::{
    BINARY, MOST_MEMORY,
    hostile::{Hostile, HostileServer},
};

const UNREACHABLE: i32 = 69;
const LATER: i32 = 75;

fn papers(certificate: &Path, key: &Path) -> Papers {
    Papers {
        certificate_pem: fs::read_to_string(certificate).unwrap(),
        key_pem: fs::read_to_string(key).unwrap(),
    }
}

fn authority(federation: &Federation) -> String {
    let path = federation.aggregator_dir().join("authority/authority.pem");
    fs::read_to_string(path).unwrap()
}

/// Configures calls to take three seconds at most and to be made once.
fn impatient(federation: &Federation) {
    let config = federation.aggregator_dir().join("aggregator.toml");
    let text = fs::read_to_string(&config).unwrap();
    let changed = text
        .replace("call_deadline_s = 60", "call_deadline_s = 3")
        .replace("attempts = 4", "attempts = 1");
    assert_ne!(text, changed);
    fs::write(&config, changed).unwrap();
}

/// Checks that a command gave up with an error in words and without a panic, and kept its memory.
fn gave_up(how: Hostile, ran: &Ran, peak: u64, expected: &str, codes: &[i32]) {
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.code.is_some_and(|code| codes.contains(&code)),
        "{how:?}: {ran:?}"
    );
    assert!(said.contains(expected), "{how:?}: {expected}: {ran:?}");
    assert!(
        !said.contains("panicked") && !said.contains("a fault in the program"),
        "{ran:?}"
    );
    assert!(peak < MOST_MEMORY, "{how:?}: {peak} bytes");
    eprintln!("{how:?}: {} MB at most", peak >> 20);
}

#[tokio::test]
async fn collect_gives_up_on_a_node_that_misbehaves_and_serves_the_others() {
    let federation = Federation::new(BINARY).await;
    for (seed, ods_code) in [(1, "R0A"), (2, "RM3")] {
        federation.enrol(ods_code).await;
        let extract = Extract::seeded(seed, 100);
        federation.import(ods_code, &extract, "2026-03").await;
    }
    impatient(&federation);
    let honest = federation.serve("RM3").await;
    let hash = federation.propose(SMALL_DRAFT).await;
    federation.approve("RM3", &hash).await;
    let tls = federation.node_dir("R0A").join("tls");
    let papers = papers(&tls.join("node.crt"), &tls.join("node.key"));
    for (how, expected) in [
        (Hostile::Silent, "no whole answer within 3 s"),
        (Hostile::SilentTls, "no whole answer within 3 s"),
        (Hostile::Garbage, "R0A"),
        (Hostile::NoAnswer, "no whole answer within 3 s"),
        (Hostile::SlowAnswer, "no whole answer within 3 s"),
        (Hostile::EndlessMessage, "its answer cannot be read"),
        (Hostile::EndlessMessages, "an empty message"),
        (Hostile::EndlessHeaders, "R0A"),
        (Hostile::PingFlood, "no whole answer within 3 s"),
        (Hostile::Resets, "R0A"),
        (Hostile::HangsUp, "the call broke off"),
    ] {
        let acceptor = wire::acceptor(&authority(&federation), &papers, true);
        let server = HostileServer::start(how, acceptor).await;
        let add = ["node", "add", "R0A", "--address", &server.url];
        federation.aggregator(&add).await.done();
        let started = Instant::now();
        let collect = federation.aggregator_command(&["collect", "--period", "2026-03"]);
        let (ran, peak) = process::run_watched(collect).await;
        // Describe and Measure take 3 s each, with room for a busy machine.
        assert!(started.elapsed() < Duration::from_secs(20), "{how:?}");
        // The honest node is in the release; the missing one is left for later.
        gave_up(how, &ran, peak, expected, &[LATER]);
        assert!(ran.stdout.contains("1 of 2 employers"), "{how:?}: {ran:?}");
        assert!(ran.stdout.contains("R0A is missing"), "{how:?}: {ran:?}");
    }
    honest.stop().await;
    federation.stop().await;
}

#[tokio::test]
async fn enrol_gives_up_on_an_aggregator_that_misbehaves() {
    let federation = Federation::new(BINARY).await;
    let dir = federation.node_dir("R0A");
    let init = ["init", "--ods", "R0A", "--dir", dir.to_str().unwrap()];
    federation.node("R0A", &init).await.done();
    let token = federation
        .aggregator(&["node", "token", "R0A"])
        .await
        .done();
    let tls = federation.aggregator_dir().join("tls");
    let papers = papers(&tls.join("aggregator.pem"), &tls.join("aggregator.key"));
    let authority = authority(&federation);
    let attempts = [
        (Hostile::Silent, "did not answer in time"),
        (Hostile::SilentTls, "did not answer in time"),
        (Hostile::Garbage, ""),
        (Hostile::NoAnswer, "no whole answer within 15 s"),
        (Hostile::SlowAnswer, "no whole answer within 15 s"),
        (Hostile::EndlessMessage, "cannot be read"),
        (Hostile::EndlessMessages, ""),
        (Hostile::EndlessHeaders, ""),
        (Hostile::PingFlood, "no whole answer within 15 s"),
        (Hostile::Resets, ""),
        (Hostile::HangsUp, ""),
    ]
    .map(async |(how, expected)| {
        let acceptor = wire::acceptor(&authority, &papers, false);
        let server = HostileServer::start(how, acceptor).await;
        let enrol = [
            "enrol",
            "--aggregator",
            &server.url,
            "--token",
            token.trim(),
        ];
        let enrol = federation.node_command("R0A", &enrol);
        let (ran, peak) = process::run_watched(enrol).await;
        gave_up(how, &ran, peak, expected, &[UNREACHABLE]);
    });
    // All attempts run at once, because some of them wait for 15 s.
    futures_util::future::join_all(attempts).await;
    // The token was never used up, so it works at the real server.
    let enrolment = federation.enrolment();
    let enrol = ["enrol", "--aggregator", &enrolment, "--token", token.trim()];
    federation.node("R0A", &enrol).await.done();
    federation.stop().await;
}
