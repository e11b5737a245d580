//! `vwis-node init`

use std::{net::SocketAddr, path::PathBuf};

use vwis_host::command;
use vwis_model::{ods::OdsCode, rho::Rho};

use super::{Context, Outcome};
use crate::{
    config::{ConfigFile, DEFAULT_ANSWER_FLOOR_MS},
    node::{DEFAULT_CAP, Node},
};

/// Make a node: keys, configuration, an empty store and a ledger that begins.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// ODS code of the organisation, such as R0A.
    #[arg(long)]
    ods: OdsCode,
    /// Folder to make it in.
    #[arg(long)]
    dir: PathBuf,
    /// Address that the aggregator will reach this node at.
    #[arg(long, default_value = "127.0.0.1:7443")]
    listen: SocketAddr,
    /// Folder for receipt key and witness, outside every backup and best on other storage;
    /// relative to --dir.
    #[arg(long, default_value = "keep")]
    keep_dir: PathBuf,
    /// Take a --dir on a network or FUSE file system. Locks do not hold there: two servers on one
    /// folder could draw twice for one charge.
    #[arg(long)]
    allow_network_folder: bool,
    /// Privacy budget (rho) of every financial year, over all agreements together.
    #[arg(long, default_value_t = DEFAULT_CAP)]
    rho_per_year: Rho,
}

pub(super) async fn run(args: Args, mut context: Context) -> Outcome {
    let file = ConfigFile {
        ods_code: args.ods,
        listen: args.listen,
        keep_dir: args.keep_dir,
        answer_floor_ms: DEFAULT_ANSWER_FLOOR_MS,
        most_connections: 32,
        allow_network_folder: args.allow_network_folder,
    };
    let config = Node::init(args.dir, file, args.rho_per_year, context.clock.as_ref()).await?;
    context.config_path = config.dir.join("node.toml");
    let next = context.command("enrol --aggregator URL --token TOKEN");
    context.print(format!(
        "{} has a node in {}.\n\
         Budget: rho {} a year (epsilon {:.2} at delta 1e-8), over everything it will ever release.\n\
         Back up this folder, but not {}: it must not be restored with the rest.",
        config.file.ods_code,
        config.dir.display(),
        args.rho_per_year,
        args.rho_per_year.epsilon(),
        config.keep_dir().display(),
    ))?;
    command::say(format_args!(
        "Next, with a token from the aggregator:\n  {next}"
    ));
    Ok(())
}
