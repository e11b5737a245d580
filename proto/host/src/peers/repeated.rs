//! Log lines that a peer can cause as often as it likes: they come once a minute, with a count.
//!
//! The first event is said at once. While more come, one sentence a minute counts them; after a minute
//! without any, the next is a first again. Each sentence of the program has a [`Repeated`] of its own.

use std::{
    collections::HashMap,
    net::Ipv6Addr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::runtime::Handle;

use super::Peer;

/// How often a sentence is said about one peer.
const EVERY: Duration = Duration::from_mins(1);
/// Most peers that are told apart at once: all further ones are counted together.
const MOST_PEERS: usize = 1024;

/// One sentence, and the peers about whom it was said within the last minute.
#[derive(Debug, Default)]
pub struct Repeated(Mutex<Counts>);

/// By peer, how often the event happened since it was last said.
#[derive(Debug, Default)]
struct Counts(HashMap<Peer, u64>);

// === impl Repeated ===

impl Repeated {
    /// Notes that `peer` caused the event once more. Calls `say` with the peer and how often it was, now or
    /// within a minute. What was counted but not said when the program ends is lost.
    pub fn happened(&'static self, peer: Peer, say: impl Fn(&Peer, u64) + Send + 'static) {
        let Some(peer) = self.counts(|counts| counts.count(peer)) else {
            return;
        };
        say(&peer, 1);
        let Ok(runtime) = Handle::try_current() else {
            self.counts(|counts| counts.forget(&peer));
            return;
        };
        runtime.spawn(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                match self.counts(|counts| counts.end_minute(&peer)) {
                    Some(times) => say(&peer, times),
                    None => return,
                }
            }
        });
    }

    fn counts<T>(&self, work: impl FnOnce(&mut Counts) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

// === impl Counts ===

impl Counts {
    /// Counts an event of `peer`. Returns the peer to name now, if it is the first event of that peer.
    fn count(&mut self, peer: Peer) -> Option<Peer> {
        let is_known = self.0.contains_key(&peer);
        let peer = if is_known || self.0.len() < MOST_PEERS {
            peer
        } else {
            Peer::at(Ipv6Addr::UNSPECIFIED.into())
        };
        if let Some(times) = self.0.get_mut(&peer) {
            *times += 1;
            return None;
        }
        self.0.insert(peer.clone(), 0);
        Some(peer)
    }

    /// How often it happened in the minute that ends. `None` if it did not: then the peer is forgotten.
    fn end_minute(&mut self, peer: &Peer) -> Option<u64> {
        let times = self.0.get_mut(peer).map_or(0, std::mem::take);
        if times == 0 {
            self.forget(peer);
            return None;
        }
        Some(times)
    }

    fn forget(&mut self, peer: &Peer) {
        self.0.remove(peer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(number: u32) -> Peer {
        Peer::at(std::net::Ipv4Addr::from(number).into())
    }

    #[test]
    fn a_minute_of_anything_is_one_sentence_and_none_is_lost() {
        let mut counts = Counts::default();
        let said: Vec<_> = (0..15_000).filter_map(|_| counts.count(peer(1))).collect();
        assert_eq!(said, [peer(1)]);
        assert_eq!(
            counts.count(peer(2)),
            Some(peer(2)),
            "another is said apart"
        );
        assert_eq!(counts.end_minute(&peer(1)), Some(14_999));
        assert_eq!(counts.count(peer(1)), None, "its minute is running");
        assert_eq!(counts.end_minute(&peer(1)), Some(1));
        assert_eq!(counts.end_minute(&peer(1)), None);
        assert_eq!(counts.count(peer(1)), Some(peer(1)), "a first again");
    }

    #[test]
    fn whoever_comes_from_everywhere_is_said_together() {
        let mut counts = Counts::default();
        let said = (0..100_000).filter_map(|number| counts.count(peer(number)));
        assert_eq!(said.count(), MOST_PEERS + 1);
        let elsewhere = Peer::at(Ipv6Addr::UNSPECIFIED.into());
        let more = 100_000 - u64::try_from(MOST_PEERS).unwrap() - 1;
        assert_eq!(counts.end_minute(&elsewhere), Some(more));
    }
}
