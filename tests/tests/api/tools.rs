//! Analysts' tools on a served release: pandas and R by address, and a fuzzer of the whole OpenAPI document.

use std::process::Output;

use vwis_tests::needs;

use crate::asking::{get, served, token};

/// The lines of pandas in aggregator/README.md, and what must hold for what they read.
const PANDAS: &str = r#"
import sys, io, pandas as pd, urllib.request, json
base = sys.argv[1]
table = pd.read_csv(f"{base}/api/v1/tables?by=staff_group&format=csv")
assert len(table) == 11, len(table)
assert (table.lower <= table.upper).all() and table.sd.gt(0).all()
assert set(table.columns) >= {"staff_group", "staff_group_label", "estimate", "lower", "upper", "display", "reliability"}
answer = json.load(urllib.request.urlopen(f"{base}/api/v1/indicators/composition"))
rows = pd.DataFrame(answer["rows"])
assert rows.estimate.notna().any() and answer["metadata"]["indicator"]["name"] == "composition"
total = pd.read_csv(f"{base}/api/v1/tables?format=csv").estimate[0]
assert abs(table.estimate.sum() - total) < 1e-6 * max(1, abs(total)), (table.estimate.sum(), total)
sheets = pd.read_excel(f"{base}/api/v1/indicators/composition?format=xlsx", sheet_name=None)
assert len(sheets) == 2, list(sheets)
print(len(table), len(rows))
"#;

/// The lines of R in aggregator/README.md, without a token and with one.
const R: &str = r#"
arguments <- commandArgs(trailingOnly = TRUE)
base <- arguments[1]
headers <- if (length(arguments) > 1) c(Authorization = paste("Bearer", arguments[2]))
read <- function(address) read.csv(if (is.null(headers)) address else url(address, headers = headers))
table <- read(paste0(base, "/api/v1/tables?by=staff_group&format=csv"))
stopifnot(nrow(table) == 11, all(table$lower <= table$upper), is.numeric(table$estimate))
shape <- read(paste0(base, "/api/v1/indicators/composition?format=csv"))
total <- shape$estimate[shape$staff_group == "total" & shape$measure == "headcount"]
stopifnot(length(total) == 1, abs(sum(table$estimate) - total) < 1e-6 * abs(total))
"#;

fn said(output: &Output) -> String {
    let all = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn pandas_reads_tables_and_indicators_by_their_address() {
    let Some(python) = needs::python(&["pandas", "openpyxl"], "pip install pandas openpyxl") else {
        return;
    };
    let federation = served().await;
    let base = federation.http();
    let read = tokio::task::spawn_blocking(move || {
        std::process::Command::new(python)
            .args(["-c", PANDAS, &base])
            .output()
            .unwrap()
    });
    let output = read.await.unwrap();
    assert!(output.status.success(), "{}", said(&output));
    federation.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r_reads_tables_and_indicators_by_their_address_with_and_without_a_token() {
    let Some(r) = needs::program("Rscript", "r-base-core") else {
        return;
    };
    let federation = served().await;
    let base = federation.http();
    let read = async |arguments: Vec<String>| {
        let mut command = std::process::Command::new(&r);
        command.args(["--vanilla", "-e", R]).args(arguments);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        output.await.unwrap()
    };
    let output = read(vec![base.clone()]).await;
    assert!(output.status.success(), "{}", said(&output));
    let analyst = token(&federation, &["--role", "analyst"]).await;
    let output = read(vec![base.clone(), analyst]).await;
    assert!(output.status.success(), "{}", said(&output));
    // From now on a token is needed.
    let output = read(vec![base]).await;
    assert!(said(&output).contains("401"), "{}", said(&output));
    federation.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_that_the_document_allows_or_forbids_makes_the_server_fail() {
    let Some(python) = needs::python(&["schemathesis"], "pip install schemathesis") else {
        return;
    };
    let federation = served().await;
    let document = format!("{}/api/v1/openapi.json", federation.http());
    let run = tokio::task::spawn_blocking(move || {
        let arguments = [
            "run",
            &document,
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
            "--phases",
            "examples,coverage,fuzzing",
            "--max-examples",
            "40",
            "--seed",
            "20261125",
            "--generation-database",
            "none",
            "--no-color",
        ];
        let schemathesis = python.with_file_name("schemathesis");
        // The fuzzer keeps what it learned in its working folder.
        let folder = tempfile::tempdir().unwrap();
        std::process::Command::new(schemathesis)
            .args(arguments)
            .current_dir(&folder)
            .output()
            .unwrap()
    });
    let output = run.await.unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let ready = get(&federation, "/readyz", None).await;
    assert_eq!(ready.status, 200);
    federation.stop().await;
}
