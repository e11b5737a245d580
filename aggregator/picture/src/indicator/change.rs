//! Change over time: is it real, or only noise?

use vwis_model::period::Period;

use super::{
    Category, Definition, Dimension, Finding, Findings, Indicator, IndicatorError, KeyFigure,
    OptionDefinition, Question, tables,
};
use crate::{
    estimate::{self, Verdict},
    estimator::{Estimator, QUARTER_MONTHS},
};

const BEFORE: (&str, &str) = ("before", "Before");
const CHANGE: (&str, &str) = ("change", "Change");
const MONTHS_OF_A_YEAR: u16 = 12;

pub(super) static CHANGE_OVER_TIME: Indicator = Indicator {
    definition: Definition {
        name: "change",
        title: "Change, and whether it is real",
        question: "Has a group really grown or shrunk, or is that the noise?",
        definition: "People (or whole-time equivalents) in the latest release against the previous quarter \
            and the year before, or against the period chosen, with the noise of both releases in the \
            interval of the difference.",
        formula: "change = later - earlier; its variance = variance of the later + variance of the earlier. \
            Real (yes) where the 95% interval of the change excludes 0; no where it lies within 1% of the \
            earlier value; otherwise one cannot tell",
        denominator: "None: counts are compared, of the same employers on both dates.",
        excluded: "Employers that are in one of the two releases only, named in a note.",
        source: "Two independent releases; the test is that of a difference of two normal estimates.",
        limits: &[
            "One table has many rows: where nothing changed, about one row in twenty is still called real. \
             Look for changes that stay in the next release.",
            "People by employer, not unique people: somebody who takes a second post elsewhere is growth.",
            "A change can be one of recording: a group renamed, a site mapped to another locality.",
            "Tables that are released once a year are compared with the year before only.",
        ],
        reads: &[],
        breakdowns: tables::FOLLOWED,
        options: &[
            OptionDefinition {
                name: "since",
                description: "The period to compare with, YYYY-MM; the previous quarter and the year \
                    before if not said",
                default: "",
                values: &[],
            },
            tables::MEASURE,
        ],
        key_figures: || {
            let all = tables::followed().into_iter();
            all.map(KeyFigure::changed).collect()
        },
    },
    answer,
};

/// A period that the latest one is compared with.
struct Comparison {
    category: Category,
    period: Period,
}

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &CHANGE_OVER_TIME.definition;
    let (everybody, measure) = tables::everybody(question, definition);
    let mut findings = Findings::by(&question.attributes(definition)?);
    findings.dimensions.push(Dimension {
        code: "compared_with".to_owned(),
        label: "Compared with".to_owned(),
    });
    let groups = question.groups(definition)?;
    let finest = groups.last().expect("there is one group at least");
    let finest = finest.of(everybody.clone());
    let periods = estimator.periods(std::slice::from_ref(&finest))?;
    let latest = estimator.latest(std::slice::from_ref(&finest))?.period();
    for group in &groups {
        let now = estimator.at(latest, &[group.of(everybody.clone()), finest.clone()])?;
        let mut categories = group.categories.clone();
        categories.push(Category::named("nothing", &format!("Now, {latest}")));
        let finding = Finding::new(categories, measure, now.estimate(0), now.source());
        findings.rows.push(finding);
    }
    let comparisons = comparisons(question, &periods, latest)?;
    if comparisons.is_empty() {
        findings.note(format!(
            "There is no change to judge yet: of this table nothing is released for the quarter before \
             {latest} or the year before."
        ));
    }
    for Comparison { category, period } in comparisons {
        let wanted = [(period, finest.clone()), (latest, finest.clone())];
        let both = match estimator.of_those_in_all(&wanted) {
            Err(error) if error.is_of_changed_employers() && is_chosen_for_them(question) => {
                findings.note(format!("No change since {period} is told: {error}."));
                continue;
            }
            both => both?,
        };
        if let Some(note) = both.note() {
            findings.note(format!("Against {period}: {note}"));
        }
        for group in &groups {
            let wanted = [group.of(everybody.clone()), finest.clone()];
            let (before, after) = (
                both.estimator.at(period, &wanted)?,
                both.estimator.at(latest, &wanted)?,
            );
            let (earlier, later) = (before.estimate(0), after.estimate(0));
            let difference = estimate::change(&earlier, &later);
            let verdict = Verdict::is_real_change(earlier.value(), &difference);
            let mut categories = group.categories.clone();
            categories.push(category.clone());
            findings.rows.extend([
                Finding::new(categories.clone(), BEFORE, earlier, before.source()),
                Finding::new(categories.clone(), measure, later, after.source()),
                Finding::new(categories, CHANGE, difference, after.source()).judged(verdict),
            ]);
        }
    }
    Ok(findings)
}

/// Whether the question names no period, so that the usual ones are compared.
fn is_chosen_for_them(question: &Question) -> bool {
    question
        .option(&CHANGE_OVER_TIME.definition, "since")
        .is_empty()
}

