//! Asks about people who are found again but seem to be somebody else. A column sorted apart from the others,
//! or numbers one row off, changes no total but nearly everybody.

use vwis_model::dictionary::Attribute;

use super::{Last, Question, Stands, percent, question};
use crate::{
    import::{Allowance, Imported, Kind},
    plural::people,
};

/// Most people whose lasting attributes may change, in percent of those found again. What stays with a person
/// changes only by a correction.
const MOST_CHANGED: f64 = 3.0;
/// … and most who may change whatever the share, because a typing error or two are mended in any quarter.
/// Among fewer than [`A_FEW`] people it is one less.
const MOST_MENDED: u64 = 2;
const A_FEW: u64 = 20;
/// Most bands of five years by which an age may move up: one birthday from quarter to quarter, and more
/// between other periods.
const MOST_BANDS: u8 = 1;
const MOST_BANDS_OTHERWISE: u8 = 2;
/// Most people who may change places in a column, as many one way as the other, without a question.
const MOST_EXCHANGED: u64 = 4;

/// Attributes that are read from several columns. One column sorted apart makes new pairs of values, so that
/// totals move too, and people who only exchanged their values tell too little.
const DERIVED: [&str; 2] = ["role", "pathway"];
/// Most people whose role or pathway may change, in percent of those outside its most common category. A
/// judgement, without published figures behind it: it allows one post in eight to be given up within a year
/// and as many to be taken up, among those who stay with their employer.
const MOST_OTHER_POSTS: f64 = 25.0;
/// … and most who may change whatever the share, because a service of a dozen posts fills a few in any year.
const MOST_OTHER_POSTS_OF_FEW: u64 = 10;

/// Positions of one person in the last snapshot and in this extract.
pub(super) struct Pair {
    pub(super) before: usize,
    pub(super) now: usize,
}

pub(super) fn questions(imported: &Imported, last: &Last<'_>) -> Vec<Question> {
    let found = found_again(imported, last);
    let question = others(imported, last, &found);
    let question = question.or_else(|| other_posts(imported, last, &found));
    let question = question.or_else(|| exchanged(imported, last, &found));
    question.into_iter().collect()
}

pub(super) fn found_again(imported: &Imported, last: &Last<'_>) -> Vec<Pair> {
    let index = imported.people.index();
    let tags = last.people.tags().iter().enumerate();
    tags.filter_map(|(before, tag)| {
        let now = index.find(imported.people.tags(), *tag)?;
        Some(Pair { before, now })
    })
    .collect()
}

/// Whether both codes can be one person's, given how far the snapshot is from the extract.
fn is_of_one(attribute: &Attribute, before: u8, now: u8, last: &Last<'_>) -> bool {
    let unknown = attribute.unknown();
    if before == now || [before, now].map(usize::from).contains(&unknown) {
        return true;
    }
    match (attribute.code(), last.stands == Stands::QuarterBefore) {
        ("age_band", true) => now > before && now - before <= MOST_BANDS,
        ("age_band", false) => now.abs_diff(before) <= MOST_BANDS_OTHERWISE,
        _ => false,
    }
}

/// Asks about people whose lasting attributes changed.
fn others(imported: &Imported, last: &Last<'_>, found: &[Pair]) -> Option<Question> {
    let mut changed = vec![false; found.len()];
    let mut in_what = Vec::new();
    for (position, attribute) in attributes().filter(|(_, attribute)| is_lasting(attribute)) {
        let [before, now] = [last.people, &imported.people].map(|people| people.column(position));
        let mut of_this = 0_u64;
        for (changed, pair) in changed.iter_mut().zip(found) {
            let is_other = !is_of_one(attribute, before[pair.before], now[pair.now], last);
            of_this += u64::from(is_other);
            *changed |= is_other;
        }
        if of_this > 0 {
            in_what.push(format!("{} {of_this}", attribute.label()));
        }
    }
    let found = found.len() as u64;
    let changed = changed.iter().filter(|changed| **changed).count() as u64;
    let mended = MOST_MENDED - u64::from(found < A_FEW);
    if changed <= mended || percent(changed, found) <= MOST_CHANGED {
        return None;
    }
    Some(question(
        Allowance::ChangedPeople,
        format!(
            "Of {} found again since the snapshot of {}, {changed} ({:.0}%) changed in what stays with a \
             person ({}): was a column sorted without the others, do the numbers stand beside the rows of \
             other people, or do the codes mean something else?",
            people(found),
            last.period,
            percent(changed, found),
            in_what.join(", ")
        ),
    ))
}

