//! Years through which nobody logs in at the aggregator.

use std::fs;

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use vwis_link::{
    clock::{Clock as _, SystemClock},
    validity::Validity,
};
use vwis_tests::{extract::Extract, federation::Federation};

use crate::BINARY;

const NODES: [&str; 2] = ["R0A", "RM3"];
const YEARS: u64 = 3;

fn today(days_ahead: u64) -> Date {
    let now: Timestamp = SystemClock.now();
    let date = now.to_zoned(TimeZone::UTC).date();
    date + i64::try_from(days_ahead).unwrap().days()
}

/// The last quarter that has ended by that day, YYYY-MM.
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
async fn a_federation_goes_on_for_three_years_and_its_aggregator_needs_nobody() {
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
    let mut certificates = std::collections::BTreeSet::new();
    let mut warned = false;
    for quarter in 0..4 * YEARS {
        let days = quarter * 92;
        federation.set_days_ahead(days);
        let period = quarter_before(today(days));
        for ods_code in NODES {
            federation
                .import(ods_code, &Extract::seeded(quarter, 60), &period)
                .await;
            let nodes = federation.aggregator(&["node", "list"]).await;
            warned |= nodes
                .ended_with(0)
                .stderr
                .contains("'s certificate ends on");
            // Once a year each trust enrols anew, and its running server takes the certificate up.
            if quarter > 0 && quarter % 4 == 0 {
                let token = federation
                    .aggregator(&["node", "token", ods_code])
                    .await
                    .done();
                let enrolment = federation.enrolment();
                let enrol = ["enrol", "--aggregator", &enrolment, "--token", token.trim()];
                federation.node(ods_code, &enrol).await.done();
            }
        }
        let collect = federation
            .aggregator(&["collect", "--period", &period])
            .await
            .done();
        assert!(collect.contains("2 of 2 employers"), "{period}: {collect}");
        let pem = fs::read_to_string(&certificate).unwrap();
        let ends = Validity::of_pem(&pem).unwrap().ends;
        assert!(
            ends > SystemClock.now() + 24.hours() * i64::try_from(days).unwrap(),
            "{period}"
        );
        certificates.insert(pem);
    }
    assert!(certificates.len() >= 4, "{}", certificates.len());
    assert!(warned, "nobody was told that a node's certificate ends");
    for node in serving {
        node.stop().await;
    }
    federation.stop().await;
}
