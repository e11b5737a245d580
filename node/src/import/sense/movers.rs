//! Compares files of joiners and leavers with the staff that are held at the ends of their quarter.

use std::collections::HashSet;

use super::{Question, percent, question};
use crate::{
    import::{Allowance, Kind},
    people::PersonTag,
};

/// Largest share of people whom the snapshots contradict, in percent. Some join and leave within one quarter,
/// and are in neither snapshot.
const MOST_OTHERS: f64 = 25.0;
/// Most people who moved and may be missing from the file, whatever the share: dates may be a day off at
/// either end.
const FEW: u64 = 2;

/// What is held beside a file of joiners or leavers; each is `None` where it is not held.
pub struct Known {
    /// Everybody employed on the last day before the quarter.
    pub before: Option<HashSet<PersonTag>>,
    /// Everybody employed on the last day of the quarter.
    pub now: Option<HashSet<PersonTag>>,
    /// Everybody in the other file of the quarter: the leavers, or the joiners.
    pub others: Option<HashSet<PersonTag>>,
}

/// The questions that a file of joiners or leavers raises against what is held.
#[must_use]
pub fn questions(kind: Kind, tags: &[PersonTag], known: &Known) -> Vec<Question> {
    let (who, before, now, others) = match kind {
        Kind::Joiners => (
            "joiners",
            "employed before it",
            "not there at its end",
            "leavers",
        ),
        Kind::Leavers => (
            "leavers",
            "not there before it",
            "employed at its end",
            "joiners",
        ),
        Kind::Staff | Kind::Applicants => return Vec::new(),
    };
    let is_joiner = kind == Kind::Joiners;
    let of = |held: &Option<HashSet<PersonTag>>, is_odd_if_there: bool| {
        held.as_ref().map(|held| {
            let odd = tags
                .iter()
                .filter(|tag| held.contains(tag) == is_odd_if_there);
            odd.count() as u64
        })
    };
    let in_both = format!("in the file of {others} of the same quarter too");
    let all = tags.len() as u64;
    [
        (of(&known.before, is_joiner), before),
        (of(&known.now, !is_joiner), now),
        (of(&known.others, true), in_both.as_str()),
    ]
    .into_iter()
    .filter_map(|(odd, what)| Some((odd?, what)))
    .filter(|(odd, _)| *odd > 1 && percent(*odd, all) > MOST_OTHERS)
    .map(|(odd, what)| {
        question(
            Allowance::Movers,
            format!(
                "{odd} of {all} {who} of the quarter are {what}, by the snapshots that are held: does the \
                 file list {who}, of this quarter, by the same employee numbers?"
            ),
        )
    })
    .chain(missing(is_joiner, tags, known).map(|(missing, all)| {
        let did = if is_joiner { "joined" } else { "left" };
        question(
            Allowance::Movers,
            format!(
                "{missing} of {all} who {did} in the quarter by the snapshots that are held are not in the file: \
                 is a part of it missing, or are day and month of its dates exchanged?"
            ),
        )
    }))
    .collect()
}

/// People who joined or left by the snapshots and are not in the file, and all who did; `None` where too few
/// to ask about are missing.
fn missing(is_joiner: bool, tags: &[PersonTag], known: &Known) -> Option<(u64, u64)> {
    let (before, now) = (known.before.as_ref()?, known.now.as_ref()?);
    let (these, others) = if is_joiner {
        (now, before)
    } else {
        (before, now)
    };
    let listed: HashSet<_> = tags.iter().collect();
    let moved = these.difference(others);
    let (mut all, mut missing) = (0, 0);
    for tag in moved {
        all += 1;
        missing += u64::from(!listed.contains(tag));
    }
    (missing > FEW && percent(missing, all) > MOST_OTHERS).then_some((missing, all))
}
