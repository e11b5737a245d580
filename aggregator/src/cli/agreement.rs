//! `agreement`: what may leave a node, how often, at what cost.

mod list;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use comfy_table::{CellAlignment, Table, presets};
use vwis_proto::{
    agreement::{Agreement, Draft},
    dictionary::Dictionary,
    v1::AgreementState,
};

use super::{Exit, Failure, context::Context, propose};
use crate::plan::{Forecast, SeriesForecast, forecast};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Show what a draft would cost and how exact its tables would be; asks nobody, spends nothing
    #[command(after_help = "\
Example:
  vwis-aggregator agreement plan agreement.toml --nodes 9")]
    Plan {
        /// The draft, TOML
        file: PathBuf,
        /// Nodes that the system's figures are for; those added, if not said
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
        nodes: Option<u64>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Compile a draft, keep it, and hand it to every node; a person at each organisation decides
    #[command(after_help = "\
Example:
  vwis-aggregator agreement propose agreement.toml")]
    Propose {
        /// The draft, TOML
        file: PathBuf,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// List the agreements kept here, and with --ask what became of each at every node
    #[command(after_help = "\
Example:
  vwis-aggregator agreement list --ask

At a node an agreement is proposed (waits for a decision), approved, paused (try again later) or
withdrawn (refused from now on; what was collected stays).")]
    List {
        /// Ask every node now
        #[arg(long)]
        ask: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

// === impl Command ===

impl Command {
    pub(super) async fn run(self, context: &mut Context) -> Result<Exit, Failure> {
        match self {
            Self::Plan { file, nodes, json } => plan(&file, nodes, json, context).await,
            Self::Propose { file, json } => propose::run(compile(&file)?, json, context).await,
            Self::List { ask, json } => list::run(ask, json, context).await,
        }
    }
}

/// Reads and compiles a draft; what is wrong with it is said with the file's name.
fn compile(file: &Path) -> Result<Agreement, Failure> {
    let name = || file.display().to_string();
    let text = std::fs::read_to_string(file)
        .with_context(name)
        .map_err(|error| Failure::new(Exit::BadData, format!("{error:#}")))?;
    let compiled = Draft::parse(&text).and_then(|draft| draft.compile(Dictionary::builtin()));
    let (agreement, _) = compiled.map_err(|error| Failure::from(error).context(name()))?;
    Ok(agreement)
}

async fn plan(
    file: &Path,
    nodes: Option<u64>,
    as_json: bool,
    context: &mut Context,
) -> Result<Exit, Failure> {
    let agreement = compile(file)?;
    let nodes = if let Some(nodes) = nodes {
        nodes
    } else {
        let (_, store) = context.open().await?;
        let nodes = store.nodes().await?.len();
        store.close().await;
        if nodes == 0 {
            context
                .say("no node belongs to the system yet: --nodes N shows what N of them add up to");
        }
        u64::try_from(nodes).unwrap_or(u64::MAX).max(1)
    };
    let forecast = forecast(&agreement, nodes);
    if as_json {
        context.print_json(&forecast)?;
    } else {
        print_forecast(&forecast, context)?;
        let next = context.command(format_args!("agreement propose {}", file.display()));
        context.say(format_args!(
            "nobody was asked and nothing is spent; next: {next}"
        ));
    }
    Ok(Exit::Done)
}

fn print_forecast(forecast: &Forecast, context: &mut Context) -> Result<(), Failure> {
    context.print(format_args!(
        "{} version {}, {} to {}\nagreement {}\nall series in a full year: rho {}, epsilon {:.2} \
         at delta {:e}",
        forecast.name,
        forecast.version,
        forecast.first_period,
        forecast.last_period,
        forecast.agreement,
        forecast.rho_per_year,
        forecast.epsilon_per_year,
        forecast.delta,
    ))?;
    for series in &forecast.series {
        context.print("")?;
        print_series(series, forecast.nodes, context)?;
    }
    Ok(())
}

fn print_series(series: &SeriesForecast, nodes: u64, context: &mut Context) -> Result<(), Failure> {
    context.print(format_args!(
        "{}: {} of {}, rho {} (epsilon {:.2}) each, {} a year: rho {}; {} integers",
        series.series,
        series.measure,
        series.data_set,
        series.rho,
        series.epsilon,
        series.releases_per_year,
        series.rho_per_year,
        series.entries,
    ))?;
    let all = if nodes == 1 {
        "1 node".to_owned()
    } else {
        format!("{nodes} nodes")
    };
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header([
        "table".to_owned(),
        "cells".to_owned(),
        "± of one node".to_owned(),
        format!("± of {all}"),
    ]);
    for row in &series.tables {
        table.add_row([
            row.table.clone(),
            row.cells.to_string(),
            format!("{:.1}", row.node_half_width),
            format!("{:.1}", row.system_half_width),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    context.print(table.trim_fmt())
}

/// The state of an agreement at a node, as JSON spells it.
pub(super) fn state_code(state: AgreementState) -> &'static str {
    match state {
        AgreementState::Approved => "approved",
        AgreementState::Paused => "paused",
        AgreementState::Withdrawn => "withdrawn",
        AgreementState::Proposed | AgreementState::Unspecified => "proposed",
    }
}

/// The same for people, with what it means for who wants to collect.
pub(super) fn state_in_words(state: AgreementState) -> &'static str {
    match state {
        AgreementState::Approved => "approved",
        AgreementState::Paused => "paused there: try again later",
        AgreementState::Withdrawn => "withdrawn there: refused from now on",
        AgreementState::Proposed | AgreementState::Unspecified => {
            "proposed: waits for a decision there"
        }
    }
}
