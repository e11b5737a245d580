//! How well an agreement answers the questions that indicators ask.

use std::cmp::Reverse;

use serde::Serialize;
use vwis_model::agreement::{Agreement, Series};

use super::{Employer, Worth};
use crate::{
    estimate::thresholds::Z_95,
    indicator::{self, KeyFigure},
};

/// How well an agreement answers one question: how many people are in a count that indicators rest on.
#[derive(Clone, Debug, Serialize)]
pub struct PricedQuestion {
    /// The count in words.
    pub question: String,
    /// The names of the indicators that rest on it.
    pub indicators: Vec<&'static str>,
    /// The smallest table that holds the count, of the categories of each attribute.
    pub needs: String,
    /// How the agreement answers it; `None` where it does not.
    pub answer: Option<PricedAnswer>,
    /// Half-width of its 95% interval for one node under the draft that this one is compared with; `None`
    /// without one, and where that one does not answer it.
    pub beside: Option<f64>,
}

/// How an agreement answers a question.
#[derive(Clone, Debug, Serialize)]
pub struct PricedAnswer {
    /// The series that counts it with the least noise.
    pub series: String,
    /// The table of the series that it is read from, at the coarsest levels that tell these people apart.
    pub table: String,
    /// Half-width of its 95% interval for one node, in people or FTE.
    pub node_half_width: f64,
    /// How well each employer's count can be relied on.
    pub worth: Vec<Worth>,
}

/// Every count that indicators rest on, in the order in which they name them, with the names of those that
/// do.
#[must_use]
pub fn asked() -> Vec<(KeyFigure, Vec<&'static str>)> {
    let mut all: Vec<(KeyFigure, Vec<&'static str>)> = Vec::new();
    for indicator in indicator::ALL {
        for figure in (indicator.definition.key_figures)() {
            let name = indicator.definition.name;
            match all
                .iter_mut()
                .find(|(known, _)| known.label == figure.label)
            {
                Some((_, indicators)) => indicators.push(name),
                None => all.push((figure, vec![name])),
            }
        }
    }
    all
}

/// Judges every question under `agreement`, beside another agreement.
pub(super) fn questions(
    agreement: &Agreement,
    beside: Option<&Agreement>,
    employers: &[Employer],
) -> Vec<PricedQuestion> {
    let priced = |(figure, indicators): (KeyFigure, Vec<&'static str>)| PricedQuestion {
        needs: figure.cohort.table(),
        answer: answer(&figure, agreement, employers),
        beside: beside.and_then(|other| Some(half_width(&figure, best(&figure, other)?))),
        question: figure.label,
        indicators,
    };
    asked().into_iter().map(priced).collect()
}

fn answer(
    figure: &KeyFigure,
    agreement: &Agreement,
    employers: &[Employer],
) -> Option<PricedAnswer> {
    let series = best(figure, agreement)?;
    let worth = |employer: &Employer| {
        let typical = figure.typical_share * employer.people;
        Worth::of(typical, variance(figure, series, employer.nodes))
    };
    Some(PricedAnswer {
        series: series.name().to_owned(),
        table: series.name_of(figure.cohort.levels(series)?),
        node_half_width: half_width(figure, series),
        worth: employers.iter().map(worth).collect(),
    })
}

/// The series of an agreement that tells a count with the least noise; a change, the series that is measured
/// most often. `None` where none promises it.
#[must_use]
pub fn best<'a>(figure: &KeyFigure, agreement: &'a Agreement) -> Option<&'a Series> {
    let often = |series: &Series| {
        let times = series.cadence().per_year();
        Reverse(if figure.is_change() { times } else { 0 })
    };
    let by_noise = |a: &&Series, b: &&Series| {
        let noise = variance(figure, a, 1).total_cmp(&variance(figure, b, 1));
        often(a).cmp(&often(b)).then(noise)
    };
    let series = agreement.series().iter();
    series
        .filter(|series| figure.cohort.is_promised_by(series))
        .min_by(by_noise)
}

fn half_width(figure: &KeyFigure, series: &Series) -> f64 {
    Z_95 * variance(figure, series, 1).sqrt()
}

/// The variance of a key figure, summed over as many releases as it takes.
fn variance(figure: &KeyFigure, series: &Series, nodes: u64) -> f64 {
    let variances = series.strategy().variances(nodes);
    let one = variances.combination_variance(&figure.cohort.cells(series));
    one.expect("the series promises it") * f64::from(figure.releases)
}
