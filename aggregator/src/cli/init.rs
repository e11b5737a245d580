//! `init`: keys, configuration, empty store.

use std::{net::SocketAddr, path::PathBuf};

use vwis_host::{command, files, folder, place};
use vwis_model::{aggregator_name::AggregatorName, here, place::Place};

use super::{Exit, Failure, context::Context};
use crate::{
    config::{Config, ConfigFile, DEFAULT_LISTEN, HttpConfig},
    identity::Role,
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
    /// Address of the HTTP API; port 0 takes any free one at each start. Other than loopback, it
    /// needs an API token or [oidc], and TLS or a proxy: see the file that is written
    #[arg(long, value_name = "ADDRESS", default_value_t = DEFAULT_LISTEN)]
    http: SocketAddr,
    /// Answer programs on this machine that show no credentials, as if they had this role, until there
    /// is an API token or [oidc]. Not where other people have accounts, nor behind a proxy
    #[arg(long, value_name = "ROLE")]
    anonymous: Option<Role>,
    /// Folder of the place pack: what the system is called, its localities, residents and employers; the
    /// one that ships if not said. `place new` writes one to fill in
    #[arg(long, value_name = "DIR")]
    place: Option<PathBuf>,
    /// What stands above every page, if it is a demonstration or of test data
    #[arg(long, value_name = "TEXT")]
    notice: Option<String>,
    /// Take a --dir on a network or FUSE file system, where locks do not keep a second server away
    #[arg(long)]
    allow_network_folder: bool,
}

const ABOUT: &str = "\
# An aggregator's configuration. Environment variables VWIS_AGGREGATOR_<KEY> stand above it, and
# unknown keys are refused. Times are in seconds (_s).
";

pub(super) async fn run(args: Args, context: &mut Context) -> Result<Exit, Failure> {
    let path = args.dir.join("aggregator.toml");
    if files::is_there(&path)? {
        let message = format!("{} is there already: nothing was changed", path.display());
        return Err(Failure::new(Exit::BadConfiguration, message));
    }
    // The folder will hold the authority's key, so nobody else may own it.
    if files::is_there(&args.dir)? {
        folder::require_owner(&args.dir)?;
    }
    files::private_folder(&args.dir)?;
    if !args.allow_network_folder {
        folder::require_local(&args.dir)?;
    }
    let place = match &args.place {
        Some(folder) => place::read(folder)?,
        None => Place::shipped(),
    };
    if !here::settle(place) {
        return Err(Failure::new(
            Exit::Failed,
            "this program began with another place",
        ));
    }
    place::keep(&args.dir, place.pack())?;
    let keys = Keys::in_dir(&args.dir);
    keys.create(&args.name, context.clock.now())?;
    let store = Store::create(&args.dir).await?;
    store.close().await;
    // The configuration comes last, so that a folder that has one is complete.
    let mut file = ConfigFile::new(args.name.clone(), args.listen);
    file.http.listen = args.http;
    file.http.anonymous = args.anonymous;
    file.dashboard.notice = args.notice;
    file.allow_network_folder = args.allow_network_folder;
    files::write_public(&path, format!("{ABOUT}{}", as_toml(&file)).as_bytes())?;
    Config::read(&path)?;
    context.print(format_args!(
        "made aggregator {} in {}",
        args.name,
        args.dir.display()
    ))?;
    context.config_path = path;
    let next = context.command("serve");
    command::say(format_args!("next: {next}"));
    Ok(Exit::Done)
}

fn as_toml(file: &ConfigFile) -> String {
    let ConfigFile {
        name,
        listen,
        concurrent_nodes,
        call_deadline_s,
        attempts,
        most_connections,
        allow_network_folder,
        http,
        oidc: _,
        dashboard,
    } = file;
    let HttpConfig {
        listen: http_listen,
        requests_per_minute,
        cells_per_minute,
        most_connections: http_connections,
        request_timeout_s,
        behind_proxy,
        anonymous,
        certificate: _,
        key: _,
        public_url: _,
    } = http;
    format!(
        "name = \"{name}\"\n\
         # Where nodes enrol.\n\
         listen = \"{listen}\"\n\
         # Nodes asked at once, the longest one call may take, and attempts per call in all.\n\
         concurrent_nodes = {concurrent_nodes}\n\
         call_deadline_s = {call_deadline_s}\n\
         attempts = {attempts}\n\
         # Enrolment connections served at once.\n\
         most_connections = {most_connections}\n\
         # Whether this folder may lie on a network or FUSE file system, where locks do not hold.\n\
         allow_network_folder = {allow_network_folder}\n\
         \n\
         [http]\n\
         # Where the API is served: to whoever shows an API token (`token create`) or one of [oidc].\n\
         listen = \"{http_listen}\"\n\
         # Until there is either, programs on this machine are answered as if they had this role. Not\n\
         # where other people have accounts on it, nor behind a proxy.\n\
         {anonymous}\n\
         # TLS: PEM files, relative to this folder.\n\
         # certificate = \"tls/http.pem\"\n\
         # key = \"tls/http.key\"\n\
         # A proxy that speaks TLS stands in front, so that plain HTTP may leave this machine.\n\
         behind_proxy = {behind_proxy}\n\
         # Where browsers reach it, for sign-in; needed elsewhere than on this machine.\n\
         # public_url = \"https://vwis.example\"\n\
         # Of one identity: requests, and cells of tables that are computed, which kept answers are not;\n\
         # connections served at once; the longest that an answer may take to begin.\n\
         requests_per_minute = {requests_per_minute}\n\
         cells_per_minute = {cells_per_minute}\n\
         most_connections = {http_connections}\n\
         request_timeout_s = {request_timeout_s}\n\
         \n\
         # Whose bearer tokens are taken, beside API tokens. The claims and roles below are the defaults.\n\
         # [oidc]\n\
         # issuer = \"https://login.microsoftonline.com/TENANT/v2.0\"\n\
         # audience = \"api://vwis\"\n\
         # People sign in to the pages where the issuer knows this server as a client, which it sends\n\
         # back to PUBLIC_URL/signed-in. The secret is in a file, or in\n\
         # VWIS_AGGREGATOR_OIDC_CLIENT_SECRET.\n\
         # client_id = \"CLIENT\"\n\
         # client_secret_file = \"oidc-client-secret\"\n\
         # scopes = [\"openid\", \"profile\"]\n\
         # roles_claim = \"roles\"\n\
         # organisation_claim = \"organisation\"\n\
         # pathways_claim = \"pathways\"\n\
         # [oidc.roles]\n\
         # viewer = \"viewer\"\n\
         # board = \"board\"\n\
         # analyst = \"analyst\"\n\
         # steward = \"steward\"\n\
         \n\
         [dashboard]\n\
         # Stands above every page, if it is not the real thing. What pages call the system and its\n\
         # employers is in the place pack: `place show`.\n\
         {notice}\n",
        anonymous = anonymous.map_or_else(
            || "# anonymous = \"analyst\"".to_owned(),
            |role| format!("anonymous = \"{role}\""),
        ),
        notice = dashboard.notice.as_ref().map_or_else(
            || "# notice = \"Test data.\"".to_owned(),
            |notice| format!("notice = {}", quoted(notice)),
        ),
    )
}

/// The text as a TOML string, escaped: what people type may hold quotes.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