/// Asks about people whose role or pathway changed. What was not known before may become known.
fn other_posts(imported: &Imported, last: &Last<'_>, found: &[Pair]) -> Option<Question> {
    let mut in_what = Vec::new();
    for (position, attribute) in attributes().filter(|(_, attribute)| is_derived(attribute)) {
        let [before, now] = [last.people, &imported.people].map(|people| people.column(position));
        let mut in_category = vec![0_u64; attribute.size()];
        let (mut known, mut changed) = (0_u64, 0_u64);
        for pair in found {
            let (before, now) = (usize::from(before[pair.before]), usize::from(now[pair.now]));
            if before != attribute.unknown() {
                in_category[before] += 1;
                known += 1;
                changed += u64::from(before != now);
            }
        }
        let outside = known - in_category.into_iter().max().unwrap_or_default();
        if changed > MOST_OTHER_POSTS_OF_FEW && percent(changed, outside) > MOST_OTHER_POSTS {
            in_what.push(format!(
                "{} of {changed}, where {outside} are outside its most common category",
                attribute.label()
            ));
        }
    }
    if in_what.is_empty() {
        return None;
    }
    Some(question(
        Allowance::ChangedPeople,
        format!(
            "Of {} found again since the snapshot of {} many changed in what their post is ({}): was a column \
             that it is read from, such as the job role, the occupation code, the area of work or the position \
             title, sorted without the others, or emptied?",
            people(found.len() as u64),
            last.period,
            in_what.join("; ")
        ),
    ))
}

/// Asks about columns in which people changed places, at least half as many as if the values had been dealt
/// out at random. Names the column with the most people.
fn exchanged(imported: &Imported, last: &Last<'_>, found: &[Pair]) -> Option<Question> {
    let of = |(position, attribute): (usize, &'static Attribute)| {
        let [before, now] = [last.people, &imported.people].map(|people| people.column(position));
        let known = found
            .iter()
            .map(|pair| (before[pair.before], now[pair.now]))
            .filter(|(before, now)| {
                ![*before, *now]
                    .map(usize::from)
                    .contains(&attribute.unknown())
            });
        let exchange = Exchange::of(known);
        exchange.is_dealt_anew().then_some((attribute, exchange))
    };
    let all = attributes().filter(|(_, attribute)| !is_lasting(attribute));
    let (attribute, exchange) = all
        .filter_map(of)
        .max_by_key(|(_, exchange)| exchange.people)?;
    Some(question(
        Allowance::ChangedPeople,
        format!(
            "{} found again since the snapshot of {} changed places in {}, as many one way as the other: \
             was that column sorted without the others?",
            people(exchange.people),
            last.period,
            attribute.label()
        ),
    ))
}

fn is_lasting(attribute: &Attribute) -> bool {
    ["gender", "ethnic_group", "age_band"].contains(&attribute.code())
}

fn is_derived(attribute: &Attribute) -> bool {
    DERIVED.contains(&attribute.code())
}

fn attributes() -> impl Iterator<Item = (usize, &'static Attribute)> {
    let all = Kind::Staff.data_set().attributes().iter().enumerate();
    all.map(|(position, attribute)| (position, &**attribute))
}

/// How many people exchanged their values in a column.
#[derive(Debug)]
pub(super) struct Exchange {
    /// People whose value changed, minus those by whom the totals changed.
    pub(super) people: u64,
    /// How many that would be if the values were dealt out at random.
    by_chance: f64,
}

// === impl Exchange ===

impl Exchange {
    /// Compares everybody's value before with the one now.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of people, far below 2^53"
    )]
    pub(super) fn of(pairs: impl Iterator<Item = (u8, u8)>) -> Self {
        let (mut before, mut now) = ([0_u64; 256], [0_u64; 256]);
        let (mut all, mut changed) = (0_u64, 0_u64);
        for (old, new) in pairs {
            before[usize::from(old)] += 1;
            now[usize::from(new)] += 1;
            all += 1;
            changed += u64::from(old != new);
        }
        let both = || before.iter().zip(&now);
        let by_total: u64 = both().map(|(old, new)| old.saturating_sub(*new)).sum();
        let alike: f64 = both().map(|(old, new)| (old * new) as f64).sum();
        let dealt = all as f64 - alike / (all.max(1) as f64);
        Self {
            people: changed - by_total,
            by_chance: dealt - by_total as f64,
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of people, far below 2^53"
    )]
    pub(super) fn is_dealt_anew(&self) -> bool {
        self.people > MOST_EXCHANGED && self.people as f64 * 2.0 > self.by_chance
    }
}
