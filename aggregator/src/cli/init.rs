//! `init`: keys, configuration, empty store.

use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use vwis_link::files;
use vwis_proto::aggregator_name::AggregatorName;

use super::{Exit, Failure, context::Context};
use crate::{
    config::{Config, ConfigFile},
    keys::Keys,
    store::Store,
};

#[derive(clap::Args)]
#[command(after_help = "\
Example:
  vwis-aggregator init --name gm-icb --dir /var/lib/vwis --listen 0.0.0.0:7440

Back up DIR/authority: nodes trust no other, and a new one means that all of them enrol again.")]
pub(super) struct Args {
    /// Name in certificates and agreements: lower-case letters, digits and inner dashes
    #[arg(long)]
    name: AggregatorName,
    /// Folder to make it in
    #[arg(long)]
    dir: PathBuf,
    /// Address at which nodes enrol; port 0 takes any free one at each start
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7440")]
    listen: SocketAddr,
}

const ABOUT: &str = "\
# An aggregator's configuration. Environment variables VWIS_AGGREGATOR_<KEY> stand above it, and
# unknown keys are refused. Times are in seconds (_s).
";

pub(super) async fn run(args: Args, context: &mut Context) -> Result<Exit, Failure> {
    let path = args.dir.join("aggregator.toml");
    if path.exists() {
        let message = format!("{} is there already: nothing was changed", path.display());
        return Err(Failure::new(Exit::BadConfiguration, message));
    }
    folder(&args.dir)?;
    let keys = Keys::in_dir(&args.dir);
    keys.create(&args.name, context.clock.now())?;
    let store = Store::create(&args.dir).await?;
    store.close().await;
    // Last, so that a folder with a configuration is a whole one.
    let file = ConfigFile::new(args.name.clone(), args.listen);
    files::write_public(&path, format!("{ABOUT}{}", as_toml(&file)).as_bytes())?;
    Config::read(&path)?;
    context.print(format_args!(
        "made aggregator {} in {}",
        args.name,
        args.dir.display()
    ))?;
    context.config_path = path;
    let next = context.command("serve");
    context.say(format_args!("next: {next}"));
    Ok(Exit::Done)
}

/// The key of the authority lies in it: nobody else needs to look inside.
fn folder(dir: &Path) -> Result<(), Failure> {
    let made = fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir);
    Ok(made.with_context(|| dir.display().to_string())?)
}

fn as_toml(file: &ConfigFile) -> String {
    let ConfigFile {
        name,
        listen,
        concurrent_nodes,
        call_deadline_s,
        attempts,
        most_connections,
    } = file;
    format!(
        "name = \"{name}\"\n\
         # Where nodes enrol.\n\
         listen = \"{listen}\"\n\
         # Nodes asked at once, the longest one call may take, and attempts per call in all.\n\
         concurrent_nodes = {concurrent_nodes}\n\
         call_deadline_s = {call_deadline_s}\n\
         attempts = {attempts}\n\
         # Enrolment connections served at once.\n\
         most_connections = {most_connections}\n"
    )
}
