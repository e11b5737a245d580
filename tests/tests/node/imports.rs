//! An import stores all that it is given, or clearly refuses it and stores nothing.

use serde_json::Value;
use vwis_tests::{
    certificates::System,
    extract::{Extract, header, row},
    node::NodeFixture,
};

use super::BINARY;

/// The periods that a node holds, as it tells its aggregator.
async fn periods(node: &NodeFixture, system: &System) -> Vec<String> {
    let server = node.serve().await;
    let periods = server.caller(system).await.describe().await.periods;
    server.stop().await;
    periods
}

/// The rows of `extract`, each changed by `change` as text.
fn changed(extract: &Extract, change: impl Fn(usize, String) -> String) -> String {
    let rows = extract.people.iter().map(row).enumerate();
    let rows: Vec<_> = rows.map(|(n, row)| change(n, row)).collect();
    format!("{}\n{}\n", header(), rows.join("\n"))
}

/// Checks that `rows_read = kept + merged + Σ excluded + Σ rejected`, and returns the people kept.
fn adds_up(report: &Value) -> u64 {
    let sum = |field: &str| -> u64 {
        let counts = report[field].as_object().unwrap();
        counts.values().map(|count| count.as_u64().unwrap()).sum()
    };
    let rows = report["rows_read"].as_u64().unwrap();
    let kept = report["kept"].as_u64().unwrap() + report["merged"].as_u64().unwrap();
    assert_eq!(rows, kept + sum("excluded") + sum("rejected"), "{report}");
    rows
}

#[tokio::test]
async fn what_is_no_extract_is_refused_with_the_reason_and_nothing_is_stored() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let extract = Extract::seeded(1, 200);
    let good = extract.csv();
    let longer = changed(&extract, |n, row| {
        if n < 5 {
            row.replace('E', "") + ",x"
        } else {
            row
        }
    });
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("nothing", Vec::new(), "holds no rows"),
        ("a header alone", header().into_bytes(), "holds no rows"),
        (
            "a column missing",
            good.replacen(",band", ",something", 1).into_bytes(),
            "no column `band`",
        ),
        (
            "a column twice",
            good.replacen("gender", "band", 1).into_bytes(),
            "are all mapped to `band`",
        ),
        (
            "rows of two lengths",
            longer.into_bytes(),
            "5 of 200 rows were rejected",
        ),
        (
            "a quote left open in a first column",
            changed(
                &extract,
                |n, row| if n == 100 { format!("\"{row}") } else { row },
            )
            .into_bytes(),
            "quote",
        ),
        (
            "not UTF-8",
            [good.trim_end().as_bytes(), b"\xff\xfe\n"].concat(),
            "that are not UTF-8",
        ),
        (
            "too many rejected",
            changed(&extract, |n, row| {
                if n < 3 {
                    row.replacen(",1.00", ",37.5", 1).replacen(",0.", ",9.", 1)
                } else {
                    row
                }
            })
            .into_bytes(),
            "nothing was imported",
        ),
    ];
    for (name, bytes, expected) in cases {
        let ran = node
            .import_bytes(&bytes, "2026-06", &[])
            .await
            .ended_with(65);
        assert!(ran.stderr.contains(expected), "{name}: {ran:?}");
    }
    let ran = node.import_bytes(good.as_bytes(), "9000-01", &[]).await;
    let ran = ran.ended_with(65);
    assert!(ran.stderr.contains("after today"), "{ran:?}");
    let _ = node
        .import_bytes(good.as_bytes(), "2026-6", &[])
        .await
        .ended_with(2);
    let missing = node
        .run(&["import", "/no/such.csv", "--period", "2026-06"])
        .await;
    assert!(missing.ended_with(65).stderr.contains("/no/such.csv"));
    assert!(periods(&node, &system).await.is_empty());
}

#[tokio::test]
async fn a_quote_left_open_in_the_last_column_loses_no_rows_in_silence() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let extract = Extract::seeded(1, 300);
    // To a CSV reader everything from one quote to the next is a single field: the rest of the file, or the
    // people up to one whose role is quoted, as it may well be.
    for next_quote in [None, Some(250)] {
        let open = changed(&extract, |n, row| {
            let (rest, last) = row.rsplit_once(',').unwrap();
            match n {
                200 => format!("{rest},\"{last}"),
                _ if Some(n) == next_quote => format!("{rest},\"{last}\""),
                _ => row,
            }
        });
        let ran = node.import_bytes(open.as_bytes(), "2026-06", &[]).await;
        assert_eq!(ran.code, Some(65), "{ran:?}");
        assert!(ran.stderr.contains("quote"), "{ran:?}");
        assert!(ran.stderr.contains("line 202"), "{ran:?}");
    }
    assert!(periods(&node, &system).await.is_empty());
}

