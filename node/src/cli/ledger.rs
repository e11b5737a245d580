//! `vwis-node ledger`

mod recover;
mod reinstate;
mod verify;

use clap::Subcommand;

use super::{Context, Outcome};

/// Look after the ledger.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Check every entry, every sealed measurement and the witness; name the first that is broken.
    Verify,
    Recover(recover::Args),
    Reinstate(reinstate::Args),
}

pub(super) async fn run(args: Args, context: Context) -> Outcome {
    match args.command {
        Command::Verify => verify::run(context).await,
        Command::Recover(args) => recover::run(args, context).await,
        Command::Reinstate(args) => reinstate::run(args, context).await,
    }
}
