//! The price tag of an agreement, known before anyone is asked to approve it: what it costs, which questions
//! it answers and how well, how exact its tables will be, and what another table would cost.
//!
//! It is made from the draft alone and uses no data about anybody. What a ± is worth depends on what is
//! counted. So it is judged for the mean cell of each table (the employer's people divided by the number of
//! cells) and for the key figures of the indicators, at employers of published sizes.

mod coarser;
mod employers;
mod questions;
mod tradeoffs;

pub use coarser::Coarser;
pub use employers::{Employer, Worth, employers};
pub use questions::{PricedAnswer, PricedQuestion, Read, asked, best};
pub use tradeoffs::OneMore;

use serde::Serialize;
use vwis_model::{
    agreement::{Agreement, Draft, DraftError, Series},
    algebra::{Levels, Variances},
    rho::{DISPLAY_DELTA, Rho},
};

use crate::{estimate::thresholds::Z_95, picture::promised_tables};
use tradeoffs::Variants;

/// The forecast for one agreement. It is made from the agreement alone and uses no data about anybody.
#[derive(Clone, Debug, Serialize)]
pub struct Forecast {
    /// The agreement's hash, in hexadecimal.
    pub agreement: String,
    /// The agreement's title.
    pub name: String,
    /// The version that the authors gave the agreement.
    pub version: u32,
    /// The first period of the agreement's term, `YYYY-MM`.
    pub first_period: String,
    /// The last period of the agreement's term, `YYYY-MM`.
    pub last_period: String,
    /// The number of nodes over which `system_half_width` sums.
    pub nodes: u64,
    /// The δ at which every ε here is stated.
    pub delta: f64,
    /// The ρ that all series cost in a full year, as an exact decimal.
    pub rho_per_year: String,
    /// The ε that follows from `rho_per_year` at `delta`.
    pub epsilon_per_year: f64,
    /// The employers for whom tables and key figures are judged.
    pub employers: Vec<Employer>,
    /// One forecast for each series of the agreement.
    pub series: Vec<SeriesForecast>,
    /// The counts that indicators rest on, of people whom the agreement counts, and how well it answers each.
    pub questions: Vec<PricedQuestion>,
    /// Tables whose cells are too small, each with a coarser table whose cells are not.
    pub suggestions: Vec<Coarser>,
    /// Attributes of which two series that count the same people measure other groups.
    pub other_groups: Vec<OtherGroups>,
}

/// An attribute of which two series that count the same people measure other groups. What they count of it
/// in common is less, now and when their counts are put together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OtherGroups {
    /// The code of the attribute.
    pub attribute: String,
    /// The names of the two series.
    pub series: [String; 2],
}

/// The forecast for one series.
#[derive(Clone, Debug, Serialize)]
pub struct SeriesForecast {
    /// The name of the series.
    pub series: String,
    /// The code of the data set that it counts.
    pub data_set: String,
    /// The measure: `headcount` or `fte`.
    pub measure: String,
    /// The ρ charged for one measurement, as an exact decimal.
    pub rho: String,
    /// The ε that follows from `rho`.
    pub epsilon: f64,
    /// The number of measurements in a full year.
    pub releases_per_year: u64,
    /// The ρ charged in a full year, as an exact decimal.
    pub rho_per_year: String,
    /// The number of integers in one measurement.
    pub entries: usize,
    /// What the strategy minimises: `sum_of_variances` or `worst_table`.
    pub objective: &'static str,
    /// What one more table of two attributes would cost the other tables.
    pub one_more: Option<OneMore>,
    /// The agreement's tables in its order, the total always among them.
    pub tables: Vec<TableForecast>,
}

/// The forecast for one table.
#[derive(Clone, Debug, Serialize)]
pub struct TableForecast {
    /// Attribute codes joined by `+`, or `total`.
    pub table: String,
    /// The number of cells.
    pub cells: u64,
    /// Half-width of a cell's 95% interval for one node, in people or FTE.
    pub node_half_width: f64,
    /// Half-width of a cell's 95% interval for the sum over all nodes, in people or FTE.
    pub system_half_width: f64,
    /// How well the mean cell can be relied on, for each of the employers.
    pub mean_cell: Vec<Worth>,
    /// `node_half_width` if the series were planned for the other objective.
    pub other_objective_half_width: Option<f64>,
    /// The mean relative change of the other tables' intervals if this table were left out: -0.01 is a
    /// hundredth narrower.
    pub others_without_it: Option<f64>,
}

/// The forecast for `agreement`, which `draft` was compiled to, with `nodes` nodes; its questions beside
/// another agreement.
#[must_use]
pub fn forecast(
    draft: &Draft,
    agreement: &Agreement,
    beside: Option<&Agreement>,
    nodes: u64,
) -> Forecast {
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
        questions: questions::questions(agreement, beside, &employers),
        suggestions,
        other_groups: other_groups(agreement.series()),
        employers,
    }
}

/// The mean relative change of a series' intervals if one more table were added to it: 0.01 is a hundredth
/// wider.
///
/// # Errors
/// [`CannotAdd`] where the draft has no such series, or the attributes make no table of it.
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
    /// The draft has no series of this name.
    #[error("the draft has no series `{series}`; it has: {}", there.join(", "))]
    UnknownSeries {
        /// The series that was asked for.
        series: String,
        /// The series that the draft has.
        there: Vec<String>,
    },
    /// The attributes make no table of the series.
    #[error(transparent)]
    Draft(#[from] DraftError),
}

/// The attributes that two series of one data set and measure both count by, in other groups.
fn other_groups(series: &[Series]) -> Vec<OtherGroups> {
    let mut all = Vec::new();
    for (at, one) in series.iter().enumerate() {
        let alike = series[at + 1..].iter().filter(|other| {
            one.data_set().code() == other.data_set().code() && one.measure() == other.measure()
        });
        for other in alike {
            let theirs: Vec<_> = other.attributes().collect();
            let both = one
                .attributes()
                .filter(|position| theirs.contains(position));
            let (own, others) = (one.strategy().domain(), other.strategy().domain());
            let drawn_otherwise = both.filter(|&at| own.tree(at) != others.tree(at));
            all.extend(drawn_otherwise.map(|position| OtherGroups {
                attribute: one.data_set().attributes()[position].code().to_owned(),
                series: [one.name().to_owned(), other.name().to_owned()],
            }));
        }
    }
    all
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
    let half_width = |variances: &Variances, table: Levels| {
        let variance = mean_variance(variances, table);
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
            cells: series.strategy().domain().cells(table.levels),
            node_half_width: half_width(&one, table.levels),
            system_half_width: half_width(&all, table.levels),
            mean_cell: (employers.iter())
                .filter_map(|employer| coarser::mean_cell(series, &table.by, employer))
                .collect(),
            other_objective_half_width: other.as_ref().map(|sds| Z_95 * sds[index]),
            others_without_it: variants.and_then(|variants| variants.without(table.levels)),
        })
        .collect()
}

/// The mean variance of a table's cells, which differ where an attribute has groups; `None` where the series
/// does not measure the table.
#[expect(clippy::cast_precision_loss, reason = "at most 100,000 cells")]
fn mean_variance(variances: &Variances, table: Levels) -> Option<f64> {
    let all = variances.cell_variances(table)?;
    Some(all.iter().sum::<f64>() / all.len() as f64)
}

#[cfg(test)]
mod tests;