fn comparisons(
    question: &Question,
    periods: &[Period],
    latest: Period,
) -> Result<Vec<Comparison>, IndicatorError> {
    let since = question.option(&CHANGE_OVER_TIME.definition, "since");
    if !since.is_empty() {
        let period: Period = since
            .parse()
            .map_err(|error| IndicatorError::BadInput(format!("since: {error}")))?;
        if period >= latest || !periods.contains(&period) {
            let there = periods.iter().filter(|there| **there < latest);
            let there: Vec<_> = there.map(ToString::to_string).collect();
            return Err(IndicatorError::BadOption {
                option: "since",
                value: period.to_string(),
                there,
            });
        }
        let category = Category::named("since", &format!("Since {period}"));
        return Ok(vec![Comparison { category, period }]);
    }
    let spans = [
        ("previous_quarter", "The quarter before", QUARTER_MONTHS),
        ("year_before", "The year before", MONTHS_OF_A_YEAR),
    ];
    let released = spans.into_iter().filter_map(|(code, label, months)| {
        let period = latest.months_before(months)?;
        let category = Category::named(code, &format!("{label}, {period}"));
        periods
            .contains(&period)
            .then_some(Comparison { category, period })
    });
    Ok(released.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        archive::Archive,
        indicator::testing::{Workforce, close},
    };

    const NURSES: [(&str, &str); 1] = [("staff_group", "nursing_and_midwifery")];

    fn archive() -> Archive {
        let mut workforce = Workforce::new().each_working(80);
        for (period, nurses) in [("2025-03", 1_000), ("2025-12", 1_090), ("2026-03", 1_100)] {
            workforce = workforce
                .period(period)
                .employer("R0A")
                .people(&NURSES, nurses)
                .people(&[("staff_group", "students")], 50)
                // RMC has no staff. It is there so that two employers are in every release.
                .employer("RMC")
                .people(&NURSES, 0);
            if period == "2026-03" {
                workforce = workforce.employer("RM3").people(&NURSES, 700);
            }
        }
        workforce.archive(r#"{ by = ["staff_group"] }"#, r#"{ by = ["staff_group"] }"#)
    }

    fn ask(options: &[(&str, &str)]) -> Result<Findings, IndicatorError> {
        let question = Question {
            options: (options.iter())
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            ..Question::default()
        };
        Workforce::ask(&archive(), &CHANGE_OVER_TIME, &question)
    }

    #[track_caller]
    fn row<'f>(findings: &'f Findings, group: &str, with: &str, measure: &str) -> &'f Finding {
        let mut rows = findings.rows.iter();
        let found = rows.find(|row| {
            let codes: Vec<_> = row.group.iter().map(|c| c.code.as_str()).collect();
            codes == [group, with] && row.measure == measure
        });
        found.unwrap()
    }

    #[test]
    fn a_change_is_of_the_employers_in_both_releases_and_is_judged() {
        let findings = ask(&[]).unwrap();
        let nurses = "nursing_and_midwifery";
        let of = |with, measure| row(&findings, nurses, with, measure);
        close(of("nothing", "headcount").figure, 1_800.0);
        close(of("previous_quarter", "headcount").figure, 1_100.0);
        close(of("previous_quarter", "change").figure, 10.0);
        assert_eq!(of("previous_quarter", "change").verdict, Some(Verdict::Yes));
        close(of("year_before", "before").figure, 1_000.0);
        close(of("year_before", "change").figure, 100.0);
        assert!(
            findings
                .notes
                .iter()
                .any(|note| note.contains("left out: RM3")),
            "{:?}",
            findings.notes
        );
    }

    #[test]
    fn whole_time_equivalents_and_another_period_can_be_chosen() {
        let findings = ask(&[("measure", "fte"), ("since", "2025-03")]).unwrap();
        let change = row(&findings, "nursing_and_midwifery", "since", "change");
        close(change.figure, 80.0);
    }

    #[test]
    fn a_period_that_is_not_released_is_refused_with_those_that_are() {
        let refused = |since| ask(&[("since", since)]).unwrap_err().to_string();
        assert_eq!(
            refused("2025-06"),
            "`2025-06` is no value of since; there are: 2025-03, 2025-12"
        );
        assert!(refused("last year").contains("`last year` is not a period"));
        assert!(refused("2026-03").contains("there are: 2025-03, 2025-12"));
        let archive = Workforce::new()
            .people(&NURSES, 10)
            .archive(r#"{ by = ["staff_group"] }"#, "{ by = [] }");
        let question = Question {
            options: [("since".to_owned(), "2024-12".to_owned())].into(),
            ..Question::default()
        };
        let alone = Workforce::ask(&archive, &CHANGE_OVER_TIME, &question).unwrap_err();
        let said = "`2024-12` is no value of since; there is none";
        assert_eq!(alone.to_string(), said);
    }

    #[test]
    fn one_release_alone_says_that_nothing_can_be_judged_yet() {
        let archive = Workforce::new()
            .people(&NURSES, 10)
            .archive(r#"{ by = ["staff_group"] }"#, "{ by = [] }");
        let findings = Workforce::ask(&archive, &CHANGE_OVER_TIME, &Question::default()).unwrap();
        assert!(findings.rows.iter().all(|row| row.measure == "headcount"));
        assert!(findings.notes[0].contains("no change to judge yet"));
    }
}
