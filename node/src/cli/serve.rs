//! `vwis-node serve`

use std::{sync::Arc, time::Duration};

use tokio::signal::unix::{SignalKind, signal};
use tonic::transport::Server;
use vwis_link::{
    KEEP_ALIVE_INTERVAL, KEEP_ALIVE_TIMEOUT, MAX_MESSAGE_BYTES,
    server::{PeerCertificates, TlsListener},
};
use vwis_proto::{
    exit::Exit,
    v1::{self, node_server::NodeServer},
};

use super::{Context, Failure, Outcome};
use crate::server::NodeService;

/// A connection is closed after this, so that a replaced certificate reaches every peer.
const MAX_CONNECTION_AGE: Duration = Duration::from_hours(1);
/// Longest that one call may take.
const CALL_TIMEOUT: Duration = Duration::from_mins(1);
/// Calls at once on one connection.
const MOST_STREAMS: u32 = 16;
/// Most bytes of request headers.
const MAX_HEADER_BYTES: u32 = 16 * 1024;
/// Longest that running calls may take to end after a stop signal.
const DRAIN: Duration = Duration::from_secs(10);

/// Answer the aggregator until stopped (SIGTERM or Ctrl-C).
#[derive(clap::Args, Debug)]
pub(super) struct Args {}

pub(super) async fn run(_: Args, mut context: Context) -> Outcome {
    let node = Arc::new(context.open().await?);
    let _claim = node
        .claim()
        .map_err(|error| Failure::new(Exit::Refused, &error))?;
    let credentials = node.credentials()?;
    // What a command that was interrupted left uncounted.
    node.count_for_approved().await?;
    let listener = TlsListener::bind(
        node.config().file.listen,
        &credentials,
        PeerCertificates::Required,
        node.config().file.most_connections,
    )
    .await
    .map_err(|error| Failure::new(Exit::BadConfiguration, &error))?;
    let failed = |error: &dyn std::error::Error| Failure::new(Exit::Failed, &error.to_string());

    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_serving::<NodeServer<NodeService>>().await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(v1::DESCRIPTOR_SET)
        .build_v1()
        .map_err(|error| failed(&error))?;
    let service = NodeServer::new(NodeService::new(Arc::clone(&node)))
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES);

    let mut terminate = signal(SignalKind::terminate()).map_err(|error| failed(&error))?;
    let address = listener.address();
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(
        Server::builder()
            .timeout(CALL_TIMEOUT)
            .max_connection_age(MAX_CONNECTION_AGE)
            .max_concurrent_streams(MOST_STREAMS)
            .http2_max_header_list_size(MAX_HEADER_BYTES)
            .http2_keepalive_interval(Some(KEEP_ALIVE_INTERVAL))
            .http2_keepalive_timeout(Some(KEEP_ALIVE_TIMEOUT))
            .add_service(health_service)
            .add_service(reflection)
            .add_service(service)
            .serve_with_incoming_shutdown(listener.into_incoming(), async {
                let _ = stopped.await;
            }),
    );
    // One line for people and programs alike: the address may have been left to the system.
    context.say(format!("{} serves on https://{address}", node.ods_code()))?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping");
    let _ = stopping.send(());
    match tokio::time::timeout(DRAIN, serving).await {
        Ok(Ok(Ok(()))) | Err(_) => {}
        Ok(Ok(Err(error))) => return Err(failed(&error)),
        Ok(Err(error)) => return Err(failed(&error)),
    }
    node.store().close().await;
    Ok(())
}
