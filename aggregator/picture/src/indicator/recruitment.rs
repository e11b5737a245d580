//! Recruitment: who applies, who is shortlisted and who is appointed, and where the path narrows.

use super::{
    Benchmark, Category, Definition, Dimension, Finding, Findings, Indicator, IndicatorError,
    KeyFigure, OptionDefinition, Question,
    key_figure::{
        APPLICANTS_BME, APPOINTED, BAND_7, DISABLED, ROLE, SHORTLISTED, STAFF_GROUP,
        SUPPORT_WORKER_POSTS, WOMEN,
    },
    question::Group,
    shares::{PEOPLE, Part, SHARE, Split},
};
use crate::{
    estimate::Verdict,
    estimator::{Cohort, Estimator, EstimatorError, JointEstimate},
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

/// Whom the question is about.
const OF: OptionDefinition = OptionDefinition {
    name: "of",
    description: "Which groups of people are told apart",
    default: "ethnic_group",
    values: &["ethnic_group", "disability", "gender"],
};

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

/// The groups that are told apart: those of whom one is held against another.
#[derive(Clone, Debug)]
struct Groups {
    split: Split,
    /// The codes of the likelier group and of the other.
    pair: [&'static str; 2],
    note: Option<&'static str>,
}

/// People at each stage of each group, counted together.
struct Counts<'a> {
    groups: &'a Groups,
    joint: JointEstimate<'a>,
}

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &RECRUITMENT.definition;
    let mut findings = Findings::by(&question.attributes(definition)?);
    let divided = question.groups(definition)?;
    let finest = Group::finest(&divided).of(Cohort::applicants());
    let groups = Groups::chosen(estimator, question, &finest)?;
    findings.dimensions.extend([
        Dimension {
            code: "stage".to_owned(),
            label: "Stage reached".to_owned(),
        },
        groups.split.dimension(),
    ]);
    if let Some(note) = groups.note {
        findings.note(note);
    }
    for group in divided {
        let cohort = group.of(Cohort::applicants());
        let counts = Counts::of(estimator, &groups, &cohort)?;
        findings.rows.extend(counts.rows(&group.categories));
        findings.rows.extend(stage_unknown(
            estimator,
            &groups,
            &group.categories,
            &cohort,
        )?);
    }
    Ok(findings)
}

/// The rows of the people whose furthest stage is unknown.
fn stage_unknown(
    estimator: &Estimator<'_>,
    groups: &Groups,
    at: &[Category],
    cohort: &Cohort,
) -> Result<Vec<Finding>, IndicatorError> {
    let cohort = cohort.clone().with("furthest_stage", "unknown");
    let joint = estimator.latest(&groups.each(&cohort))?;
    let row = |(index, category): (usize, Category)| {
        let stage = Category::named("unknown", "Stage unknown");
        let at = [at, &[stage, category]].concat();
        Finding::new(at, PEOPLE, joint.estimate(index), joint.source())
    };
    Ok(groups.categories().enumerate().map(row).collect())
}

// === impl Groups ===

impl Groups {
    /// The groups that the question names, of people such as `cohort`. Where the agreement measures White people only
    /// with those whose ethnic group is not known, as one group of its tree, BME people are held against both
    /// together.
    fn chosen(
        estimator: &Estimator<'_>,
        question: &Question,
        cohort: &Cohort,
    ) -> Result<Self, IndicatorError> {
        let named = question.option(&RECRUITMENT.definition, OF.name);
        let attribute = question.attribute(named);
        let finest = Self {
            split: match named {
                "ethnic_group" => Split::by_group(attribute, "wres"),
                _ => Split::by_category(attribute),
            },
            pair: match named {
                "ethnic_group" => ["white", "bme"],
                "disability" => ["no", "yes"],
                _ => ["male", "female"],
            },
            note: None,
        };
        if named != "ethnic_group" {
            return Ok(finest);
        }
        let appointed = cohort.clone().with("furthest_stage", "appointed");
        match estimator.latest(&finest.each(&appointed)) {
            Err(EstimatorError::NotPromised { .. }) => Ok(finest.without_unknown()),
            Err(other) => Err(other.into()),
            Ok(_) => Ok(finest),
        }
    }

