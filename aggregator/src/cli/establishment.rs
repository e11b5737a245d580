//! `establishment`: funded posts.

use std::{collections::BTreeSet, path::PathBuf};

use clap::Subcommand;
use vwis_model::{ods::OdsCode, period::Period};

use super::{Exit, Failure, context::Context};
use crate::establishment::Establishment;
use vwis_host::command;

/// Most bytes that a file of funded posts may have. Such files are a few kilobytes; a larger one is something
/// else.
const MOST_BYTES: u64 = 16 << 20;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Take in funded posts, in place of those of the same employers and period
    #[command(after_help = "\
Example:
  vwis-aggregator establishment import posts.csv --period 2026-03

  ods_code,staff_group,locality,funded_fte
  R0A,nursing_and_midwifery,e08000003,4210.5
  RMC,nursing_and_midwifery,,2105

CSV, UTF-8. `locality` may be left out or empty: vacancy rates by locality then leave those posts out. A staff
group that is named is taken as complete; one that is not is left out of the vacancy rates. Funded posts
are not about people: they are kept exactly, and cost no privacy.")]
    Import {
        /// The file
        file: PathBuf,
        /// Of which month's last day the posts are
        #[arg(long, value_name = "YYYY-MM")]
        period: Period,
    },
}

// === impl Command ===

impl Command {
    pub(super) async fn run(self, context: &mut Context) -> Result<Exit, Failure> {
        match self {
            Self::Import { file, period } => import(&file, period, context).await,
        }
    }
}

async fn import(
    file: &std::path::Path,
    period: Period,
    context: &mut Context,
) -> Result<Exit, Failure> {
    let (_, store) = context.open().await?;
    let name = file.display().to_string();
    let unreadable = |error: std::io::Error| {
        let hint = "expected is a CSV file in UTF-8 with ods_code, staff_group, funded_fte";
        Failure::new(
            Exit::BadData,
            format!("{name} cannot be read: {error}; {hint}"),
        )
    };
    if std::fs::metadata(file).map_err(unreadable)?.len() > MOST_BYTES {
        let message = format!("{name} is larger than 16 MiB: this is no file of funded posts");
        return Err(Failure::new(Exit::BadData, message));
    }
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    let given = Establishment::parse(&text, period).map_err(|e| Failure::from(e).context(name))?;
    let nodes = store.nodes().await?;
    store.keep_establishment(&given).await?;
    store.close().await;
    let known: BTreeSet<&OdsCode> = nodes.iter().map(|node| &node.ods_code).collect();
    for (ods_code, _, posts) in given.files() {
        let hundredths: u64 = posts
            .iter()
            .map(|p| u64::from(p.funded_fte_hundredths))
            .sum();
        context.print(format_args!(
            "{ods_code}: {}.{:02} funded FTE in {} lines, {period}",
            hundredths / 100,
            hundredths % 100,
            posts.len()
        ))?;
        if !known.contains(ods_code) {
            command::say(format_args!(
                "{ods_code} is not among the nodes here: its posts are kept, and used once it is in a release"
            ));
        }
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsString, process::ExitCode};

    use super::*;
    use crate::store::Store;

    #[test]
    fn a_file_is_kept_whole_or_refused_whole() {
        let dir = tempfile::tempdir().unwrap();
        let (gm, file) = (dir.path().join("gm"), dir.path().join("posts.csv"));
        let run = |args: &[&std::path::Path]| {
            let args = args.iter().map(OsString::from);
            super::super::run(std::iter::once("vwis-aggregator".into()).chain(args))
        };
        let init = ["init", "--name", "gm-icb", "--dir"].map(std::path::Path::new);
        assert_eq!(
            run(&[&init[..], &[gm.as_path()]].concat()),
            ExitCode::SUCCESS
        );
        let config = gm.join("aggregator.toml");
        let import = |text: &str| {
            std::fs::write(&file, text).unwrap();
            let words = ["--config", "establishment", "import", "--period", "2026-03"];
            let [option, command, verb, at, period] = words.map(std::path::Path::new);
            run(&[option, &config, command, verb, &file, at, period])
        };
        let kept = || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let store = Store::open(&gm).await.unwrap();
                let kept = store.establishment().await.unwrap();
                store.close().await;
                kept
            })
        };
        let good = "ods_code,staff_group,funded_fte\nR0A,students,5\n";
        assert_eq!(import(good), ExitCode::SUCCESS);
        let expected = Establishment::parse(good, "2026-03".parse().unwrap()).unwrap();
        assert_eq!(kept(), expected);
        let bad = "ods_code,staff_group,funded_fte\nR0A,students,6\nR0A,nurses,7\n";
        assert_eq!(import(bad), ExitCode::from(65));
        assert_eq!(kept(), expected);
    }
}
