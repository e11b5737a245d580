//! Files that leave the aggregator open where analysts work: pandas, CSVW readers, spreadsheets.

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

/// The programs of VWIS in one binary, run as real processes.
const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");

/// The filter of `LibreOffice` for CSV as shown in cells; the number of the sheet is appended.
const CSV_AS_SHOWN: &str =
    "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,";

const PANDAS: &str =
    "pip install pandas openpyxl, or apt-get install python3-pandas python3-openpyxl";

/// The output of a Python script, which must end well.
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

/// The numbers of a spreadsheet as `LibreOffice` reads and computes it, as CSV of shown values; `None` where
/// there is no `LibreOffice`.
fn libreoffice(file: &Path) -> Option<String> {
    let office = needs::program("soffice", "libreoffice-calc-nogui")?;
    let folder = tempfile::tempdir().unwrap();
    let stem = file.file_stem()?.to_string_lossy();
    let is_book = file.extension()? == "xlsx";
    let (number, sheet) = if is_book { (2, "-Numbers") } else { (0, "") };
    let filter = format!("{CSV_AS_SHOWN}{number}");
    let profile = format!("-env:UserInstallation=file://{}", folder.path().display());
    let output = Command::new(office)
        .args([&profile, "--headless", "--convert-to", &filter, "--outdir"])
        .args([folder.path(), file])
        .env("HOME", folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let written: PathBuf = folder.path().join(format!("{stem}{sheet}.csv"));
    Some(std::fs::read_to_string(written).unwrap())
}
