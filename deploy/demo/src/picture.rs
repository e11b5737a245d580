//! `picture.csv`, as the aggregator wrote it.

use std::path::Path;

use anyhow::Context as _;

/// The name of one cell of the picture.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Cell {
    pub(crate) series: String,
    pub(crate) org: String,
    pub(crate) table: String,
    pub(crate) categories: String,
}

/// One row of the picture.
pub(crate) struct Row {
    pub(crate) cell: Cell,
    pub(crate) estimate: f64,
    pub(crate) sd: f64,
    pub(crate) lower: f64,
    pub(crate) upper: f64,
    /// Whether it is pooled with another series of its day.
    pub(crate) is_pooled: bool,
}

// === impl Cell ===

impl Cell {
    pub(crate) fn new(series: &str, org: &str, table: &str, categories: &str) -> Self {
        Self {
            series: series.to_owned(),
            org: org.to_owned(),
            table: table.to_owned(),
            categories: categories.to_owned(),
        }
    }
}

/// Reads `picture.csv`, rows in its order.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<Row>> {
    let mut csv =
        csv::Reader::from_path(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut rows = Vec::new();
    for record in csv.records() {
        let record = record?;
        let text = |index: usize| record.get(index).context("picture.csv has too few columns");
        let number = |index: usize| anyhow::Ok(text(index)?.parse::<f64>()?);
        rows.push(Row {
            cell: Cell::new(text(0)?, text(1)?, text(2)?, text(3)?),
            estimate: number(4)?,
            sd: number(5)?,
            lower: number(6)?,
            upper: number(7)?,
            is_pooled: !text(13)?.is_empty(),
        });
    }
    Ok(rows)
}
