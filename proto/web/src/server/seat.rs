//! Where a connection stands: in the waiting room, among those served, or closed.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use vwis_host::peers::{Lingering, Peer, Place, Places};

use crate::problem::Kind;

/// Longest wait for a place, where all of a peer's share is being answered.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a refusal of a too frequent caller is held back. A refusal costs about as much as a kept answer:
/// without the delay, a caller who asks again at once would keep the server busy with refusals.
const HELD: Duration = Duration::from_secs(1);

/// The place of one connection.
pub(super) struct Seat {
    peer: Peer,
    places: Arc<Places>,
    lingering: Lingering,
    at: Mutex<At>,
}

struct At {
    place: Place,
    /// False while the connection is in the waiting room, before its first request.
    is_seated: bool,
    /// Whether one of its requests is being answered.
    is_at_work: bool,
}

/// An answer's body, which marks the connection as idle once it is sent.
struct Rested {
    inner: Body,
    _rest: Rest,
}

struct Rest(Arc<Seat>);

// === impl Seat ===

impl Seat {
    /// Takes a place in the waiting room.
    pub(super) fn new(
        peer: Peer,
        (waiting, places): (&Arc<Places>, &Arc<Places>),
        lingering: &Lingering,
    ) -> Arc<Self> {
        let place = waiting.enter(&peer);
        Arc::new(Self {
            peer,
            places: Arc::clone(places),
            lingering: lingering.clone(),
            at: Mutex::new(At {
                place,
                is_seated: false,
                is_at_work: false,
            }),
        })
    }

    /// Waits until the connection's place is given to another. It is polled again after the seat changed,
    /// because requests are answered in the connection's own task.
    pub(super) async fn given_away(&self) {
        poll_fn(|cx| self.at().place.poll_gone(cx)).await;
    }

    /// Waits until a connection that gave way may be closed: at once if an answer is under way.
    pub(super) async fn lingers(&self) {
        let is_at_work = self.at().is_at_work;
        if !is_at_work {
            self.lingering.begin().await;
        }
    }

    /// Takes a place for a request; false if none gets free in time.
    async fn sits(&self) -> bool {
        let is_seated = {
            let mut at = self.at();
            if at.is_seated {
                at.set_at_work(true);
            }
            at.is_seated
        };
        if is_seated {
            return true;
        }
        let place = tokio::time::timeout(PATIENCE, self.places.take(&self.peer)).await;
        let Ok(place) = place else {
            return false;
        };
        *self.at() = At {
            place,
            is_seated: true,
            is_at_work: true,
        };
        true
    }

    fn at(&self) -> MutexGuard<'_, At> {
        // A poisoned lock is still good: the state is set as a whole, by one assignment.
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl At ===

impl At {
    fn set_at_work(&mut self, is_at_work: bool) {
        self.is_at_work = is_at_work;
        self.place.set_rests(!is_at_work);
    }
}

/// Middleware around every request: it has a place while it is answered. A refusal for asking too often gives
/// up its place while it is held back.
pub(super) async fn seated(
    State(seat): State<Arc<Seat>>,
    request: Request,
    next: Next,
) -> Response {
    if !seat.sits().await {
        return Kind::TOO_MANY_REQUESTS
            .problem(
                "this address has as many requests under way as one may: wait for some of them",
            )
            .retry_after_s(PATIENCE.as_secs())
            .into_response();
    }
    let rest = Rest(Arc::clone(&seat));
    let response = next.run(request).await;
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        seat.at().set_at_work(false);
        tokio::time::sleep(HELD).await;
    }
    response.map(|inner| Body::new(Rested { inner, _rest: rest }))
}

// === impl Rest ===

impl Drop for Rest {
    fn drop(&mut self) {
        self.0.at().set_at_work(false);
    }
}

// === impl Rested ===

impl HttpBody for Rested {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
