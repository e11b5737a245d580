//! `serve`: the enrolment service, until stopped.

use std::{io::Write, sync::Arc, time::Duration};

use anyhow::Context as _;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use vwis_link::server::{Callers, PeerCertificates, TlsListener, bounded};
use vwis_proto::v1::{DESCRIPTOR_SET, enrolment_server::EnrolmentServer};

use super::{Exit, Failure, context::Context};
use crate::{enrolment::EnrolmentService, keys::Keys};

/// Longest that one request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest message that is read or sent: a request to certify and a certificate take some hundreds of
/// bytes each, and whoever sends one has shown nothing yet.
const MAX_MESSAGE_BYTES: usize = 16 * 1024;
/// Longest that running requests may take once the program was told to stop.
const DRAIN: Duration = Duration::from_secs(10);

pub(super) async fn run(context: &mut Context) -> Result<Exit, Failure> {
    let (config, store) = context.open().await?;
    let keys = Keys::in_dir(&config.dir);
    let listener = TlsListener::bind(
        config.file.listen,
        &keys.credentials()?,
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
        .build_v1()?;

    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut stopping = stopped.clone();
    let server = bounded(Callers::Anybody, REQUEST_TIMEOUT)
        .add_service(enrolment)
        .add_service(health_service)
        .add_service(reflection)
        .serve_with_incoming_shutdown(listener.into_incoming(), async move {
            // An error would mean that the sender is gone: stop, too.
            let _ = stopping.wait_for(|stop| *stop).await;
        });
    let mut server = tokio::spawn(server);

    // Signals are caught before the address is told: whoever reads it may stop the program.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    context.print(json!({ "enrolment": format!("https://{address}") }))?;
    context.out.flush()?;
    context.say(format_args!(
        "nodes enrol at https://{address}; ctrl-c stops"
    ));
    tokio::select! {
        ended = &mut server => {
            ended.context("the server task")?.context("the server")?;
        }
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    stop.send_replace(true);
    if !server.is_finished() && tokio::time::timeout(DRAIN, &mut server).await.is_err() {
        tracing::warn!("some requests did not end in time and were dropped");
        server.abort();
    }
    store.close().await;
    Ok(Exit::Done)
}
