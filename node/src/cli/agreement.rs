//! `vwis-node agreement`

use clap::Subcommand;
use vwis_proto::{
    agreement::{Agreement, AgreementHash, Series},
    exit::Exit,
    rho::Rho,
};

use super::{Context, Failure, Outcome, plain_table};
use crate::{ledger::Event, node::Node};

/// Half-width of a 95% interval in standard deviations.
const Z95: f64 = 1.96;

/// See what the aggregator asks for, and decide.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// All agreements that were proposed to this node.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// One agreement in words: what leaves, who sees it, how often, at what cost.
    Show {
        /// Name of the agreement, or how it begins.
        hash: String,
    },
    /// Allow an agreement. Nothing leaves before this, and nothing leaves by this alone.
    Approve {
        /// Name of the agreement, or how it begins.
        hash: String,
        /// Who decides, by name and office.
        #[arg(long)]
        by: String,
        /// On what ground, such as the minutes of a board.
        #[arg(long)]
        reason: String,
    },
}

pub(super) async fn run(args: Args, mut context: Context) -> Outcome {
    let node = context.open().await?;
    match args.command {
        Command::List { json } => list(&node, &mut context, json).await,
        Command::Show { hash } => {
            let agreement = find(&node, &hash).await?;
            show(&node, &mut context, &agreement).await
        }
        Command::Approve { hash, by, reason } => {
            let agreement = find(&node, &hash).await?;
            approve(&node, &mut context, &agreement, by, reason).await
        }
    }
}

pub(super) async fn find(node: &Node, prefix: &str) -> Result<Agreement, Failure> {
    let hash: AgreementHash = node.find_agreement(prefix).await?.map_err(|fitting| {
        let message = format!(
            "{fitting} agreements of this node begin with `{prefix}`: `agreement list` shows them"
        );
        Failure {
            exit: Exit::BadData,
            message,
        }
    })?;
    let agreement = node.store().agreement(&hash).await?;
    agreement.ok_or_else(|| {
        let message = "this agreement is of another version of the data dictionary";
        Failure::new(Exit::Refused, message)
    })
}

async fn list(node: &Node, context: &mut Context, json: bool) -> Outcome {
    let ledger = node.store().ledger().await?;
    let mut rows = Vec::new();
    for hash in node.store().agreement_hashes().await? {
        let agreement = node.store().agreement(&hash).await?;
        let state = match (ledger.approval(&hash), &agreement) {
            (_, None) => "unreadable",
            (Some(_), _) => "approved",
            (None, _) => "proposed",
        };
        let name = agreement.as_ref().map_or("", Agreement::name).to_owned();
        let aggregator = agreement
            .as_ref()
            .map_or("", |a| a.aggregator().as_str())
            .to_owned();
        rows.push((hash, state, name, aggregator));
    }
    if json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(hash, state, name, aggregator)| {
                serde_json::json!({
                    "agreement": hash, "state": state, "name": name, "aggregator": aggregator,
                })
            })
            .collect();
        return context.say_json(&rows);
    }
    if rows.is_empty() {
        return context.say("No agreement was proposed to this node yet.");
    }
    let mut table = plain_table(&["agreement", "state", "aggregator", "name"]);
    for (hash, state, name, aggregator) in rows {
        table.add_row([hash.short(), state.to_owned(), aggregator, name]);
    }
    context.say(table)
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
            Some(approval) => format!("approved by {} ({})", approval.by, approval.reason),
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

async fn approve(
    node: &Node,
    context: &mut Context,
    agreement: &Agreement,
    by: String,
    reason: String,
) -> Outcome {
    for (field, value) in [("--by", &by), ("--reason", &reason)] {
        let length = value.trim().chars().count();
        if !(2..=200).contains(&length) {
            let message = format!("{field} must be 2 to 200 characters: it stands in the ledger");
            return Err(Failure {
                exit: Exit::Usage,
                message,
            });
        }
    }
    // Before the yes: from then on the aggregator may ask, and counting must not delay an answer.
    node.count_snapshots(agreement).await?;
    let mut change = node.store().change_ledger().await?;
    let event = Event::Approved {
        agreement: agreement.hash(),
        aggregator: agreement.aggregator().clone(),
        by,
        reason,
    };
    change.append(event, context.clock.now()).await?;
    change.commit().await?;
    context.say(format!(
        "Approved: {} may now ask {} for what `{}` promises, within this node's yearly budget.",
        agreement.aggregator(),
        node.ods_code(),
        agreement.name()
    ))
}
