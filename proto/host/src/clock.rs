//! The time, which programs are given as an input.

use std::time::Duration;

use jiff::Timestamp;

/// Longest that [`wait`] does not look at the clock, so that it notices a clock that was set or a machine
/// that slept.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Tells the time. Built once in each program's entry point and handed down, so that tests can
/// set it.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

// === impl SystemClock ===

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where a program asks the machine for the time"
    )]
    fn now(&self) -> Timestamp {
        moved::by(Timestamp::now())
    }
}

/// Waits until `clock` has gone on by `time`.
pub async fn wait(clock: &dyn Clock, time: Duration) {
    let until = clock.now() + time;
    loop {
        let left = Duration::try_from(until.duration_since(clock.now())).unwrap_or_default();
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(LOOK_EVERY)).await;
    }
}

/// Lets a test move the clock of whole programs forward: it writes seconds into the file that
/// `VWIS_CLOCK_AHEAD` names. Only builds with debug assertions read it: a release build has no such
/// variable and no such code.
#[cfg(debug_assertions)]
mod moved {
    use std::{path::PathBuf, sync::OnceLock, time::Duration};

    use jiff::Timestamp;

    pub(super) fn by(now: Timestamp) -> Timestamp {
        static FILE: OnceLock<Option<PathBuf>> = OnceLock::new();
        let file = FILE.get_or_init(|| std::env::var_os("VWIS_CLOCK_AHEAD").map(PathBuf::from));
        let ahead = file
            .as_ref()
            .and_then(|file| std::fs::read_to_string(file).ok());
        let ahead = ahead.and_then(|ahead| ahead.trim().parse().ok());
        now + Duration::from_secs(ahead.unwrap_or(0))
    }
}

#[cfg(not(debug_assertions))]
mod moved {
    pub(super) fn by(now: jiff::Timestamp) -> jiff::Timestamp {
        now
    }
}
