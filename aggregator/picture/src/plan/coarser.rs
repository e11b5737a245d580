//! Finds coarser tables that would be far more useful.

use serde::Serialize;
use vwis_model::agreement::Series;

use super::{Employer, Worth, mean_variance};
use crate::{estimate::Reliability, picture::PromisedTable};

/// A table whose mean cell is too noisy, and a coarser table whose mean cell is not.
#[derive(Clone, Debug, Serialize)]
pub struct Coarser {
    /// The name of the series.
    pub series: String,
    /// The table whose cells are too small.
    pub table: String,
    /// How well its mean cell can be relied on, for the whole system.
    pub worth: Worth,
    /// The name of the table without one of its attributes.
    pub coarser: String,
    /// How well the mean cell of the coarser table can be relied on.
    pub coarser_worth: Worth,
}

/// The best table with one attribute less. `None` unless the mean cell of `table` is too noisy for the whole
/// system and that of the coarser table is not.
pub(super) fn coarser(
    series: &Series,
    table: &PromisedTable,
    system: &Employer,
) -> Option<Coarser> {
    let mean_cell = |by: &[String]| mean_cell(series, by, system);
    let worth = mean_cell(&table.by)?;
    if worth.reliability != Reliability::TooNoisyToShow || table.by.len() < 2 {
        return None;
    }
    let without = |left_out: usize| {
        let mut by = table.by.clone();
        by.remove(left_out);
        Some((mean_cell(&by)?, by))
    };
    let candidates = (0..table.by.len()).filter_map(without);
    let better = candidates.filter(|(worth, _)| worth.reliability != Reliability::TooNoisyToShow);
    // Of the coarser tables that say something, the finest.
    let (coarser_worth, by) = better.min_by(|a, b| a.0.typical.total_cmp(&b.0.typical))?;
    Some(Coarser {
        series: series.name().to_owned(),
        table: table.name(),
        worth,
        coarser: by.join("+"),
        coarser_worth,
    })
}

/// How well an employer can rely on the mean cell of a table; `None` if the table is not in the series'
/// closure.
pub(super) fn mean_cell(series: &Series, by: &[String], employer: &Employer) -> Option<Worth> {
    let data_set = series.data_set();
    let marginal = series.levels_of(by).ok()?;
    let variance = mean_variance(&series.strategy().variances(employer.nodes), marginal)?;
    #[expect(clippy::cast_precision_loss, reason = "at most 100,000 cells")]
    let cells = series.strategy().domain().cells(marginal) as f64;
    Some(Worth::of(
        employer.in_data_set(data_set.code()) / cells,
        variance,
    ))
}
