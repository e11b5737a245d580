//! Series of one day are pooled, at each employer whose node measured one import for both.

use std::collections::BTreeMap;

use vwis_tests::{extract::Extract, federation::Federation};

use crate::{BINARY, PERIOD};

const DRAFT: &str = r#"
name = "Two series of one day"
version = 1
aggregator = "gm-icb"
purpose = "To test what is pooled."
readers = "Testers."
first_period = "2026-03"
last_period = "2027-03"

[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [{ by = ["staff_group"] }, { by = ["gender"] }]

[[series]]
name = "detail"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [{ by = ["staff_group", "gender"] }]
"#;

/// Estimate, standard deviation and what it is pooled with, by whose the row is and its cell.
type Rows = BTreeMap<(String, String), (f64, f64, String)>;

async fn table(federation: &Federation, args: &[&str]) -> Rows {
    let file = federation.file("table.csv", "");
    let asked = [&["table", "--by", "staff_group", "--output", &file], args].concat();
    federation.aggregator(&asked).await.done();
    let mut reader = csv::Reader::from_path(&file).unwrap();
    let names = reader.headers().unwrap().clone();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let at = |name: &str| row[names.iter().position(|own| own == name).unwrap()].to_owned();
        let number = |name: &str| at(name).parse::<f64>().unwrap();
        let cell = (at("organisation"), at("staff_group"));
        (cell, (number("estimate"), number("sd"), at("pooled_with")))
    });
    rows.collect()
}

#[tokio::test]
async fn what_two_series_of_one_import_tell_is_one_number_and_of_two_imports_two() {
    let federation = Federation::new(BINARY).await;
    let codes = ["R0A", "RM3", "RMC"];
    let people = |seed| Extract::seeded(seed, 1000);
    let mut nodes = Vec::new();
    for (ods_code, seed) in codes.into_iter().zip(1..) {
        federation.enrol(ods_code).await;
        federation.import(ods_code, &people(seed), PERIOD).await;
        nodes.push(federation.serve(ods_code).await);
    }
    let hash = federation.propose(DRAFT).await;
    for ods_code in codes {
        federation.approve(ods_code, &hash).await;
    }
    let collect = |series| ["collect", "--period", PERIOD, "--series", series];
    federation.aggregator(&collect("headline")).await.done();
    let alone = table(&federation, &["--org", "each"]).await;
    // R0A imports again before the other series asks: the very same rows, but who can know?
    federation.import("R0A", &people(1), PERIOD).await;
    federation.aggregator(&collect("detail")).await.done();

    let [headline, detail] = [["--series", "headline"], ["--series", "detail"]];
    let each = |series: [&'static str; 2]| [&["--org", "each"][..], &series].concat();
    let headline = table(&federation, &each(headline)).await;
    let detail = table(&federation, &each(detail)).await;
    let bits = |estimate: f64, sd: f64| [estimate, sd].map(f64::to_bits);
    for (row, (estimate, sd, pooled_with)) in &headline {
        let (before, other) = (&alone[row], &detail[row]);
        if row.0 == "R0A" {
            assert_eq!(bits(*estimate, *sd), bits(before.0, before.1), "{row:?}");
            assert!(pooled_with.is_empty() && other.2.is_empty(), "{row:?}");
            assert!((estimate - other.0).abs() > 0.0, "{row:?}");
        } else {
            assert_eq!(bits(*estimate, *sd), bits(other.0, other.1), "{row:?}");
            assert!(*sd < 0.95 * before.1, "{row:?}: {sd} and {}", before.1);
            assert_eq!((pooled_with.len(), other.2.len()), (36, 36), "{row:?}");
        }
    }
    let text = federation.aggregator(&["table", "--org", "RM3"]).await;
    let text = text.done();
    assert!(text.contains("pooled with"), "{text}");
    assert!(text.contains("Series of one day"), "{text}");
    for node in nodes {
        node.stop().await;
    }
}
