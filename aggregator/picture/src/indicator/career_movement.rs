//! Career movement: who moves up the bands in a year, and whether it is as likely for everybody.

use super::{
    Benchmark, Category, Definition, Finding, Findings, Indicator, IndicatorError, KeyFigure,
    OptionDefinition, Question,
    key_figure::{BAND_7, BME, COMPARED, DISABLED, MOVED_UP, STAFF_GROUP, WOMEN},
    question::Group,
    shares::{PEOPLE, Part, Split},
};
use crate::{
    estimate::Verdict,
    estimator::{Cohort, Estimator, EstimatorError, JointEstimate},
};

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

/// The option that chooses whose likelihoods are compared.
const OF: OptionDefinition = OptionDefinition {
    name: "of",
    description: "By which characteristic people are told apart",
    default: "ethnic_group",
    values: &["ethnic_group", "disability", "gender"],
};

/// The parts whose likelihoods of moving up are compared, by their codes.
#[derive(Clone, Copy, Debug)]
struct Sides {
    over: &'static str,
    under: &'static str,
}

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
    let (split, sides) = chosen(question);
    let (split, sides) = as_told_apart(estimator, split, sides, &finest);
    if sides.over == ALL_OTHERS.0 {
        let under = &split.part(sides.under).category.label;
        findings.note(format!(
            "{under} staff are compared with all others: the agreement does not tell those who did not say \
             apart from the rest of these."
        ));
    }
    findings.dimensions.push(split.dimension());
    for group in groups {
        let cohort = group.of(Cohort::career_movement());
        let wholes = std::iter::once(cohort.clone());
        let parts = split.parts.iter().map(|part| split.those(part, &cohort));
        let wanted: Vec<_> = wholes
            .chain(parts)
            .flat_map(|part| counted(&part))
            .collect();
        let counts = estimator.latest(&wanted)?;
        findings.note(which_year(&counts));
        let at =
            |category: &Category| [&group.categories[..], std::slice::from_ref(category)].concat();
        let all = Category::total();
        findings
            .rows
            .push(likelihood(&counts, at(&all), &split, sides));
        let parts = split.parts.iter().map(|part| &part.category);
        for (part, category) in std::iter::once(&all).chain(parts).enumerate() {
            findings.rows.extend(moves(&counts, &at(category), part));
        }
    }
    Ok(findings)
}

/// The characteristic that the question chooses, and which two of its parts are compared.
fn chosen(question: &Question) -> (Split, Sides) {
    let attribute = question.option(&CAREER_MOVEMENT.definition, OF.name);
    let attribute = question.attribute(attribute);
    let (over, under) = match attribute.code() {
        "disability" => ("no", "yes"),
        "gender" => ("male", "female"),
        _ => ("white", "bme"),
    };
    let split = match attribute.code() {
        "ethnic_group" => Split::by_group(attribute, "wres"),
        _ => Split::by_category(attribute),
    };
    (split, Sides { over, under })
}

