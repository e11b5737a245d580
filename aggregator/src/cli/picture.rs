//! `picture`: every cell of every table of the latest releases, to a file.

use std::path::PathBuf;

use vwis_host::{command, files};

use super::{Exit, Failure, context::Context, leaving, released};
use crate::{
    answer,
    picture::{COLUMNS, rows},
};

#[derive(clap::Args)]
#[command(after_help = "\
Example:
  vwis-aggregator picture --output picture.csv

One row per cell, of each series' latest period: every organisation in the release, then the
system. Metadata goes to a file of the same name that ends in .json.")]
pub(super) struct Args {
    /// File to write to
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// The agreement's hash or the beginning of it; if not said, the one of the latest headcount over
    /// the most employers
    #[arg(long, value_name = "HASH")]
    agreement: Option<String>,
}

pub(super) async fn run(args: Args, context: &mut Context) -> Result<Exit, Failure> {
    let archive = released::archive(args.agreement.as_deref(), |_| true, context).await?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    let mut latest = Vec::new();
    let mut cells = 0_usize;
    for (index, series) in archive.agreement().series().iter().enumerate() {
        let mut releases = archive.releases().iter().rev();
        let Some(archived) = releases.find(|archived| archived.series == index) else {
            command::say(format_args!("{}: no release yet", series.name()));
            continue;
        };
        for row in rows(series, &archived.picture, None) {
            writer.write_record(row.fields(&archived.release, &archived.pooled.with))?;
            cells += 1;
        }
        latest.push(archived.release.id);
    }
    if latest.is_empty() {
        let next = context.command("collect --period YYYY-MM");
        return Err(Failure::new(
            Exit::Failed,
            format!("nothing is released yet: {next}"),
        ));
    }
    files::write_public(&args.output, &writer.into_inner()?)?;
    let beside = leaving::beside(&args.output);
    let metadata = answer::provenance(&archive, latest);
    let metadata = serde_json::to_string_pretty(&metadata)? + "\n";
    files::write_public(&beside, metadata.as_bytes())?;
    context.print(format_args!(
        "wrote {cells} cells to {}",
        args.output.display()
    ))?;
    Ok(Exit::Done)
}
