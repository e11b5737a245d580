//! One table of a real release, in every form, read by the tools that it is made for.

use std::{fs, path::Path};

use vwis_tests::{extract::Extract, federation::Federation, needs};

use crate::{BINARY, PANDAS, libreoffice, python};

const DRAFT: &str = r#"
name = "A small agreement"
version = 1
aggregator = "gm-icb"
purpose = "To test the whole."
readers = "Testers."
first_period = "2026-03"
last_period = "2027-03"

[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.2
tables = [{ by = ["staff_group", "gender"] }]
"#;

/// Reads the same table from CSV, JSON and spreadsheet, one line for each: as many rows, equal numbers.
const READ: &str = r#"
import json, sys
import pandas

csv_path, json_path, xlsx_path = sys.argv[1:]
csv = pandas.read_csv(csv_path)
flat = pandas.DataFrame(json.load(open(json_path))["rows"])
xlsx = pandas.read_excel(xlsx_path, sheet_name="Numbers")

assert len(csv) == len(flat) == len(xlsx) == 44, (len(csv), len(flat), len(xlsx))
assert list(csv.columns) == list(flat.columns), (csv.columns, flat.columns)
for column in ["estimate", "sd", "lower", "upper", "display"]:
    assert pandas.api.types.is_numeric_dtype(csv[column]), column
    assert csv[column].equals(flat[column].astype(float)), column
assert (csv["estimate"] == xlsx["Estimate"]).all()
assert (csv["staff_group"] == xlsx["Staff group (code)"]).all()
assert csv["display"].isna().equals(xlsx["About"].isna())
assert csv["display"].isna().any() and csv["display"].notna().any()
first = pandas.read_excel(xlsx_path, sheet_name="Read this first", header=None)
said = " ".join(str(cell) for cell in first.to_numpy().ravel())
assert "1 of 1 employer" in said and "counts twice" in said, said
print(csv["estimate"].sum())
"#;

const VALIDATE: &str = r#"
import sys
import csvw

described = csvw.CSVW(sys.argv[1], validate=True)
assert described.is_valid, described.warnings
table = described.tables[0]
rows = list(table)
assert len(rows) == int(sys.argv[2]), len(rows)
assert isinstance(rows[0]["estimate"], (int, float)) or rows[0]["estimate"].is_finite()
assert any(row["display"] is None for row in rows)
"#;

#[tokio::test]
async fn one_table_opens_in_pandas_in_a_csvw_reader_and_in_a_spreadsheet() {
    let federation = Federation::new(BINARY).await;
    federation.enrol("R0A").await;
    let people = Extract::seeded(1, 400);
    federation.import("R0A", &people, "2026-06").await;
    let serving = federation.serve("R0A").await;
    let hash = federation.propose(DRAFT).await;
    federation.approve("R0A", &hash).await;
    let collect = ["collect", "--period", "2026-06"];
    federation.aggregator(&collect).await.done();
    serving.stop().await;

    // Each file has a folder of its own, because a CSV comes with a .json.
    let forms = [("flat", "json"), ("table", "csv"), ("book", "xlsx")].map(|(stem, ending)| {
        let file = federation.file(&format!("{stem}.{ending}"), "");
        fs::remove_file(&file).unwrap();
        file
    });
    for file in &forms {
        let table = ["table", "--by", "staff_group,gender", "--output", file];
        federation.aggregator(&table).await.done();
    }
    let [json, csv, xlsx] = &forms;

    if let Some(found) = needs::python(&["pandas", "openpyxl"], PANDAS) {
        let sum = python(&found, READ, &[csv, json, xlsx]);
        let sum: f64 = sum.trim().parse().unwrap();
        assert!((sum - 400.0).abs() < 100.0, "{sum}");
    }
    if let Some(found) = needs::python(&["csvw"], "pip install csvw") {
        let metadata = Path::new(csv).with_extension("json");
        python(&found, VALIDATE, &[metadata.to_str().unwrap(), "44"]);
        // Where rows are told apart by period, each also names the period of its release.
        let trend = federation.file("trend.csv", "");
        let ask = [
            "indicator",
            "trend",
            "--by",
            "staff_group",
            "--output",
            &trend,
        ];
        federation.aggregator(&ask).await.done();
        let metadata = Path::new(&trend).with_extension("json");
        python(&found, VALIDATE, &[metadata.to_str().unwrap(), "12"]);
    }
    if let Some(shown) = libreoffice(Path::new(xlsx)) {
        let lines: Vec<_> = shown.lines().collect();
        assert_eq!(lines.len(), 45, "{shown}");
        assert!(
            lines[0].starts_with("Staff group,Gender,About,95% interval,"),
            "{shown}"
        );
        assert!(!shown.contains("Err:") && !shown.contains('#'), "{shown}");
    }

    // The same release makes the same file.
    let again = federation.file("again.xlsx", "");
    let table = ["table", "--by", "staff_group,gender", "--output", &again];
    federation.aggregator(&table).await.done();
    assert_eq!(fs::read(&again).unwrap(), fs::read(xlsx).unwrap());
    federation.stop().await;
}
