//! Collecting: a partial result counts and is labelled, twice is the same as once, and nothing stored ever
//! changes.

use vwis_model::{agreement::Draft, here};
use vwis_tests::{extract::Extract, federation::Federation};

use crate::{BINARY, DRAFT, PERIOD};

async fn with_nodes(ods_codes: &[&str]) -> Federation {
    let federation = Federation::new(BINARY).await;
    for (seed, ods_code) in (1..).zip(ods_codes) {
        federation.enrol(ods_code).await;
        federation
            .import(ods_code, &Extract::seeded(seed, 300), PERIOD)
            .await;
    }
    federation
}

async fn spent(federation: &Federation, ods_code: &str) -> u64 {
    let budget = federation
        .node(ods_code, &["budget", "--json"])
        .await
        .json();
    budget["lifetime_rho_nano"].as_u64().unwrap()
}

#[tokio::test]
async fn a_second_collection_stores_nothing_and_charges_nothing() {
    let federation = with_nodes(&["R0A", "RM3"]).await;
    let (first, second) = (federation.serve("R0A").await, federation.serve("RM3").await);
    let hash = federation.propose(DRAFT).await;
    for ods_code in ["R0A", "RM3"] {
        federation.approve(ods_code, &hash).await;
    }
    let collect = ["collect", "--period", PERIOD, "--json"];
    let collected = federation.aggregator(&collect).await.json();
    assert_eq!(collected["stored"], 4, "{collected}");
    let charged = spent(&federation, "R0A").await;
    let show = ["table", "--by", "staff_group,locality", "--format", "csv"];
    let table = federation.aggregator(&show).await.done();

    let again = federation.aggregator(&collect).await.json();
    assert_eq!(again["stored"], 0, "{again}");
    assert_eq!(spent(&federation, "R0A").await, charged);
    assert_eq!(federation.aggregator(&show).await.done(), table);

    // What was charged is the price of the two series, to the billionth.
    let (agreement, _) = Draft::parse(DRAFT)
        .unwrap()
        .compile(here::dictionary())
        .unwrap();
    let series = agreement.series().iter();
    let stated: u64 = series.map(|series| series.charge().nano()).sum();
    assert_eq!(charged, stated);

    first.stop().await;
    second.stop().await;
    federation.stop().await;
}

#[tokio::test]
async fn a_missing_node_makes_a_labelled_release_and_the_next_one_when_it_answers() {
    let federation = with_nodes(&["R0A", "RM3"]).await;
    let (first, second) = (federation.serve("R0A").await, federation.serve("RM3").await);
    let hash = federation.propose(DRAFT).await;
    federation.approve("R0A", &hash).await;
    federation.approve("RM3", &hash).await;
    second.stop().await;

    let collect = ["collect", "--period", PERIOD];
    let partial = federation.aggregator(&collect).await.ended_with(75);
    assert!(partial.stdout.contains("1 of 2 employers"), "{partial:?}");
    assert!(
        partial.stderr.contains("RM3") || partial.stdout.contains("RM3"),
        "{partial:?}"
    );
    let table = federation
        .aggregator(&["table", "--format", "json"])
        .await
        .json();
    let one = table["rows"][0]["estimate"].as_f64().unwrap();
    assert!((one - 300.0).abs() < 60.0, "{table}");

    let second = federation.serve("RM3").await;
    let whole = federation.aggregator(&collect).await.done();
    assert!(whole.contains("2 of 2 employers"), "{whole}");
    assert!(whole.contains("release 2"), "{whole}");
    let table = federation
        .aggregator(&["table", "--format", "json"])
        .await
        .json();
    let both = table["rows"][0]["estimate"].as_f64().unwrap();
    assert!((both - 600.0).abs() < 85.0, "{table}");

    first.stop().await;
    second.stop().await;
    federation.stop().await;
}

#[tokio::test]
async fn what_stands_in_the_way_is_said_with_the_fix() {
    let federation = with_nodes(&["R0A"]).await;
    let collect = ["collect", "--period", PERIOD];
    let before = federation.aggregator(&collect).await;
    assert_ne!(before.code, Some(0), "nothing was proposed yet");

    let node = federation.serve("R0A").await;
    let hash = federation.propose(DRAFT).await;
    let unapproved = federation.aggregator(&collect).await;
    assert_ne!(unapproved.code, Some(0));
    let said = format!("{}{}", unapproved.stdout, unapproved.stderr);
    assert!(said.contains("approve"), "{said}");

    federation.approve("R0A", &hash).await;
    let early = ["collect", "--period", "2026-09"];
    let early = federation.aggregator(&early).await;
    assert_ne!(early.code, Some(0));
    let said = format!("{}{}", early.stdout, early.stderr);
    assert!(said.contains("import"), "{said}");

    let off = federation
        .aggregator(&["collect", "--period", "2026-07"])
        .await;
    assert!(matches!(off.code, Some(65 | 2)), "{off:?}");
    node.stop().await;
    federation.stop().await;
}

