//! The demo's command line.

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::Parser;
use vwis_host::{command, exit::Exit};

use crate::run::{self, Options};

/// A health system's trusts and one aggregator on this machine, over invented staff.
///
/// Invents eight quarters of staff whose numbers follow published ones, writes extracts in the mess
/// that real ones are in, starts a node for each trust and an aggregator, has the trusts approve an
/// agreement, collects noisy measurements of every quarter, and shows the picture. Stays up until
/// Ctrl-C, so that you can try the commands it prints; with --once it ends there.
///
/// `vwis-demo node …` and `vwis-demo aggregator …` are the real programs.
#[derive(Parser, Debug)]
#[command(
    version,
    after_help = "These are not real people: every record is invented from a seed. The noise is real.\n\n\
        Leaves in DIR: demo.json (what runs where), extracts/ODS.csv with ODS.mapping.toml beside it\n\
        (earlier quarters in extracts/PERIOD), picture.csv (what the system sees), truth.csv (what it\n\
        does not), questions.csv (the plan's sd of each question beside what came out). Where the published figures come from: deploy/demo/data/SOURCES.md."
)]
struct Cli {
    /// Folder for everything; one that a demo made before is replaced.
    #[arg(long, default_value = "target/demo")]
    dir: PathBuf,
    /// End after the picture instead of staying up.
    #[arg(long)]
    once: bool,
    /// Share of the full staff to invent: 1 is about 92,000 people in a quarter.
    #[arg(long, default_value_t = 1.0, value_parser = parse_scale)]
    scale: f64,
    /// Folder of a place pack: its localities, employers and residents instead of those that ship. Trusts
    /// that the demo has no published tables of are invented in the size that the pack gives them.
    #[arg(long, value_name = "DIR")]
    place: Option<PathBuf>,
    /// Seed of the staff. The same seed invents the same people; the noise differs every time.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn parse_scale(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(scale) if (0.001..=10.0).contains(&scale) => Ok(scale),
        _ => Err("expected a number from 0.001 to 10".to_owned()),
    }
}

/// Runs the demo, or the real program that `node` or `aggregator` as the first argument names.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut args: Vec<OsString> = args.into_iter().collect();
    let role = args
        .get(1)
        .and_then(|word| word.to_str())
        .map(str::to_owned);
    if let Some(role @ ("node" | "aggregator")) = role.as_deref() {
        let program = args.first().map(PathBuf::from).unwrap_or_default();
        let name = program
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        args.splice(..2, [OsString::from(format!("{name} {role}"))]);
        return match role {
            "node" => vwis_node::cli::run(args),
            _ => vwis_aggregator::cli::run(args),
        };
    }
    let cli = match command::parsed::<Cli>("vwis-demo", args) {
        Ok((cli, _)) => cli,
        Err(exit) => return exit.into(),
    };
    let options = Options {
        dir: cli.dir,
        once: cli.once,
        scale: cli.scale,
        seed: cli.seed,
        place: cli.place,
    };
    let outcome = tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run::run(&options)));
    match outcome {
        Ok(()) => Exit::Done.into(),
        Err(error) => command::failed(Exit::Failed, &command::with_causes(&*error)).into(),
    }
}
