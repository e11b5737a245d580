//! What an agreement costs and how exact its tables will be: known before anyone is asked.

use serde::Serialize;
use vwis_proto::{
    agreement::{Agreement, Series},
    algebra::{AttributeSet, Variances},
    rho::{DISPLAY_DELTA, Rho},
};

use crate::{estimate::thresholds::Z_95, picture::promised_tables};

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
    /// By series.
    pub series: Vec<SeriesForecast>,
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
}

/// The forecast for `agreement` over `nodes` nodes.
#[must_use]
pub fn forecast(agreement: &Agreement, nodes: u64) -> Forecast {
    let per_year = |series: &Series| {
        let times = series.cadence().per_year();
        series
            .charge()
            .checked_mul(times)
            .unwrap_or(Rho::from_nano(u64::MAX))
    };
    let all = agreement.series().iter().fold(Rho::ZERO, |sum, series| {
        sum.checked_add(per_year(series))
            .unwrap_or(Rho::from_nano(u64::MAX))
    });
    let of_series = |series: &Series| SeriesForecast {
        series: series.name().to_owned(),
        data_set: series.data_set().to_owned(),
        measure: series.measure().code().to_owned(),
        rho: series.charge().to_string(),
        epsilon: series.charge().epsilon(),
        releases_per_year: series.cadence().per_year(),
        rho_per_year: per_year(series).to_string(),
        entries: series.strategy().entries(),
        tables: tables(series, nodes),
    };
    let (first, last) = agreement.term();
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
        series: agreement.series().iter().map(of_series).collect(),
    }
}

fn tables(series: &Series, nodes: u64) -> Vec<TableForecast> {
    let one = series.strategy().variances(1);
    let all = series.strategy().variances(nodes);
    let half_width = |variances: &Variances, marginal: AttributeSet| {
        let variance = variances.cell_variance(marginal);
        Z_95 * variance
            .expect("an agreement's tables are in its closure")
            .sqrt()
    };
    promised_tables(series)
        .iter()
        .map(|table| TableForecast {
            table: table.name(),
            cells: series.strategy().domain().cells(table.attributes),
            node_half_width: half_width(&one, table.attributes),
            system_half_width: half_width(&all, table.attributes),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::testing::agreement;

    #[test]
    fn the_system_is_as_exact_as_the_root_of_its_nodes() {
        let forecast = forecast(&agreement(), 9);
        for table in forecast.series.iter().flat_map(|series| &series.tables) {
            let ratio = table.system_half_width / table.node_half_width;
            assert!((ratio - 3.0).abs() < 1e-9, "{}: {ratio}", table.table);
        }
    }

    #[test]
    fn the_total_is_forecast_even_where_it_is_not_listed() {
        for series in forecast(&agreement(), 1).series {
            let total = series.tables.iter().find(|t| t.table == "total").unwrap();
            assert_eq!(total.cells, 1);
        }
    }

    #[test]
    fn a_year_costs_the_sum_of_its_releases() {
        let agreement = agreement();
        let forecast = forecast(&agreement, 1);
        let expected: u64 = agreement
            .series()
            .iter()
            .map(|series| series.charge().nano() * series.cadence().per_year())
            .sum();
        assert_eq!(forecast.rho_per_year, Rho::from_nano(expected).to_string());
    }
}
