//! Which indicators an agreement can answer, and how well.

use serde::Serialize;
use vwis_model::agreement::{Agreement, Series};

use super::{Employer, Worth};
use crate::indicator::{self, KeyFigure};

/// How well an agreement answers one count that an indicator needs.
#[derive(Clone, Debug, Serialize)]
pub struct Answerable {
    /// The name of the indicator.
    pub indicator: &'static str,
    /// The count in words.
    pub key_figure: &'static str,
    /// The smallest table that holds the count.
    pub table: String,
    /// The series that counts it with the least noise; `None` where the agreement cannot answer.
    pub series: Option<String>,
    /// How well each employer's count can be relied on; empty where the agreement cannot answer.
    pub worth: Vec<Worth>,
}

/// Judges every key figure of every indicator under `agreement`.
#[must_use]
pub fn answerable(agreement: &Agreement, employers: &[Employer]) -> Vec<Answerable> {
    let figures = indicator::ALL.iter().flat_map(|indicator| {
        let figures = (indicator.definition.key_figures)();
        figures
            .into_iter()
            .map(|figure| (indicator.definition.name, figure))
    });
    figures
        .map(|(name, figure)| judged(name, &figure, agreement, employers))
        .collect()
}

fn judged(
    indicator: &'static str,
    figure: &KeyFigure,
    agreement: &Agreement,
    employers: &[Employer],
) -> Answerable {
    let series = agreement
        .series()
        .iter()
        .filter(|s| figure.cohort.is_promised_by(s));
    let best = series.min_by(|a, b| variance(figure, a, 1).total_cmp(&variance(figure, b, 1)));
    let worth = |series: &Series| {
        let of = |employer: &Employer| {
            let typical = figure.typical_share * employer.people;
            Worth::of(typical, variance(figure, series, employer.nodes))
        };
        employers.iter().map(of).collect()
    };
    Answerable {
        indicator,
        key_figure: figure.label,
        table: figure.cohort.table(),
        series: best.map(|series| series.name().to_owned()),
        worth: best.map(worth).unwrap_or_default(),
    }
}

/// The variance of a key figure, summed over as many releases as it takes.
fn variance(figure: &KeyFigure, series: &Series, nodes: u64) -> f64 {
    let variances = series.strategy().variances(nodes);
    let one = variances.combination_variance(&figure.cohort.cells(series));
    one.expect("the series promises it") * f64::from(figure.releases)
}
