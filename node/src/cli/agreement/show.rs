//! `vwis-node agreement show`

use vwis_proto::{
    agreement::{Agreement, Series},
    rho::Rho,
};

use super::find;
use crate::{
    cli::{Context, Outcome, plain_table},
    node::Node,
};

/// Half-width of a 95% interval in standard deviations.
const Z95: f64 = 1.96;

pub(super) async fn run(node: &Node, context: &mut Context, hash: &str) -> Outcome {
    let agreement = find(node, hash).await?;
    show(node, context, &agreement).await
}

async fn show(node: &Node, context: &mut Context, agreement: &Agreement) -> Outcome {
    let ledger = node.store().ledger().await?;
    let (first, last) = agreement.term();
    context.say(format!(
        "{} (version {})\n{}\n\n\
         Purpose:   {}\n\
         Seen by:   {}\n\
         Asked by:  {}\n\
         Term:      {first} to {last}\n\
         State:     {}\n",
        agreement.name(),
        agreement.version(),
        agreement.hash(),
        agreement.purpose(),
        agreement.readers(),
        agreement.aggregator(),
        match ledger.approval(&agreement.hash()) {
            Some(approval) => format!(
                "{} by {} ({})",
                approval.standing().word(),
                approval.yes().by,
                approval.yes().reason
            ),
            None => "waits for a decision".to_owned(),
        },
    ))?;
    let mut term = Rho::ZERO;
    for series in agreement.series() {
        let releases = agreement.periods_of(series).count() as u64;
        let over_term = series
            .charge()
            .checked_mul(releases)
            .unwrap_or(Rho::from_nano(u64::MAX));
        term = term
            .checked_add(over_term)
            .unwrap_or(Rho::from_nano(u64::MAX));
        show_series(context, agreement, series)?;
    }
    context.say(format!(
        "The whole term costs rho {term} (epsilon {:.2} at delta 1e-8). This node allows rho {} in \
         each financial year, over all its agreements.\n\
         A person who works for k organisations is exposed to k times as much. Nobody's record, \
         name or number leaves: each measurement is one list of noisy counts.",
        term.epsilon(),
        ledger.cap()
    ))
}

fn show_series(context: &mut Context, agreement: &Agreement, series: &Series) -> Outcome {
    let per_year = series
        .charge()
        .checked_mul(series.cadence().per_year())
        .unwrap_or(Rho::from_nano(u64::MAX));
    context.say(format!(
        "Series `{}`: {} of data set {}, {}, {} releases in the term.\n\
         Each costs rho {} (epsilon {:.2}), a year of them {} (epsilon {:.2}); hiding which attributes \
         a person has, instead of whether the person is there, costs up to {:.2} times that.",
        series.name(),
        series.measure().code(),
        series.data_set(),
        series.cadence().in_words(),
        agreement.periods_of(series).count(),
        series.charge(),
        series.charge().epsilon(),
        per_year,
        per_year.epsilon(),
        (series.strategy().rho_of_change() / series.strategy().rho()).to_f64().value(),
    ))?;
    let variances = series.strategy().variances(1);
    let mut table = plain_table(&["  table", "cells", "each cell comes out within"]);
    for promised in series.tables() {
        let variance = variances
            .cell_variance(promised.attributes)
            .expect("a series measures the tables it promises");
        table.add_row([
            format!("  {}", promised.name()),
            series
                .strategy()
                .domain()
                .cells(promised.attributes)
                .to_string(),
            format!("± {:.1} (19 times in 20)", Z95 * variance.sqrt()),
        ]);
    }
    context.say(format!("{table}\n"))
}
