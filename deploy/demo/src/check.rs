//! Checks how well the picture holds the truth.

use std::path::Path;

use anyhow::Context as _;

/// How well the picture holds the truth, over all cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// The number of cells compared.
    pub cells: usize,
    /// The share of cells, 0 to 1, whose 95% interval holds the truth.
    pub covered: f64,
    /// The mean of ((estimate − truth) / sd)², which is 1 if the stated standard deviations are right.
    pub mean_squared_error: f64,
}

/// Compares `picture.csv` and `truth.csv`, which have the same rows in the same order.
///
/// # Errors
/// A file cannot be read, or their rows differ.
#[expect(
    clippy::cast_precision_loss,
    reason = "a mean over some ten thousand cells"
)]
pub fn compare(picture: &Path, truth: &Path) -> anyhow::Result<Fit> {
    let rows = crate::picture::read(picture)?;
    let mut truths = csv::Reader::from_path(truth)
        .with_context(|| format!("cannot read {}", truth.display()))?;
    let (mut cells, mut covered, mut squares) = (0_usize, 0_usize, 0.0);
    for (row, record) in rows.iter().zip(truths.records()) {
        let record = record?;
        let names = [
            &row.cell.series,
            &row.cell.org,
            &row.cell.table,
            &row.cell.categories,
        ];
        anyhow::ensure!(
            record.iter().take(4).eq(names),
            "row {} is another cell in {}",
            cells + 2,
            truth.display()
        );
        let value: f64 = record
            .get(4)
            .context("truth.csv has too few columns")?
            .parse()?;
        cells += 1;
        covered += usize::from((row.lower..=row.upper).contains(&value));
        squares += ((row.estimate - value) / row.sd).powi(2);
    }
    anyhow::ensure!(
        cells == rows.len(),
        "{} has fewer rows than the picture",
        truth.display()
    );
    Ok(Fit {
        cells,
        covered: covered as f64 / cells as f64,
        mean_squared_error: squares / cells as f64,
    })
}