    /// White people together with those who did not say.
    fn without_unknown(mut self) -> Self {
        let others = Category::named("white_or_unknown", "White or unknown");
        let [white, unknown] = ["white", "unknown"].map(|code| self.split.part(code).among.clone());
        self.split.parts.retain(|part| part.category.code == "bme");
        let among = [white, unknown].concat();
        self.split.parts.insert(
            0,
            Part {
                category: others,
                among,
            },
        );
        self.pair = ["white_or_unknown", "bme"];
        self.note = Some(
            "The agreement counts White applicants together with those who did not say: BME applicants are held \
             against both. Where many do not say, the relative likelihood says less.",
        );
        self
    }

    /// All of `cohort`, then those of each group.
    fn each(&self, cohort: &Cohort) -> Vec<Cohort> {
        let parts = self.split.parts.iter();
        let those = parts.map(|part| self.split.those(part, cohort));
        [cohort.clone()].into_iter().chain(those).collect()
    }

    /// The categories in the order of [`Self::each`].
    fn categories(&self) -> impl Iterator<Item = Category> {
        let parts = self.split.parts.iter();
        let all = [Category::total()].into_iter();
        all.chain(parts.map(|part| part.category.clone()))
    }
}

// === impl Counts ===

impl<'a> Counts<'a> {
    fn of(
        estimator: &Estimator<'a>,
        groups: &'a Groups,
        cohort: &Cohort,
    ) -> Result<Self, IndicatorError> {
        let at_stage = |(_, _, furthest): &(_, _, &[&str])| {
            let those = cohort.clone().with_any("furthest_stage", furthest);
            groups.each(&those)
        };
        let wanted: Vec<_> = STAGES.iter().flat_map(at_stage).collect();
        let joint = estimator.latest(&wanted)?;
        Ok(Self { groups, joint })
    }

    /// Where the people of a group at a stage stand among the counts; all groups together are the first.
    fn at(&self, stage: usize, group: usize) -> usize {
        stage * (1 + self.groups.split.parts.len()) + group
    }

