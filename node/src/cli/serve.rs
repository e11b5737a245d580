//! `vwis-node serve`

use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use vwis_host::exit::Exit;

use super::{Context, Failure, Outcome};
use crate::server::run::{ServeError, Serving};

/// Answer the aggregator until stopped (SIGTERM or Ctrl-C).
#[derive(clap::Args, Debug)]
pub(super) struct Args {}

pub(super) async fn run(_: Args, mut context: Context) -> Outcome {
    let node = Arc::new(context.open().await?);
    let ods_code = node.ods_code().clone();
    let serving = Serving::bind(node).await?;
    let mut terminate =
        signal(SignalKind::terminate()).map_err(|error| Failure::new(Exit::Failed, &error))?;
    // Programs read this line too: with port 0 it alone tells the address.
    context.print(format!(
        "{ods_code} serves on https://{}",
        serving.address()
    ))?;
    let stop = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    Ok(serving.run_until(stop).await?)
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        match error {
            ServeError::Node(error) => error.into(),
            ServeError::Listen(error) => Self::new(Exit::BadConfiguration, &error),
            other => Self::new(Exit::Failed, &other),
        }
    }
}
