//! What leaves the aggregator opens where analysts work: pandas, CSVW readers, spreadsheets.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test, at this line"
)]

#[path = "exports/hostile.rs"]
mod hostile;
#[path = "exports/reading.rs"]
mod reading;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use vwis_tests::needs;

/// All programs in one, as real processes.
const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");

const PANDAS: &str =
    "pip install pandas openpyxl, or apt-get install python3-pandas python3-openpyxl";

/// What a Python script printed; it must end well.
fn python(python: &Path, script: &str, args: &[&str]) -> String {
    let output = Command::new(python)
        .args(["-c", script])
        .args(args)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

/// The first page of a spreadsheet as `LibreOffice` reads and computes it, as CSV of shown values;
/// `None` where there is no `LibreOffice`.
fn libreoffice(file: &Path) -> Option<String> {
    let office = needs::program("soffice", "libreoffice-calc-nogui")?;
    let folder = tempfile::tempdir().unwrap();
    let profile = format!("-env:UserInstallation=file://{}", folder.path().display());
    let output = Command::new(office)
        // The second sheet: what to read first comes before the numbers.
        .args([&profile, "--headless", "--convert-to"])
        .args(["csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,2", "--outdir"])
        .args([folder.path(), file])
        .env("HOME", folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let stem = file.file_stem()?.to_string_lossy();
    let written: PathBuf = folder.path().join(format!("{stem}-Numbers.csv"));
    Some(std::fs::read_to_string(written).unwrap())
}
