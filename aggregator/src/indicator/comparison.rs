//! Comparison: is one employer, or one group, really different from all the others?

use vwis_proto::ods::OdsCode;

use super::{
    Definition, Finding, Findings, Indicator, IndicatorError, KeyFigure, OptionDefinition,
    Question,
    question::Group,
    shares::{Part, SHARE, Split, Unknown},
};
use crate::{
    estimate::{Figure, Parts, Verdict},
    facts::{Facts, FactsError, Joint, Source, Who},
    picture::Whose,
};

const OTHERS: (&str, &str) = ("share_of_others", "Share of all the others");
const DIFFERENCE: (&str, &str) = ("difference", "Difference");

/// The option that says which share is compared.
const OF: OptionDefinition = OptionDefinition {
    name: "of",
    description: "Which share is compared: of people aged 55 and over, of people from ethnic minority \
        groups, of women, or of disabled people; but for age, of those who said",
    default: "aged_55_and_over",
    values: &["aged_55_and_over", "bme", "women", "disabled"],
};

pub(super) static COMPARISON: Indicator = Indicator {
    definition: Definition {
        name: "comparison",
        title: "Comparison with all the others",
        question: "Which employer, or which group, is really different from all the others?",
        definition: "A share of one employer (or locality, or staff group), the same share of all the others \
            together, and the difference in points with the noise of both.",
        formula: "difference = share - share of the others. Different (yes) where the 95% interval of the \
            difference excludes 0; no where it holds 0 and lies within 2 points of it; otherwise one cannot \
            tell. The others are counted without the one, so that nothing is held against itself",
        denominator: "Age: all people. Ethnic group, gender and disability: people who said.",
        excluded: "Of other employers, those that are not in the same release.",
        source: "Interval of a difference of two shares: Zou and Donner, Statistics in Medicine 27, 2008, with \
            the exact covariance of the counts.",
        limits: &[
            "Many are compared at once: where none differs, about one in twenty is still called different.",
            "It says that a share differs and nothing of why: employers and localities have other staff \
             groups.",
            "People by employer, not unique people.",
        ],
        breakdowns: &[&["locality"], &["staff_group"], &["role"], &[]],
        options: &[OF],
        key_figures: || {
            vec![KeyFigure {
                label: "people of 55 and over in one locality",
                who: Who::staff().with("locality", "e08000001").in_group(
                    "age_band",
                    "retirement",
                    "55_and_over",
                ),
                // A fifth of the staff are 55 and over (NHS HCHS Workforce Statistics, Turnover), over ten
                // localities.
                typical_share: 0.02,
                releases: 1,
            }]
        },
    },
    answer,
};

/// Which share is compared.
struct Compared {
    split: Split,
    part: Part,
    unknown: Unknown,
}

fn answer(facts: &Facts<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &COMPARISON.definition;
    let compared = Compared::chosen(question);
    let attributes = question.attributes(definition)?;
    let mut findings = Findings::by(&attributes);
    if attributes.is_empty() {
        findings.rows.extend(one_employer(facts, &compared)?);
        return Ok(findings);
    }
    let groups = question.groups(definition)?;
    let groups = groups.iter().filter(|group| !group.wanted.is_empty());
    let mut compared_groups = 0;
    for group in groups {
        findings.rows.extend(one_group(facts, &compared, group)?);
        compared_groups += 1;
    }
    findings.note(format!(
        "{compared_groups} are compared at once: where none differs, about one in twenty is still called \
         different."
    ));
    Ok(findings)
}

/// One employer against all the others of the same release, who drew noise of their own.
fn one_employer(facts: &Facts<'_>, compared: &Compared) -> Result<Vec<Finding>, IndicatorError> {
    let Whose::Organisations(own) = facts.whose() else {
        return Err(IndicatorError::BadInput(
            "without a breakdown an employer is compared with all the others: name one by org=CODE, or ask \
             for each by org=each"
                .to_owned(),
        ));
    };
    let wanted = compared.counts(&Who::staff());
    let here = facts.latest(&wanted)?;
    let contributors = here.archived().release.contributors.iter();
    let others: Vec<OdsCode> = contributors
        .map(|contributor| contributor.ods_code.clone())
        .filter(|code| !own.contains(code))
        .collect();
    match &others[..] {
        [] => {
            return Err(IndicatorError::BadInput(
                "there is no other employer in the release to compare with".to_owned(),
            ));
        }
        // The other's own share: for whoever may read it.
        [one] => {
            let ods_code = one.clone();
            return Err(FactsError::OneEmployer { ods_code }.into());
        }
        _ => {}
    }
    let there = facts.of(Whose::Organisations(others));
    let there = there.at(here.period(), &wanted)?;
    let parts = here.split(&[(0, 1)]).beside(&there.split(&[(0, 1)]));
    Ok(rows(&[], &parts, &here.source()))
}

/// One group against everybody who is not in it, told jointly.
fn one_group(
    facts: &Facts<'_>,
    compared: &Compared,
    group: &Group,
) -> Result<Vec<Finding>, IndicatorError> {
    let own = compared.counts(&group.of(Who::staff()));
    let all = compared.counts(&Who::staff());
    let counts: Joint<'_> = facts.latest(&[&own[..], &all[..]].concat())?;
    // Inside and outside of the share, of the group and then of the others.
    let parts = counts.parts().combined(&[
        &[1.0, 0.0, 0.0, 0.0],
        &[-1.0, 1.0, 0.0, 0.0],
        &[-1.0, 0.0, 1.0, 0.0],
        &[1.0, -1.0, -1.0, 1.0],
    ]);
    Ok(rows(&group.categories, &parts, &counts.source()))
}