#[tokio::test]
async fn a_bad_agreement_is_refused_before_anyone_is_asked() {
    let federation = Federation::new(BINARY).await;
    let bad = [
        ("\"locality\"", "\"localty\"", "locality"),
        ("rho = 0.04", "rho = 0", "rho"),
        ("rho = 0.04", "rho = nan", "rho"),
        ("weight = 2", "weight = 0", "weight"),
        (
            "{ by = [\"gender\", \"staff_group\"] }",
            "{ by = [\"locality\", \"staff_group\"] }",
            "twice",
        ),
    ];
    for (from, to, expected) in bad {
        let file = federation.file("bad.toml", &DRAFT.replace(from, to));
        for command in ["plan", "propose"] {
            let refused = federation
                .aggregator(&["agreement", command, &file])
                .await
                .ended_with(65);
            assert!(refused.stderr.contains(expected), "{refused:?}");
            assert!(refused.stderr.contains("bad.toml"), "{refused:?}");
        }
    }
    federation.stop().await;
}

#[tokio::test]
async fn a_paused_node_is_for_later_and_a_withdrawn_one_is_a_refusal() {
    let federation = with_nodes(&["R0A", "RM3"]).await;
    let (first, second) = (federation.serve("R0A").await, federation.serve("RM3").await);
    let hash = federation.propose(DRAFT).await;
    federation.approve("R0A", &hash).await;
    federation.approve("RM3", &hash).await;
    let decide = async |ods_code: &str, what: &str| {
        let mut decision = vec![
            "agreement",
            what,
            &hash,
            "--by",
            "A Tester",
            "--reason",
            "a test",
        ];
        if what == "withdraw" {
            decision.push("--yes");
        }
        federation.node(ods_code, &decision).await.done();
    };
    let list = ["agreement", "list", "--ask"];
    decide("R0A", "pause").await;

    let collect = ["collect", "--period", PERIOD];
    let partial = federation.aggregator(&collect).await.ended_with(75);
    assert!(partial.stdout.contains("1 of 2 employers"), "{partial:?}");
    assert!(
        partial
            .stdout
            .contains("R0A paused the agreement: try again later")
    );
    let listed = federation.aggregator(&list).await.done();
    assert!(
        listed.contains("R0A: paused there: try again later"),
        "{listed}"
    );
    assert!(listed.contains("RM3: approved"), "{listed}");

    decide("R0A", "resume").await;
    decide("RM3", "withdraw").await;
    // What was collected stays, and the node is not even asked for it.
    let whole = federation.aggregator(&collect).await.done();
    assert!(whole.contains("2 of 2 employers"), "{whole}");
    let listed = federation.aggregator(&list).await.done();
    assert!(
        listed.contains("RM3: withdrawn there: refused from now on"),
        "{listed}"
    );
    let listed = ["agreement", "list", "--ask", "--json"];
    let listed = federation.aggregator(&listed).await.json();
    assert_eq!(listed[0]["nodes"][0]["state"], "approved");
    assert_eq!(listed[0]["nodes"][1]["state"], "withdrawn");

    // A period that was not collected is refused, with the reason.
    federation
        .import("RM3", &Extract::seeded(2, 300), "2026-03")
        .await;
    let refused = ["collect", "--period", "2026-03", "--json"];
    let refused = federation.aggregator(&refused).await;
    let said: serde_json::Value = serde_json::from_str(&refused.stdout).unwrap();
    let of_second = &said["series"][0]["nodes"][1];
    assert_eq!(of_second["kind"], "refused", "{said}");
    assert_eq!(of_second["reason"], "AGREEMENT_WITHDRAWN", "{said}");
    first.stop().await;
    second.stop().await;
    federation.stop().await;
}

#[tokio::test]
async fn a_correction_that_a_trust_ordered_is_collected_into_a_new_release() {
    let federation = with_nodes(&["R0A"]).await;
    let serving = federation.serve("R0A").await;
    let hash = federation.propose(DRAFT).await;
    federation.approve("R0A", &hash).await;
    let collect = ["collect", "--period", PERIOD, "--json"];
    let first = federation.aggregator(&collect).await.json();
    assert_eq!(first["stored"], 2, "{first}");

    federation
        .import("R0A", &Extract::seeded(9, 300), PERIOD)
        .await;
    let order = [
        "agreement",
        "correct",
        &hash,
        "--series",
        "headline",
        "--period",
        PERIOD,
        "--by",
        "A. Caldicott",
        "--reason",
        "a site was missing",
    ];
    federation.node("R0A", &order).await.done();
    let second = federation.aggregator(&collect).await.json();
    assert_eq!(second["stored"], 1, "{second}");
    let again = federation.aggregator(&collect).await.json();
    assert_eq!(again["stored"], 0, "{again}");
    serving.stop().await;
    federation.stop().await;
}
