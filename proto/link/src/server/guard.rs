//! The guard before every service of a server. It asks whether this peer may call here at all and whether
//! it is its turn, and turns a panic into an answer.

use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::FutureExt as _;
use tokio::time::Instant;
use tonic::{Code, Status, body::Body, codegen::http};
use tower::{Layer, Service};
use vwis_host::peers::Peer;
use vwis_proto::reason::Reason;

use super::{PeerInfo, pace::Pace, refuse};
use crate::identity::Identity;

/// Whom a server serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callers {
    /// Only aggregators.
    Aggregators,
    /// Everybody, since callers have no certificate yet.
    Anybody,
}

/// The layer that puts services behind the guard, shared by all connections of one server.
#[derive(Clone)]
pub struct Guard {
    callers: Callers,
    pace: Arc<Pace>,
}

/// A service behind a [`Guard`].
#[derive(Clone)]
pub struct Guarded<S> {
    guard: Guard,
    inner: S,
}

// === impl Guard ===

impl Guard {
    pub(super) fn new(callers: Callers) -> Self {
        Self {
            callers,
            pace: Arc::default(),
        }
    }

    /// When a request of `peer` may begin, or why it is refused; nothing of it has been read yet.
    fn admit(&self, peer: Option<&PeerInfo>) -> Result<Instant, Status> {
        let peer = peer.ok_or_else(no_identity)?;
        match (self.callers, &peer.identity) {
            (Callers::Anybody, _) | (Callers::Aggregators, Some(Identity::Aggregator(_))) => {}
            (Callers::Aggregators, None) => return Err(no_identity()),
            (Callers::Aggregators, Some(Identity::Node(_))) => {
                let message = "only an aggregator may call a node";
                return Err(refuse(
                    Code::PermissionDenied,
                    Reason::RoleNotAllowed,
                    message,
                ));
            }
        }
        let now = Instant::now();
        self.pace.turn(&Peer::from(peer), now).ok_or_else(|| {
            let message = "you have sent too many requests in a short time: try again later";
            refuse(Code::ResourceExhausted, Reason::TooManyRequests, message)
        })
    }
}

fn no_identity() -> Status {
    let message = "the connection carries no identity";
    refuse(Code::Unauthenticated, Reason::RoleNotAllowed, message)
}

impl<S> Layer<S> for Guard {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded {
            guard: self.clone(),
            inner,
        }
    }
}

// === impl Guarded ===

impl<S> Service<http::Request<Body>> for Guarded<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
{
    type Response = http::Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let begins = self.guard.admit(request.extensions().get::<PeerInfo>());
        // Calls the service that is ready, and leaves the clone for the next request.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        Box::pin(async move {
            match begins {
                Ok(at) => tokio::time::sleep_until(at).await,
                Err(status) => return Ok(status.into_http()),
            }
            // If it panics, the service is dropped with all that it left half-done: each request has its own.
            let call = AssertUnwindSafe(async move { inner.call(request).await });
            call.catch_unwind().await.unwrap_or_else(|_| {
                let message = "something failed inside: the log there says where";
                Ok(refuse(Code::Internal, Reason::Internal, message).into_http())
            })
        })
    }
}
