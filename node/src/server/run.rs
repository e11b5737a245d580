//! Serves a node: claims its folder, binds its address and runs its services until it is told to stop.
//!
//! `serve` only adds waiting for a signal. The audit in `tests/` serves a node with a broken mechanism
//! through this module too, so that it differs from the product in nothing else.

use std::{fs::File, future::Future, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    sync::oneshot,
    task::{JoinError, JoinHandle},
};
use vwis_host::{clock, files};
use vwis_link::{
    MAX_MESSAGE_BYTES,
    server::{Callers, ListenError, PeerCertificates, TlsListener, bounded},
    validity::{Notice, Validity},
};
use vwis_proto::v1::{self, node_server::NodeServer};

use crate::{
    node::{Node, NodeError},
    server::NodeService,
};

/// Longest that an answer may take to begin, and again to be read.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_mins(1);
/// Longest that running calls may take to end after a stop.
const DRAIN: Duration = Duration::from_secs(10);
/// Pause between two looks at the certificate's end.
const LOOK_EVERY: Duration = Duration::from_hours(1);

/// A node whose address is bound. It is the only one on its folder.
pub struct Serving {
    node: Arc<Node>,
    listener: TlsListener,
    _claim: File,
}

/// A node that is served in the background of this process.
pub struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ServeError>>,
}

/// Why a node does not serve, or did not end in good order.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The folder is served already, not enrolled, or not readable.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The address cannot be bound, or TLS cannot be set up.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The services cannot describe themselves for reflection.
    #[error(transparent)]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The server ended before it was told to.
    #[error(transparent)]
    Transport(#[from] tonic::transport::Error),
    /// The server panicked.
    #[error(transparent)]
    Panicked(#[from] JoinError),
}

// === impl Serving ===

impl Serving {
    /// Claims the node's folder, counts what is not counted yet, and binds its address.
    ///
    /// # Errors
    /// [`ServeError`]; nothing is served.
    pub async fn bind(node: Arc<Node>) -> Result<Self, ServeError> {
        let claim = node.claim().await?;
        let files = node.credential_files()?;
        // An interrupted command may have left snapshots uncounted.
        node.count_for_approved().await.map_err(NodeError::from)?;
        let listener = TlsListener::following(
            node.config().file.listen,
            files,
            PeerCertificates::Required,
            node.config().file.most_connections,
        )
        .await?;
        Ok(Self {
            node,
            listener,
            _claim: claim,
        })
    }

    /// The address that is bound; where the configuration says port 0, with the port that the system chose.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Serves in a background task.
    #[must_use]
    pub fn spawn(self) -> Served {
        let address = self.address();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(self.run_until(async {
            // The server stops when it is told to, and when its handle is dropped.
            let _ = stopped.await;
        }));
        Served {
            address,
            stop,
            task,
        }
    }

    /// Serves until `stop` is done, lets running calls end, and closes the store.
    ///
    /// # Errors
    /// [`ServeError`] where the server did not end in good order.
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> Result<(), ServeError> {
        let (health, health_service) = tonic_health::server::health_reporter();
        health.set_serving::<NodeServer<NodeService>>().await;
        let reflection = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(v1::DESCRIPTOR_SET)
            .build_v1()?;
        let service = NodeServer::new(NodeService::new(Arc::clone(&self.node)))
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES);
        let watching = tokio::spawn(watch_certificate(Arc::clone(&self.node)));
        let (stopping, stopped) = oneshot::channel::<()>();
        let mut serving = tokio::spawn(
            bounded(Callers::Aggregators, CALL_TIMEOUT)
                .add_service(health_service)
                .add_service(reflection)
                .add_service(service)
                .serve_with_incoming_shutdown(self.listener.into_incoming(), async {
                    let _ = stopped.await;
                }),
        );
        tokio::select! {
            () = stop => {}
            // The server failed. Serving ends here; otherwise nobody would be answered until somebody
            // thought of stopping it.
            ended = &mut serving => return Ok(ended??),
        }
        watching.abort();
        tracing::info!("stopping");
        let _ = stopping.send(());
        // Calls that do not end in time are cut off.
        if let Ok(ended) = tokio::time::timeout(DRAIN, serving).await {
            ended??;
        }
        self.node.store().close().await;
        Ok(())
    }
}

/// Logs when this node's certificate ends soon, for as long as it is polled: once for each of
/// [`vwis_link::validity::NOTICE_DAYS`], and once after it has ended.
async fn watch_certificate(node: Arc<Node>) {
    let mut said = None;
    loop {
        let certificate = node.config().credential_files().certificate;
        let validity = files::read_text(&certificate).ok();
        let validity = validity.and_then(|pem| Validity::of_pem(&pem));
        let notice = validity.and_then(|validity| validity.notice(node.clock.now()));
        let urgency = notice.map(|notice| match notice {
            Notice::EndsWithin { days, .. } => days,
            Notice::Ended { .. } | Notice::NotBegun { .. } => 0,
        });
        if let Some(notice) = notice.filter(|_| urgency != said) {
            tracing::warn!(
                "{}'s certificate {notice}: the aggregator makes it anew when it collects, and has not; if it \
                 cannot, ask its operator for `node token {}` and run `enrol`: this server takes the new one up",
                node.ods_code(),
                node.ods_code(),
            );
        }
        said = urgency;
        clock::wait(&*node.clock, LOOK_EVERY).await;
    }
}

// === impl Served ===

impl Served {
    /// The address at which it serves.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Stops the server in good order.
    ///
    /// # Errors
    /// [`ServeError`] where it ended otherwise.
    pub async fn stop(self) -> Result<(), ServeError> {
        // It may have ended by itself; then nobody receives this, and the task below says why.
        let _ = self.stop.send(());
        self.task.await?
    }
}
