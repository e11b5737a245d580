//! Compares the extract's people with those of the last snapshot, one by one. Under other numbers everybody
//! leaves and joins, and no total shows it.

use std::collections::HashSet;

use super::{Last, Question, Stands, percent, question};
use crate::{
    import::{Allowance, Began, Imported},
    people::{People, PersonTag},
    plural::people,
};
use vwis_model::period::Period;

/// From more people than this on, a question is asked, however small their share.
const MANY: u64 = 10;
/// Most people who may be back, or newly away, whatever the share.
const HANDFUL: u64 = 5;
/// Largest share of those who were away that may come back in a quarter, in percent, where as large a share
/// of those who are away is new. Breaks and secondments last longer than a quarter.
const MOST_IN_TURN: f64 = 75.0;

pub(super) fn questions(imported: &Imported, last: &Last<'_>) -> Vec<Question> {
    let now = &imported.people;
    let index = now.index();
    let (mut found, mut listed, mut gone) = (0_u64, 0_u64, 0_u64);
    for tag in last.people.tags() {
        let is_here = index.find(now.tags(), *tag).is_some();
        if is_here || imported.moving.absent.contains(tag) {
            found += 1;
        } else if imported.moving.leavers.contains_key(tag) {
            listed += 1;
        } else {
            gone += 1;
        }
    }
    let before = last.people.len() as u64;
    let mut questions = Vec::new();
    if (found + listed) * 2 < before && gone > 1 {
        questions.push(question(
            Allowance::Strangers,
            format!(
                "Of the {} in the snapshot of {} only {found} are found again by number: are the numbers \
                 spelt in another way, were people numbered anew, or is it another organisation's extract? \
                 All others would leave, and as many join",
                people(before),
                last.period
            ),
        ));
    } else if last.stands == Stands::Replaced && is_many(gone, before) {
        questions.push(question(
            Allowance::Gone,
            format!(
                "{} of the revision of {} that this replaces are not in it: is a part of the extract missing? \
                 They would be taken for joiners of the quarter after, or for leavers of this one",
                people(gone),
                last.period
            ),
        ));
    } else if last.stands == Stands::QuarterBefore && listed > 0 && gone > MANY && gone * 2 > listed
    {
        questions.push(question(
            Allowance::Gone,
            format!(
                "{} of the snapshot of {} are gone without a leaving date, and {listed} with one: is a part \
                 of the extract missing?",
                people(gone),
                last.period
            ),
        ));
    }
    if last.stands == Stands::QuarterBefore {
        questions.extend(joiners(imported, last));
    }
    if last.stands != Stands::Elsewhere {
        questions.extend(away_in_turn(imported, last));
    }
    questions
}

/// Asks where nearly all who were away are back, and nearly all who are away were not before: their status
/// stands beside other people.
fn away_in_turn(imported: &Imported, last: &Last<'_>) -> Option<Question> {
    let common = |people: &People, away: &HashSet<PersonTag>| {
        let index = people.index();
        let is_there = |tag: &&PersonTag| index.find(people.tags(), **tag).is_some();
        away.iter().filter(is_there).count() as u64
    };
    let back = common(&imported.people, &last.moving.absent);
    let newly = common(last.people, &imported.moving.absent);
    let (before, now) = (
        last.moving.absent.len() as u64,
        imported.moving.absent.len() as u64,
    );
    let is_most = |some: u64, of: u64| some > HANDFUL && percent(some, of) > MOST_IN_TURN;
    (is_most(back, before) && is_most(newly, now)).then(|| {
        question(
            Allowance::Columns,
            format!(
                "Of {before} who were employed and did not count in {} {back} count now, and of {now} who do \
                 not count now {newly} did: was the column of the assignment status sorted without the others?",
                last.period
            ),
        )
    })
}

fn is_many(some: u64, of: u64) -> bool {
    some > MANY || (some > 1 && some * MANY > of)
}

/// Joiners of a later quarter, up to a snapshot that is held, as an extract of the quarter's beginning makes
/// them.
pub struct LaterJoiners {
    /// The quarter's last period.
    pub period: Period,
    /// People of that snapshot who are not in the extract.
    pub joined: u64,
    /// People of that snapshot who began in the quarter, by their own start dates.
    pub began: u64,
    /// All people of that snapshot.
    pub of: u64,
}

/// Asks where most of these joiners did not begin in the quarter.
#[must_use]
pub fn derived_joiners(later: &LaterJoiners) -> Option<Question> {
    let before = later.joined.saturating_sub(later.began);
    (is_many(before, later.of) && before > later.began).then(|| {
        question(
            Allowance::OldJoiners,
            format!(
                "{} of {} are not in this extract and would be counted anew as joiners of that quarter, and no \
                 more than {} began in it by their own start dates: is a part of this extract missing?",
                people(later.joined),
                later.period,
                later.began
            ),
        )
    })
}

/// Asks where most of the people who are new did not begin since the last snapshot.
fn joiners(imported: &Imported, last: &Last<'_>) -> Option<Question> {
    let index = last.people.index();
    let new = imported
        .people
        .tags()
        .iter()
        .zip(&imported.began)
        .filter(|(tag, _)| {
            index.find(last.people.tags(), **tag).is_none() && !last.moving.absent.contains(tag)
        });
    let (mut before, mut since) = (0_u64, 0_u64);
    for (_, began) in new {
        match began {
            Began::Before => before += 1,
            Began::InQuarter => since += 1,
            Began::NotSaid => {}
        }
    }
    (is_many(before, last.people.len() as u64) && before > since).then(|| {
        question(
            Allowance::OldJoiners,
            format!(
                "{} are new since the snapshot of {} and began before it by their own start dates, {since} \
                 since: were they missing there, or are they numbered anew?",
                people(before),
                last.period
            ),
        )
    })
}
