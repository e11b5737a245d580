//! Files of joiners and leavers against the staff that are held: whose joining or leaving they tell.

use std::collections::HashSet;

use super::{Question, percent, question};
use crate::{
    import::{Allowance, Kind},
    people::PersonTag,
};

/// People whom the snapshots say something else of, in percent: some join and leave within one quarter, and
/// are in neither snapshot.
const MOST_OTHERS: f64 = 25.0;

/// What is held beside a file of joiners or leavers; none where it is not.
pub struct Known {
    /// Everybody employed on the last day before the quarter.
    pub before: Option<HashSet<PersonTag>>,
    /// … and on its last day.
    pub now: Option<HashSet<PersonTag>>,
    /// Everybody in the other file of the quarter: the leavers, or the joiners.
    pub others: Option<HashSet<PersonTag>>,
}

/// What a file of joiners or leavers raises.
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
        Kind::Staff => return Vec::new(),
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
    .collect()
}
