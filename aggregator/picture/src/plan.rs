//! The price tag of an agreement: what it costs, how exact its tables will be, which indicators it
//! answers, and what another table would cost. Known before anyone is asked.
//!
//! Only the draft goes in, nothing of anybody's data. What a ± is worth depends on what is counted:
//! it is judged for the mean cell of a table (the employer's people divided by its cells), and for
//! the key figures of the indicators, at employers of published sizes.

mod answerable;
mod coarser;
mod employers;
mod tradeoffs;

pub use answerable::{Answerable, answerable};
pub use coarser::Coarser;
pub use employers::{Employer, Worth, employers};
pub use tradeoffs::OneMore;

use serde::Serialize;
use vwis_model::{
    agreement::{Agreement, Draft, DraftError, Series},
    algebra::{AttributeSet, Variances},
    rho::{DISPLAY_DELTA, Rho},
};

use crate::{estimate::thresholds::Z_95, picture::promised_tables};
use tradeoffs::Variants;

/// The forecast for one agreement. Only the agreement goes into it, nothing of anybody's data.
#[derive(Clone, Debug, Serialize)]
pub struct Forecast {
    /// The agreement's hash.
    pub agreement: String,
    /// Its title.
    pub name: String,
    /// Version given by its authors.
    pub version: u32,
    /// First period of its term.
    pub first_period: String,
    /// Last period of its term.
    pub last_period: String,
    /// Nodes that `system_half_width` is for.
    pub nodes: u64,
    /// δ of every ε here.
    pub delta: f64,
    /// ρ of all series in a full year, exact decimal.
    pub rho_per_year: String,
    /// The ε that follows from it.
    pub epsilon_per_year: f64,
    /// Whom the tables and key figures are judged for.
    pub employers: Vec<Employer>,
    /// By series.
    pub series: Vec<SeriesForecast>,
    /// What indicators need, and what they get.
    pub indicators: Vec<Answerable>,
    /// Tables whose cells are too small, and coarser ones that are not.
    pub suggestions: Vec<Coarser>,
}

/// The forecast for one series.
#[derive(Clone, Debug, Serialize)]
pub struct SeriesForecast {
    /// Its name.
    pub series: String,
    /// Data set counted.
    pub data_set: String,
    /// `headcount` or `fte`.
    pub measure: String,
    /// Charge of one measurement, exact decimal.
    pub rho: String,
    /// The ε that follows from it.
    pub epsilon: f64,
    /// Measurements in a full year.
    pub releases_per_year: u64,
    /// Charge of a full year, exact decimal.
    pub rho_per_year: String,
    /// Integers in one measurement.
    pub entries: usize,
    /// What the strategy makes small: `sum_of_variances` or `worst_table`.
    pub objective: &'static str,
    /// What one more table of two attributes would cost the others.
    pub one_more: Option<OneMore>,
    /// The agreement's tables in its order, the total always among them.
    pub tables: Vec<TableForecast>,
}

/// The forecast for one table.
#[derive(Clone, Debug, Serialize)]
pub struct TableForecast {
    /// Attribute codes joined by `+`, or `total`.
    pub table: String,
    /// Cells.
    pub cells: u64,
    /// Half-width of a cell's 95% interval for one node, in people or FTE.
    pub node_half_width: f64,
    /// The same for the sum over the nodes.
    pub system_half_width: f64,
    /// What the mean cell is worth to each of the employers.
    pub mean_cell: Vec<Worth>,
    /// `node_half_width` if the series were planned for the other objective.
    pub other_objective_half_width: Option<f64>,
    /// By how much the other tables' intervals would change, in the mean, if this one were left out:
    /// -0.01 is a hundredth narrower.
    pub others_without_it: Option<f64>,
}