/// Of parts (inside, outside) of the one and of the others.
fn rows(at: &[super::Category], parts: &Parts, source: &Source) -> Vec<Finding> {
    let row = |measure, figure: Figure| Finding::new(at.to_vec(), measure, figure, source.clone());
    let difference = parts.difference_of_shares((2, 3), (0, 1));
    vec![
        row(SHARE, parts.share(0, 1)),
        row(OTHERS, parts.share(2, 3)),
        row(DIFFERENCE, difference).judged(Verdict::is_real_change_of_share(&difference)),
    ]
}

// === impl Compared ===

impl Compared {
    fn chosen(question: &Question) -> Self {
        let (attribute, grouping, code, unknown) =
            match question.option(&COMPARISON.definition, OF.name) {
                "bme" => ("ethnic_group", Some("wres"), "bme", Unknown::LeftOut),
                "women" => ("gender", None, "female", Unknown::LeftOut),
                "disabled" => ("disability", None, "yes", Unknown::LeftOut),
                _ => (
                    "age_band",
                    Some("retirement"),
                    "55_and_over",
                    Unknown::Counted,
                ),
            };
        let split = match grouping {
            Some(grouping) => Split::by_group(attribute, grouping),
            None => Split::by_category(attribute),
        };
        let part = split.part(code).clone();
        Self {
            split,
            part,
            unknown,
        }
    }

    /// Of `who`, those of the part, and those it is a share of.
    fn counts(&self, who: &Who) -> [Who; 2] {
        [
            self.split.those(&self.part, who),
            self.split.whole(&self.part, who, self.unknown),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::testing::{Workforce, close, row};

    const TABLES: &str = r#"{ by = ["locality", "ethnic_group"] }"#;

    fn at(locality: &'static str, ethnic: &'static str) -> [(&'static str, &'static str); 2] {
        [("locality", locality), ("ethnic_group", ethnic)]
    }

    fn three_employers() -> Workforce {
        let (bolton, bury) = ("e08000001", "e08000002");
        Workforce::new()
            .people(&at(bolton, "white"), 800)
            .people(&at(bolton, "asian"), 200)
            .people(&at(bolton, "unknown"), 50)
            .employer("RM3")
            .people(&at(bury, "white"), 900)
            .people(&at(bury, "asian"), 100)
            .employer("RMC")
            .people(&at(bury, "white"), 960)
            .people(&at(bury, "asian"), 40)
    }

    fn question(by: &[&str]) -> Question {
        Question {
            by: Some(by.iter().map(|&code| code.to_owned()).collect()),
            options: [("of".to_owned(), "bme".to_owned())].into(),
            ..Question::default()
        }
    }

    fn of_employer(workforce: &Workforce, code: &str) -> Result<Findings, IndicatorError> {
        let archive = workforce.archive(TABLES, "{ by = [] }");
        let whose = Whose::Organisations(vec![code.parse().unwrap()]);
        let until = archive.latest_period().unwrap();
        COMPARISON.answer(&Facts::new(&archive, whose, until), &question(&[]))
    }

    #[test]
    fn an_employer_is_held_against_the_others_without_itself() {
        let findings = of_employer(&three_employers(), "R0A").unwrap();
        close(row(&findings, "share", &[]).figure, 0.2);
        close(
            row(&findings, "share_of_others", &[]).figure,
            140.0 / 2_000.0,
        );
        let difference = row(&findings, "difference", &[]);
        close(difference.figure, 0.13);
        assert_eq!(difference.verdict, Some(Verdict::Yes));
    }

    #[test]
    fn a_locality_is_held_against_all_the_others() {
        let archive = three_employers().archive(TABLES, "{ by = [] }");
        let findings = Workforce::ask(&archive, &COMPARISON, &question(&["locality"])).unwrap();
        close(row(&findings, "share", &["e08000001"]).figure, 0.2);
        close(
            row(&findings, "share_of_others", &["e08000001"]).figure,
            0.07,
        );
        close(
            row(&findings, "difference", &["e08000002"]).figure,
            0.07 - 0.2,
        );
    }

    #[test]
    fn the_noise_of_both_sides_is_in_the_difference() {
        let findings = of_employer(&three_employers().doubted(), "R0A").unwrap();
        let half = |measure| row(&findings, measure, &[]).figure.half_width();
        let both = half("share").hypot(half("share_of_others"));
        assert!(
            (half("difference") / both - 1.0).abs() < 0.1,
            "{} {both}",
            half("difference")
        );
    }

    #[test]
    fn one_other_employer_is_not_told_as_all_the_others() {
        let two = Workforce::new()
            .people(&at("e08000001", "white"), 10)
            .employer("RM3")
            .people(&at("e08000001", "white"), 10);
        let error = of_employer(&two, "R0A").unwrap_err().to_string();
        assert!(error.contains("RM3's own answer"), "{error}");
        let archive = three_employers().archive(TABLES, "{ by = [] }");
        let error = Workforce::ask(&archive, &COMPARISON, &question(&[])).unwrap_err();
        assert!(error.to_string().contains("org=each"), "{error}");
    }
}
