//! Recruitment: who applies, who is shortlisted and who is appointed, and where the path narrows.

use super::{
    Benchmark, Category, Definition, Dimension, Finding, Findings, Indicator, IndicatorError,
    KeyFigure, Question,
    key_figure::{
        APPLICANTS_BME, APPOINTED, BAND_7, DISABLED, ROLE, SHORTLISTED, STAFF_GROUP,
        SUPPORT_WORKER_POSTS, WOMEN,
    },
    question::Group,
    shares::{PEOPLE, SHARE},
    sides::{OF, Sides},
};
use crate::{
    estimate::Verdict,
    estimator::{Cohort, Estimator, JointEstimate},
};

/// The shares of those at one stage who go on to the next.
const SHORTLISTED_OF_APPLIED: (&str, &str) = (
    "shortlisted_from_application_persons",
    "Share shortlisted of the people who applied",
);
const APPOINTED_OF_SHORTLISTED: (&str, &str) = (
    "appointed_from_shortlisting_persons",
    "Share appointed of the people shortlisted",
);
/// How much likelier the first group is to go on than the second.
const LIKELIHOOD: (&str, &str) = (
    "relative_likelihood_persons",
    "Relative likelihood of going on, of persons",
);

/// White people together with those who did not say, whom some agreements do not tell apart.
const WHITE_OR_UNKNOWN: (&str, &str) = ("white_or_unknown", "White or unknown");
const MIXED: &str = "The agreement counts White applicants together with those who did not say: BME applicants are held \
    against both. Where many do not say, the relative likelihood says less.";

/// The stages that a person reached at least: code, name, and the furthest stages that go so far.
const STAGES: [(&str, &str, &[&str]); 3] = [
    (
        "applied",
        "Applied",
        &["applied", "shortlisted", "appointed"],
    ),
    (
        "shortlisted",
        "Shortlisted or further",
        &["shortlisted", "appointed"],
    ),
    ("appointed", "Appointed", &["appointed"]),
];
/// The steps from one stage to the next, by their positions, with the share that takes it.
const STEPS: [(usize, usize, (&str, &str)); 2] = [
    (0, 1, SHORTLISTED_OF_APPLIED),
    (1, 2, APPOINTED_OF_SHORTLISTED),
];

pub(super) static RECRUITMENT: Indicator = Indicator {
    definition: Definition {
        name: "recruitment",
        title: "Recruitment, from applying to being appointed",
        question: "Who applies, who is shortlisted, who is appointed, and where does the path narrow?",
        definition: "People who applied to their employer in a year to the period's last day, each once, by the \
            application that went furthest: how many applied, were shortlisted or went further, and were \
            appointed; which share of one stage goes on to the next; each group's share of those at each \
            stage; and how much likelier White people are to go on than BME people (those not disabled than those \
            disabled, men than women: `of`). This is not indicator 2 of the Workforce Race Equality Standard, \
            which counts applications, not persons, and is published by each trust.",
        formula: "share appointed = people appointed / people shortlisted or further, shortlisted likewise of those \
            who applied; relative likelihood = that share of White / that share of BME. Parity: the whole interval \
            lies within a factor of 1.10 of 1. A group's share of a stage is alike to its share of those who \
            applied if the difference lies within 2 percentage points, noise included",
        denominator: "People whose furthest stage is known. Who did not say their group is counted among all and \
            shown apart, and is in no relative likelihood, unless an agreement counts them with others; \
            a note says where.",
        excluded: "Applications of other years, and people whose furthest stage is unknown: these are in no stage, \
            and how many they are is shown.",
        source: "The stages of indicator 2 of the Workforce Race Equality Standard and of metric 2 of the \
            Workforce Disability Equality Standard (NHS England), counted in persons, which is a choice of VWIS. The \
            parity of 1.10 is as for the race disparity ratio.",
        limits: &[
            "A person who applied to two employers is counted by both: these are people by employer, and no sum of \
             them is a number of unique people.",
            "A person who applied often is here once, as they did best: shares are mostly higher than those of \
             applications, and ratios are others than those published of applications (for England 1.57 in 2016 and \
             1.54 in 2022: NHS England, WRES report 2022, by HSJ of 22 February 2023).",
            "Staff group, band and role are those of the post applied for. Ethnic group, gender and \
             disability are what the person said in that application; many say nothing.",
            "Whoever withdrew is counted at the stage that the report says; some reports forget whether they were \
             shortlisted before. Whoever has not heard yet is counted as far as they have come.",
            "A difference shows where to look, and proves no cause. That a rate of selection below four \
             fifths of the highest is evidence of adverse impact is a rule of United States agencies (29 CFR \
             1607.4 D), and none of the NHS.",
        ],
        reads: &["furthest_stage", "ethnic_group", "disability", "gender"],
        breakdowns: &[&[], &["band"], &["role"], &["staff_group"]],
        options: &[OF],
        key_figures: || {
            vec![
                KeyFigure::applicants(&[APPLICANTS_BME]),
                KeyFigure::applicants(&[APPLICANTS_BME, SHORTLISTED]),
                KeyFigure::applicants(&[APPLICANTS_BME, APPOINTED]),
                KeyFigure::applicants(&[APPLICANTS_BME, APPOINTED, STAFF_GROUP]),
                KeyFigure::applicants(&[APPLICANTS_BME, APPOINTED, BAND_7]),
                KeyFigure::applicants(&[APPLICANTS_BME, APPOINTED, ROLE]),
                KeyFigure::applicants(&[APPLICANTS_BME, APPOINTED, SUPPORT_WORKER_POSTS]),
                KeyFigure::applicants(&[DISABLED, APPOINTED]),
                KeyFigure::applicants(&[WOMEN, APPOINTED]),
            ]
        },
    },
    answer,
};

