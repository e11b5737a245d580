//! Age profile: people by age band, and the share who are 55 and over.

use super::{
    Category, Definition, Dimension, Finding, Findings, Indicator, IndicatorError, KeyFigure,
    Question,
    key_figure::{FROM_55, LOCALITY, ROLE, SHARED_SERVICE, STAFF_GROUP, TUMOUR_SITE, WOMEN},
};
use crate::estimator::{Cohort, Estimator};

const PEOPLE: (&str, &str) = ("people", "People");
const SHARE: (&str, &str) = ("share", "Share of the group");
const OVER_55: (&str, &str) = ("share_55_and_over", "Aged 55 and over");

pub(super) static AGE_PROFILE: Indicator = Indicator {
    definition: Definition {
        name: "age-profile",
        title: "Age profile",
        question: "How old are our staff, and how many of them are 55 or over?",
        definition: "People by five-year age band on the period's last day, each band's share of the \
            group, and the share who are 55 and over.",
        formula: "share of a band = people of the band / people of the group; share 55 and over = (55 to \
            59 + 60 to 64 + 65 and over) / people of the group",
        denominator: "All people of the group, those of unknown age included.",
        excluded: "Nobody beyond the standard headcount filter.",
        source: "NHS Workforce Statistics, age bands; 55 is the age from which most members of the 1995 \
            section of the NHS Pension Scheme can retire.",
        limits: &[
            "Somebody who works for two employers is counted by both.",
            "Five-year bands: nobody's age is known more exactly.",
        ],
        reads: &["age_band"],
        breakdowns: &[
            &[],
            &["staff_group"],
            &["locality"],
            &["staff_group", "locality"],
            &["role"],
            &["pathway"],
            &["gender"],
        ],
        options: &[],
        key_figures: || {
            vec![
                KeyFigure::staff(&[FROM_55]),
                KeyFigure::staff(&[FROM_55, STAFF_GROUP]),
                KeyFigure::staff(&[FROM_55, LOCALITY]),
                KeyFigure::staff(&[FROM_55, STAFF_GROUP, LOCALITY]),
                KeyFigure::staff(&[FROM_55, ROLE]),
                KeyFigure::staff(&[FROM_55, TUMOUR_SITE]),
                KeyFigure::staff(&[FROM_55, SHARED_SERVICE]),
                KeyFigure::staff(&[FROM_55, WOMEN]),
            ]
        },
    },
    answer,
};

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &AGE_PROFILE.definition;
    let ages = question.attribute("age_band");
    let mut findings = Findings::by(&question.attributes(definition)?);
    findings.dimensions.push(Dimension::of(ages));
    let groups = question.groups(definition)?;
    // The finest group is asked for with each group, so that all rows come from one release and add up.
    let finest = groups
        .last()
        .map_or_else(Cohort::staff, |group| group.of(Cohort::staff()));
    let finest = finest.among(ages, &[0]);
    for group in &groups {
        let staff = group.of(Cohort::staff());
        let bands = (0..ages.size()).map(|band| staff.clone().among(ages, &[band]));
        let over_55 = staff
            .clone()
            .in_group("age_band", "retirement", "55_and_over");
        let wanted = [staff.clone(), over_55].into_iter().chain(bands);
        let wanted: Vec<_> = wanted.chain([finest.clone()]).collect();
        let counts = estimator.latest(&wanted)?;
        let at = |category: Category| {
            let mut at = group.categories.clone();
            at.push(category);
            at
        };
        let over_55 = Category::named("55_and_over", "55 and over");
        findings.rows.push(Finding::new(
            at(over_55),
            OVER_55,
            counts.share(1, 0),
            counts.source(),
        ));
        for band in 0..ages.size() {
            let category = Category::of(ages, band);
            let people = counts.estimate(band + 2);
            findings.rows.push(Finding::new(
                at(category.clone()),
                PEOPLE,
                people,
                counts.source(),
            ));
            let share = counts.share(band + 2, 0);
            findings
                .rows
                .push(Finding::new(at(category), SHARE, share, counts.source()));
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::testing::{Workforce, close};

    #[test]
    fn nurses_of_england_over_55_are_the_published_share() {
        // Nurses and health visitors, England, October 2024: NHS HCHS Workforce Statistics, Turnover,
        // October 2025, headcount at start by age band: 62,916 of 55 to 64 and 7,399 of 65 and over
        // of 403,052.
        let nurses =
            |age: &'static str| [("staff_group", "nursing_and_midwifery"), ("age_band", age)];
        let archive = Workforce::new()
            .people(&nurses("under_25"), 14_718)
            .people(&nurses("25_29"), 109_257)
            .people(&nurses("35_39"), 111_778)
            .people(&nurses("45_49"), 96_984)
            .people(&nurses("55_59"), 62_916)
            .people(&nurses("65_and_over"), 7_399)
            .archive(r#"{ by = ["staff_group", "age_band"] }"#, "{ by = [] }");
        let by = Question {
            by: Some(vec!["staff_group".to_owned()]),
            ..Question::default()
        };
        let findings = Workforce::ask(&archive, &AGE_PROFILE, &by).unwrap();
        let share = findings.rows.iter().find(|row| {
            row.measure == "share_55_and_over" && row.group[0].code == "nursing_and_midwifery"
        });
        close(share.unwrap().figure, 70_315.0 / 403_052.0);
    }
}
