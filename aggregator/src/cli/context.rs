//! What every command gets: where to write, which configuration, and the time.

use std::{fmt, io::Write, path::PathBuf, sync::Arc};

use serde::Serialize;
use vwis_host::{clock::Clock, command};
use vwis_link::credentials::Credentials;
use vwis_model::{
    agreement::{Agreement, AgreementHash, Series},
    text::{json_for_terminal, lines_for_terminal},
};

use super::{Exit, Failure};
use crate::{
    cache::Archives,
    config::Config,
    keys::Keys,
    node_client::Patience,
    store::{NodeRecord, Store},
    upkeep::Upkeep,
};

/// What surrounds one command.
pub(super) struct Context {
    /// The name the program was called by.
    pub(super) called: String,
    pub(super) config_path: PathBuf,
    pub(super) clock: Arc<dyn Clock>,
    /// Stdout: data, and nothing else.
    pub(super) out: Box<dyn Write>,
}

// === impl Context ===

impl Context {
    pub(super) async fn open(&self) -> Result<(Config, Store), Failure> {
        let config = Config::read(&self.config_path)?;
        let store = Store::open(&config.dir).await?;
        Ok((config, store))
    }

    pub(super) fn upkeep(&self, config: &Config, store: &Store) -> Upkeep {
        Upkeep::new(
            Keys::in_dir(&config.dir),
            config.file.name.clone(),
            store.clone(),
            Arc::clone(&self.clock),
        )
    }

    /// The certificate and key to show to nodes, renewed first if that is due.
    pub(super) fn credentials(
        &self,
        config: &Config,
        store: &Store,
    ) -> Result<Credentials, Failure> {
        // After a failed renewal the old certificate may still do; where it does not, reading it says so.
        if let Err(error) = self.upkeep(config, store).renew() {
            tracing::warn!(%error, "cannot make the aggregator's own certificate anew");
        }
        Ok(Keys::in_dir(&config.dir).credentials()?)
    }

    /// A command to type next, with the program's name and `--config` as they are here.
    pub(super) fn command(&self, rest: impl fmt::Display) -> String {
        command::line(&self.called, &self.config_path, &rest.to_string())
    }

    /// Results, to stdout; what is said beside them is [`command::say`]'s.
    pub(super) fn print(&mut self, text: impl fmt::Display) -> Result<(), Failure> {
        let text = text.to_string();
        Ok(writeln!(self.out, "{}", lines_for_terminal(&text))?)
    }

    pub(super) fn print_json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value)?;
        Ok(writeln!(self.out, "{}", json_for_terminal(&text))?)
    }
}

pub(super) fn patience(config: &Config) -> Patience {
    Patience {
        deadline: config.call_deadline(),
        attempts: config.file.attempts,
    }
}

/// All nodes; a failure that says what to do where there are none.
pub(super) async fn some_nodes(
    store: &Store,
    context: &Context,
) -> Result<Vec<NodeRecord>, Failure> {
    let nodes = store.nodes().await?;
    if nodes.is_empty() {
        let fix = context.command("node add ODS --address https://HOST:PORT");
        return Err(Failure::new(
            Exit::Failed,
            format!("no node belongs to the system yet: {fix}"),
        ));
    }
    Ok(nodes)
}

/// The agreement to read for what is told by series that `tells` holds of. It is the one whose hash begins with
/// `prefix`; without a prefix, the [default](crate::default_agreement) one for a reader of everything or of what
/// is published, or else the only one there is.
pub(super) async fn released_agreement(
    store: &Store,
    prefix: Option<&str>,
    reads_everything: bool,
    tells: impl Fn(&Series) -> bool,
    context: &Context,
) -> Result<Arc<Agreement>, Failure> {
    if prefix.is_none() {
        let all = store.agreements().await?.into_iter().map(Arc::new);
        let (all, now): (Vec<_>, _) = (all.collect(), context.clock.now());
        let archives = Archives::of(store.clone());
        let known = archives.publications(&all, now).await?;
        let published = known.default_agreement(&all, reads_everything, &tells);
        if let Some(default) = published.or_else(|| known.default_agreement(&all, true, &tells)) {
            return Ok(default);
        }
    }
    agreement(store, prefix, context).await.map(Arc::new)
}

/// The agreement whose hash begins with `prefix`; without one, the only agreement there is.
pub(super) async fn agreement(
    store: &Store,
    prefix: Option<&str>,
    context: &Context,
) -> Result<Agreement, Failure> {
    let mut all = store.agreements().await?;
    let list = all
        .iter()
        .map(|a| format!("\n  {} {} version {}", a.hash(), a.name(), a.version()))
        .collect::<Vec<_>>()
        .concat();
    let wanted = |hash: AgreementHash| prefix.is_none_or(|prefix| hash.begins_with(prefix));
    all.retain(|agreement| wanted(agreement.hash()));
    match (all.len(), prefix) {
        (1, _) => Ok(all.remove(0)),
        (0, None) => {
            let fix = context.command("agreement propose FILE");
            Err(Failure::new(
                Exit::Failed,
                format!("there is no agreement yet: {fix}"),
            ))
        }
        (0, Some(prefix)) => Err(Failure::new(
            Exit::Usage,
            format!("no agreement's hash begins with `{prefix}`; there are:{list}"),
        )),
        _ => Err(Failure::new(
            Exit::Usage,
            format!("which agreement? Name it with --agreement HASH; there are:{list}"),
        )),
    }
}
