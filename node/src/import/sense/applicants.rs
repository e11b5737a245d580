//! Asks about a list of applications: whether its ids are people's, and whether its stages can be.

use vwis_model::period::Period;

use super::{Question, question};
use crate::{
    import::{Allowance, Kind, Report},
    people::People,
    plural::people as counted,
};

/// From more applicants than this on, some have applied twice, some are appointed, and not all went as far. A
/// judgement: an employer that makes a hundred people wait for a year will have taken somebody on.
const MANY: usize = 100;

/// The questions that a list of applications raises by itself.
pub(super) fn questions(people: &People, report: &Report) -> Vec<Question> {
    [ids(people, report), stages(people)]
        .into_iter()
        .flatten()
        .collect()
}

/// Asks whether the ids are those of applications, which would make many people of one.
fn ids(people: &People, report: &Report) -> Option<Question> {
    let numbered = &report.signs.assignment_numbers;
    let sign = if numbered.rows > 0 {
        format!("{} have an id like 100023-2 or 100023 (2)", numbered.said())
    } else if people.len() > MANY && report.merged == 0 {
        format!("None of {} has applied twice", counted(people.len() as u64))
    } else {
        return None;
    };
    Some(question(
        Allowance::ApplicationIds,
        format!(
            "{sign}: does the column number applications, and not candidates? A person with m of them would count \
             as m people, at m² times the ρ that is charged. Name the column of the person's own id in the \
             mapping's [columns] candidate_id"
        ),
    ))
}

/// Asks about a list in which nobody was appointed, or everybody went as far.
fn stages(people: &People) -> Option<Question> {
    if people.len() <= MANY {
        return None;
    }
    let data_set = Kind::Applicants.data_set();
    let position = data_set.position("furthest_stage")?;
    let stages = &data_set.attributes()[position];
    let reached = people.column(position);
    let appointed = stages.category("appointed")?;
    let first = usize::from(reached[0]);
    let sign = if reached.iter().all(|stage| usize::from(*stage) == first) {
        let label = stages.categories()[first].label();
        format!("all went equally far ({label})")
    } else if reached.iter().all(|stage| usize::from(*stage) != appointed) {
        "nobody was appointed".to_owned()
    } else {
        return None;
    };
    Some(question(
        Allowance::Stages,
        format!(
            "Of {} {sign}: does the report hold all applications of the year, and its last status of each?",
            counted(people.len() as u64)
        ),
    ))
}

/// Asks about fewer than half or more than twice as many applicants as in the list of `period`. How many apply
/// follows the posts that are advertised, and moves far more than the number of staff.
#[must_use]
pub fn how_many(now: usize, before: usize, period: Period) -> Option<Question> {
    let is_alike = now * 2 >= before && now <= before * 2;
    (before > MANY && !is_alike).then(|| {
        question(
            Allowance::Change,
            format!(
                "{}, and {before} in the list of {period}: less than half or more than twice as many. Is the \
                 report whole, and is it of this year?",
                counted(now as u64)
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_as_many_applicants_or_twice_as_many_are_asked_about() {
        for (before, now, is_asked) in [
            (1_000, 500, false),
            (1_000, 499, true),
            (1_000, 2_000, false),
            (1_000, 2_001, true),
            (101, 50, true),
            (100, 1, false),
            (0, 5_000, false),
        ] {
            let asked = how_many(now, before, "2026-03".parse().unwrap());
            assert_eq!(asked.is_some(), is_asked, "{before} {now}");
        }
    }
}