    fn rows(&self, at: &[Category]) -> Vec<Finding> {
        let mut rows = Vec::new();
        for (stage, (code, label, _)) in STAGES.into_iter().enumerate() {
            let at = [at, &[Category::named(code, label)]].concat();
            for (group, category) in self.groups.categories().enumerate() {
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

    /// How much likelier the first group of the pair is to come from the stage before to this one.
    fn likelihood(&self, stage: usize, at: Vec<Category>) -> Option<Finding> {
        let (from, to, _) = STEPS.into_iter().find(|(_, to, _)| *to == stage)?;
        let position = |code: &str| {
            let found = self.groups.categories().position(|one| one.code == code);
            found.expect("both groups of the pair are told apart")
        };
        let [first, second] = self.groups.pair.map(position);
        let ratio = self.joint.parts().ratio(
            &[self.at(to, first), self.at(from, second)],
            &[self.at(from, first), self.at(to, second)],
        );
        let verdict = Verdict::is_parity(&ratio);
        let at = [at, vec![Category::total()]].concat();
        let parity = Benchmark::exact(1.0, "parity");
        Some(Finding::new(at, LIKELIHOOD, ratio, self.joint.source()).against(parity, verdict))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        archive::Archive,
        indicator::testing::{Workforce, close, row},
    };

    /// An agreement that promises these tables of applicants, and nothing else.
    fn archive(workforce: &Workforce, tables: &str) -> Archive {
        workforce.archive_under(&format!(
            r#"
name = "Applicants"
version = 1
aggregator = "gm-icb"
purpose = "To look at recruitment."
readers = "Tests."
first_period = "2020-03"
last_period = "2029-12"

[[series]]
name = "applicants"
data_set = "applicants"
measure = "headcount"
cadence = "yearly"
rho = 0.02
tables = [{tables}]
"#
        ))
    }

    /// Invented people: 600 White, 300 Asian, 100 Black and 50 who did not say; 20 more of unknown stage.
    fn applicants() -> Workforce {
        let of = |group, stage| [("ethnic_group", group), ("furthest_stage", stage)];
        let post = [("role", "healthcare_support_worker"), ("band", "afc_2")];
        let people = |workforce: Workforce, group, stage, number: i64| {
            // A fifth applied to be healthcare support workers.
            let support = [&of(group, stage)[..], &post].concat();
            workforce
                .people(&support, number / 5)
                .people(&of(group, stage), number - number / 5)
        };
        [
            ("white", "applied", 400),
            ("white", "shortlisted", 150),
            ("white", "appointed", 50),
            ("asian", "applied", 240),
            ("asian", "shortlisted", 50),
            ("asian", "appointed", 10),
            ("black", "applied", 80),
            ("black", "shortlisted", 15),
            ("black", "appointed", 5),
            ("unknown", "applied", 30),
            ("unknown", "shortlisted", 15),
            ("unknown", "appointed", 5),
            ("white", "unknown", 20),
        ]
        .into_iter()
        .fold(
            Workforce::new().data_set("applicants"),
            |workforce, (group, stage, number)| people(workforce, group, stage, number),
        )
    }

    const ALL: &str = r#"{ by = ["ethnic_group", "furthest_stage"] }"#;

    fn ask(archive: &Archive, question: &Question) -> Result<Findings, IndicatorError> {
        Workforce::ask(archive, &RECRUITMENT, question)
    }

    #[test]
    fn the_path_from_applying_to_being_appointed_is_told_for_each_group() {
        let findings = ask(&archive(&applicants(), ALL), &Question::default()).unwrap();
        let figure = |measure, stage, group| row(&findings, measure, &[stage, group]).figure;
        // 1,050 applied, of whom 400 are BME; 300 were shortlisted or further; 70 were appointed.
        for (stage, [all, white, bme, unknown]) in [
            ("applied", [1_050.0, 600.0, 400.0, 50.0]),
            ("shortlisted", [300.0, 200.0, 80.0, 20.0]),
            ("appointed", [70.0, 50.0, 15.0, 5.0]),
            ("unknown", [20.0, 20.0, 0.0, 0.0]),
        ] {
            close(figure("people", stage, "total"), all);
            close(figure("people", stage, "white"), white);
            close(figure("people", stage, "bme"), bme);
            close(figure("people", stage, "unknown"), unknown);
        }
        let shortlisted = "shortlisted_from_application_persons";
        let appointed = "appointed_from_shortlisting_persons";
        close(figure(shortlisted, "shortlisted", "total"), 300.0 / 1_050.0);
        close(figure(shortlisted, "shortlisted", "white"), 1.0 / 3.0);
        close(figure(shortlisted, "shortlisted", "bme"), 0.2);
        close(figure(appointed, "appointed", "white"), 0.25);
        close(figure(appointed, "appointed", "bme"), 15.0 / 80.0);
        // The share of BME people falls: 38% of those who applied, 27% of the shortlisted, 21% of the appointed.
        close(figure("share", "applied", "bme"), 400.0 / 1_050.0);
        close(figure("share", "shortlisted", "bme"), 80.0 / 300.0);
        close(figure("share", "appointed", "bme"), 15.0 / 70.0);
        let fallen = row(&findings, "share", &["appointed", "bme"]);
        assert_eq!(fallen.verdict, Some(Verdict::No));
        let applied = fallen.benchmark.as_ref().unwrap().value;
        assert!((applied - 400.0 / 1_050.0).abs() < 1e-9);
        assert_eq!(row(&findings, "share", &["applied", "bme"]).verdict, None);
        // White people are 1.67 times as likely to be shortlisted, and then 1.33 times as likely to be appointed.
        let likelihood = |stage| {
            let found = row(&findings, "relative_likelihood_persons", &[stage, "total"]);
            (found.figure, found.verdict)
        };
        close(likelihood("shortlisted").0, (1.0 / 3.0) / 0.2);
        close(likelihood("appointed").0, 0.25 / (15.0 / 80.0));
        assert_eq!(likelihood("appointed").1, Some(Verdict::No));
        assert_eq!(findings.notes, [""; 0]);
        assert!(
            RECRUITMENT
                .definition
                .definition
                .contains("not indicator 2")
        );
    }

    #[test]
    fn the_groups_of_the_tree_are_enough_and_what_they_mix_is_said() {
        let table = r#"{ by = ["ethnic_group:1", "furthest_stage"] }"#;
        let with_role = r#"{ by = ["ethnic_group:1", "role", "furthest_stage"] }"#;
        let agreed = |tables: &str| {
            let tables = tables.to_owned() + "]\ntrees = [\"ethnic_group\"";
            archive(&applicants(), &tables)
        };
        let findings = ask(&agreed(table), &Question::default()).unwrap();
        let figure = |measure, stage, group| row(&findings, measure, &[stage, group]).figure;
        close(figure("people", "shortlisted", "bme"), 80.0);
        close(figure("people", "shortlisted", "white_or_unknown"), 220.0);
        let ratio = figure("relative_likelihood_persons", "appointed", "total");
        close(ratio, (55.0 / 220.0) / (15.0 / 80.0));
        assert!(
            findings.notes[0].contains("did not say"),
            "{:?}",
            findings.notes
        );
        // What the widening-access programme asks.
        let question = Question {
            by: Some(vec!["role".to_owned()]),
            filters: vec!["role=healthcare_support_worker".parse().unwrap()],
            ..Question::default()
        };
        let findings = ask(&agreed(with_role), &question).unwrap();
        let support = |measure, stage, group| {
            let at = ["healthcare_support_worker", stage, group];
            row(&findings, measure, &at).figure
        };
        close(support("people", "applied", "bme"), 80.0);
        close(support("people", "appointed", "bme"), 3.0);
        close(
            support("appointed_from_shortlisting_persons", "appointed", "bme"),
            3.0 / 16.0,
        );
        assert!(
            findings
                .rows
                .iter()
                .all(|row| row.group[0].code == "healthcare_support_worker")
        );
        // Nothing but these tables is asked for.
        assert!(ask(&agreed(table), &question).is_err());
    }

    #[test]
    fn where_nobody_is_shortlisted_there_is_no_ratio_and_nobody_can_tell() {
        let of = |group, stage| [("ethnic_group", group), ("furthest_stage", stage)];
        let workforce = Workforce::new()
            .data_set("applicants")
            .people(&of("white", "applied"), 40)
            .people(&of("white", "appointed"), 10)
            .people(&of("asian", "applied"), 30);
        let findings = ask(&archive(&workforce, ALL), &Question::default()).unwrap();
        let ratio = row(
            &findings,
            "relative_likelihood_persons",
            &["appointed", "total"],
        );
        assert_eq!(ratio.figure.value(), None);
        assert_eq!(ratio.verdict, Some(Verdict::CannotTell));
        let at = ["appointed", "bme"];
        let share = row(&findings, "appointed_from_shortlisting_persons", &at);
        assert_eq!(share.figure.value(), None);
        close(
            row(&findings, "people", &["shortlisted", "bme"]).figure,
            0.0,
        );
    }

    #[test]
    fn disabled_people_and_women_are_asked_about_by_the_option() {
        let of = |disability, gender, stage| {
            [
                ("disability", disability),
                ("gender", gender),
                ("furthest_stage", stage),
            ]
        };
        let workforce = Workforce::new()
            .data_set("applicants")
            .people(&of("no", "female", "shortlisted"), 60)
            .people(&of("no", "male", "appointed"), 20)
            .people(&of("yes", "female", "shortlisted"), 12)
            .people(&of("yes", "female", "appointed"), 8)
            .people(&of("unknown", "male", "shortlisted"), 5);
        let tables =
            r#"{ by = ["disability", "furthest_stage"] }, { by = ["gender", "furthest_stage"] }"#;
        let archive = archive(&workforce, tables);
        let ratio = |of: &str| {
            let question = Question {
                options: [("of".to_owned(), of.to_owned())].into(),
                ..Question::default()
            };
            let findings = ask(&archive, &question).unwrap();
            row(
                &findings,
                "relative_likelihood_persons",
                &["appointed", "total"],
            )
            .figure
        };
        // Appointed of the shortlisted: 20 of 80 not disabled, 8 of 20 disabled; 20 of 25 men, 8 of 80 women.
        close(ratio("disability"), 0.25 / 0.4);
        close(ratio("gender"), 0.8 / 0.1);
    }

    #[test]
    fn it_is_refused_where_no_table_tells_the_stages_apart() {
        let archive = archive(&applicants(), r#"{ by = ["ethnic_group"] }"#);
        let said = ask(&archive, &Question::default()).unwrap_err().to_string();
        assert!(said.contains("promises no table of applicants"), "{said}");
        assert!(said.contains("furthest_stage"), "{said}");
    }
}