/// People at each stage of each group, counted together.
struct Counts<'a> {
    sides: &'a Sides,
    joint: JointEstimate<'a>,
}

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &RECRUITMENT.definition;
    let mut findings = Findings::by(&question.attributes(definition)?);
    let divided = question.groups(definition)?;
    let finest = Group::finest(&divided).of(Cohort::applicants());
    let appointed = |people: &Cohort| vec![people.clone().with("furthest_stage", "appointed")];
    let sides = Sides::chosen(question, definition);
    let sides = sides.told_apart(estimator, &finest, appointed, WHITE_OR_UNKNOWN);
    findings.dimensions.extend([
        Dimension {
            code: "stage".to_owned(),
            label: "Stage reached".to_owned(),
        },
        sides.split.dimension(),
    ]);
    if sides.is_mixed() {
        findings.note(MIXED);
    }
    for group in divided {
        let cohort = group.of(Cohort::applicants());
        let counts = Counts::of(estimator, &sides, &cohort)?;
        findings.rows.extend(counts.rows(&group.categories));
        findings.rows.extend(stage_unknown(
            estimator,
            &sides,
            &group.categories,
            &cohort,
        )?);
    }
    Ok(findings)
}

/// The rows of the people whose furthest stage is unknown.
fn stage_unknown(
    estimator: &Estimator<'_>,
    sides: &Sides,
    at: &[Category],
    cohort: &Cohort,
) -> Result<Vec<Finding>, IndicatorError> {
    let cohort = cohort.clone().with("furthest_stage", "unknown");
    let joint = estimator.latest(&sides.each(&cohort))?;
    let row = |(index, category): (usize, Category)| {
        let stage = Category::named("unknown", "Stage unknown");
        let at = [at, &[stage, category]].concat();
        Finding::new(at, PEOPLE, joint.estimate(index), joint.source())
    };
    Ok(sides.categories().enumerate().map(row).collect())
}

// === impl Counts ===

impl<'a> Counts<'a> {
    fn of(
        estimator: &Estimator<'a>,
        sides: &'a Sides,
        cohort: &Cohort,
    ) -> Result<Self, IndicatorError> {
        let at_stage = |(_, _, furthest): &(_, _, &[&str])| {
            let those = cohort.clone().with_any("furthest_stage", furthest);
            sides.each(&those)
        };
        let wanted: Vec<_> = STAGES.iter().flat_map(at_stage).collect();
        let joint = estimator.latest(&wanted)?;
        Ok(Self { sides, joint })
    }

    /// Where the people of a group at a stage stand among the counts; all groups together are the first.
    fn at(&self, stage: usize, group: usize) -> usize {
        stage * (1 + self.sides.split.parts.len()) + group
    }

    fn rows(&self, at: &[Category]) -> Vec<Finding> {
        let mut rows = Vec::new();
        for (stage, (code, label, _)) in STAGES.into_iter().enumerate() {
            let at = [at, &[Category::named(code, label)]].concat();
            for (group, category) in self.sides.categories().enumerate() {
                let at = [&at[..], &[category]].concat();
                rows.extend(self.of_group(stage, group, &at));
            }
            rows.extend(self.likelihood(stage, at));
        }
        rows
    }

    /// The rows of one group at one stage: how many, their share of all there, and the share that came this far of
    /// those who came to the stage before.
    fn of_group(&self, stage: usize, group: usize, at: &[Category]) -> Vec<Finding> {
        let (joint, here) = (&self.joint, self.at(stage, group));
        let row = |measure, figure| Finding::new(at.to_vec(), measure, figure, joint.source());
        let mut rows = vec![Finding::new(
            at.to_vec(),
            PEOPLE,
            joint.estimate(here),
            joint.source(),
        )];
        if group > 0 {
            let all = self.at(stage, 0);
            let share = row(SHARE, joint.share(here, all));
            rows.push(match stage {
                0 => share,
                _ => self.beside_applied(share, group, (here, all)),
            });
        }
        for (from, to, measure) in STEPS {
            if to == stage {
                rows.push(row(measure, joint.share(here, self.at(from, group))));
            }
        }
        rows
    }

    /// A group's share of a stage, held against its share of all who applied.
    fn beside_applied(&self, share: Finding, group: usize, here: (usize, usize)) -> Finding {
        let applied = (self.at(0, group), self.at(0, 0));
        let parts = self.joint.split(&[applied, here]);
        let figure = parts.share(0, 1);
        let Some(value) = figure.value() else {
            return share;
        };
        let verdict = match share.figure.value() {
            None => Verdict::CannotTell,
            Some(_) => Verdict::are_alike(&parts.difference_of_shares((0, 1), (2, 3))),
        };
        let benchmark = Benchmark {
            value,
            label: "share of those who applied".to_owned(),
            figure: Some(figure),
        };
        share.against(benchmark, verdict)
    }

    /// How much likelier the one side is to come from the stage before to this one.
    fn likelihood(&self, stage: usize, at: Vec<Category>) -> Option<Finding> {
        let (from, to, _) = STEPS.into_iter().find(|(_, to, _)| *to == stage)?;
        let those = (|group| self.at(to, group), |group| self.at(from, group));
        let at = [at, vec![Category::total()]].concat();
        Some(self.sides.likelihood(&self.joint, those, at, LIKELIHOOD))
    }
}

#[cfg(test)]
mod tests;
