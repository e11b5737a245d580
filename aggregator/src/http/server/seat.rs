//! Where a connection stands: in the waiting room, among those that are served, or nowhere any more.

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
use vwis_link::server::{Lingering, Peer, Place, Places};

use crate::http::problem::Kind;

/// Longest wait for a place by a peer that has its share, all of it at work.
const PATIENCE: Duration = Duration::from_secs(20);

/// Before whoever asks too often is told so. A refusal costs about as much as a kept answer: whoever asks
/// again at once would have the server do nothing else.
const HELD: Duration = Duration::from_secs(1);

/// A connection's place.
pub(super) struct Seat {
    peer: Peer,
    places: Arc<Places>,
    lingering: Lingering,
    at: Mutex<At>,
}

struct At {
    place: Place,
    /// Whether it has asked for anything.
    is_seated: bool,
    /// Whether it is being answered.
    is_at_work: bool,
}

/// An answer's body: once it is sent, its connection rests.
struct Rested {
    inner: Body,
    _rest: Rest,
}

struct Rest(Arc<Seat>);

// === impl Seat ===

impl Seat {
    /// In the waiting room.
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

    /// Until its place is another's. Whoever waits for this is polled again after the seat changed,
    /// since requests are answered in the connection's own task.
    pub(super) async fn given_away(&self) {
        poll_fn(|cx| self.at().place.poll_gone(cx)).await;
    }

    /// Until one that was given away may be closed: at once where an answer is under way.
    pub(super) async fn lingers(&self) {
        let is_at_work = self.at().is_at_work;
        if !is_at_work {
            self.lingering.begin().await;
        }
    }

    /// A place for a request; false where there is none in time.
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
        // Set as a whole, by one assignment.
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

/// Around every request: it has a place while it is answered; one too many gives it to whoever wants it
/// while it is held.
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
