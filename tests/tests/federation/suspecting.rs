//! A measurement whose noise cannot be as agreed is kept, named, and left out until a person admits it.

use std::sync::Arc;

use vwis_tests::{
    extract::Extract,
    federation::Federation,
    inside::{Inside, NoNoise},
};

use crate::{BINARY, DRAFT, PERIOD};

/// How many people the newest headline counts.
async fn headline(federation: &Federation) -> f64 {
    let file = federation.file("table.csv", "");
    let table = [
        "table",
        "--by",
        "staff_group",
        "--period",
        PERIOD,
        "--output",
        &file,
    ];
    federation.aggregator(&table).await.done();
    let mut reader = csv::Reader::from_path(&file).unwrap();
    let names = reader.headers().unwrap().clone();
    let place = names.iter().position(|name| name == "estimate").unwrap();
    reader
        .records()
        .map(|row| row.unwrap()[place].parse::<f64>().unwrap())
        .sum()
}

#[tokio::test]
async fn a_node_without_noise_is_left_out_until_a_person_admits_what_it_sent() {
    let federation = Federation::new(BINARY).await;
    for (ods_code, seed) in [("R0A", 1), ("RM3", 2)] {
        federation.enrol(ods_code).await;
        let people = Extract::seeded(seed, 2000);
        federation.import(ods_code, &people, PERIOD).await;
    }
    let honest = federation.serve("R0A").await;
    let code = "RM3".parse().unwrap();
    let exact = Inside::serve_in(&federation.node_dir("RM3"), &code, Arc::new(NoNoise)).await;
    let add = ["node", "add", "RM3", "--address", &exact.address()];
    federation.aggregator(&add).await.done();
    let hash = federation.propose(DRAFT).await;
    for ods_code in ["R0A", "RM3"] {
        federation.approve(ods_code, &hash).await;
    }
    let collect = ["collect", "--period", PERIOD];

    // Twice: what is held is as suspect as what came now, and the node is not asked again.
    for _ in 0..2 {
        let said = federation.aggregator(&collect).await.ended_with(75);
        for line in [
            "headline 2026-06: 1 of 2 employers; release 1",
            "RM3 is left out of headline: its noise has 0.000 of the agreed variance",
            "RM3 is left out of fte: its noise has 0.000 of the agreed variance",
            "node admit RM3 --series headline --period 2026-06",
        ] {
            assert!(said.stdout.contains(line), "{line}: {}", said.stdout);
        }
    }
    let people = headline(&federation).await;
    assert!((1800.0..2200.0).contains(&people), "{people}");
    let listed = federation
        .aggregator(&["node", "list", "--json"])
        .await
        .json();
    assert_eq!(listed[0]["left_out"].as_array().unwrap().len(), 0);
    assert_eq!(listed[1]["left_out"].as_array().unwrap().len(), 2);
    let report = federation
        .aggregator(&["collect", "--period", PERIOD, "--json"])
        .await;
    let report: serde_json::Value = serde_json::from_str(&report.ended_with(75).stdout).unwrap();
    assert_eq!(report["series"][0]["nodes"][1]["outcome"], "suspect");

    let by = ["--by", "A Tester", "--reason", "R0A and RM3 looked at it"];
    let admit = |ods_code, series| {
        let what = [
            "node", "admit", ods_code, "--series", series, "--period", PERIOD,
        ];
        [&what[..], &by[..]].concat()
    };
    let wrong = federation
        .aggregator(&admit("R0A", "headline"))
        .await
        .ended_with(2);
    assert!(
        wrong.stderr.contains("nothing of R0A is left out"),
        "{}",
        wrong.stderr
    );
    federation
        .aggregator(&admit("RM3", "headline"))
        .await
        .done();
    // The other series waits for its own admission.
    let said = federation.aggregator(&collect).await.ended_with(75);
    assert!(
        said.stdout
            .contains("headline 2026-06: 2 of 2 employers; release 2 (new)"),
        "{}",
        said.stdout
    );
    assert!(
        said.stdout.contains("RM3 is left out of fte"),
        "{}",
        said.stdout
    );
    let people = headline(&federation).await;
    assert!((3800.0..4200.0).contains(&people), "{people}");
    federation.aggregator(&admit("RM3", "fte")).await.done();
    federation.aggregator(&collect).await.done();

    exact.stop().await;
    honest.stop().await;
}
