//! Trend: every released period, about the same employers throughout.

use super::{
    Category, Definition, Dimension, Finding, Findings, Indicator, IndicatorError, KeyFigure,
    Question, key_figure::STAFF_GROUP, tables,
};
use crate::{
    estimate::{self, Estimate, Figure, Unit, Verdict},
    estimator::Estimator,
};

const CHANGE: (&str, &str) = ("change_since_first", "Change since the first release");
const PART: (&str, &str) = (
    "part_changed_since_first",
    "Change since the first release, as a part of it",
);

pub(super) static TREND: Indicator = Indicator {
    definition: Definition {
        name: "trend",
        title: "Trend over all releases",
        question: "How has a group developed over all releases so far?",
        definition: "People (or whole-time equivalents) at every released period, and the change from the \
            first to the last with the noise of both.",
        formula: "each period's estimate with its own interval; change = last - first, its variance the \
            sum of both; as a part: (each period's estimate - first) / first, with the noise of both, where \
            the first is above 0",
        denominator: "None: counts, of the employers that are in every release.",
        excluded: "Employers that are not in every release of the table, named in a note.",
        source: "Releases of the agreement, each with an independent noise.",
        limits: &[
            "Neighbouring points are as far apart as their noise puts them: judge a step by the indicator \
             `change`, not by eye.",
            "An employer that joined late is left out of the whole trend. Where that would tell fewer than three \
             employers apart, the earlier periods are left out instead, for everybody but analysts.",
            "Figures are people by employer, not unique people.",
        ],
        reads: &[],
        breakdowns: tables::FOLLOWED,
        options: &[tables::MEASURE],
        key_figures: || {
            let fte = KeyFigure::fte(&[STAFF_GROUP]);
            tables::followed().into_iter().chain([fte]).collect()
        },
    },
    answer,
};

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &TREND.definition;
    let (everybody, measure) = tables::everybody(question, definition);
    let mut findings = Findings::by(&question.attributes(definition)?);
    findings.dimensions.push(Dimension {
        code: "period".to_owned(),
        label: "Period".to_owned(),
    });
    let groups = question.groups(definition)?;
    let finest = groups.last().expect("there is one group at least");
    let finest = finest.of(everybody.clone());
    let periods = estimator.periods(std::slice::from_ref(&finest))?;
    let (all, left_out) = estimator.of_those_in_latest(&periods, std::slice::from_ref(&finest))?;
    let periods = &periods[left_out..];
    findings.notes.extend(all.notes());
    for group in &groups {
        let mut first = None;
        for (index, &period) in periods.iter().enumerate() {
            // The finest group is asked for too, so that a total comes from the same series as its parts.
            let counts = all
                .estimator
                .at(period, &[group.of(everybody.clone()), finest.clone()])?;
            let estimate = counts.estimate(0);
            let text = period.to_string();
            let mut categories = group.categories.clone();
            categories.push(Category::named(&text, &text));
            findings.rows.push(Finding::new(
                categories.clone(),
                measure,
                estimate,
                counts.source(),
            ));
            let first = *first.get_or_insert(estimate);
            if let Some(part) = part_changed(&first, &estimate).filter(|_| index > 0) {
                let at = categories.clone();
                findings
                    .rows
                    .push(Finding::new(at, PART, part, counts.source()));
            }
            if index > 0 && index + 1 == periods.len() {
                let difference = estimate::change(&first, &estimate);
                let verdict = Verdict::is_real_change(first.value(), &difference);
                let finding = Finding::new(categories, CHANGE, difference, counts.source());
                findings.rows.push(finding.judged(verdict));
            }
        }
    }
    Ok(findings)
}

/// A change as a part of the first count; `None` if that is not above 0. The first count divides as it is
/// estimated, without its doubt.
fn part_changed(first: &Estimate, last: &Estimate) -> Option<Figure> {
    let base = Some(first.value()).filter(|base| *base > 0.0)?;
    let change = estimate::change(first, last);
    let (low, high) = change.interval();
    let value = change.value()? / base;
    Some(Figure::difference(
        Unit::Rate,
        value,
        low / base,
        high / base,
    ))
}

#[cfg(test)]
mod tests {
    use vwis_model::agreement::Measure;

    use super::*;
    use crate::{
        estimate::thresholds::Z_95,
        indicator::testing::{Workforce, close},
    };

    #[test]
    fn a_change_is_a_part_of_the_first_release_and_holds_the_noise_of_both() {
        let people = |value, variance| Estimate::new(Measure::Headcount, value, variance);
        let part = part_changed(&people(1_000.0, 9.0), &people(1_050.0, 16.0)).unwrap();
        assert!((part.value().unwrap() - 0.05).abs() < 1e-12);
        // The sds are 3 and 4, so the difference has an sd of 5, out of 1,000.
        let (low, high) = part.interval();
        assert!((high - low - 2.0 * Z_95 * 0.005).abs() < 1e-12);
        assert!(part_changed(&people(-3.0, 9.0), &people(50.0, 9.0)).is_none());
    }

    #[test]
    fn every_period_has_its_count_of_the_employers_in_all_of_them() {
        let counted = [
            ("2025-09", 20_700),
            ("2025-12", 20_800),
            ("2026-03", 20_870),
        ];
        let mut workforce = Workforce::new();
        for (period, people) in counted {
            workforce = workforce
                .period(period)
                .employer("RM3")
                .people(&[("staff_group", "nursing_and_midwifery")], people)
                // RMC has no staff. It is there so that two employers are in every release.
                .employer("RMC")
                .people(&[], 0);
            if period != "2025-12" {
                workforce = workforce.employer("R0A").people(&[], 5);
            }
        }
        let archive = workforce.archive(r#"{ by = ["staff_group"] }"#, "{ by = [] }");
        let findings = Workforce::ask(&archive, &TREND, &Question::default()).unwrap();
        let of = |measure: &str| {
            let rows = findings.rows.iter();
            rows.filter(|row| row.measure == measure && row.group[0].code == "total")
                .collect::<Vec<_>>()
        };
        let levels = of("headcount");
        assert_eq!(levels.len(), 3);
        for (row, (period, people)) in levels.iter().zip(counted) {
            assert_eq!(row.group[1].code, period);
            close(row.figure, f64::from(i32::try_from(people).unwrap()));
        }
        close(of("change_since_first")[0].figure, 170.0);
        assert!(
            findings.notes[0].contains("left out: R0A"),
            "{:?}",
            findings.notes
        );
    }
}
