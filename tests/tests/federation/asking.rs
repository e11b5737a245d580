//! Asks the aggregator for a table: named in words, written in the format of the file's name, honest about
//! noise.

use std::path::Path;

use vwis_tests::{extract::Extract, federation::Federation};

use crate::{BINARY, DRAFT, PERIOD};

#[tokio::test]
async fn a_table_is_asked_for_in_words_and_written_as_its_file_is_named() {
    let federation = Federation::new(BINARY).await;
    federation.enrol("R0A").await;
    federation
        .import("R0A", &Extract::seeded(1, 300), PERIOD)
        .await;
    let serving = federation.serve("R0A").await;
    let hash = federation.propose(DRAFT).await;
    federation.approve("R0A", &hash).await;
    let collect = ["collect", "--period", PERIOD, "--series", "headline"];
    federation.aggregator(&collect).await.done();
    serving.stop().await;

    // A label works as a code does.
    let by_code = ["table", "--by", "staff_group", "--where", "gender=female"];
    let by_label = ["table", "--by", "Staff group", "--where", "Gender=Female"];
    let answer = federation.aggregator(&by_code).await.done();
    assert_eq!(federation.aggregator(&by_label).await.done(), answer);
    let unknown = ["table", "--by", "gender", "--where", "staff_group=zzz"];
    let unknown = federation.aggregator(&unknown).await.ended_with(2);
    assert!(
        unknown.stderr.contains("students (Students)"),
        "{unknown:?}"
    );

    // The file's name decides the format. What is too noisy to show is not in the file either.
    let csv = federation.file("staff.csv", "");
    let output = ["table", "--by", "staff_group,locality", "--output", &csv];
    federation.aggregator(&output).await.done();
    let metadata = std::fs::read_to_string(Path::new(&csv).with_extension("json")).unwrap();
    assert!(metadata.contains("\"coverage\""), "{metadata}");
    let mut hidden = 0;
    let mut rows = csv::Reader::from_path(&csv).unwrap();
    let names = rows.headers().unwrap().clone();
    let place = |name: &str| names.iter().position(|own| own == name).unwrap();
    let places = [
        place("display"),
        place("reliability"),
        place("period"),
        place("organisation"),
    ];
    for row in rows.records() {
        let row = row.unwrap();
        let [display, reliability, period, whose] = places.map(|place| &row[place]);
        // Each row of a file names its period and whose it is.
        assert_eq!((period.len(), whose), (7, "system"), "{row:?}");
        assert_eq!(
            display.is_empty(),
            reliability == "too_noisy_to_show",
            "{row:?}"
        );
        hidden += usize::from(display.is_empty());
    }
    assert!(
        hidden > 0,
        "300 people over two hundred cells are mostly noise"
    );

    // The table of one organisation does not say how many others there are.
    let own = federation
        .aggregator(&["table", "--org", "R0A"])
        .await
        .done();
    assert!(own.contains("of R0A on 2026-06-30\n"), "{own}");
    // A table that no release holds is refused, with the series that would hold it.
    let fte = ["table", "--by", "locality", "--measure", "fte"];
    let fte = federation.aggregator(&fte).await.ended_with(2);
    assert!(fte.stderr.contains("(fte) is released yet"), "{fte:?}");
    let other = ["table", "--by", "gender", "--period", "2026-03"];
    let other = federation.aggregator(&other).await.ended_with(2);
    assert!(other.stderr.contains("headline 2026-06"), "{other:?}");
    federation.stop().await;
}