/// The split as the agreement can tell it of `cohort`: where it tells only one side apart from everybody else, all
/// others are the other side.
fn as_told_apart(
    estimator: &Estimator<'_>,
    split: Split,
    sides: Sides,
    cohort: &Cohort,
) -> (Split, Sides) {
    let is_told = |split: &Split, part: &Part| {
        let counted = counted(&split.those(part, cohort));
        let told = estimator.periods(&counted);
        !matches!(told, Err(EstimatorError::NotPromised { .. }))
    };
    let under = split.part(sides.under).clone();
    if is_told(&split, split.part(sides.over)) || !is_told(&split, &under) {
        return (split, sides);
    }
    let others = (0..split.attribute.size()).filter(|category| !under.among.contains(category));
    let others = Part {
        category: Category::named(ALL_OTHERS.0, ALL_OTHERS.1),
        among: others.collect(),
    };
    let split = Split {
        parts: vec![others, under],
        ..split
    };
    let over = ALL_OTHERS.0;
    (split, Sides { over, ..sides })
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

/// How likely the one side is to move up, over how likely the other is.
fn likelihood(
    counts: &JointEstimate<'_>,
    at: Vec<Category>,
    split: &Split,
    sides: Sides,
) -> Finding {
    let side = |code: &str| {
        let mut parts = split.parts.iter();
        let part = parts.position(|part| part.category.code == code);
        // Before the parts stand all together.
        1 + part.expect("both sides are parts of the split")
    };
    let (over, under) = (side(sides.over), side(sides.under));
    let ratio = counts.parts().ratio(
        &[Count::Up.of(over), Count::Compared.of(under)],
        &[Count::Compared.of(over), Count::Up.of(under)],
    );
    let verdict = Verdict::is_parity(&ratio);
    let label = |code: &str| &split.part(code).category.label;
    Finding::new(at, LIKELIHOOD, ratio, counts.source())
        .against(Benchmark::exact(1.0, "parity"), verdict)
        .noted(format!("{} over {}", label(sides.over), label(sides.under)))
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
mod tests {
    use super::*;
    use crate::{
        archive::Archive,
        indicator::testing::{Workforce, close, row},
    };

    /// Releases these people under an agreement that tells them apart by these tables.
    fn released(workforce: &Workforce, tables: &str) -> Archive {
        let draft = format!(
            r#"
name = "Career movement"
version = 1
aggregator = "gm-icb"
purpose = "To test."
readers = "Tests."
first_period = "2026-03"
last_period = "2027-03"

[[series]]
name = "career_movement"
data_set = "career_movement"
measure = "headcount"
cadence = "yearly"
rho = 0.02
{tables}
"#
        );
        workforce.archive_under(&draft)
    }

    const BY_ETHNIC_GROUP: &str = r#"tables = [{ by = ["ethnic_group", "movement"] }]"#;
    /// BME people apart from all others, and no more.
    const BY_BME: &str = r#"trees = ["ethnic_group"]
tables = [{ by = ["ethnic_group:1", "movement"] }]"#;

    fn workforce() -> Workforce {
        Workforce::new().data_set("career_movement")
    }

    /// White: 1,000 people, of whom 90 of 900 moved up. BME: 400, of whom 15 of 300 did. Invented numbers; what
    /// is expected was counted by hand.
    fn two_groups() -> Workforce {
        let moved = |ethnic, movement| [("ethnic_group", ethnic), ("movement", movement)];
        workforce()
            .people(&moved("white", "up"), 90)
            .people(&moved("white", "same"), 792)
            .people(&moved("white", "down"), 18)
            .people(&moved("white", "not_comparable"), 20)
            .people(&moved("white", "unknown"), 20)
            .people(&moved("white", "left"), 60)
            .people(&moved("asian", "up"), 10)
            .people(&moved("black", "up"), 5)
            .people(&moved("asian", "same"), 285)
            .people(&moved("black", "left"), 80)
            .people(&moved("mixed", "not_comparable"), 20)
            .people(&moved("unknown", "up"), 5)
            .people(&moved("unknown", "same"), 45)
    }

    fn of(characteristic: &str) -> Question {
        Question {
            options: [("of".to_owned(), characteristic.to_owned())].into(),
            ..Question::default()
        }
    }

    #[test]
    fn shares_who_moved_are_of_those_who_can_be_compared_and_shares_who_left_of_all() {
        let archive = released(&two_groups(), BY_ETHNIC_GROUP);
        let findings = Workforce::ask(&archive, &CAREER_MOVEMENT, &Question::default()).unwrap();
        let figure = |measure, group| row(&findings, measure, &[group]).figure;
        for (group, people, compared, up) in [
            ("white", 1_000.0, 900.0, 90.0),
            ("bme", 400.0, 300.0, 15.0),
            ("unknown", 50.0, 50.0, 5.0),
            ("total", 1_450.0, 1_250.0, 110.0),
        ] {
            close(figure("people", group), people);
            close(figure("compared", group), compared);
            close(figure("moved_up", group), up);
            close(figure("share_moved_up", group), up / compared);
        }
        close(figure("share_moved_down", "white"), 0.02);
        close(figure("share_moved_down", "bme"), 0.0);
        close(figure("share_left", "white"), 0.06);
        close(figure("share_left", "bme"), 0.2);
        // 10% of White staff and 5% of BME staff moved up.
        let likelihood = row(&findings, "relative_likelihood", &["total"]);
        close(likelihood.figure, 2.0);
        assert_eq!(likelihood.verdict, Some(Verdict::No));
        let which = "White over Black and minority ethnic";
        assert_eq!(likelihood.note.as_deref(), Some(which));
        let year = "People in post on the last day of 2025-03, by where they stood on the last day of 2026-03.";
        assert_eq!(findings.notes, [year]);
    }

    #[test]
    fn where_only_bme_people_are_told_apart_they_are_compared_with_all_others() {
        let archive = released(&two_groups(), BY_BME);
        let findings = Workforce::ask(&archive, &CAREER_MOVEMENT, &Question::default()).unwrap();
        let figure = |measure, group| row(&findings, measure, &[group]).figure;
        close(figure("share_moved_up", "bme"), 0.05);
        close(figure("compared", "all_others"), 950.0);
        close(figure("moved_up", "all_others"), 95.0);
        close(figure("share_left", "total"), 140.0 / 1_450.0);
        close(figure("relative_likelihood", "total"), 2.0);
        let said = findings
            .notes
            .iter()
            .any(|note| note.contains("compared with all others"));
        assert!(said, "{:?}", findings.notes);
        assert!(findings.rows.iter().all(|row| row.group[0].code != "white"));
    }

    #[test]
    fn disabled_people_and_women_are_compared_by_band() {
        let moved = |band, disability, gender, movement| {
            [
                ("band", band),
                ("disability", disability),
                ("gender", gender),
                ("movement", movement),
            ]
        };
        let workforce = workforce()
            .people(&moved("afc_5", "no", "male", "up"), 20)
            .people(&moved("afc_5", "no", "male", "same"), 180)
            .people(&moved("afc_5", "yes", "female", "up"), 10)
            .people(&moved("afc_5", "yes", "female", "same"), 90)
            .people(&moved("afc_6", "no", "female", "up"), 30)
            .people(&moved("afc_6", "no", "female", "down"), 70);
        let tables = r#"tables = [{ by = ["band", "disability", "movement"] }, { by = ["gender", "movement"] }]"#;
        let archive = released(&workforce, tables);
        let by_band = Question {
            by: Some(vec!["band".to_owned()]),
            ..of("disability")
        };
        let findings = Workforce::ask(&archive, &CAREER_MOVEMENT, &by_band).unwrap();
        let likelihood = |band| row(&findings, "relative_likelihood", &[band, "total"]);
        // On band 5 both move up alike, one in ten; over all bands 50 of 300 do, and 10 of 100.
        close(likelihood("afc_5").figure, 1.0);
        assert_eq!(likelihood("afc_5").verdict, Some(Verdict::Yes));
        close(likelihood("total").figure, (50.0 / 300.0) / 0.1);
        let down = row(&findings, "share_moved_down", &["afc_6", "no"]);
        close(down.figure, 0.7);
        // Men 20 of 200, women 40 of 200.
        let findings = Workforce::ask(&archive, &CAREER_MOVEMENT, &of("gender")).unwrap();
        let likelihood = row(&findings, "relative_likelihood", &["total"]);
        close(likelihood.figure, 0.5);
        assert_eq!(likelihood.note.as_deref(), Some("Male over Female"));
    }

    #[test]
    fn where_nobody_moved_up_there_is_no_ratio_and_one_cannot_tell() {
        let moved = |ethnic, movement| [("ethnic_group", ethnic), ("movement", movement)];
        let workforce = workforce()
            .people(&moved("white", "same"), 100)
            .people(&moved("asian", "same"), 100);
        let archive = released(&workforce, BY_ETHNIC_GROUP);
        let findings = Workforce::ask(&archive, &CAREER_MOVEMENT, &Question::default()).unwrap();
        let likelihood = row(&findings, "relative_likelihood", &["total"]);
        assert_eq!(likelihood.figure.value(), None);
        assert_eq!(likelihood.verdict, Some(Verdict::CannotTell));
        close(row(&findings, "share_moved_up", &["white"]).figure, 0.0);
        // Nobody is of unknown ethnic group, so there is no share.
        let nobody = row(&findings, "share_moved_up", &["unknown"]);
        assert_eq!(nobody.figure.value(), None);
    }

    #[test]
    fn a_few_people_at_one_employer_are_too_few_to_tell() {
        let moved = |ethnic, movement| [("ethnic_group", ethnic), ("movement", movement)];
        let workforce = workforce()
            .people(&moved("white", "up"), 60)
            .people(&moved("white", "same"), 900)
            .people(&moved("asian", "up"), 12)
            .people(&moved("asian", "same"), 300)
            .doubted();
        let archive = released(&workforce, BY_ETHNIC_GROUP);
        let findings = Workforce::ask(&archive, &CAREER_MOVEMENT, &Question::default()).unwrap();
        let likelihood = row(&findings, "relative_likelihood", &["total"]);
        assert_eq!(likelihood.verdict, Some(Verdict::CannotTell));
        let (lower, upper) = likelihood.figure.interval();
        assert!(lower < 1.0 && upper > 2.0, "{lower} {upper}");
    }

    #[test]
    fn it_is_refused_where_it_is_not_promised() {
        let archive = released(&two_groups(), BY_ETHNIC_GROUP);
        let by_band = Question {
            by: Some(vec!["band".to_owned()]),
            ..Question::default()
        };
        for question in [of("gender"), of("disability"), by_band] {
            let refused = Workforce::ask(&archive, &CAREER_MOVEMENT, &question).unwrap_err();
            let is_not_promised = matches!(
                refused,
                IndicatorError::Estimator(EstimatorError::NotPromised { .. })
            );
            assert!(is_not_promised, "{refused}");
        }
    }
}
