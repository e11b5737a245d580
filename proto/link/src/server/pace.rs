//! The pace at which a peer may begin requests.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use vwis_host::peers::Peer;

/// Requests a second that a peer may begin in the long run. The dearest take some milliseconds of a core;
/// collecting 16 series takes 17 requests in all.
const PER_SECOND: u32 = 250;
/// Requests that a peer may begin at once, after a rest.
const BURST: u32 = 500;
/// Longest that a request may have to wait for its turn; beyond that it is refused.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// From this many remembered peers on, those are forgotten that owe nothing any more.
const MANY_PEERS: usize = 1024;

/// The turns of all peers of one server.
#[derive(Default)]
pub(super) struct Pace {
    /// For each peer, when all that it was granted will have been paid off at the steady rate.
    paid_off: Mutex<HashMap<Peer, Instant>>,
}

// === impl Pace ===

impl Pace {
    /// When a request of `peer` that comes now may begin; `None` if that is too far off. A request counts
    /// even if it is given up after this.
    pub(super) fn turn(&self, peer: &Peer, now: Instant) -> Option<Instant> {
        let each = Duration::from_secs(1) / PER_SECOND;
        let mut paid_off = self
            .paid_off
            .lock()
            // A panic can leave nothing half-done here: these are plain instants.
            .unwrap_or_else(PoisonError::into_inner);
        if paid_off.len() >= MANY_PEERS {
            paid_off.retain(|_, at| *at > now);
        }
        let owed = paid_off.get(peer).map_or(now, |at| (*at).max(now)) + each;
        let begins = owed.checked_sub(each * BURST).map_or(now, |at| at.max(now));
        if begins > now + LONGEST_WAIT {
            return None;
        }
        paid_off.insert(peer.clone(), owed);
        Some(begins)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(n: u8) -> Peer {
        Peer::At([10, 0, 0, n].into())
    }

    #[test]
    fn a_burst_begins_at_once_and_the_rest_at_the_steady_rate() {
        let pace = Pace::default();
        let now = Instant::now();
        for _ in 0..BURST {
            assert_eq!(pace.turn(&peer(1), now), Some(now));
        }
        let mut begun = 0;
        while let Some(at) = pace.turn(&peer(1), now) {
            begun += 1;
            assert_eq!(at, now + Duration::from_secs(1) / PER_SECOND * begun);
        }
        assert_eq!(begun, PER_SECOND * 5, "no longer than the longest wait");
        // Other peers are not held up, and a refused request is not owed for.
        assert_eq!(pace.turn(&peer(2), now), Some(now));
        let later = now + Duration::from_mins(1);
        assert_eq!(pace.turn(&peer(1), later), Some(later));
    }

    #[test]
    fn peers_that_owe_nothing_are_forgotten() {
        let pace = Pace::default();
        for n in 0..10_000_u32 {
            let now = Instant::now() + Duration::from_secs(n.into());
            let peer = Peer::At(n.to_be_bytes().into());
            assert!(pace.turn(&peer, now).is_some());
        }
        assert!(pace.paid_off.lock().unwrap().len() <= MANY_PEERS);
    }
}
