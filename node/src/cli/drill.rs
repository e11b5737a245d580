//! `vwis-node drill`

use std::sync::Arc;

use vwis_host::exit::Exit;

use super::{Context, Failure, Outcome, words::wrapped};
use crate::{
    config::Config,
    drill::{Attack, Blueprint, Drill, DrillError, write_evidence},
    node::Node,
};
use vwis_noise::DiscreteGaussian;

/// Attack a throw-away copy of this node, and write down what came of it.
///
/// For whoever answers for the data, before anything is signed. Each attack gets a node of its own with
/// this node's configuration, cap and software, synthetic staff and an aggregator of its own, over real
/// mutual TLS on this machine: averaging, differencing, other agreements, replays, stolen certificates, an
/// old backup. Nothing of this node's own store is changed and nothing of it is shown; `serve` may run.
/// The evidence goes to DIR/evidence, as Markdown and JSON, to be put beside a data protection impact
/// assessment. Takes some ten seconds. Exit code 0: all held off; 1: not all, or a drill that failed.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, mut context: Context) -> Outcome {
    let config = Config::read(&context.config_path)?;
    let mechanism = Arc::new(DiscreteGaussian);
    let node = Node::open(
        config.clone(),
        Arc::clone(&context.clock),
        Arc::clone(&mechanism) as _,
    )
    .await?;
    let cap = node.store().ledger().await?.cap();
    node.store().close().await;
    let blueprint = Blueprint {
        config,
        cap,
        clock: Arc::clone(&context.clock),
        mechanism,
    };
    let mut findings = Vec::new();
    for (number, attack) in (1..).zip(Attack::ALL) {
        if !args.json {
            let all = Attack::ALL.len();
            context.print(format!("{number} of {all}. {}", attack.title()))?;
        }
        let finding = attack.carry_out(&blueprint).await?;
        if !args.json {
            context.print(wrapped(&format!("Tried: {}", finding.tried), "   "))?;
            context.print(wrapped(&format!("Came back: {}", finding.came_back), "   "))?;
            context.print(wrapped(&format!("Why: {}", finding.because), "   "))?;
            context.print(format!("   Held off: {}\n", finding.verdict()))?;
        }
        findings.push(finding);
    }
    let drill = Drill::new(&blueprint, findings);
    let [page, json] = write_evidence(&drill, &blueprint)?;
    if args.json {
        context.print(drill.json())?;
    } else {
        context.print(format!(
            "{}\nEvidence: {}\n          {}",
            drill.verdict(),
            page.display(),
            json.display()
        ))?;
    }
    if drill.held() {
        Ok(())
    } else {
        Err(Failure::new(Exit::Failed, &drill.verdict()))
    }
}

impl From<DrillError> for Failure {
    fn from(error: DrillError) -> Self {
        let message = format!("the drill could not be carried out: {error}");
        Self::new(Exit::Failed, &message)
    }
}
