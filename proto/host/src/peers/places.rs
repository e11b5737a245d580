//! The places among a server's connections, so that no peer can take all of them.
//!
//! ```text
//! has this peer its share? ── yes ─► its oldest that rests gives way, or else it waits
//!   └─ no ─► is a place free? ── yes ─► taken
//!              └─ no ─► has anybody more than this peer? ── yes ─► whoever has most gives way: its
//!                         └─ no ─► does any rest? ─► it gives way  oldest that rests, or its oldest
//!                                    └─ no ─► it waits
//! ```
//!
//! So a peer that holds every place keeps nobody out, and peers that hold one each and are served push
//! out nobody. A connection rests between two requests, where a protocol says when that is (HTTP/1.1);
//! it costs its peer nothing to begin another.

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use tokio::sync::{Notify, oneshot};

use super::{Peer, Repeated};

/// Counts dropped connections for the log: whoever opens them without end has them dropped without end.
static DROPPED: LazyLock<Repeated> = LazyLock::new(Repeated::default);

/// A peer may hold one in so many of the places. An honest peer needs one or two, and the bound on its
/// connections bounds what a peer can make us keep in memory.
const SHARE: usize = 4;

/// All places of one listener.
pub struct Places {
    most: usize,
    /// The most places that one peer may hold.
    share: usize,
    taken: Mutex<TakenPlaces>,
    freed: Notify,
}

/// The taken ones of a listener's places.
#[derive(Default)]
struct TakenPlaces {
    next: u64,
    /// The taken places, in the order in which they were taken.
    places: Vec<Taken>,
}

struct Taken {
    id: u64,
    peer: Peer,
    /// Whether its connection asks for nothing now.
    rests: bool,
    /// Tells its connection, when dropped, that the place is gone.
    _holder: oneshot::Sender<()>,
}

/// A place that is taken. Dropping it gives the place back.
pub struct Place {
    id: u64,
    places: Arc<Places>,
    /// Ends when the place is given to another peer.
    gone: oneshot::Receiver<()>,
}

// === impl Places ===

impl Places {
    /// `most` places, of which one peer may hold a quarter.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self::with_share(most, most.div_ceil(SHARE))
    }

    /// `most` places, of which one peer may hold `share`.
    #[must_use]
    pub fn with_share(most: usize, share: usize) -> Self {
        Self {
            most,
            share,
            taken: Mutex::default(),
            freed: Notify::new(),
        }
    }

    /// Waits for a place for `peer`.
    pub async fn take(self: &Arc<Self>, peer: &Peer) -> Place {
        loop {
            // Listens before it looks, so that it misses no place that is given back in between.
            let freed = self.freed.notified();
            tokio::pin!(freed);
            freed.as_mut().enable();
            if let Some(place) = self.try_take(peer) {
                return place;
            }
            freed.await;
        }
    }

    /// Takes a place at once, for a connection that has said nothing yet and so rests from the beginning. If
    /// there is no room, another connection gives way.
    #[must_use]
    pub fn enter(self: &Arc<Self>, peer: &Peer) -> Place {
        let mut taken = self.taken();
        let _given_up = taken.makes_room(peer, self.most, self.share);
        self.put(&mut taken, peer, true)
    }

    fn try_take(self: &Arc<Self>, peer: &Peer) -> Option<Place> {
        let mut taken = self.taken();
        taken
            .makes_room(peer, self.most, self.share)
            .then(|| self.put(&mut taken, peer, false))
    }

    fn put(self: &Arc<Self>, taken: &mut TakenPlaces, peer: &Peer, rests: bool) -> Place {
        let (holder, gone) = oneshot::channel();
        let id = taken.next;
        taken.next += 1;
        taken.places.push(Taken {
            id,
            peer: peer.clone(),
            rests,
            _holder: holder,
        });
        Place {
            id,
            places: Arc::clone(self),
            gone,
        }
    }

    fn taken(&self) -> MutexGuard<'_, TakenPlaces> {
        // Each holder of the lock leaves the list whole, so a panic spoils nothing.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl TakenPlaces ===

