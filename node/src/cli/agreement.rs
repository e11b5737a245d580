//! `vwis-node agreement`

mod decide;
mod exactness;
mod list;
mod page;
mod show;

pub(super) use page::decided;
pub(super) use show::{held_snapshots, readable};

use clap::Subcommand;
use vwis_host::exit::Exit;
use vwis_model::{
    agreement::{Agreement, AgreementHash},
    period::Period,
};

use super::{Context, Failure, Outcome};
use crate::{ledger::Approval, node::Node};

/// See what the aggregator asks for, and decide.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// All agreements that were proposed to this node: from when to when each runs, when it was handed over,
    /// who decided last.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// One agreement in words: what leaves, who sees it, how often, at what cost.
    ///
    /// Purpose, tables, readers, the privacy loss of each release, year and term against the
    /// budget, what is different from what is approved here. On a terminal, and only there, this
    /// organisation's own largest and smallest numbers stand beside the ± of each table.
    Show {
        /// Name of the agreement, or how it begins.
        hash: String,
        /// Print JSON, without any of this organisation's own numbers.
        #[arg(long)]
        json: bool,
    },
    /// Allow an agreement. Nothing leaves before this, and nothing leaves by this alone.
    Approve(decide::Decided),
    /// Refuse an agreement that was proposed, for the record.
    ///
    /// Nothing leaves without a yes, so this changes nothing of what leaves; it stands in the ledger with
    /// name and reason, and makes room for other proposals. The aggregator may hand the same agreement
    /// over again: it stays declined, until somebody here approves it after all.
    Decline(decide::Decided),
    /// Stop all answers under an agreement for now; works at once, while `serve` runs.
    ///
    /// The aggregator is told to try again later, for what is sealed as well. A measurement that is
    /// being drawn is sealed, because it is paid for, and kept here.
    Pause(decide::Decided),
    /// Let a paused agreement go on.
    Resume(decide::Decided),
    /// Order a fresh measurement of a period whose extract was mended, at full price.
    ///
    /// What is sealed stays as it is and stays served; the correction is charged and drawn when the
    /// aggregator next asks. Import the mended extract first.
    Correct {
        #[command(flatten)]
        decided: decide::Decided,
        /// The series.
        #[arg(long)]
        series: String,
        /// The period.
        #[arg(long)]
        period: Period,
    },
    /// End an agreement, for good; works at once, while `serve` runs.
    ///
    /// Nothing is answered under it any more, sealed or not. What the aggregator has it keeps, and
    /// what was charged stays in the budget statement. To go on, it proposes another agreement.
    Withdraw {
        #[command(flatten)]
        decided: decide::Decided,
        /// Do it, without being asked on the terminal.
        #[arg(long)]
        yes: bool,
    },
}

pub(super) async fn run(args: Args, mut context: Context) -> Outcome {
    let node = context.open().await?;
    match args.command {
        Command::List { json } => list::run(&node, &mut context, json).await,
        Command::Show { hash, json } => show::run(&node, &mut context, &hash, json).await,
        Command::Approve(decided) => decide::approve(&node, &mut context, decided).await,
        Command::Pause(decided) => decide::pause(&node, &mut context, decided).await,
        Command::Resume(decided) => decide::resume(&node, &mut context, decided).await,
        Command::Correct {
            decided,
            series,
            period,
        } => decide::correct(&node, &mut context, decided, &series, period).await,
        Command::Decline(decided) => decide::decline(&node, &mut context, decided).await,
        Command::Withdraw { decided, yes } => {
            decide::withdraw(&node, &mut context, decided, yes).await
        }
    }
}

/// The agreement whose name is or begins with what a person typed.
async fn find_hash(node: &Node, prefix: &str) -> Result<AgreementHash, Failure> {
    let fitting = node.agreements_named(prefix).await?;
    match fitting[..] {
        [hash] => Ok(hash),
        _ => Err(not_one(&fitting, prefix)),
    }
}

/// Like [`find_hash`], for decisions that stop or resume: of several names that begin alike, it takes the one
/// that may go on. Whoever proposes chooses the names, and must not be able to stand in the way of a pause.
async fn find_going_on(node: &Node, prefix: &str) -> Result<AgreementHash, Failure> {
    let fitting = node.agreements_named(prefix).await?;
    let ledger = node.store().ledger().await?;
    let may_go_on = |hash: &AgreementHash| ledger.approval(hash).is_some_and(Approval::may_go_on);
    let going_on: Vec<_> = fitting.iter().copied().filter(may_go_on).collect();
    match (&fitting[..], &going_on[..]) {
        ([hash], _) | (_, [hash]) => Ok(*hash),
        _ => Err(not_one(&fitting, prefix)),
    }
}

fn not_one(fitting: &[AgreementHash], prefix: &str) -> Failure {
    let said = match fitting.len() {
        0 if prefix.is_empty() => {
            "which agreement? Say how its name begins: `agreement list` shows all".to_owned()
        }
        0 => {
            format!("no agreement of this node begins with `{prefix}`: `agreement list` shows all")
        }
        number => format!("{number} agreements of this node begin with `{prefix}`:"),
    };
    let digits = AgreementHash::digits_to_tell_apart(fitting);
    let mut lines = vec![said];
    lines.extend(
        fitting
            .iter()
            .map(|hash| format!("  {}", hash.first(digits))),
    );
    Failure {
        exit: Exit::BadData,
        message: lines.join("\n"),
    }
}

pub(super) async fn find(node: &Node, prefix: &str) -> Result<Agreement, Failure> {
    let hash = find_hash(node, prefix).await?;
    match node.store().read_agreement(&hash).await? {
        Some(Ok(agreement)) => Ok(agreement),
        Some(Err(why)) => {
            let message = format!("this agreement cannot be read here: {why}");
            Err(Failure::new(Exit::Refused, &message))
        }
        None => Err(Failure::new(Exit::Refused, list::TEXT_MISSING)),
    }
}
