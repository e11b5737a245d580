//! Compares the extract's people with those of the last snapshot, one by one. Under other numbers everybody
//! leaves and joins, and no total shows it.

use super::{Last, Question, Stands, question};
use crate::{
    import::{Allowance, Began, Imported},
    plural::people,
};
use vwis_model::period::Period;

/// From more people than this on, a question is asked, however small their share.
const MANY: u64 = 10;

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
    } else if last.stands == Stands::QuarterBefore && listed > 0 && gone > MANY && gone > listed {
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
    questions
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
