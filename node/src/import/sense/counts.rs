//! Compares how many people there are, in total and of each kind, with the last snapshot.
//!
//! Half a file reads as well as a whole one, and the missing half would be taken for leavers. The published
//! headcounts of Greater Manchester's six acute trusts (NHS Workforce Statistics, 60 pairs of months three
//! apart up to February 2026) differ by less than 1% in the median and by 2.0% at most. A tenth is a merger,
//! a service that moved, or a mistake, and only a person can tell which.

use vwis_model::dictionary::{Attribute, DataSet};

use super::{Last, Question, percent, question};
use crate::{
    import::{Allowance, Kind, Report},
    people::People,
    plural::people as counted,
};

/// Attributes that must be known of most people.
const NEEDED: [&str; 5] = ["staff_group", "band", "ethnic_group", "gender", "age_band"];
/// Attributes whose categories keep their size from quarter to quarter.
const STEADY: [&str; 3] = ["staff_group", "locality", "band"];
/// Largest share that may be unknown in a needed attribute, in percent.
const MOST_UNKNOWN: f64 = 50.0;
/// Largest share of a category among those who are known, in percent, where numbers are read by the national
/// list alone: other systems may number the same categories the other way round. Both limits are judgements,
/// without a published table of staff behind them. They lie ten points above the highest share in any of
/// Greater Manchester's ten districts among residents of all ages (ONS, Census 2021 of 21 March 2021: sex,
/// 50% men in Salford; TS038, 20% disabled in Wigan).
const MANY: [(&str, &str, f64); 2] = [("gender", "male", 60.0), ("disability", "yes", 30.0)];
/// Fewest people of whom a share means something.
const ENOUGH: u64 = 8;
/// Largest change of a share that is not asked about, in points.
const MOST_POINTS: f64 = 10.0;
/// … and in standard errors of two such samples, because any share moves among a few people.
const MOST_ERRORS: f64 = 3.9;

pub(super) fn unknown(kind: Kind, people: &People, report: &Report) -> Vec<Question> {
    let all = people.len() as u64;
    let mut questions = Vec::new();
    // Without a column everybody is unknown, and the report says so.
    let is_there = |code: &str| {
        !report
            .attributes_missing
            .iter()
            .any(|missing| missing == code)
    };
    for (position, attribute) in attributes(kind, |code| NEEDED.contains(&code) && is_there(code)) {
        let unknown = counts(people, position, attribute)[attribute.unknown()];
        let share = percent(unknown, all);
        if share > MOST_UNKNOWN {
            let heading = match attribute.code() {
                "age_band" => report
                    .columns
                    .get("birth_date")
                    .or(report.columns.get("age")),
                code => report.columns.get(code),
            };
            questions.push(question(
                Allowance::Unknown,
                format!(
                    "{} of {} ({share:.0}%) are unknown in {}: is column {} filled in, and what do its \
                     values mean?",
                    unknown,
                    counted(all),
                    attribute.label(),
                    heading.map_or("of it", String::as_str)
                ),
            ));
        }
    }
    questions
}

/// Asks about columns of numbers that only the national list explains, where they would make an unlikely
/// staff.
pub(super) fn numbers(kind: Kind, people: &People, report: &Report) -> Vec<Question> {
    let mut questions = Vec::new();
    for codes in report.signs.codes.iter().filter(|codes| codes.are_numbers) {
        let many = MANY.iter().find(|(field, ..)| codes.field == *field);
        let (Some((_, category, most)), false) = (many, codes.explained_by.mapping) else {
            continue;
        };
        for (position, attribute) in attributes(kind, |code| code == codes.field) {
            let counts = counts(people, position, attribute);
            let index = attribute
                .category(category)
                .expect("the dictionary has this category");
            let known = people.len() as u64 - counts[attribute.unknown()];
            let share = percent(counts[index], known);
            if known >= ENOUGH && share > *most {
                questions.push(question(
                    Allowance::Codes,
                    format!(
                        "Column {} holds numbers, by which {} of {} ({share:.0}%) would be in the category {}: \
                         do they mean what they mean in the national list? What they mean can be said in the \
                         mapping, [values.{}]",
                        codes.heading,
                        counts[index],
                        counted(known),
                        attribute.categories()[index].label(),
                        codes.field
                    ),
                ));
            }
        }
    }
    questions
}

