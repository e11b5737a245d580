//! Bounds how often each caller may ask in a minute.

use std::{
    hash::Hash,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

/// After this many checks, callers that were quiet for long are dropped from memory.
const FORGET_AFTER: u32 = 4096;

/// The wait of a request for more than a minute allows: it never fits.
pub const NEVER: Duration = Duration::MAX;

/// So many requests of each caller in a minute; a `C` names who is counted as one.
pub struct RateLimit<C: Clone + Eq + Hash> {
    limiter: DefaultKeyedRateLimiter<C>,
    clock: DefaultClock,
    checks: AtomicU32,
}

/// More than a minute allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// How long to wait before asking again; [`NEVER`] if waiting does not help.
    pub wait: Duration,
}

// === impl RateLimit ===

impl<C: Clone + Eq + Hash> RateLimit<C> {
    /// At most `most` in a minute, all of which may come at once.
    #[must_use]
    pub fn per_minute(most: NonZeroU32) -> Self {
        Self {
            limiter: RateLimiter::keyed(Quota::per_minute(most)),
            clock: DefaultClock::default(),
            checks: AtomicU32::new(0),
        }
    }

    /// Counts one request.
    ///
    /// # Errors
    /// [`TooMany`] says how long to wait.
    pub fn count(&self, who: &C) -> Result<(), TooMany> {
        self.count_all(who, NonZeroU32::MIN)
    }

    /// Counts `all` at once, or none of them.
    ///
    /// # Errors
    /// [`TooMany`] says how long to wait; its wait is [`NEVER`] where `all` is more than a minute allows.
    pub fn count_all(&self, who: &C, all: NonZeroU32) -> Result<(), TooMany> {
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
    fn each_caller_is_counted_by_itself() {
        let limit = RateLimit::per_minute(NonZeroU32::new(2).unwrap());
        assert_eq!((limit.count(&1), limit.count(&1)), (Ok(()), Ok(())));
        let wait = limit.count(&1).unwrap_err().wait;
        assert!(wait <= Duration::from_secs(30), "{wait:?}");
        assert_eq!(limit.count(&2), Ok(()));
    }

    #[test]
    fn more_than_a_minutes_at_once_never_fit_and_take_nothing() {
        let limit = RateLimit::per_minute(NonZeroU32::new(10).unwrap());
        let count = |all| limit.count_all(&"one", NonZeroU32::new(all).unwrap());
        assert_eq!(count(11), Err(TooMany { wait: NEVER }));
        assert_eq!(count(10), Ok(()));
        let wait = count(5).unwrap_err().wait;
        assert!(wait <= Duration::from_secs(30), "{wait:?}");
    }
}
