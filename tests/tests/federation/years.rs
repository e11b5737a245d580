//! Years go by in which nobody logs in, neither at the aggregator nor at a node.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use vwis_host::clock::{Clock as _, SystemClock};
use vwis_link::validity::Validity;
use vwis_tests::{extract::Extract, federation::Federation};

use crate::BINARY;

const NODES: [&str; 9] = [
    "R0A", "RM3", "RMC", "RMP", "RRF", "RWJ", "RXR", "RXV", "RYX",
];
const YEARS: u64 = 3;

fn today(days_ahead: u64) -> Date {
    let now: Timestamp = SystemClock.now();
    let date = now.to_zoned(TimeZone::UTC).date();
    date + i64::try_from(days_ahead).unwrap().days()
}

/// The last quarter that has ended by that day, as YYYY-MM.
fn quarter_before(day: Date) -> String {
    let mut end = day.first_of_month();
    loop {
        end -= 1.day();
        if end.month() % 3 == 0 {
            return end.strftime("%Y-%m").to_string();
        }
        end = end.first_of_month();
    }
}

#[tokio::test]
async fn nine_nodes_are_collected_every_quarter_for_three_years_and_nobody_logs_in() {
    let federation = Federation::new(BINARY).await;
    let (first, last) = (quarter_before(today(0)), quarter_before(today(YEARS * 366)));
    let draft = crate::DRAFT
        .replace(
            "first_period = \"2026-03\"",
            &format!("first_period = \"{first}\""),
        )
        .replace(
            "last_period = \"2027-03\"",
            &format!("last_period = \"{last}\""),
        );
    let mut serving = Vec::new();
    for ods_code in NODES {
        federation.enrol(ods_code).await;
        serving.push(federation.serve(ods_code).await);
    }
    let hash = federation.propose(&draft).await;
    for ods_code in NODES {
        federation.approve(ods_code, &hash).await;
    }
    let certificate = federation.aggregator_dir().join("tls/aggregator.pem");
    let mut certificates = BTreeSet::new();
    let mut of_nodes: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for quarter in 0..4 * YEARS {
        let days = quarter * 92;
        federation.set_days_ahead(days);
        let period = quarter_before(today(days));
        for ods_code in NODES {
            federation
                .import(ods_code, &Extract::seeded(quarter, 60), &period)
                .await;
        }
        let collect = federation
            .aggregator(&["collect", "--period", &period])
            .await
            .done();
        assert!(collect.contains("9 of 9 employers"), "{period}: {collect}");
        let pem = fs::read_to_string(&certificate).unwrap();
        let ends = Validity::of_pem(&pem).unwrap().ends;
        assert!(
            ends > SystemClock.now() + 24.hours() * i64::try_from(days).unwrap(),
            "{period}"
        );
        certificates.insert(pem);
        let nodes = federation.aggregator(&["node", "list"]).await;
        let said = nodes.ended_with(0).stderr;
        assert!(!said.contains("certificate"), "{period}: {said}");
        for ods_code in NODES {
            let file = federation.node_dir(ods_code).join("tls/node.crt");
            let of_node = of_nodes.entry(ods_code).or_default();
            of_node.insert(fs::read_to_string(file).unwrap());
        }
    }
    assert!(certificates.len() >= 4, "{}", certificates.len());
    for (ods_code, certificates) in of_nodes {
        assert!(
            certificates.len() >= 4,
            "{ods_code}: {}",
            certificates.len()
        );
    }
    for node in serving {
        node.stop().await;
    }
    federation.stop().await;
}
