//! `session …`: people who signed in with a browser.

use serde_json::json;
use vwis_host::command;

use super::{
    Exit, Failure,
    context::Context,
    holders::{self, roles},
};
use crate::credentials::Listed;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// List who is signed in
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// End a session, or all of them, from the next request on
    #[command(after_help = "\
Examples:
  vwis-aggregator session end 7
  vwis-aggregator session end --all

Whoever was signed in can sign in again, if the issuer lets them: to keep somebody out, take their role
away there first. A change of [oidc] ends all sessions at the next `serve`.")]
    End {
        /// Its number, as `session list` shows it
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        id: Option<i64>,
        /// All of them
        #[arg(long)]
        all: bool,
    },
}

impl Command {
    pub(super) async fn run(self, context: &mut Context) -> Result<Exit, Failure> {
        match self {
            Self::List { json } => list(json, context).await,
            Self::End { id: Some(id), .. } => end(id, context).await,
            Self::End { id: None, .. } => end_all(context).await,
        }
    }
}

async fn list(json: bool, context: &mut Context) -> Result<Exit, Failure> {
    let (_, store) = context.open().await?;
    let now = context.clock.now();
    let mut sessions = store.sessions().await?;
    store.close().await;
    sessions.retain(|session| session.record.holds(now));
    if json {
        let sessions: Vec<_> = sessions.iter().map(in_json).collect();
        context.print_json(&sessions)?;
        return Ok(Exit::Done);
    }
    if sessions.is_empty() {
        command::say("nobody is signed in");
        return Ok(Exit::Done);
    }
    let mut table = holders::table([
        "id",
        "name",
        "roles",
        "of",
        "since",
        "last used",
        "until",
        "issuer",
    ]);
    for session in &sessions {
        let (record, identity) = (&session.record, &session.record.identity);
        table.add_row([
            session.id.to_string(),
            identity.name.clone(),
            roles(&identity.roles).join(", "),
            holders::of(identity.organisation.as_ref(), &identity.pathways),
            format!("{:.0}", record.created_at),
            format!("{:.0}", record.used_at),
            format!("{:.0}", record.ends_at()),
            session.issuer.clone(),
        ]);
    }
    context.print(table.trim_fmt())?;
    Ok(Exit::Done)
}

fn in_json(session: &Listed) -> serde_json::Value {
    let (record, identity) = (&session.record, &session.record.identity);
    json!({
        "id": session.id,
        "name": identity.name,
        "via": identity.via.to_string(),
        "roles": roles(&identity.roles),
        "organisation": identity.organisation,
        "pathways": identity.pathways,
        "created_at": record.created_at.to_string(),
        "used_at": record.used_at.to_string(),
        "ends_at": record.ends_at().to_string(),
        "issuer": session.issuer,
        "client_id": session.client_id,
    })
}

async fn end(id: i64, context: &mut Context) -> Result<Exit, Failure> {
    let (_, store) = context.open().await?;
    let ended = store.end_session_numbered(id).await?;
    store.close().await;
    if ended {
        context.print(format_args!("session {id} has ended"))?;
        return Ok(Exit::Done);
    }
    let list = context.command("session list");
    let message = format!("there is no session {id}; see `{list}`");
    Err(Failure::new(Exit::Usage, message))
}

async fn end_all(context: &mut Context) -> Result<Exit, Failure> {
    let (_, store) = context.open().await?;
    let ended = store.end_sessions_but_of(None).await?;
    store.close().await;
    context.print(format_args!("{ended} sessions have ended"))?;
    Ok(Exit::Done)
}
