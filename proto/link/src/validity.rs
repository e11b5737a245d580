//! From when to when a certificate holds, and when people must be told about it.

use std::{fmt, time::Duration};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use x509_parser::{pem::parse_x509_pem, prelude::FromDer, prelude::X509Certificate};

const DAY: Duration = Duration::from_hours(24);
/// Days before a certificate's end at which people are told of it, louder each time. Certificates are
/// renewed long before: whoever is told must find out why this one was not.
pub const NOTICE_DAYS: [u64; 3] = [60, 30, 7];

/// The time during which a certificate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first moment at which it holds.
    pub begins: Timestamp,
    /// The moment at which it ends.
    pub ends: Timestamp,
}

/// What people must be told about a certificate: that it ends soon, has ended, or has not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It ends within so many days, the least of [`NOTICE_DAYS`] that is not too short.
    EndsWithin {
        /// The number of days, one of [`NOTICE_DAYS`].
        days: u64,
        /// When it ends.
        ends: Timestamp,
        /// How long it still holds.
        left: Duration,
    },
    /// It has ended.
    Ended {
        /// When it ended.
        ends: Timestamp,
        /// How long ago that was.
        ago: Duration,
    },
    /// It has not begun: this machine's clock is wrong, or the issuer's was.
    NotBegun {
        /// When it begins.
        begins: Timestamp,
        /// How long it is until then: by so much at least the clocks differ.
        early: Duration,
    },
}

// === impl Notice ===

impl Notice {
    pub(crate) fn ended(ends: Timestamp, now: Timestamp) -> Self {
        Self::Ended {
            ends,
            ago: between(ends, now),
        }
    }

    pub(crate) fn not_begun(begins: Timestamp, now: Timestamp) -> Self {
        Self::NotBegun {
            begins,
            early: between(now, begins),
        }
    }
}

// === impl Validity ===

impl Validity {
    /// The validity of a certificate in PEM; `None` if it cannot be read.
    #[must_use]
    pub fn of_pem(pem: &str) -> Option<Self> {
        let (_, pem) = parse_x509_pem(pem.as_bytes()).ok()?;
        Self::of_der(&pem.contents)
    }

    /// The validity of a certificate in DER; `None` if it cannot be read.
    #[must_use]
    pub fn of_der(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let (begins, ends) = {
            let validity = certificate.validity();
            (
                validity.not_before.timestamp(),
                validity.not_after.timestamp(),
            )
        };
        Some(Self {
            begins: Timestamp::from_second(begins).ok()?,
            ends: Timestamp::from_second(ends).ok()?,
        })
    }

    /// Whether it is time to make the next certificate: a third of this one's life is left, or less.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        let life = between(self.begins, self.ends);
        between(now, self.ends) <= life / 3
    }

    /// What people must be told about it at `now`, if anything.
    #[must_use]
    pub fn notice(&self, now: Timestamp) -> Option<Notice> {
        let Self { begins, ends } = *self;
        if now < begins {
            return Some(Notice::not_begun(begins, now));
        }
        if now >= ends {
            return Some(Notice::ended(ends, now));
        }
        let left = between(now, ends);
        let within = |days: &&u64| left <= DAY * u32::try_from(**days).unwrap_or(u32::MAX);
        let days = NOTICE_DAYS.iter().rev().find(within)?;
        Some(Notice::EndsWithin {
            days: *days,
            ends,
            left,
        })
    }
}

/// The time from `first` to `second`; zero if `second` is earlier.
pub(crate) fn between(first: Timestamp, second: Timestamp) -> Duration {
    Duration::try_from(second.duration_since(first).max(SignedDuration::ZERO)).unwrap_or_default()
}

/// The day of a moment, in UTC, such as `2027-01-05`.
#[must_use]
pub fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string()
}

/// A duration in words, as exact as matters: `29 days`, `3 hours`, `12 minutes`.
#[must_use]
pub fn in_words(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    let (number, unit) = match minutes {
        0..120 => (minutes, "minute"),
        120..2880 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

/// Words to stand behind the name of a certificate: `ends on 2027-01-05, in 29 days`.
impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::EndsWithin { ends, left, .. } => {
                write!(f, "ends on {}, in {}", day(ends), in_words(left))
            }
            Self::Ended { ends, ago } => write!(f, "ended on {}, {} ago", day(ends), in_words(ago)),
            Self::NotBegun { begins, early } => write!(
                f,
                "holds from {begins:.0} on, {} from now by this machine's clock: this clock is slow, or that \
                 of the machine that issued it was fast; set the clock",
                in_words(early)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validity() -> Validity {
        Validity {
            begins: "2026-11-25T00:00:00Z".parse().unwrap(),
            ends: "2027-12-27T00:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_certificate_is_due_with_a_third_left_and_spoken_of_at_60_30_and_7_days() {
        let of = validity();
        let days_left = |days: i64| of.ends - SignedDuration::from_hours(24 * days);
        assert!(!of.is_due(days_left(133)) && of.is_due(days_left(132)));
        assert!(of.is_due(days_left(-1)));
        for (days, expected) in [
            (397, None),
            (61, None),
            (60, Some(60)),
            (31, Some(60)),
            (30, Some(30)),
            (8, Some(30)),
            (7, Some(7)),
            (1, Some(7)),
        ] {
            let notice = of.notice(days_left(days));
            let within = notice.map(|notice| match notice {
                Notice::EndsWithin { days, .. } => days,
                other => panic!("{other:?}"),
            });
            assert_eq!(within, expected, "{days} days");
        }
        let said = of.notice(days_left(29)).unwrap().to_string();
        assert_eq!(said, "ends on 2027-12-27, in 29 days");
        let ended = of.notice(days_left(-5)).unwrap().to_string();
        assert_eq!(ended, "ended on 2027-12-27, 5 days ago");
        let early = of
            .notice(of.begins - SignedDuration::from_mins(90))
            .unwrap();
        assert!(early.to_string().contains("90 minutes from now"), "{early}");
    }
}
