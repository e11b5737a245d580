//! `serve`: the enrolment service and the HTTP API, until stopped.

use std::{io::Write, sync::Arc, time::Duration};

use anyhow::Context as _;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tonic::server::NamedService;
use vwis_link::server::{Callers, PeerCertificates, TlsListener, bounded};
use vwis_proto::v1::{DESCRIPTOR_SET, enrolment_server::EnrolmentServer};
use vwis_web::server::Listener;

use super::{Exit, Failure, context::Context};
use crate::{
    config::{CLIENT_SECRET_VARIABLE, Config, Entry},
    enrolment::EnrolmentService,
    http::{self, app::App},
    identity::{issuer::Issuer, sign_in::SignIn},
    keys::Keys,
    store::Store,
};
use vwis_host::command;

/// Longest that one enrolment request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest message that is read or sent. A signing request and a certificate take some hundreds of bytes
/// each, and a caller has not proved anything yet.
const MAX_MESSAGE_BYTES: usize = 16 * 1024;
/// gRPC's standard health service.
const HEALTH: &str = "grpc.health.v1.Health";
/// Longest that running requests may take after the program was told to stop.
const DRAIN: Duration = Duration::from_secs(10);

pub(super) async fn run(context: &mut Context) -> Result<Exit, Failure> {
    let (config, store) = context.open().await?;
    let upkeep = context.upkeep(&config, &store);
    if let Err(error) = upkeep.renew() {
        tracing::warn!(%error, "cannot make the aggregator's own certificate anew");
    }
    let (http, app) = app(&config, &store, context).await?;
    let keys = Keys::in_dir(&config.dir);
    let listener = TlsListener::following(
        config.file.listen,
        keys.credential_files(),
        PeerCertificates::NotAsked,
        config.file.most_connections,
    )
    .await?;
    let address = listener.address();

    let enrolment =
        EnrolmentService::new(store.clone(), keys.authority()?, Arc::clone(&context.clock));
    let enrolment = EnrolmentServer::new(enrolment)
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES);
    let (health, health_service) = tonic_health::server::health_reporter();
    health
        .set_serving::<EnrolmentServer<EnrolmentService>>()
        .await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        // The descriptor files describe more services than this server offers.
        .with_service_name(<EnrolmentServer<EnrolmentService> as NamedService>::NAME)
        .with_service_name(HEALTH)
        .build_v1()?;

    // The router compresses the program's own files, before anybody is answered.
    let routes = http::router(Arc::clone(&app));
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut stopping = stopped.clone();
    let server = bounded(Callers::Anybody, REQUEST_TIMEOUT)
        .add_service(enrolment)
        .add_service(health_service)
        .add_service(reflection)
        .serve_with_incoming_shutdown(listener.into_incoming(), async move {
            // An error would mean that the sender is gone, which means to stop, too.
            let _ = stopping.wait_for(|stop| *stop).await;
        });
    let mut server = tokio::spawn(server);
    let upkeep = tokio::spawn(upkeep.run());
    let counting = Arc::clone(&app);
    let counting = tokio::spawn(async move { counting.write_counted().await });
    let http_url = http.url();
    let mut http = tokio::spawn(http.serve(routes, stopped));

    // Signals are caught before the address is printed: whoever reads it may stop the program.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    context.print(json!({ "enrolment": format!("https://{address}"), "http": http_url }))?;
    context.out.flush()?;
    command::say(format_args!(
        "the dashboard is at {http_url}/ and the API at {http_url}/api/v1/docs; nodes enrol at \
         https://{address}; ctrl-c stops"
    ));
    tokio::select! {
        ended = &mut server => {
            ended.context("the server task")?.context("the server")?;
        }
        ended = &mut http => ended.context("the API's task")?,
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    upkeep.abort();
    counting.abort();
    stop.send_replace(true);
    let drained = async {
        if !server.is_finished() {
            // How it ended makes no difference any more.
            let _ = (&mut server).await;
        }
        if !http.is_finished() {
            let _ = (&mut http).await;
        }
    };
    if tokio::time::timeout(DRAIN, drained).await.is_err() {
        tracing::warn!("some requests did not end in time and were dropped");
        server.abort();
        http.abort();
    }
    if let Err(error) = app.settle().await {
        tracing::warn!(%error, "the access log's last rows could not be written");
    }
    store.close().await;
    Ok(Exit::Done)
}

/// Builds the API and binds it to its address, as configured. Refuses where anybody could read everything.
async fn app(
    config: &Config,
    store: &Store,
    context: &mut Context,
) -> Result<(Listener, Arc<App>), Failure> {
    let http = &config.file.http;
    let issuer = match &config.file.oidc {
        Some(oidc) => {
            oidc.check()?;
            Some(Issuer::new(oidc.clone())?)
        }
        None => None,
    };
    let identity_configured = issuer.is_some() || store.any_api_token().await?;
    let entry = http.entry(identity_configured)?;
    let listener = Listener::bind(&http.listening(&config.dir)?).await?;
    let token = context.command("token create --name NAME --role analyst");
    if let Entry::Anonymous(role) = entry {
        command::say(format_args!(
            "the API is for programs on this machine only, and takes each for a holder of the role {role} \
             ([http] anonymous): neither [oidc] nor an API token says who asks. For others: {token}"
        ));
    } else if !identity_configured {
        command::say(format_args!(
            "nobody can read by the API yet: {token}, or [oidc], or `anonymous = \"analyst\"` in [http] for \
             programs on this machine"
        ));
    }
    let clock = Arc::clone(&context.clock);
    let sign_in = sign_in(config, issuer.as_ref(), &listener, store)?;
    // Who signed in is personal data, so sessions that are over do not stay until the next sign-in.
    match &sign_in {
        Some(sign_in) => sign_in.sessions().sweep(clock.now()).await?,
        None => drop(store.end_sessions_but_of(None).await?),
    }
    let app = App::new(store.clone(), clock, issuer, entry, http);
    let app = app.under(config.file.dashboard.notice.clone());
    let app = app.kept_up(context.upkeep(config, store));
    let app = match sign_in {
        Some(sign_in) => app.signing_in(sign_in),
        None => app,
    };
    Ok((listener, Arc::new(app)))
}

/// Sign-in of people; none where no issuer is configured or it does not know this server as a client.
fn sign_in(
    config: &Config,
    issuer: Option<&Issuer>,
    listener: &Listener,
    store: &Store,
) -> Result<Option<SignIn>, Failure> {
    let client_id = issuer.and_then(|issuer| issuer.config().client_id.clone());
    let (Some(issuer), Some(client_id)) = (issuer, client_id) else {
        // A wrong address is refused now, not when people come to sign in.
        if config.file.http.public_url.is_some() {
            config.file.http.public_url(&listener.url())?;
        }
        return Ok(None);
    };
    let public_url = config.file.http.public_url(&listener.url())?;
    let variable = std::env::var(CLIENT_SECRET_VARIABLE).ok();
    let secret = issuer.config().client_secret(&config.dir, variable)?;
    let store = store.clone();
    let sign_in = SignIn::new(issuer.clone(), client_id, secret, public_url, store)?;
    Ok(Some(sign_in))
}
