//! Representation over time: is the share of a group really rising?

use super::{
    Category, Definition, Dimension, Finding, Findings, Indicator, IndicatorError, KeyFigure,
    Question,
    key_figure::{BME, LOCALITY, STAFF_GROUP, TUMOUR_SITE},
    population::{self, Characteristic, OF},
    shares::{PEOPLE, SHARE, UNKNOWN},
};
use crate::{
    estimate::Verdict,
    estimator::{Estimator, JointEstimate},
};

const CHANGE: (&str, &str) = ("change_since_first", "Change since the first release");

pub(super) static REPRESENTATION_OVER_TIME: Indicator = Indicator {
    definition: Definition {
        name: "representation-over-time",
        title: "Representation over all releases",
        question: "Is the share of people of minority ethnic groups really rising or falling?",
        definition: "The share of people of minority ethnic groups (or of women, or of disabled people) at \
            every released period, and the change from the first to the last with the noise of both.",
        formula: "share = people of the part / people of the group, at each period; change = last - first in \
            points. Real (yes) where the 95% interval of the change excludes 0; no where it lies within 2 \
            points of 0; otherwise one cannot tell",
        denominator: "Those of the group who said; `unknown=counted` counts those who did not, too.",
        excluded: "Employers that are not in every release of the table, named in a note.",
        source: "Releases of the agreement, each with an independent noise; interval of a difference of \
            shares: Zou and Donner, Statistics in Medicine 27, 2008.",
        limits: &[
            "A share rises, too, where more people say what they are: look at how many did not say.",
            "Neighbouring points are as far apart as their noise puts them.",
            "People by employer, not unique people.",
        ],
        reads: &["ethnic_group", "gender", "disability"],
        breakdowns: &[&[], &["pathway"], &["locality"], &["staff_group"]],
        options: &[OF, UNKNOWN],
        key_figures: || {
            vec![
                KeyFigure::staff(&[BME]).changed(),
                KeyFigure::staff(&[BME, TUMOUR_SITE]).changed(),
                KeyFigure::staff(&[BME, LOCALITY]).changed(),
                KeyFigure::staff(&[BME, STAFF_GROUP]).changed(),
            ]
        },
    },
    answer,
};

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &REPRESENTATION_OVER_TIME.definition;
    let characteristic = Characteristic::chosen(question, definition);
    let mut findings = Findings::by(&question.attributes(definition)?);
    findings.dimensions.push(characteristic.split.dimension());
    findings.dimensions.push(Dimension {
        code: "period".to_owned(),
        label: "Period".to_owned(),
    });
    for group in population::groups(question, definition)? {
        let wanted = characteristic.part_and_whole(&group.cohort);
        let periods = estimator.periods(&wanted)?;
        let (common, left_out) = estimator.of_those_in_latest(&periods, &wanted)?;
        let periods = &periods[left_out..];
        for note in common.notes() {
            findings.note(note);
        }
        let counts: Result<Vec<JointEstimate<'_>>, _> = periods
            .iter()
            .map(|&period| common.estimator.at(period, &wanted))
            .collect();
        let counts = counts?;
        let subject = &characteristic.subject.category;
        for (period, counts) in periods.iter().zip(&counts) {
            let period = period.to_string();
            let at = [
                &group.categories[..],
                &[subject.clone(), Category::named(&period, &period)],
            ];
            let (people, share) = (counts.estimate(0), counts.share(0, 1));
            findings.rows.extend([
                Finding::new(at.concat(), PEOPLE, people, counts.source()),
                Finding::new(at.concat(), SHARE, share, counts.source()),
            ]);
        }
        let (Some(first), [_, .., last]) = (counts.first(), &counts[..]) else {
            continue;
        };
        let (before, after) = (first.split(&[(0, 1)]), last.split(&[(0, 1)]));
        let change = before.beside(&after).difference_of_shares((0, 1), (2, 3));
        let period = last.period().to_string();
        let at = [
            &group.categories[..],
            &[subject.clone(), Category::named(&period, &period)],
        ];
        let verdict = Verdict::is_real_change_of_share(&change);
        let change = Finding::new(at.concat(), CHANGE, change, last.source());
        findings.rows.push(change.judged(verdict));
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        estimate::Figure,
        indicator::testing::{Workforce, close, row},
    };

    fn workforce(later_asian: i64) -> Workforce {
        let at = |ethnic| [("pathway", "breast"), ("ethnic_group", ethnic)];
        [("2025-03", 100), ("2026-03", later_asian)]
            .into_iter()
            .fold(Workforce::new(), |workforce, (period, asian)| {
                workforce
                    .period(period)
                    .people(&at("white"), 900)
                    .people(&at("asian"), asian)
                    .people(&at("unknown"), 50)
            })
    }

    fn ask(workforce: &Workforce, by: &[&str]) -> Findings {
        let archive = workforce.archive(r#"{ by = ["pathway", "ethnic_group"] }"#, "{ by = [] }");
        let question = Question {
            by: Some(by.iter().map(|&code| code.to_owned()).collect()),
            options: [("unknown".to_owned(), "left_out".to_owned())].into(),
            ..Question::default()
        };
        Workforce::ask(&archive, &REPRESENTATION_OVER_TIME, &question).unwrap()
    }

    #[test]
    fn a_share_of_those_who_said_is_told_at_each_period_and_its_change_in_points() {
        let findings = ask(&workforce(200), &["pathway"]);
        close(
            row(&findings, "share", &["breast", "bme", "2025-03"]).figure,
            0.1,
        );
        close(
            row(&findings, "share", &["breast", "bme", "2026-03"]).figure,
            200.0 / 1_100.0,
        );
        let change = row(
            &findings,
            "change_since_first",
            &["breast", "bme", "2026-03"],
        );
        close(change.figure, 200.0 / 1_100.0 - 0.1);
        assert_eq!(change.verdict, Some(Verdict::Yes));
    }

    #[test]
    fn with_the_noise_of_both_releases_a_small_change_is_not_told() {
        let findings = ask(&workforce(104).doubted(), &[]);
        let change = row(&findings, "change_since_first", &["bme", "2026-03"]);
        assert_ne!(change.verdict, Some(Verdict::Yes));
        let (low, high) = change.figure.interval();
        let share = |period| {
            row(&findings, "share", &["bme", period])
                .figure
                .half_width()
        };
        let both = share("2025-03").hypot(share("2026-03"));
        let half: f64 = Figure::half_width(&change.figure);
        assert!(
            low < 0.0 && high > 0.0 && (half / both - 1.0).abs() < 0.05,
            "{half} {both}"
        );
    }
}
