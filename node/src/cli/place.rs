//! `vwis-node place`

use std::path::PathBuf;

use clap::Subcommand;
use vwis_host::{
    exit::Exit,
    place::{self, PlaceFolderError},
};
use vwis_model::{agreement::Agreement, here, place::Place};

use super::{Context, Failure, Outcome};
use crate::node::Node;

/// The localities that people are counted by, as the aggregator handed them over at enrolment.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Show the place, its localities and the hash by which both sides see that they have the same.
    Show {
        /// Write its files into a new folder.
        #[arg(long, value_name = "DIR")]
        write: Option<PathBuf>,
    },
    /// Take a newer place pack, whose folder the aggregator's operator sent.
    ///
    /// `serve` takes it up when it is started again. Refused where an approved agreement counts localities
    /// that it does not have.
    Set {
        /// Its folder.
        dir: PathBuf,
    },
}

pub(super) async fn run(args: Args, mut context: Context) -> Outcome {
    let node = context.open().await?;
    match args.action {
        Action::Show { write: Some(dir) } => Ok(place::write(&dir, here::place().pack().files())?),
        Action::Show { write: None } => context.print(here::place()),
        Action::Set { dir } => {
            let place = place::read(&dir)?;
            take(place, &node).await?;
            context.print(place)
        }
    }
}

/// Keeps a place as this node's.
pub(super) async fn take(place: &Place, node: &Node) -> Outcome {
    let ledger = node.store().ledger().await?;
    let approved = node.approved_agreements(&ledger).await?;
    let is_lost =
        |one: &&Agreement| Agreement::from_canonical(one.canonical(), place.editions()).is_err();
    let lost: Vec<_> = approved
        .iter()
        .filter(is_lost)
        .map(Agreement::name)
        .collect();
    if !lost.is_empty() {
        let message = format!(
            "{} has not the localities that these approved agreements count, and nothing was changed: {}. Ask \
             the aggregator's operator for a pack whose localities say `since` and `until`",
            place.name(),
            lost.join(", ")
        );
        return Err(Failure::new(Exit::Refused, message.as_str()));
    }
    Ok(place::keep(&node.config().dir, place.pack())?)
}

impl From<PlaceFolderError> for Failure {
    fn from(error: PlaceFolderError) -> Self {
        Self::new(Exit::BadData, &error)
    }
}
