//! Career movement: who moves up the bands in a year, and whether it is as likely for everybody.

use super::{
    Category, Definition, Finding, Findings, Indicator, IndicatorError, KeyFigure, Question,
    key_figure::{BAND_7, BME, COMPARED, DISABLED, MOVED_UP, STAFF_GROUP, WOMEN},
    question::Group,
    shares::PEOPLE,
    sides::{OF, Sides},
};
use crate::estimator::{Cohort, Estimator, JointEstimate};

const COMPARED_PEOPLE: (&str, &str) = ("compared", "People whose two bands can be compared");
const UP: (&str, &str) = ("moved_up", "People who moved up");
const SHARE_UP: (&str, &str) = ("share_moved_up", "Share who moved up");
const SHARE_DOWN: (&str, &str) = ("share_moved_down", "Share who moved down");
const SHARE_LEFT: (&str, &str) = ("share_left", "Share who left");
const LIKELIHOOD: (&str, &str) = ("relative_likelihood", "Relative likelihood of moving up");

pub(super) static CAREER_MOVEMENT: Indicator = Indicator {
    definition: Definition {
        name: "career-movement",
        title: "Career movement",
        question: "Who moves up the bands, and is it as likely for everybody?",
        definition: "Of the people in post on the last day of a year's beginning who still are at its end, \
            the part who stand on a higher band by then, and on a lower one; and the part who left their \
            employer. Relative likelihood: the share of White staff who moved up over that of Black and \
            minority ethnic (BME) staff, of staff who are not disabled over that of disabled staff, or of \
            men over that of women. 1 is parity; 2 means that the first are twice as likely to move up.",
        formula: "share who moved up = moved up / (moved up + same band + moved down); share who moved down \
            likewise; share who left = left / all in post at the year's beginning. Relative likelihood = \
            share of the one who moved up / share of the other. Parity: the whole interval lies within a \
            factor of 1.10 of 1",
        denominator: "People of the group whose two bands are both on the ladder of bands 1 to 9 and very \
            senior managers. Of the share who left: all people of the group at the year's beginning. Who did \
            not say is in neither side of a relative likelihood.",
        excluded: "From shares who moved: doctors and dentists and other pay, at either end; unknown bands; \
            people who are absent at the year's end, such as on a career break. Whoever joined in the year. \
            Bank staff.",
        source: "VWIS, over the bands of Agenda for Change; the form of a relative likelihood is that of the \
            NHS Workforce Race Equality Standard. The threshold of parity is a judgement.",
        limits: &[
            "It sees moves within one employer only: whoever moves up by moving to another employer left.",
            "It compares two days, a year apart: a move up and down again between them is not seen.",
            "A higher band counts however it came about: a promotion, acting up where the record shows that \
             band, or a post that was graded anew.",
            "Groups start from different bands, and from some there is more room to move up than from others: \
             compare by band where the agreement tells it.",
            "Few people move up in a year: at one employer the relative likelihood is mostly too uncertain.",
            "Somebody who works for two employers is counted by both: these are people by employer.",
        ],
        reads: &["movement", "ethnic_group", "disability", "gender"],
        breakdowns: &[&[], &["band"], &["staff_group"]],
        options: &[OF],
        key_figures: || {
            vec![
                KeyFigure::career_movement(&[COMPARED]),
                KeyFigure::career_movement(&[MOVED_UP]),
                KeyFigure::career_movement(&[BME, COMPARED]),
                KeyFigure::career_movement(&[BME, MOVED_UP]),
                KeyFigure::career_movement(&[BME, STAFF_GROUP, MOVED_UP]),
                KeyFigure::career_movement(&[BME, BAND_7, MOVED_UP]),
                KeyFigure::career_movement(&[DISABLED, MOVED_UP]),
                KeyFigure::career_movement(&[WOMEN, MOVED_UP]),
            ]
        },
    },
    answer,
};

/// The part of all whom an agreement does not tell apart from those who did not say.
const ALL_OTHERS: (&str, &str) = ("all_others", "All others, those who did not say included");

/// The counts of one part of a group, by their position among those of [`counted`].
#[derive(Clone, Copy)]
enum Count {
    All,
    Compared,
    Up,
    Down,
    Left,
}

/// Number of counts of each part.
const COUNTS: usize = 5;

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &CAREER_MOVEMENT.definition;
    let groups = question.groups(definition)?;
    let finest = Group::finest(&groups).of(Cohort::career_movement());
    let mut findings = Findings::by(&question.attributes(definition)?);
    let sides = Sides::chosen(question, definition);
    let sides = sides.told_apart(
        estimator,
        &finest,
        |people| counted(people).into(),
        ALL_OTHERS,
    );
    let [over, under] = sides.labels();
    if sides.is_mixed() {
        findings.note(format!(
            "{under} staff are compared with all others: the agreement does not tell those who did not say \
             apart from the rest of these."
        ));
    }
    findings.dimensions.push(sides.split.dimension());
    for group in groups {
        let cohort = group.of(Cohort::career_movement());
        let each = sides.each(&cohort);
        let wanted: Vec<_> = each.iter().flat_map(counted).collect();
        let counts = estimator.latest(&wanted)?;
        findings.note(which_year(&counts));
        let at =
            |category: &Category| [&group.categories[..], std::slice::from_ref(category)].concat();
        let those = (|part| Count::Up.of(part), |part| Count::Compared.of(part));
        let likelihood = sides.likelihood(&counts, those, at(&Category::total()), LIKELIHOOD);
        let which = format!("{over} over {under}");
        findings.rows.push(likelihood.noted(which));
        for (part, category) in sides.categories().enumerate() {
            findings.rows.extend(moves(&counts, &at(&category), part));
        }
    }
    Ok(findings)
}

/// The counts of some people, in the order of [`Count`].
fn counted(people: &Cohort) -> [Cohort; COUNTS] {
    let moved = |movements: &[&str]| people.clone().with_any("movement", movements);
    [
        people.clone(),
        moved(&["up", "same", "down"]),
        moved(&["up"]),
        moved(&["down"]),
        moved(&["left"]),
    ]
}

/// The rows of one part of a group; part 0 is all of the group.
fn moves(counts: &JointEstimate<'_>, at: &[Category], part: usize) -> Vec<Finding> {
    let row = |measure, figure| Finding::new(at.to_vec(), measure, figure, counts.source());
    let number = |count: Count| counts.estimate(count.of(part)).into();
    let share = |inside: Count, whole: Count| counts.share(inside.of(part), whole.of(part));
    vec![
        row(PEOPLE, number(Count::All)),
        row(COMPARED_PEOPLE, number(Count::Compared)),
        row(UP, number(Count::Up)),
        row(SHARE_UP, share(Count::Up, Count::Compared)),
        row(SHARE_DOWN, share(Count::Down, Count::Compared)),
        row(SHARE_LEFT, share(Count::Left, Count::All)),
    ]
}

fn which_year(counts: &JointEstimate<'_>) -> String {
    let period = counts.period();
    let since = period.months_before(12);
    let since = since.expect("a period that is measured has a year before it");
    format!(
        "People in post on the last day of {since}, by where they stood on the last day of {period}."
    )
}

// === impl Count ===

impl Count {
    /// Where the count stands of the part at this position.
    fn of(self, part: usize) -> usize {
        COUNTS * part + self as usize
    }
}

#[cfg(test)]
mod tests;
