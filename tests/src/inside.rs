//! Serves a node in the test's own process, so that it can have a mechanism of the test's own.
//!
//! Everything else is the product: the folder that its commands made, the store, the ledger, the server and
//! TLS. No configuration reaches the mechanism, so there is no other way to replace it.

use std::{path::Path, sync::Arc};

use tokio::time::timeout;
use vwis_host::clock::SystemClock;
use vwis_model::{algebra::Strategy, measurement::Payload, ods::OdsCode};
use vwis_node::{
    config::Config,
    node::Node,
    server::run::{Served, Serving},
};
use vwis_noise::{Drawing, Mechanism, MechanismError};

use crate::{call::Caller, certificates::System, node::NodeFixture, process::DEADLINE};

/// A node that is served by this process.
pub struct Inside {
    ods_code: OdsCode,
    served: Served,
}

/// A broken mechanism that answers with the exact counts.
pub struct NoNoise;

impl Mechanism for NoNoise {
    fn draw(
        &self,
        _: &Drawing<'_>,
        _: &Strategy,
        exact: &[i64],
    ) -> Result<Payload, MechanismError> {
        Ok(Payload::from_entries(exact))
    }
}

// === impl Inside ===

impl Inside {
    /// Serves the node of `fixture` with `mechanism` in place of the product's.
    pub async fn serve(fixture: &NodeFixture, mechanism: Arc<dyn Mechanism>) -> Self {
        Self::serve_in(&fixture.dir(), fixture.ods_code(), mechanism).await
    }

    /// Serves the node of this folder with `mechanism` in place of the product's.
    pub async fn serve_in(dir: &Path, ods_code: &OdsCode, mechanism: Arc<dyn Mechanism>) -> Self {
        let config = Config::read(&dir.join("node.toml")).unwrap();
        let node = Node::open(config, Arc::new(SystemClock), mechanism)
            .await
            .unwrap();
        let serving = Serving::bind(Arc::new(node)).await.unwrap();
        Self {
            ods_code: ods_code.clone(),
            served: serving.spawn(),
        }
    }

    /// The address at which the node serves.
    #[must_use]
    pub fn address(&self) -> String {
        self.served.url()
    }

    /// Connects to the node as the aggregator.
    pub async fn caller(&self, system: &System) -> Caller {
        system.caller_of(&self.ods_code, &self.served.url()).await
    }

    /// Stops the node in good order.
    pub async fn stop(self) {
        timeout(DEADLINE, self.served.stop())
            .await
            .expect("the server ends in time")
            .unwrap();
    }
}
