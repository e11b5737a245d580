//! Groups that an agreement measures beside the categories: from the node's file to the analyst's table.

use std::collections::BTreeMap;

use vwis_model::here;
use vwis_tests::{extract::Extract, federation::Federation};

use crate::{BINARY, PERIOD};

/// Ethnic groups are promised only as white or unknown, and all others.
const DRAFT: &str = r#"
name = "An agreement with groups"
version = 1
aggregator = "gm-icb"
purpose = "To test groups."
readers = "Testers."
first_period = "2026-03"
last_period = "2027-03"

[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.1
trees = ["band", "ethnic_group"]
tables = [{ by = ["band", "ethnic_group:1"] }, { by = ["gender", "band:1"] }]
"#;

/// The categories that the dictionary's group `bme` holds.
const BME: &str = "mixed,asian,black,chinese,other";

/// The estimate and the interval of each row of a table, by the codes of its cell.
async fn table(federation: &Federation, name: &str, args: &[&str]) -> BTreeMap<String, [f64; 3]> {
    let file = federation.file(name, "");
    let asked: Vec<_> = ["table"]
        .iter()
        .chain(args)
        .chain(&["--output", &file])
        .copied()
        .collect();
    federation.aggregator(&asked).await.done();
    let mut reader = csv::Reader::from_path(&file).unwrap();
    let names = reader.headers().unwrap().clone();
    let place = |name: &str| names.iter().position(|own| own == name).unwrap();
    let numbers = [place("estimate"), place("lower"), place("upper")];
    let by: Vec<_> = args[1].split(',').map(place).collect();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let cell = by
            .iter()
            .map(|&at| row[at].to_owned())
            .collect::<Vec<_>>()
            .join("+");
        (cell, numbers.map(|at| row[at].parse().unwrap()))
    });
    rows.collect()
}

#[tokio::test]
async fn a_group_that_is_measured_is_one_number_by_whatever_way_it_is_asked_for() {
    let federation = Federation::new(BINARY).await;
    federation.enrol("R0A").await;
    let extract = Extract::seeded(1, 4000);
    federation.import("R0A", &extract, PERIOD).await;
    let serving = federation.serve("R0A").await;
    let hash = federation.propose(DRAFT).await;
    let shown = federation
        .node("R0A", &["agreement", "show", &hash[..16]])
        .await
        .done();
    assert!(
        shown.contains("groups of Ethnic group (ethnic_group:1): White, Unknown | Mixed,"),
        "{shown}"
    );
    assert!(
        shown.contains("(band:2): Band 1, Band 2, Band 3, Band 4 | Band 5"),
        "{shown}"
    );
    federation.approve("R0A", &hash).await;
    federation
        .aggregator(&["collect", "--period", PERIOD])
        .await
        .done();
    serving.stop().await;

    let of_categories = ["--by", "band", "--where", &format!("ethnic_group={BME}")];
    let of_categories = table(&federation, "categories.csv", &of_categories).await;
    let of_group = ["--by", "band", "--where", "ethnic_group:1=bme"];
    assert_eq!(
        table(&federation, "group.csv", &of_group).await,
        of_categories
    );
    let by_label = [
        "--by",
        "Band or grade",
        "--where",
        "ethnic_group:1=Black and minority ethnic",
    ];
    assert_eq!(
        federation
            .aggregator(&[&["table"], &by_label[..]].concat())
            .await
            .done(),
        federation
            .aggregator(&[&["table"], &of_group[..]].concat())
            .await
            .done()
    );
    let column = table(&federation, "column.csv", &["--by", "band,ethnic_group:1"]).await;
    for (band, numbers) in &of_categories {
        let own = column[&format!("{band}+bme")].map(f64::to_bits);
        assert_eq!(own, numbers.map(f64::to_bits), "{band}");
    }

    // The truth, counted from the file's own people: with a chance of 2e-9 a number is 6 sd away.
    let staff = here::dictionary().data_set("staff").unwrap();
    let [band, ethnic] = ["band", "ethnic_group"].map(|code| staff.position(code).unwrap());
    let bands = staff.attributes()[band].categories();
    let mut truth: BTreeMap<&str, f64> = bands.iter().map(|band| (band.code(), 0.0)).collect();
    for person in &extract.people {
        // White is the first category, unknown the last of seven.
        if (1..6).contains(&person.codes[ethnic]) {
            *truth.get_mut(bands[person.codes[band]].code()).unwrap() += 1.0;
        }
    }
    for (band, exact) in &truth {
        let [estimate, lower, upper] = of_categories[*band];
        let sd = (upper - lower) / 3.92;
        assert!(
            (estimate - exact).abs() < 6.0 * sd + 1.0,
            "{band}: {exact}, told as {estimate}"
        );
    }
    assert!(truth.values().sum::<f64>() > 1000.0);

    // A group of bands is what its bands add up to, to the last digit that is written.
    let tiers = ["--by", "band:1", "--where", "ethnic_group:1=bme"];
    let tiers = table(&federation, "tiers.csv", &tiers).await;
    let upper = ["afc_8a", "afc_8b", "afc_8c", "afc_8d", "afc_9", "vsm"];
    let sum: f64 = upper.iter().map(|band| of_categories[*band][0]).sum();
    assert!(
        (tiers["upper"][0] - sum).abs() < 1e-6,
        "{} and {sum}",
        tiers["upper"][0]
    );
    assert_eq!(tiers.len(), 3);

    // What is below the groups was never measured with bands, and is refused with what was.
    let refused = federation
        .aggregator(&["table", "--by", "band,ethnic_group"])
        .await
        .ended_with(2);
    assert!(
        refused.stderr.contains("band+ethnic_group:1"),
        "{refused:?}"
    );
    let cut = [
        "table",
        "--by",
        "ethnic_group:1",
        "--where",
        "ethnic_group=asian",
    ];
    let cut = federation.aggregator(&cut).await.ended_with(2);
    assert!(cut.stderr.contains("keeps a part of a group"), "{cut:?}");
    federation.stop().await;
}