/// The forecast for what `draft` was compiled to, over `nodes` nodes.
#[must_use]
pub fn forecast(draft: &Draft, agreement: &Agreement, nodes: u64) -> Forecast {
    let all = agreement.series().iter().fold(Rho::ZERO, |sum, series| {
        sum.checked_add(per_year(series))
            .unwrap_or(Rho::from_nano(u64::MAX))
    });
    let employers = employers(nodes);
    let (first, last) = agreement.term();
    let mut suggestions = Vec::new();
    for series in agreement.series() {
        let tables = promised_tables(series);
        suggestions.extend(
            tables
                .iter()
                .filter_map(|t| coarser::coarser(series, t, &employers[0])),
        );
    }
    Forecast {
        agreement: agreement.hash().to_string(),
        name: agreement.name().to_owned(),
        version: agreement.version(),
        first_period: first.to_string(),
        last_period: last.to_string(),
        nodes,
        delta: DISPLAY_DELTA,
        rho_per_year: all.to_string(),
        epsilon_per_year: all.epsilon(),
        series: (agreement.series().iter())
            .map(|series| of_series(draft, series, &employers))
            .collect(),
        indicators: answerable(agreement, &employers),
        suggestions,
        employers,
    }
}

/// By how much the tables of a series would lose in the mean if one more were added to it: 0.01 is a
/// hundredth.
///
/// # Errors
/// When the draft has no such series, or the attributes make no table of it.
pub fn cost_of_adding(
    draft: &Draft,
    agreement: &Agreement,
    series: &str,
    by: &[String],
) -> Result<f64, CannotAdd> {
    let found = agreement.series_named(series);
    let variants = found.and_then(|series| Variants::of(draft, series));
    let variants = variants.ok_or_else(|| CannotAdd::UnknownSeries {
        series: series.chars().take(60).collect(),
        there: agreement
            .series()
            .iter()
            .map(|s| s.name().to_owned())
            .collect(),
    })?;
    Ok(variants.with(by)?)
}

/// Why a table cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum CannotAdd {
    /// No series of that name.
    #[error("the draft has no series `{series}`; it has: {}", there.join(", "))]
    UnknownSeries {
        /// As asked for.
        series: String,
        /// All there are.
        there: Vec<String>,
    },
    /// No table.
    #[error(transparent)]
    Draft(#[from] DraftError),
}

fn per_year(series: &Series) -> Rho {
    let times = series.cadence().per_year();
    series
        .charge()
        .checked_mul(times)
        .unwrap_or(Rho::from_nano(u64::MAX))
}

fn of_series(draft: &Draft, series: &Series, employers: &[Employer]) -> SeriesForecast {
    let variants = Variants::of(draft, series);
    let clause = draft
        .series
        .iter()
        .find(|clause| clause.name == series.name());
    SeriesForecast {
        series: series.name().to_owned(),
        data_set: series.data_set().code().to_owned(),
        measure: series.measure().code().to_owned(),
        rho: series.charge().to_string(),
        epsilon: series.charge().epsilon(),
        releases_per_year: series.cadence().per_year(),
        rho_per_year: per_year(series).to_string(),
        entries: series.strategy().entries(),
        objective: clause
            .map(|clause| clause.objective)
            .unwrap_or_default()
            .code(),
        one_more: variants.as_ref().and_then(Variants::one_more),
        tables: tables(series, variants.as_ref(), employers),
    }
}

fn tables(
    series: &Series,
    variants: Option<&Variants<'_>>,
    employers: &[Employer],
) -> Vec<TableForecast> {
    let one = series.strategy().variances(1);
    let all = series.strategy().variances(employers[0].nodes);
    let half_width = |variances: &Variances, marginal: AttributeSet| {
        let variance = variances.cell_variance(marginal);
        Z_95 * variance
            .expect("an agreement's tables are in its closure")
            .sqrt()
    };
    let other = variants.and_then(Variants::under_the_other_objective);
    promised_tables(series)
        .iter()
        .enumerate()
        .map(|(index, table)| TableForecast {
            table: table.name(),
            cells: series.strategy().domain().cells(table.attributes),
            node_half_width: half_width(&one, table.attributes),
            system_half_width: half_width(&all, table.attributes),
            mean_cell: (employers.iter())
                .filter_map(|employer| coarser::mean_cell(series, &table.by, employer))
                .collect(),
            other_objective_half_width: other.as_ref().map(|sds| Z_95 * sds[index]),
            others_without_it: variants.and_then(|variants| variants.without(table.attributes)),
        })
        .collect()
}

#[cfg(test)]
mod tests;
