//! How many requests each identity may make in a minute.

use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

use vwis_link::server::network_of;

use super::Via;

/// After so many checks, whoever was not seen for long is forgotten: addresses come and go.
const FORGET_AFTER: u32 = 4096;

/// The wait for more at once than a minute lets in.
pub(crate) const NEVER: Duration = Duration::MAX;

/// Who is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Counted {
    /// A known identity.
    Identity(Via),
    /// An address from which credentials came that do not hold: see [`Counted::failing`].
    Failing(IpAddr),
    /// An address that asks for what is open to all, or shows nothing: see [`Counted::open`].
    Open(IpAddr),
}

/// Counts requests.
pub(crate) struct Pace {
    limiter: DefaultKeyedRateLimiter<Counted>,
    clock: DefaultClock,
    checks: AtomicU32,
}

/// One request too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMany {
    /// When the next one is welcome.
    pub wait: Duration,
}

// === impl Counted ===

impl Counted {
    /// Credentials that do not hold, from there.
    #[must_use]
    pub(crate) fn failing(ip: IpAddr) -> Self {
        Self::Failing(network_of(ip))
    }

    /// A request that shows none, from there.
    #[must_use]
    pub(crate) fn open(ip: IpAddr) -> Self {
        Self::Open(network_of(ip))
    }
}

// === impl Pace ===

impl Pace {
    /// At most so many in a minute, and as many at once.
    #[must_use]
    pub(crate) fn per_minute(most: NonZeroU32) -> Self {
        Self {
            limiter: RateLimiter::keyed(Quota::per_minute(most)),
            clock: DefaultClock::default(),
            checks: AtomicU32::new(0),
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// [`TooMany`] says when to come again.
    pub(crate) fn count(&self, who: &Counted) -> Result<(), TooMany> {
        self.count_all(who, NonZeroU32::MIN)
    }

    /// Counts so many at once.
    ///
    /// # Errors
    /// [`TooMany`] says when to come again: with a wait of more than a minute where they are more than a
    /// minute's, and never fit.
    pub(crate) fn count_all(&self, who: &Counted, all: NonZeroU32) -> Result<(), TooMany> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % FORGET_AFTER == FORGET_AFTER - 1 {
            self.limiter.retain_recent();
        }
        let fits = self.limiter.check_key_n(who, all);
        let early = fits.map_err(|_| TooMany { wait: NEVER })?;
        early.map_err(|early| TooMany {
            wait: early.wait_time_from(self.clock.now()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_identity_is_counted_by_itself() {
        let pace = Pace::per_minute(NonZeroU32::new(2).unwrap());
        let one = Counted::Identity(Via::Token(1));
        let two = Counted::Identity(Via::Token(2));
        let elsewhere = Counted::Failing("10.0.0.1".parse().unwrap());
        assert_eq!((pace.count(&one), pace.count(&one)), (Ok(()), Ok(())));
        let wait = pace.count(&one).unwrap_err().wait;
        assert!(wait <= Duration::from_secs(30), "{wait:?}");
        assert_eq!(pace.count(&two), Ok(()));
        assert_eq!(pace.count(&elsewhere), Ok(()));
    }

    #[test]
    fn more_than_a_minutes_at_once_never_fit_and_take_nothing() {
        let pace = Pace::per_minute(NonZeroU32::new(10).unwrap());
        let one = Counted::Identity(Via::Token(1));
        let count = |all| pace.count_all(&one, NonZeroU32::new(all).unwrap());
        assert_eq!(count(11), Err(TooMany { wait: NEVER }));
        assert_eq!(count(10), Ok(()));
        let wait = count(5).unwrap_err().wait;
        assert!(wait <= Duration::from_secs(30), "{wait:?}");
    }

    #[test]
    fn whoever_has_one_address_of_a_network_has_no_more_by_the_others() {
        let at = |ip: &str| Counted::open(ip.parse().unwrap());
        assert_eq!(at("2001:db8::1"), at("2001:db8::ffff:1:2"));
        assert_ne!(at("2001:db8::1"), at("2001:db8:0:1::1"));
        assert_eq!(at("::ffff:10.0.0.1"), at("10.0.0.1"));
        assert_ne!(at("10.0.0.1"), at("10.0.0.2"));
    }
}
