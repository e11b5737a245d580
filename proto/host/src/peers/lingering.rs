//! Connections that gave way, held a while before they are closed.
//!
//! The system's queue for `accept` is first come, first served. If connections were closed at once, a peer
//! that opens another one as soon as one is closed would stand before everybody else in that queue. The
//! number that is held is bounded; one beyond the bound is closed at once.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Sleep, sleep},
};

/// How long a connection that gave way is held.
const TIME: Duration = Duration::from_secs(1);
/// Most connections that are held at once: each is an open file with its buffers.
const MOST: usize = 256;

/// The connections of one listener that gave way and are not closed yet.
#[derive(Clone)]
pub struct Lingering {
    left: Arc<Semaphore>,
    time: Duration,
}

/// The wait until one of them is to be closed.
pub struct Linger {
    permit: Option<OwnedSemaphorePermit>,
    sleep: Pin<Box<Sleep>>,
}

// === impl Lingering ===

impl Default for Lingering {
    fn default() -> Self {
        Self::new(MOST, TIME)
    }
}

impl Lingering {
    /// Holds at most `most` connections at once, each for `time`.
    #[must_use]
    pub fn new(most: usize, time: Duration) -> Self {
        Self {
            left: Arc::new(Semaphore::new(most)),
            time,
        }
    }

    /// Begins to hold a connection that gave way just now: its owner closes it when the returned wait ends.
    #[must_use]
    pub fn begin(&self) -> Linger {
        Linger {
            permit: Arc::clone(&self.left).try_acquire_owned().ok(),
            sleep: Box::pin(sleep(self.time)),
        }
    }
}

// === impl Linger ===

impl Future for Linger {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.permit.is_none() {
            return Poll::Ready(());
        }
        self.sleep.as_mut().poll(cx)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn beyond_the_bound_one_is_closed_at_once_and_room_comes_back() {
        let lingering = Lingering::new(1, Duration::MAX);
        let mut first = lingering.begin();
        assert!((&mut first).now_or_never().is_none());
        let mut second = lingering.begin();
        for _ in 0..2 {
            assert!((&mut second).now_or_never().is_some());
        }
        drop(first);
        assert!(lingering.begin().now_or_never().is_none());
    }
}