impl TakenPlaces {
    /// Whether there is room for one more connection of `peer`; another may have given way for it.
    fn makes_room(&mut self, peer: &Peer, most: usize, share: usize) -> bool {
        let mut of_peer: HashMap<&Peer, usize> = HashMap::new();
        for taken in &self.places {
            *of_peer.entry(&taken.peer).or_default() += 1;
        }
        let own = of_peer.get(peer).copied().unwrap_or(0);
        let oldest = |fits: &dyn Fn(&Taken) -> bool| self.places.iter().position(fits);
        let gives_way = if own >= share {
            oldest(&|taken| taken.rests && taken.peer == *peer)
        } else if self.places.len() < most {
            return true;
        } else {
            let largest = of_peer.values().copied().max().unwrap_or(0);
            let has_most = |taken: &Taken| largest > own && of_peer[&taken.peer] == largest;
            oldest(&|taken| taken.rests && has_most(taken))
                .or_else(|| oldest(&has_most))
                .or_else(|| oldest(&|taken| taken.rests))
        };
        let Some(index) = gives_way else {
            return false;
        };
        let gone = self.places.remove(index);
        if gone.rests {
            tracing::debug!(peer = ?gone.peer, "a connection that rested gave way");
        } else {
            DROPPED.happened(gone.peer, |peer, times| {
                tracing::warn!(
                    ?peer,
                    times,
                    "too many connections: dropped the oldest of whoever has most"
                );
            });
        }
        true
    }
}

// === impl Place ===

impl Place {
    /// Sets whether its connection rests: one that rests gives way before any that works.
    pub fn set_rests(&self, rests: bool) {
        let mut all = self.places.taken();
        if let Some(taken) = all.places.iter_mut().find(|taken| taken.id == self.id) {
            taken.rests = rests;
        }
        drop(all);
        if rests {
            self.places.freed.notify_waiters();
        }
    }

    /// Whether the place was given to another peer; wakes the task when it is.
    pub fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.gone).poll(cx).map(drop)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places
            .taken()
            .places
            .retain(|taken| taken.id != self.id);
        self.places.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn peer(n: u8) -> Peer {
        Peer::At([10, 0, 0, n].into())
    }

    fn waits(places: &Arc<Places>, peer: &Peer) -> bool {
        places.take(peer).now_or_never().is_none()
    }

    #[tokio::test]
    async fn a_peer_has_its_share_and_waits_for_more() {
        let places = Arc::new(Places::new(8));
        let first = places.take(&peer(1)).await;
        let _second = places.take(&peer(1)).await;
        assert!(waits(&places, &peer(1)));
        let _other = places.take(&peer(2)).await;
        drop(first);
        let _third = places.take(&peer(1)).await;
    }

    #[tokio::test]
    async fn whoever_has_most_gives_way_and_whoever_has_one_keeps_it() {
        let places = Arc::new(Places::new(4));
        let mut held = Vec::new();
        for n in 1..=4 {
            held.push(places.take(&peer(n)).await);
        }
        let _fifth = places.take(&peer(5)).await;
        assert!(
            held[0]
                .gone
                .try_recv()
                .is_err_and(|e| e == oneshot::error::TryRecvError::Closed)
        );
        for place in &mut held[1..] {
            assert_eq!(
                place.gone.try_recv(),
                Err(oneshot::error::TryRecvError::Empty)
            );
        }
        // Everybody has one place, so nobody has more than another.
        assert!(waits(&places, &peer(5)));
    }

    #[tokio::test]
    async fn a_place_that_was_given_away_frees_no_other_when_it_ends() {
        let places = Arc::new(Places::new(1));
        let first = places.take(&peer(1)).await;
        let _second = places.take(&peer(2)).await;
        drop(first);
        assert_eq!(places.taken().places.len(), 1);
    }

    #[tokio::test]
    async fn who_rests_gives_way_to_anybody_and_to_its_own_peer() {
        let places = Arc::new(Places::with_share(3, 2));
        let gone =
            |place: &mut Place| place.gone.try_recv() == Err(oneshot::error::TryRecvError::Closed);
        let mut one = places.take(&peer(1)).await;
        let mut other = places.take(&peer(1)).await;
        assert!(waits(&places, &peer(1)), "it has its share, and works");
        other.set_rests(true);
        let _third = places.take(&peer(1)).await;
        assert!(gone(&mut other) && !gone(&mut one));
        let mut two = places.take(&peer(2)).await;
        drop(one);
        let _three = places.take(&peer(3)).await;
        // All have one place now, and the connection that rests goes first.
        two.set_rests(true);
        let _four = places.take(&peer(4)).await;
        assert!(gone(&mut two));
    }

    #[tokio::test]
    async fn whoever_enters_is_never_kept_waiting_and_takes_no_more_than_a_share() {
        let places = Arc::new(Places::new(8));
        let flood: Vec<_> = (0..100).map(|_| places.enter(&peer(1))).collect();
        assert_eq!(places.taken().places.len(), 2);
        let mut honest = places.enter(&peer(2));
        drop(flood);
        let _flood: Vec<_> = (0..100).map(|_| places.enter(&peer(3))).collect();
        assert_eq!(
            honest.gone.try_recv(),
            Err(oneshot::error::TryRecvError::Empty)
        );
    }
}
