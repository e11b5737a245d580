//! The command line. One module per command.

mod access_log;
mod agreement;
mod board_pack;
mod collect;
mod context;
mod establishment;
mod exit;
mod holders;
mod indicator;
mod init;
mod leaving;
mod node;
mod picture;
mod place;
mod release;
mod released;
mod serve;
mod session;
mod table;
mod token;

use std::{
    ffi::OsString,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use clap::{Parser, Subcommand};
use vwis_host::{clock::SystemClock, command, exit::Exit};

use context::Context;
use exit::Failure;

/// The program's name in the help's examples; [`renamed`] replaces it by the name it was called by.
const NAME: &str = "vwis-aggregator";

/// Adds up what nodes release and shows the picture of a whole system's workforce.
///
/// The aggregator never sees a staff record. Each organisation's node sends one noisy vector of
/// integers per series and period, under an agreement that a person there approved. Everything
/// this program shows is computed from those vectors, with the doubt that their noise leaves.
#[derive(Parser)]
#[command(name = NAME, version, after_long_help = EXAMPLES)]
struct Cli {
    /// The aggregator's configuration, as `init` wrote it
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "VWIS_AGGREGATOR_CONFIG",
        default_value = "aggregator.toml"
    )]
    config: PathBuf,
    /// What to log to stderr: error, warn, info, debug (or a tracing filter)
    #[arg(
        long,
        global = true,
        value_name = "FILTER",
        env = "VWIS_LOG",
        default_value = "warn"
    )]
    log: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make an aggregator: keys, configuration, empty store
    Init(init::Args),
    /// Let nodes enrol and answer the HTTP API, until stopped
    Serve,
    /// Of whom the picture is: localities, residents, employers
    #[command(subcommand)]
    Place(place::Command),
    /// Which organisations belong to the system
    #[command(subcommand)]
    Node(node::Command),
    /// What may leave a node, how often, at what cost
    #[command(subcommand)]
    Agreement(agreement::Command),
    /// Funded posts, which vacancy rates are computed from
    #[command(subcommand)]
    Establishment(establishment::Command),
    /// Fetch what nodes have released for a period, and make the period's releases
    Collect(collect::Args),
    /// What is released, and what of it viewers and boards may read
    #[command(subcommand)]
    Release(release::Command),
    /// Show one table of a release
    Table(table::Args),
    /// Answer a question that boards and analysts ask: shares, outlooks, changes, representation
    Indicator(indicator::Args),
    /// Make a board pack of a pathway or a locality: one HTML file to print and to file
    BoardPack(board_pack::Args),
    /// Write every cell of every table of the latest releases to a file
    Picture(picture::Args),
    /// Who may read by the HTTP API, besides the people of an [oidc] issuer
    #[command(subcommand)]
    Token(token::Command),
    /// People who signed in with a browser
    #[command(subcommand)]
    Session(session::Command),
    /// Who read which organisation's own tables by the HTTP API
    AccessLog(access_log::Args),
}

const EXAMPLES: &str = "\
From nothing to a picture:
  vwis-aggregator init --name gm-icb --dir gm
  export VWIS_AGGREGATOR_CONFIG=gm/aggregator.toml
  vwis-aggregator serve &                                   nodes enrol here, analysts read here
  vwis-aggregator node token R0A                            hand it to R0A's operator
  vwis-aggregator node add R0A --address https://vwis.r0a.example:7443
  vwis-aggregator agreement plan agreement.toml             its cost and its doubt, before anyone is asked
  vwis-aggregator agreement propose agreement.toml          people at each organisation decide
  vwis-aggregator collect --period 2026-09
  vwis-aggregator table --period 2026-09 --by staff_group,gender
  vwis-aggregator token create --name \"Power BI\" --role analyst   for programs elsewhere

Exit codes: 0 done; 1 failed; 2 wrong usage; 65 bad input data; 69 peer unreachable;
75 try again later; 77 refused; 78 bad configuration.
Logs go to stderr.";

/// Runs the command that `args` name. The first of them is the program's own name, as help and hints show it.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let (cli, called) = match command::parsed::<Cli>(NAME, args) {
        Ok(parsed) => parsed,
        Err(exit) => return exit.into(),
    };
    command::begin(&cli.log);
    let mut context = Context {
        called,
        config_path: cli.config,
        clock: Arc::new(SystemClock),
        out: Box::new(io::stdout()),
    };
    let is_new = matches!(cli.command, Command::Init(_));
    let settled = (!is_new).then(|| vwis_host::place::settle_for(&context.config_path));
    if let Err(error) = settled.transpose() {
        return Failure::from(error).report().into();
    }
    let ended = command::to_its_end(cli.command.run(&mut context)).map(|result| {
        let result = result.and_then(|exit| Ok(context.out.flush().map(|()| exit)?));
        result.unwrap_or_else(|failure| failure.report())
    });
    let (Ok(exit) | Err(exit)) = ended;
    exit.into()
}

// === impl Command ===

impl Command {
    async fn run(self, context: &mut Context) -> Result<Exit, Failure> {
        match self {
            Self::Init(args) => init::run(args, context).await,
            Self::Serve => serve::run(context).await,
            Self::Place(command) => place::run(command, context).await,
            Self::Node(command) => command.run(context).await,
            Self::Agreement(command) => command.run(context).await,
            Self::Establishment(command) => command.run(context).await,
            Self::Collect(args) => collect::run(args, context).await,
            Self::Release(command) => command.run(context).await,
            Self::Table(args) => table::run(args, context).await,
            Self::Indicator(args) => indicator::run(args, context).await,
            Self::BoardPack(args) => board_pack::run(args, context).await,
            Self::Picture(args) => picture::run(args, context).await,
            Self::Token(command) => command.run(context).await,
            Self::Session(command) => command.run(context).await,
            Self::AccessLog(args) => access_log::run(args, context).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
