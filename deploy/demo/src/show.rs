//! What the demo prints at the end: the picture, and what to try next.

pub(crate) mod change;
pub(crate) mod equality;
pub(crate) mod headcount;
mod layout;
pub(crate) mod next;

use std::{collections::HashMap, io::Write, path::Path};

use vwis_model::{dictionary::Dictionary, period::Period};

use crate::{check, picture, published::Published};

pub(crate) use layout::grouped;

/// Standard deviations to either side of a 95% interval.
const Z_95: f64 = vwis_picture::estimate::thresholds::Z_95;

/// The picture, and what showing it takes.
pub(crate) struct Picture<'a> {
    pub(crate) rows: &'a [picture::Row],
    pub(crate) dictionary: &'static Dictionary,
    pub(crate) published: &'a Published,
    /// The latest period.
    pub(crate) period: Period,
    /// The share of the full staff that was invented: 1 is all.
    pub(crate) scale: f64,
}

/// An estimate and its standard deviation, in people or FTE.
#[derive(Clone, Copy, Debug, Default)]
struct Value {
    estimate: f64,
    sd: f64,
}

// === impl Picture ===

impl Picture<'_> {
    /// A table of one organisation: values by categories. Empty if it is not in the picture.
    fn table(&self, series: &str, org: &str, table: &str) -> HashMap<&str, Value> {
        let own = |row: &&picture::Row| {
            row.cell.series == series && row.cell.org == org && row.cell.table == table
        };
        let value = |row: &picture::Row| Value {
            estimate: row.estimate,
            sd: row.sd,
        };
        let rows = self.rows.iter().filter(own);
        rows.map(|row| (row.cell.categories.as_str(), value(row)))
            .collect()
    }

    fn total(&self, series: &str, org: &str) -> Value {
        let total = self.table(series, org, "total");
        total.get("total").copied().unwrap_or_default()
    }
}

// === impl Value ===

impl Value {
    fn half_width(self) -> f64 {
        Z_95 * self.sd
    }
}

/// Prints who is in the latest release of each series.
pub(crate) fn coverage(out: &mut impl Write, collected: &[String]) -> anyhow::Result<()> {
    writeln!(out, "COVERAGE of the latest release of each series")?;
    let mut columns = layout::Columns::new(["", "", ""]);
    for line in collected {
        // A line reads `headline 2026-09: 9 of 9 employers; release 1 (new) …`.
        let said = line.split("; release").next().unwrap_or(line);
        if let Some((what, whose)) = said.split_once(": ") {
            let (series, period) = what.split_once(' ').unwrap_or((what, ""));
            columns.row([series, period, whose]);
        }
    }
    columns.print(out)?;
    Ok(())
}

/// Prints how well each picture holds the truth.
pub(crate) fn fit(out: &mut impl Write, pictures: &[(&Path, &Path)]) -> anyhow::Result<()> {
    writeln!(out, "\nIS IT TRUE? Only this demo knows.")?;
    for (picture, truth) in pictures {
        let fit = check::compare(picture, truth)?;
        let file = picture.file_name().unwrap_or_default();
        writeln!(
            out,
            "  {}: of {} cells of every trust and of the system, {:.1}% of the 95% intervals hold the truth\n  \
             (mean squared standardised error {:.3}; 1 is right).",
            file.display(),
            grouped(fit.cells as u64),
            100.0 * fit.covered,
            fit.mean_squared_error
        )?;
    }
    Ok(())
}