pub(super) fn headcount(people: &People, last: &Last<'_>) -> Option<Question> {
    let (now, before) = (people.len() as u64, last.people.len() as u64);
    let difference = now.abs_diff(before);
    // After an empty snapshot any number is news; and one person more or less is never a jump.
    if before == 0 || difference < 2 || difference * 10 <= before {
        return None;
    }
    let sign = if now < before { '-' } else { '+' };
    Some(question(
        Allowance::Change,
        format!(
            "{}, and {before} in the snapshot of {}: {sign}{:.1}%, more than 10% up or down. Is the extract \
             whole, and is it of this period?",
            counted(now),
            last.period,
            percent(difference, before)
        ),
    ))
}

/// Asks about staff groups, sites and bands that nearly disappeared or lost more than half of their people.
pub(super) fn groups(people: &People, last: &Last<'_>) -> Vec<Question> {
    let mut gone = Vec::new();
    for (position, attribute) in attributes(Kind::Staff, |code| STEADY.contains(&code)) {
        let now = counts(people, position, attribute);
        let before = counts(last.people, position, attribute);
        for (index, category) in attribute.categories().iter().enumerate() {
            let (left, had) = (now[index], before[index]);
            let nearly_all = had >= 5 && left * 10 < had;
            let more_than_half = had >= 10 && left * 2 < had;
            // Fewer people in `unknown` is an improvement.
            if index != attribute.unknown() && (nearly_all || more_than_half) {
                gone.push(format!("{} (from {had} to {left})", category.label()));
            }
        }
    }
    if gone.is_empty() {
        return Vec::new();
    }
    vec![question(
        Allowance::Groups,
        format!(
            "Since the snapshot of {} most are gone of: {}. Is the extract whole?",
            last.period,
            gone.join("; ")
        ),
    )]
}

/// Asks about categories whose share changed; of each attribute, about the one that changed most.
pub(super) fn shares(people: &People, last: &Last<'_>) -> Vec<Question> {
    let mut moved = Vec::new();
    for (position, attribute) in attributes(Kind::Staff, |_| true) {
        let now = counts(people, position, attribute);
        let before = counts(last.people, position, attribute);
        let (all_now, all_before) = (people.len() as u64, last.people.len() as u64);
        let points =
            |index: usize| percent(now[index], all_now) - percent(before[index], all_before);
        let most = (0..attribute.size())
            .filter(|index| {
                let error = standard_error(now[*index], all_now, before[*index], all_before);
                points(*index).abs() > MOST_POINTS && points(*index).abs() >= MOST_ERRORS * error
            })
            .max_by(|one, other| points(*one).abs().total_cmp(&points(*other).abs()));
        if let Some(index) = most {
            moved.push(format!(
                "{}, {}: {:.0}% to {:.0}%",
                attribute.label(),
                attribute.categories()[index].label(),
                percent(before[index], all_before),
                percent(now[index], all_now)
            ));
        }
    }
    if moved.is_empty() {
        return Vec::new();
    }
    vec![question(
        Allowance::Shares,
        format!(
            "Shares moved by more than 10 points since the snapshot of {}: {}. Do the columns hold what they \
             held, in the same codes?",
            last.period,
            moved.join("; ")
        ),
    )]
}

/// The standard error of the difference of two shares, in points, if each were a sample of one population.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of people, far below 2^53"
)]
fn standard_error(now: u64, all_now: u64, before: u64, all_before: u64) -> f64 {
    let share = (now + before) as f64 / (all_now + all_before).max(1) as f64;
    let samples = 1.0 / all_now.max(1) as f64 + 1.0 / all_before.max(1) as f64;
    100.0 * (share * (1.0 - share) * samples).sqrt()
}

fn attributes(
    kind: Kind,
    wanted: impl Fn(&str) -> bool,
) -> impl Iterator<Item = (usize, &'static Attribute)> {
    let data_set: &'static DataSet = kind.data_set();
    let all = data_set.attributes().iter().enumerate();
    all.filter(move |(_, attribute)| wanted(attribute.code()))
        .map(|(position, attribute)| (position, &**attribute))
}

/// Number of people in each category.
fn counts(people: &People, position: usize, attribute: &Attribute) -> Vec<u64> {
    let mut counts = vec![0; attribute.size()];
    for code in people.column(position) {
        counts[usize::from(*code)] += 1;
    }
    counts
}
