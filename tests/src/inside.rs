//! A node served by the test's own process, so that it can have a mechanism of the test's own.
//!
//! All else is the product: the folder that its commands made, the store, the ledger, the server
//! and TLS. No configuration reaches the mechanism, so there is no other way to break it.

use std::sync::Arc;

use tokio::{sync::oneshot, task::JoinHandle, time::timeout};
use vwis_link::clock::SystemClock;
use vwis_node::{
    config::Config,
    mechanism::Mechanism,
    node::Node,
    serving::{ServeError, Serving},
};
use vwis_proto::ods::OdsCode;

use crate::{call::Caller, certificates::System, node::NodeFixture, process::DEADLINE};

/// A node that this process serves.
pub struct Inside {
    ods_code: OdsCode,
    url: String,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), ServeError>>,
}

// === impl Inside ===

impl Inside {
    /// Serves the node of `fixture` with `mechanism` in the place of the product's.
    pub async fn serve(fixture: &NodeFixture, mechanism: Arc<dyn Mechanism>) -> Self {
        let config = Config::read(&fixture.dir().join("node.toml")).unwrap();
        let node = Node::open(config, Arc::new(SystemClock), mechanism)
            .await
            .unwrap();
        let serving = Serving::bind(Arc::new(node)).await.unwrap();
        let url = format!("https://{}", serving.address());
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serving.run_until(async {
            // Dropped with the fixture, or asked to stop: both end it.
            let _ = stopped.await;
        }));
        Self {
            ods_code: fixture.ods_code().clone(),
            url,
            stop,
            serving,
        }
    }

    /// The aggregator's connection to it.
    pub async fn caller(&self, system: &System) -> Caller {
        system.caller_of(&self.ods_code, &self.url).await
    }

    /// Stops it in good order.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        timeout(DEADLINE, self.serving)
            .await
            .expect("the server ends in time")
            .unwrap()
            .unwrap();
    }
}