#[tokio::test]
async fn a_dry_run_stores_nothing_and_the_report_adds_up() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let extract = Extract::seeded(2, 500);
    // Of 500 rows three are bad and ten are bank staff. Each remaining person among the first 30 has a second
    // assignment.
    let contract = vwis_tests::extract::staff().position("contract").unwrap() + 2;
    let csv = changed(&extract, |n, row| {
        let mut fields: Vec<_> = row.split(',').map(str::to_owned).collect();
        match n {
            0..3 => fields[1] = "full".to_owned(),
            3..13 => fields[contract] = "Bank".to_owned(),
            _ => {}
        }
        let row = fields.join(",");
        if (13..30).contains(&n) {
            fields[1] = "0.05".to_owned();
            format!("{row}\n{}", fields.join(","))
        } else {
            row
        }
    });
    let options = ["--dry-run", "--report", "json"];
    let report = node
        .import_bytes(csv.as_bytes(), "2026-06", &options)
        .await
        .json();
    assert_eq!(adds_up(&report), 517);
    assert_eq!(
        (&report["kept"], &report["merged"]),
        (&487.into(), &17.into())
    );
    assert_eq!(report["excluded"]["bank"], 10);
    assert_eq!(report["rejected"]["bad_fte"], 3);
    let error = &report["errors"][0];
    assert_eq!(
        (&error["line"], &error["column"], &error["value"]),
        (&2.into(), &"fte".into(), &"full".into())
    );
    assert!(error["expected"].is_string());
    assert!(periods(&node, &system).await.is_empty());

    // For people, a fault is in one line that an editor can follow.
    let text = node
        .import_bytes(csv.as_bytes(), "2026-06", &["--dry-run"])
        .await;
    let file = report["file"].as_str().unwrap();
    let (folder, _) = file.rsplit_once('/').unwrap();
    let named = |line: &str| {
        line.trim().starts_with(folder) && line.contains(", line 2, column fte: `full`")
    };
    assert!(text.stdout.lines().any(named), "{text:?}");

    // Refused for too many rejected rows, the import still reports; with a higher limit it stores.
    let strict = ["--most-rejected", "0.001", "--report", "json"];
    let refused = node
        .import_bytes(csv.as_bytes(), "2026-06", &strict)
        .await
        .ended_with(65);
    adds_up(&serde_json::from_str(&refused.stdout).unwrap());
    let stored = node
        .import_bytes(csv.as_bytes(), "2026-06", &["--report", "json"])
        .await
        .json();
    let mut without = stored.clone();
    without["stored"] = Value::Null;
    without["file"] = report["file"].clone();
    assert_eq!(without, report);
    assert_eq!(stored["stored"]["revision"], 1);
    assert_eq!(periods(&node, &system).await, ["2026-06"]);
}

#[tokio::test]
async fn what_comes_through_a_pipe_is_read_like_a_file_a_workbook_too() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let csv = Extract::seeded(1, 50).csv();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, line) in (0..).zip(csv.lines()) {
        for (column, field) in (0..).zip(line.split(',')) {
            sheet.write(row, column, field).unwrap();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let workbook_file = folder.path().join("staff.xlsx");
    workbook.save(&workbook_file).unwrap();
    let csv_file = folder.path().join("staff.csv");
    std::fs::write(&csv_file, csv).unwrap();
    for file in [csv_file, workbook_file] {
        let import = node.command_line(&["import", "-", "--period", "2026-06", "--report", "json"]);
        let mut shell = tokio::process::Command::new("sh");
        shell.args([
            "-c",
            &format!("cat {} | {import} --dry-run", file.display()),
        ]);
        let report = vwis_tests::process::run(shell).await.json();
        assert_eq!(
            (adds_up(&report), &report["kept"]),
            (50, &50.into()),
            "{report}"
        );
    }
}
