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

use super::Via;

/// After so many checks, whoever was not seen for long is forgotten: addresses come and go.
const FORGET_AFTER: u32 = 4096;

/// Who is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Counted {
    /// A known identity.
    Identity(Via),
    /// An address from which credentials came that do not hold.
    Failing(IpAddr),
}

/// Counts requests.
pub struct Pace {
    limiter: DefaultKeyedRateLimiter<Counted>,
    clock: DefaultClock,
    checks: AtomicU32,
}

/// One request too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// When the next one is welcome.
    pub wait: Duration,
}

// === impl Pace ===

impl Pace {
    /// At most so many in a minute, and as many at once.
    #[must_use]
    pub fn per_minute(most: NonZeroU32) -> Self {
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
    pub fn count(&self, who: &Counted) -> Result<(), TooMany> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % FORGET_AFTER == FORGET_AFTER - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(who).map_err(|early| TooMany {
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
}
