//! Bounds how often each identity may ask in a minute.

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

use vwis_host::peers::network_of;

use super::Via;

/// After this many checks, identities and addresses that were quiet for long are dropped from memory.
const FORGET_AFTER: u32 = 4096;

/// The wait of a request for more than a minute allows: it never fits.
pub(crate) const NEVER: Duration = Duration::MAX;

/// Who is counted as one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Counted {
    Identity(Via),
    /// The network of an address that sent bad credentials: see [`Counted::failing`].
    Failing(IpAddr),
    /// The network of an address that asks for open paths, or sends no credentials: see [`Counted::open`].
    Open(IpAddr),
}

pub(crate) struct Pace {
    limiter: DefaultKeyedRateLimiter<Counted>,
    clock: DefaultClock,
    checks: AtomicU32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMany {
    /// How long to wait before asking again; [`NEVER`] if waiting does not help.
    pub wait: Duration,
}

// === impl Counted ===

impl Counted {
    /// Counts bad credentials from `ip`; an IPv6 address stands for its /64.
    #[must_use]
    pub(crate) fn failing(ip: IpAddr) -> Self {
        Self::Failing(network_of(ip))
    }

    /// Counts requests without credentials from `ip`; an IPv6 address stands for its /64.
    #[must_use]
    pub(crate) fn open(ip: IpAddr) -> Self {
        Self::Open(network_of(ip))
    }
}

// === impl Pace ===

impl Pace {
    /// At most `most` in a minute, all of which may come at once.
    #[must_use]
    pub(crate) fn per_minute(most: NonZeroU32) -> Self {
        Self {
            limiter: RateLimiter::keyed(Quota::per_minute(most)),
            clock: DefaultClock::default(),
            checks: AtomicU32::new(0),
        }
    }

    /// Counts one request.
    pub(crate) fn count(&self, who: &Counted) -> Result<(), TooMany> {
        self.count_all(who, NonZeroU32::MIN)
    }

    /// Counts `all` at once, or none of them.
    ///
    /// # Errors
    /// [`TooMany`] says how long to wait; its wait is [`NEVER`] where `all` is more than a minute allows.
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
