//! `agreement`: what may leave a node, how often, at what cost.

mod list;
mod price;
mod propose;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use vwis_model::{
    agreement::{Agreement, Draft},
    here,
};
use vwis_proto::v1::AgreementState;

use super::{Exit, Failure, context::Context};
use crate::{
    config::Config,
    plan::{cost_of_adding, forecast},
};
use vwis_host::command;

#[derive(Subcommand)]
pub(super) enum Command {
    /// The price tag of a draft: what it costs, which questions it answers and how well for whom, how exact
    /// its tables would be, what each costs the others; asks nobody, spends nothing
    #[command(after_help = "\
Examples:
  vwis-aggregator agreement plan agreement.toml --nodes 9
  vwis-aggregator agreement plan agreement.toml --nodes 9 --add detail:locality,gender
  vwis-aggregator agreement plan next.toml --nodes 9 --beside agreement.toml

Questions are the counts that indicators rest on, each under the first indicator that needs it; typical
sizes are published or judged, none is anybody's own.

`if worst_table` is the ± of one employer if the series were planned for its worst table instead of the
sum over its tables; `others without it` is what its other tables would gain if the table were left out.")]
    Plan {
        /// The draft, TOML
        file: PathBuf,
        /// Nodes that the system's figures are for; those added, if not said
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
        nodes: Option<u64>,
        /// Another draft, TOML, whose ± stands beside that of every question
        #[arg(long, value_name = "DRAFT")]
        beside: Option<PathBuf>,
        /// What one more table would cost the others of its series
        #[arg(long, value_name = "SERIES:ATTRIBUTE,…")]
        add: Vec<String>,
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
            Self::Plan {
                file,
                nodes,
                beside,
                add,
                json,
            } => plan(&file, nodes, beside.as_deref(), &add, json, context).await,
            Self::Propose { file, json } => propose::run(compile(&file)?.1, json, context).await,
            Self::List { ask, json } => list::run(ask, json, context).await,
        }
    }
}

/// Reads and compiles a draft; a failure names the file.
fn compile(file: &Path) -> Result<(Draft, Agreement), Failure> {
    let name = || file.display().to_string();
    let text = std::fs::read_to_string(file)
        .with_context(name)
        .map_err(|error| Failure::new(Exit::BadData, format!("{error:#}")))?;
    let compiled = Draft::parse(&text).and_then(|draft| {
        let (agreement, _) = draft.clone().compile(here::dictionary())?;
        Ok((draft, agreement))
    });
    compiled.map_err(|error| Failure::from(error).context(name()))
}

async fn plan(
    file: &Path,
    nodes: Option<u64>,
    beside: Option<&Path>,
    add: &[String],
    as_json: bool,
    context: &mut Context,
) -> Result<Exit, Failure> {
    let (draft, agreement) = compile(file)?;
    let beside = beside
        .map(compile)
        .transpose()?
        .map(|(_, agreement)| agreement);
    let nodes = if let Some(nodes) = nodes {
        nodes
    } else {
        let (_, store) = context.open().await?;
        let nodes = store.nodes().await?.len();
        store.close().await;
        if nodes == 0 {
            command::say(
                "no node belongs to the system yet: --nodes N shows what N of them add up to",
            );
        }
        u64::try_from(nodes).unwrap_or(u64::MAX).max(1)
    };
    let mut added = Vec::with_capacity(add.len());
    for table in add {
        let wrong = || {
            format!("--add {table}: expected SERIES:ATTRIBUTE,…, such as detail:locality,gender")
        };
        let (series, by) = table
            .split_once(':')
            .ok_or_else(|| Failure::new(Exit::Usage, wrong()))?;
        let by: Vec<_> = by.split(',').map(|code| code.trim().to_owned()).collect();
        let cost = cost_of_adding(&draft, &agreement, series, &by);
        let cost =
            cost.map_err(|error| Failure::new(Exit::Usage, format!("--add {table}: {error}")))?;
        added.push((series, by.join("+"), cost));
    }
    let forecast = forecast(&draft, &agreement, beside.as_ref(), nodes);
    if as_json {
        let mut value = serde_json::to_value(&forecast)?;
        let added = added.iter().map(|(series, table, cost)| {
            serde_json::json!({ "series": series, "table": table, "others_with_it": cost })
        });
        value["added"] = added.collect();
        context.print_json(&value)?;
    } else {
        price::print(&forecast, context)?;
        for (series, table, cost) in added {
            context.print(format_args!(
                "\nadding {table} to {series} would widen its other tables by {:.1}% in the mean",
                cost * 100.0
            ))?;
        }
        let next = next_after_plan(&agreement, file, context);
        command::say(format_args!(
            "nobody was asked and nothing is spent; next: {next}"
        ));
    }
    Ok(Exit::Done)
}

/// What to do with a draft that is planned. A plan needs no configuration; where there is one under another
/// name, [`propose::run`] would refuse the draft.
fn next_after_plan(agreement: &Agreement, file: &Path, context: &Context) -> String {
    let propose = context.command(format_args!("agreement propose {}", file.display()));
    let here = Config::read(&context.config_path).map(|config| config.file.name);
    match here {
        Ok(here) if here != *agreement.aggregator() => format!(
            "write `aggregator = \"{here}\"` into {}, which names `{}`, then {propose}",
            file.display(),
            agreement.aggregator()
        ),
        Ok(_) | Err(_) => propose,
    }
}

/// The state of an agreement at a node, as JSON spells it.
pub(super) fn state_code(state: AgreementState) -> &'static str {
    match state {
        AgreementState::Approved => "approved",
        AgreementState::Paused => "paused",
        AgreementState::Withdrawn => "withdrawn",
        AgreementState::Declined => "declined",
        AgreementState::Proposed | AgreementState::Unspecified => "proposed",
    }
}

/// The state of an agreement at a node, for people, with what it means for collecting.
pub(super) fn state_in_words(state: AgreementState) -> &'static str {
    match state {
        AgreementState::Approved => "approved",
        AgreementState::Paused => "paused there: try again later",
        AgreementState::Withdrawn => "withdrawn there: refused from now on",
        AgreementState::Declined => "declined there: propose another agreement",
        AgreementState::Proposed | AgreementState::Unspecified => {
            "proposed: waits for a decision there"
        }
    }
}
