//! Counts the refusals of each identity in a minute, and says which get a row of their own.

use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;

use super::MOST_REFUSALS;
use crate::identity::{Identity, Via};

const MINUTE_S: i64 = 60;

#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    number: i64,
    of: HashMap<Via, Seen>,
    /// Counts of earlier minutes that could not be written.
    late: Vec<Uncounted>,
}

#[derive(Debug)]
struct Seen {
    who: String,
    listed: u32,
    more: u32,
    status: u16,
}

/// A count of one identity's refusals in one minute, to be written as one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Uncounted {
    pub(crate) who: String,
    pub(crate) via: String,
    pub(crate) more: u32,
    /// The status of the last of them.
    pub(crate) status: u16,
    pub(crate) since: Timestamp,
}

// === impl Refusals ===

impl Refusals {
    /// Counts one more refusal of `identity`; returns whether it gets a row of its own.
    pub(crate) fn is_listed(&self, identity: &Identity, status: u16) -> bool {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = minute.of.entry(identity.via.clone());
        let seen = seen.or_insert_with(|| Seen {
            who: identity.name.clone(),
            listed: 0,
            more: 0,
            status,
        });
        if seen.listed < MOST_REFUSALS {
            seen.listed += 1;
            return true;
        }
        seen.more += 1;
        seen.status = status;
        false
    }

    /// Ends the minute if it is over at `now`; returns all counts that are still to be written.
    pub(crate) fn of_minutes_before(&self, now: Timestamp) -> Vec<Uncounted> {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = now.as_second().div_euclid(MINUTE_S);
        if minute.number == number {
            return mem::take(&mut minute.late);
        }
        minute.end(number)
    }

    /// Keeps counts that could not be written, added up by identity.
    pub(crate) fn keep(&self, counted: impl IntoIterator<Item = Uncounted>) {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for of_one in counted {
            let late = minute.late.iter_mut().find(|late| late.via == of_one.via);
            match late {
                Some(late) => {
                    late.more += of_one.more;
                    late.since = late.since.min(of_one.since);
                }
                None => minute.late.push(of_one),
            }
        }
    }

    /// Ends the minute whatever the time; returns all counts that are still to be written. For the program's
    /// end.
    pub(crate) fn of_all(&self) -> Vec<Uncounted> {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = minute.number;
        minute.end(number)
    }
}

// === impl Minute ===

impl Minute {
    fn end(&mut self, next: i64) -> Vec<Uncounted> {
        let since_s = mem::replace(&mut self.number, next).saturating_mul(MINUTE_S);
        let since = Timestamp::from_second(since_s).unwrap_or(Timestamp::MIN);
        let of = mem::take(&mut self.of).into_iter();
        let of = of
            .filter(|(_, seen)| seen.more > 0)
            .map(|(via, seen)| Uncounted {
                who: seen.who,
                via: via.to_string(),
                more: seen.more,
                status: seen.status,
                since,
            });
        mem::take(&mut self.late).into_iter().chain(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_a_few_a_minute_refusals_are_counted_and_none_is_lost() {
        let refusals = Refusals::default();
        let (one, other) = (
            Identity::loopback(),
            Identity {
                via: Via::Token(7),
                ..Identity::loopback()
            },
        );
        let at = |seconds: i64| Timestamp::from_second(1_795_608_000 + seconds).unwrap();
        assert_eq!(refusals.of_minutes_before(at(0)), []);
        let listed = (0..1000).filter(|_| refusals.is_listed(&one, 403)).count();
        assert_eq!(listed, 30);
        assert!(refusals.is_listed(&other, 403), "others are not held to it");
        assert_eq!(refusals.of_minutes_before(at(59)), []);
        let counted = refusals.of_minutes_before(at(60));
        assert_eq!(counted.len(), 1);
        assert_eq!((counted[0].more, counted[0].since), (970, at(0)));
        assert!(refusals.is_listed(&one, 403), "a new minute");
        let listed = (0..30).filter(|_| refusals.is_listed(&one, 404)).count();
        assert_eq!(listed, 29);
        assert_eq!(refusals.of_all()[0].more, 1);
        assert_eq!(refusals.of_all(), []);
    }
}
