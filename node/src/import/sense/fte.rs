//! Asks about full-time equivalents: hours in place of shares, a column of zeros, or one sorted apart from
//! the others.

use super::{
    Last, Question,
    again::{Exchange, found_again},
    percent, question,
};
use crate::{
    import::{Allowance, Imported},
    people::People,
    plural::people as counted,
};

/// Largest share of people without any FTE, in percent. People in post have contracted hours, zero-hours
/// contracts aside.
const MOST_WITHOUT: f64 = 50.0;
/// Most people whose FTE may change without a question, whatever the share.
const FEW_CHANGES: usize = 2;

pub(super) fn alone(people: &People) -> Option<Question> {
    let all = people.len() as u64;
    let without = people.fte_hundredths().iter().filter(|fte| **fte == 0);
    let without = without.count() as u64;
    (without > 1 && percent(without, all) > MOST_WITHOUT).then(|| {
        question(
            Allowance::Fte,
            format!(
                "{without} of {} have an FTE of 0: does the column hold contracted FTE, from 0 to 1?",
                counted(all)
            ),
        )
    })
}

/// Compares the FTE of people who are in both.
pub(super) fn against(imported: &Imported, last: &Last<'_>) -> Option<Question> {
    let [before, now] = [last.people, &imported.people].map(People::fte_hundredths);
    let pairs: Vec<(u8, u8)> = found_again(imported, last)
        .iter()
        .map(|pair| (before[pair.before], now[pair.now]))
        .collect();
    let changed = pairs.iter().filter(|(before, now)| before != now).count();
    if changed <= FEW_CHANGES {
        return None;
    }
    let sum = |of: fn(&(u8, u8)) -> u8| pairs.iter().map(|pair| u64::from(of(pair))).sum::<u64>();
    let (sum_before, sum_now) = (sum(|pair| pair.0), sum(|pair| pair.1));
    let what = if sum_now.abs_diff(sum_before) * 10 > sum_before {
        format!(
            "the FTE of {} adds up to {}, and to {} in the snapshot of {}",
            counted(pairs.len() as u64),
            said(sum_now),
            said(sum_before),
            last.period
        )
    } else if now.iter().all(|fte| *fte == now[0]) {
        format!(
            "everybody has an FTE of {}, and {changed} of them had another one in the snapshot of {}",
            said(u64::from(now[0])),
            last.period
        )
    } else if Exchange::of(pairs.iter().copied()).is_dealt_anew() {
        format!(
            "{changed} of {} have another FTE than in the snapshot of {}, and all together as much",
            counted(pairs.len() as u64),
            last.period
        )
    } else {
        return None;
    };
    Some(question(
        Allowance::Fte,
        format!(
            "Of those found again {what}: does the column hold contracted FTE, of the person in whose row it \
             stands?"
        ),
    ))
}

/// Compares the average FTE, where people cannot be found again.
pub(super) fn on_average(now: &People, last: &Last<'_>) -> Option<Question> {
    let sum = |people: &People| {
        people
            .fte_hundredths()
            .iter()
            .map(|fte| u64::from(*fte))
            .sum::<u64>()
    };
    let (sum_before, sum_now) = (sum(last.people), sum(now));
    let (before, now) = (last.people.len() as u64, now.len() as u64);
    if before == 0 || (sum_now * before).abs_diff(sum_before * now) * 10 <= sum_before * now {
        return None;
    }
    Some(question(
        Allowance::Fte,
        format!(
            "The FTE of {} adds up to {}, and of {before} in the snapshot of {} to {}: does the column hold \
             contracted FTE?",
            counted(now),
            said(sum_now),
            last.period,
            said(sum_before)
        ),
    ))
}

fn said(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
