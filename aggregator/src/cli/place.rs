//! `place`: the localities, residents and employers that the picture is about.

use std::path::{Path, PathBuf};

use vwis_host::{command, place};
use vwis_model::{
    agreement::Agreement,
    here,
    place::{Place, skeleton},
};

use super::{Context, Exit, Failure};

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Write a place pack to fill in from published tables
    ///
    /// Every field is explained in DIR/place.toml. Census tables by local authority and the ODS codes
    /// of employers are published; an hour is enough for ten localities.
    New {
        /// Folder to make
        dir: PathBuf,
    },
    /// Say what is wrong with a place pack, by file, line and column, and show it where nothing is
    Check {
        /// Its folder
        dir: PathBuf,
    },
    /// Show the place that this aggregator has, and its hash
    Show {
        /// Write its files into a new folder, to mend them
        #[arg(long, value_name = "DIR")]
        write: Option<PathBuf>,
    },
    /// Set this aggregator up with a place pack; `serve` takes it up when it is started again
    ///
    /// Nodes get it when they enrol, and later by `vwis-node place set`. Names, residents and employers
    /// change nothing that was agreed to; agreements pin the codes of localities, in their order.
    Set {
        /// Its folder
        dir: PathBuf,
        /// Set it up though agreements that are kept here count other localities, and are read no more
        #[arg(long)]
        give_up_agreements: bool,
    },
}

pub(super) async fn run(command: Command, context: &mut Context) -> Result<Exit, Failure> {
    match command {
        Command::New { dir } => {
            place::write(&dir, skeleton())?;
            let check = format!("{} place check {}", context.called, dir.display());
            command::say(format_args!(
                "made {}: fill it in, begin with place.toml\nnext: {check}",
                dir.display()
            ));
        }
        Command::Check { dir } => {
            let place = place::read(&dir)?;
            show(place, context)?;
        }
        Command::Show { write } => {
            context.open().await?.1.close().await;
            let place = here::place();
            match write {
                Some(dir) => place::write(&dir, place.pack().files())?,
                None => show(place, context)?,
            }
        }
        Command::Set {
            dir,
            give_up_agreements,
        } => set(&dir, give_up_agreements, context).await?,
    }
    Ok(Exit::Done)
}

async fn set(dir: &Path, give_up_agreements: bool, context: &mut Context) -> Result<(), Failure> {
    let place = place::read(dir)?;
    let (config, store) = context.open().await?;
    let kept = store.agreements().await?;
    store.close().await;
    let is_lost =
        |one: &&Agreement| Agreement::from_canonical(one.canonical(), place.editions()).is_err();
    let lost: Vec<_> = kept.iter().filter(is_lost).collect();
    if !lost.is_empty() && !give_up_agreements {
        let names: Vec<_> = lost
            .iter()
            .map(|one| format!("  {} {}", one.hash().short(), one.name()))
            .collect();
        let message = format!(
            "these agreements count localities that {} does not have, and nothing of theirs would be shown \
             any more:\n{}\nA locality that comes or goes says `since`, `until` and `was` in localities.csv; \
             --give-up-agreements if it is another place",
            dir.display(),
            names.join("\n")
        );
        return Err(Failure::new(Exit::Refused, message));
    }
    place::keep(&config.dir, place.pack())?;
    show(place, context)?;
    let serve = context.command("serve");
    command::say(format_args!(
        "next, where one runs, start it again: {serve}"
    ));
    Ok(())
}

fn show(place: &Place, context: &mut Context) -> Result<(), Failure> {
    context.print(place)?;
    for remark in place.remarks() {
        command::say(format_args!("look at this: {remark}"));
    }
    Ok(())
}
