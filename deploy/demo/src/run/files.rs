//! The files that the demo leaves.

use std::{fs, path::Path};

use anyhow::bail;
use serde_json::json;
use vwis_model::{agreement::Agreement, period::Period};

use super::nodes::{AggregatorAddresses, ServingNode};
use crate::{
    check::Measured,
    picture,
    roles::Roles,
    truth::{SYSTEM, Truth},
};

/// Makes an empty folder, in place of one that an earlier demo left.
///
/// # Errors
/// The folder holds something else than a demo, and stays as it is.
pub(super) fn clear(dir: &Path, note: &str) -> anyhow::Result<()> {
    let marker = dir.join("made-by-vwis-demo");
    let empty = !dir.exists() || fs::read_dir(dir)?.next().is_none();
    if !empty && !marker.exists() {
        bail!(
            "{} holds something else than a demo: choose another --dir",
            dir.display()
        );
    }
    if dir.exists() {
        fs::remove_dir_all(dir)?;
    }
    fs::create_dir_all(dir.join("extracts"))?;
    fs::write(marker, note)?;
    Ok(())
}

/// Writes the true value of every row of the picture, in the same order.
pub(super) fn write_truth(path: &Path, rows: &[picture::Row], truth: &Truth) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record(["series", "organisation", "table", "cell", "truth"])?;
    for row in rows {
        let cell = &row.cell;
        let value = truth.of(cell).to_string();
        csv.write_record([
            &cell.series,
            &cell.org,
            &cell.table,
            &cell.categories,
            &value,
        ])?;
    }
    Ok(csv.flush()?)
}

/// Writes what the plan said of each question beside what came out.
pub(super) fn write_questions<'a>(
    path: &Path,
    questions: impl Iterator<Item = &'a Measured>,
) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_path(path)?;
    let columns = [
        "question",
        "series",
        "table",
        "predicted_sd",
        "observed_sd",
        "employers",
    ];
    csv.write_record(columns)?;
    for one in questions {
        csv.write_record([
            &one.question,
            &one.series,
            &one.table,
            &format!("{:.3}", one.predicted_sd),
            &format!("{:.3}", one.observed_sd),
            &one.employers.to_string(),
        ])?;
    }
    Ok(csv.flush()?)
}

/// How many of 100 funded posts are filled: an invented number.
const FILLED_OF_100: f64 = 93.0;

/// Writes the funded posts of every trust by staff group and locality, in FTE, for the latest period. The
/// trusts' finance departments would know them; here they are invented from who is in post.
pub(super) fn write_posts(path: &Path, rows: &[picture::Row], truth: &Truth) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record(["ods_code", "staff_group", "locality", "funded_fte"])?;
    let cells = rows.iter().map(|row| &row.cell);
    let of_trusts = cells.filter(|cell| {
        (cell.series.as_str(), cell.table.as_str()) == ("fte", "staff_group+locality")
            && cell.org != SYSTEM
    });
    for cell in of_trusts {
        let in_post = truth.of(cell);
        if let Some((group, locality)) = cell.categories.split_once('+')
            && in_post > 0.0
        {
            let funded = format!("{:.1}", in_post * 100.0 / FILLED_OF_100);
            csv.write_record([&cell.org, group, locality, &funded])?;
        }
    }
    Ok(csv.flush()?)
}

/// Writes what was started and where it listens, for other programs to read.
pub(super) fn write_demo_json(
    dir: &Path,
    roles: &Roles,
    addresses: &AggregatorAddresses,
    nodes: &[ServingNode],
    [workforce, equality]: [&Agreement; 2],
    period: Period,
) -> anyhow::Result<()> {
    let nodes: Vec<_> = nodes
        .iter()
        .map(|node| {
            let config = roles.node_config(node.ods_code);
            json!({ "ods": node.ods_code, "grpc": node.address, "config": config })
        })
        .collect();
    let demo = json!({
        "aggregator": { "http": addresses.http, "config": roles.aggregator_config() },
        "nodes": nodes,
        "agreement": workforce.hash(),
        "equality_agreement": equality.hash(),
        "period": period,
    });
    Ok(fs::write(
        dir.join("demo.json"),
        serde_json::to_string_pretty(&demo)?,
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_no_demo_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thesis.txt"), "ten years of work").unwrap();
        assert!(clear(folder.path(), "").is_err());
        assert!(folder.path().join("thesis.txt").exists());
        let demo = folder.path().join("demo");
        clear(&demo, "").unwrap();
        fs::write(demo.join("demo.json"), "{}").unwrap();
        clear(&demo, "").unwrap();
        assert!(!demo.join("demo.json").exists());
    }
}
