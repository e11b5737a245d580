//! How well an agreement answers the questions that indicators ask.

use std::cmp::Reverse;

use serde::Serialize;
use vwis_model::agreement::{Agreement, Series};

use super::{Employer, Worth};
use crate::{
    estimate::thresholds::Z_95,
    estimator::Cohort,
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
    /// The series that it is pooled with whenever it is measured.
    pub pooled_with: Vec<String>,
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

/// Judges every question about people whom `agreement` counts, beside another agreement.
pub(super) fn questions(
    agreement: &Agreement,
    beside: Option<&Agreement>,
    employers: &[Employer],
) -> Vec<PricedQuestion> {
    let priced = |(figure, indicators): (KeyFigure, Vec<&'static str>)| PricedQuestion {
        needs: figure.cohort.table(),
        answer: answer(&figure, agreement, employers),
        beside: beside.and_then(|other| Some(best(&figure, other)?.half_width())),
        question: figure.label,
        indicators,
    };
    let is_about_them = |figure: &KeyFigure| {
        let mut all = agreement
            .series()
            .iter()
            .chain(beside.into_iter().flat_map(Agreement::series));
        all.any(|series| figure.is_of(series.data_set().code()))
    };
    let asked = asked().into_iter();
    asked
        .filter(|(figure, _)| is_about_them(figure))
        .map(priced)
        .collect()
}

fn answer(
    figure: &KeyFigure,
    agreement: &Agreement,
    employers: &[Employer],
) -> Option<PricedAnswer> {
    let read = best(figure, agreement)?;
    let worth = |employer: &Employer| {
        let typical = figure.typical_share * employer.people;
        Worth::of(typical, read.variance_of(employer.nodes))
    };
    let pooled_with = read.pooled_with.iter();
    Some(PricedAnswer {
        series: read.series.name().to_owned(),
        pooled_with: pooled_with.map(|series| series.name().to_owned()).collect(),
        table: read.series.name_of(read.cohort.levels(read.series)?),
        node_half_width: read.half_width(),
        worth: employers.iter().map(worth).collect(),
    })
}

/// A key figure as it is read under an agreement.
#[derive(Clone, Debug)]
pub struct Read<'a> {
    /// The series that tells it.
    pub series: &'a Series,
    /// The series of the same people that are measured whenever it is, and that it is pooled with.
    pub pooled_with: Vec<&'a Series>,
    /// The people that are counted there.
    pub cohort: &'a Cohort,
    /// Its variance at one node, summed over as many releases as it takes.
    variance: f64,
}

/// How a count is read under an agreement: from the series that tells it with the least noise; a change, from
/// the series that is measured most often; a year's flow by quarters only where none tells the year. `None`
/// where no series promises it.
#[must_use]
pub fn best<'a>(figure: &'a KeyFigure, agreement: &'a Agreement) -> Option<Read<'a>> {
    let often = |read: &Read<'_>| {
        let times = read.series.cadence().per_year();
        Reverse(if figure.is_change() { times } else { 0 })
    };
    let of = |cohort: &'a Cohort, releases| {
        let all = agreement.series();
        let promising = all.iter().filter(|series| cohort.is_promised_by(series));
        let read = promising.map(|series| Read::of(cohort, releases, series, all));
        read.min_by(|a, b| {
            let noise = a.variance.total_cmp(&b.variance);
            often(a).cmp(&often(b)).then(noise)
        })
    };
    let quarters = || of(figure.by_quarters.as_ref()?, 4);
    of(&figure.cohort, figure.releases).or_else(quarters)
}

// === impl PricedAnswer ===

impl PricedAnswer {
    /// The series that it is read from and those that it is pooled with: `detail and headline`.
    #[must_use]
    pub fn all_series(&self) -> String {
        let all = std::iter::once(&self.series).chain(&self.pooled_with);
        all.map(String::as_str).collect::<Vec<_>>().join(" and ")
    }
}

// === impl Read ===

impl<'a> Read<'a> {
    fn of(cohort: &'a Cohort, releases: u32, series: &'a Series, all: &'a [Series]) -> Self {
        let is_beside = |other: &&Series| {
            other.name() != series.name()
                && other.data_set().code() == series.data_set().code()
                && other.measure() == series.measure()
                && other.cadence().per_year() >= series.cadence().per_year()
        };
        let pooled_with: Vec<_> = all.iter().filter(is_beside).collect();
        let one = |series: &Series| series.strategy().variances(1);
        let pooled = pooled_with
            .iter()
            .fold(one(series), |pooled, other| pooled.pooled(&one(other)));
        let variance = pooled.combination_variance(&cohort.cells(series));
        Self {
            series,
            pooled_with,
            cohort,
            variance: variance.expect("the series promises it") * f64::from(releases),
        }
    }

    /// Half-width of its 95% interval for one node, in people or FTE.
    fn half_width(&self) -> f64 {
        Z_95 * self.variance.sqrt()
    }

    /// Its variance over so many nodes.
    #[expect(clippy::cast_precision_loss, reason = "nodes are some thousands")]
    fn variance_of(&self, nodes: u64) -> f64 {
        self.variance * nodes as f64
    }
}
