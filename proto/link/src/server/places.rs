//! The places among a server's connections, so that no peer can take all of them.
//!
//! ```text
//! has this peer its share? ── yes ─► it waits for one of its own to end
//!   └─ no ─► is a place free? ── yes ─► taken
//!              └─ no ─► has anybody more than this peer? ── yes ─► the oldest of whoever has most
//!                         └─ no ─► it waits                        gives way, at once
//! ```
//!
//! So a peer that holds every place keeps nobody out, and peers that hold one each push out nobody.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, oneshot};

use super::PeerInfo;
use crate::identity::Identity;

/// One peer may hold one of so many places: an honest one needs one or two, and what a peer can make us
/// keep in memory is bounded by its connections.
const SHARE: usize = 4;

/// Who is counted as one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Peer {
    /// Whoever holds a certificate of that identity.
    Certified(Identity),
    /// Whoever connects from there, where no certificate is asked for.
    At(IpAddr),
}

/// All places of one listener.
pub(super) struct Places {
    most: usize,
    held: Mutex<Held>,
    freed: Notify,
}

#[derive(Default)]
struct Held {
    next: u64,
    /// In the order of their coming.
    places: Vec<(u64, Peer, oneshot::Sender<()>)>,
}

/// A place, until it is dropped.
pub(super) struct Place {
    id: u64,
    places: Arc<Places>,
    /// Ends when the place was given to another.
    pub(super) gone: oneshot::Receiver<()>,
}

// === impl Peer ===

impl From<&PeerInfo> for Peer {
    fn from(info: &PeerInfo) -> Self {
        match (&info.identity, info.address.ip().to_canonical()) {
            (Some(identity), _) => Self::Certified(identity.clone()),
            (None, IpAddr::V6(ip)) => {
                // Whoever has one address of such a network has all of them.
                let [a, b, c, d, ..] = ip.segments();
                Self::At(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
            (None, ip) => Self::At(ip),
        }
    }
}

// === impl Places ===

impl Places {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            held: Mutex::default(),
            freed: Notify::new(),
        }
    }

    /// Waits for a place.
    pub(super) async fn take(self: &Arc<Self>, peer: &Peer) -> Place {
        loop {
            // Listens before it looks, so that no place is given back in between.
            let freed = self.freed.notified();
            tokio::pin!(freed);
            freed.as_mut().enable();
            if let Some(place) = self.try_take(peer) {
                return place;
            }
            freed.await;
        }
    }

    fn try_take(self: &Arc<Self>, peer: &Peer) -> Option<Place> {
        let mut held = self.held();
        let mut of_peer: HashMap<&Peer, usize> = HashMap::new();
        for (_, peer, _) in &held.places {
            *of_peer.entry(peer).or_default() += 1;
        }
        let own = of_peer.get(peer).copied().unwrap_or(0);
        if own >= self.most.div_ceil(SHARE) {
            return None;
        }
        if held.places.len() >= self.most {
            let most = of_peer.values().copied().max()?;
            if most <= own {
                return None;
            }
            let oldest = held
                .places
                .iter()
                .position(|(_, peer, _)| of_peer[peer] == most)?;
            tracing::warn!(
                peer = ?held.places[oldest].1, connections = most,
                "too many connections: dropped the oldest of whoever has most"
            );
            // Its connection hears that the sender is gone.
            held.places.remove(oldest);
        }
        let (sender, gone) = oneshot::channel();
        let id = held.next;
        held.next += 1;
        held.places.push((id, peer.clone(), sender));
        Some(Place {
            id,
            places: Arc::clone(self),
            gone,
        })
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // A list that each holder of the lock leaves whole.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Place ===

impl Drop for Place {
    fn drop(&mut self) {
        self.places.held().places.retain(|(id, ..)| *id != self.id);
        self.places.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use futures_util::FutureExt as _;

    use super::*;

    fn peer(n: u8) -> Peer {
        Peer::At(IpAddr::from([10, 0, 0, n]))
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
        // Whoever has one has as many as anybody.
        assert!(waits(&places, &peer(5)));
    }

    #[tokio::test]
    async fn a_place_that_was_given_away_frees_no_other_when_it_ends() {
        let places = Arc::new(Places::new(1));
        let first = places.take(&peer(1)).await;
        let _second = places.take(&peer(2)).await;
        drop(first);
        assert_eq!(places.held().places.len(), 1);
    }

    #[test]
    fn a_network_of_ipv6_is_one_peer_and_a_mapped_address_is_its_own() {
        let at = |ip: &str| {
            let address = SocketAddr::new(ip.parse().unwrap(), 1);
            Peer::from(&PeerInfo {
                identity: None,
                address,
            })
        };
        assert_eq!(at("2001:db8::1"), at("2001:db8::2:3"));
        assert_ne!(at("2001:db8::1"), at("2001:db8:0:1::1"));
        assert_eq!(at("::ffff:10.0.0.1"), peer(1));
    }
}
