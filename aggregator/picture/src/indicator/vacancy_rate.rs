//! Vacancy rate: how much of what is funded is not filled, where the funded posts are known.

use vwis_model::period::Period;

use super::{
    Definition, Finding, Findings, Indicator, IndicatorError, KeyFigure, Question,
    key_figure::{LOCALITY, STAFF_GROUP},
    question::Group,
};
use crate::{
    establishment::Posts,
    estimate::{Estimate, Figure, Unit, thresholds::Z_95},
    estimator::{Cohort, Estimator, EstimatorError, Source},
    picture::Whose,
};

const FUNDED: (&str, &str) = ("funded_fte", "Funded FTE");
const IN_POST: (&str, &str) = ("fte_in_post", "FTE in post");
const VACANT: (&str, &str) = ("vacant_fte", "Vacant FTE");
const RATE: (&str, &str) = ("vacancy_rate", "Vacancy rate");

pub(super) static VACANCY_RATE: Indicator = Indicator {
    definition: Definition {
        name: "vacancy-rate",
        title: "Vacancy rate",
        question: "How much of what is funded is not filled?",
        definition: "Funded whole-time equivalents that no substantive member of staff fills, of the \
            employers that gave their funded posts.",
        formula: "vacancy rate = 1 - FTE in post / funded FTE; vacant = funded - in post; FTE in post is \
            of the same employers, of the staff groups and localities that any of them funds",
        denominator: "Funded FTE of the group: exact, as each employer gave it last.",
        excluded: "Employers without funded posts, and staff groups of which nobody funds any; by locality, posts \
            given without one. \
            Bank and agency staff, who cover vacancies without filling them.",
        source: "NHS Vacancy Statistics, England: vacant as a part of funded WTE; in post here from the \
            federation, funded from employers' files.",
        limits: &[
            "Below 0 where more are in post than are funded: kept, not cut off.",
            "An employer that gives its funded posts gives all of them: what it does not list has none.",
            "Employers count funded posts in different ways, and place them with other staff groups or \
             sites than their payroll does.",
            "The interval is of the noise in FTE alone; funded posts carry no noise and may be out of date: \
             the period is in a note.",
            "FTE is at most 1 a person, so overtime and second contracts do not fill a post.",
        ],
        reads: &["staff_group", "locality"],
        breakdowns: &[
            &["staff_group"],
            &[],
            &["locality"],
            &["staff_group", "locality"],
        ],
        options: &[],
        key_figures: || {
            vec![
                KeyFigure::fte(&[]),
                KeyFigure::fte(&[STAFF_GROUP]),
                KeyFigure::fte(&[LOCALITY]),
                KeyFigure::fte(&[STAFF_GROUP, LOCALITY]),
            ]
        },
    },
    answer,
};

/// The employers whose funded posts are known: the same for every group.
pub(super) struct Employers<'a> {
    period: Period,
    /// Estimates of all of these employers together.
    estimator: Estimator<'a>,
    posts: Vec<&'a [Posts]>,
    /// What to read before the numbers: who is in, and who is left out.
    pub(super) notes: Vec<String>,
}

/// The posts that are funded for a group, and how many of them are filled.
pub(super) struct Filled {
    pub(super) funded_fte: f64,
    pub(super) in_post: Estimate,
    pub(super) source: Source,
}

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &VACANCY_RATE.definition;
    let mut findings = Findings::by(&question.attributes(definition)?);
    let by_locality = question.breakdown(definition)?.contains(&"locality");
    let employers = match Employers::known(estimator, by_locality) {
        Ok(Some(employers)) => employers,
        Ok(None) => {
            findings.note(how_to_give_posts(by_locality));
            return in_post_alone(estimator, question, findings);
        }
        Err(EstimatorError::NotTold) => {
            findings.note(POSTS_NOT_TOLD);
            return in_post_alone(estimator, question, findings);
        }
        Err(other) => return Err(other.into()),
    };
    findings.notes.extend(employers.notes.iter().cloned());
    for group in question.groups(definition)? {
        // A group without funded posts has no row: it would read as a vacancy rate of 0%.
        let Some(filled) = employers.filled(&group)? else {
            continue;
        };
        let mut row = |measure, figure| {
            let categories = group.categories.clone();
            let finding = Finding::new(categories, measure, figure, filled.source.clone());
            findings.rows.push(finding);
        };
        row(FUNDED, Figure::exact(Unit::Fte, filled.funded_fte));
        row(IN_POST, filled.in_post.into());
        row(VACANT, filled.vacant());
        row(RATE, filled.vacancy_rate());
    }
    Ok(findings)
}

/// Why there is no vacancy rate where only some employers gave their posts.
pub(super) const POSTS_NOT_TOLD: &str = "No vacancy rate: some of the employers gave their funded posts and some \
     did not, and beside the staff in post of all, theirs would tell fewer than three employers apart. Analysts \
     read it.";

fn how_to_give_posts(by_locality: bool) -> String {
    let what = if by_locality {
        "funded posts by locality are"
    } else {
        "funded posts are"
    };
    format!(
        "No vacancy rate: of these employers and periods no {what} known. Give them by `establishment import \
         FILE --period YYYY-MM` (CSV: ods_code, staff_group, locality, funded_fte)."
    )
}

/// The rows of staff in post, where no funded posts can be compared with them.
fn in_post_alone(
    estimator: &Estimator<'_>,
    question: &Question,
    mut findings: Findings,
) -> Result<Findings, IndicatorError> {
    let groups = question.groups(&VACANCY_RATE.definition)?;
    let finest = groups
        .last()
        .map_or_else(Cohort::fte, |group| group.of(Cohort::fte()));
    for group in &groups {
        let joint = estimator.latest(&[group.of(Cohort::fte()), finest.clone()])?;
        let categories = group.categories.clone();
        let finding = Finding::new(categories, IN_POST, joint.estimate(0), joint.source());
        findings.rows.push(finding);
    }
    Ok(findings)
}

// === impl Employers ===

impl<'a> Employers<'a> {
    /// The employers of `estimator` whose posts are known, in the latest release of FTE; `None` where there are
    /// none. If localities are told apart, only posts that name one count.
    pub(super) fn known(
        estimator: &Estimator<'a>,
        by_locality: bool,
    ) -> Result<Option<Self>, EstimatorError> {
        let establishment = estimator.archive().establishment();
        if establishment.is_empty() {
            return Ok(None);
        }
        let mut wanted = Cohort::fte().with("staff_group", "students");
        if by_locality {
            wanted = wanted.with("locality", "unknown");
        }
        let release = estimator.latest(std::slice::from_ref(&wanted))?;
        let period = release.period();
        let mut all = Vec::new();
        let (mut known, mut those, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for ods_code in release.organisations() {
            let posts = establishment.latest(ods_code, period);
            let posts = posts.filter(|(_, posts)| {
                !by_locality || posts.iter().any(|posts| posts.locality.is_some())
            });
            let Some((of, posts)) = posts else {
                unknown.push(ods_code.as_str());
                continue;
            };
            known.push(format!("{ods_code} ({of})"));
            those.push(ods_code.clone());
            all.push(posts);
        }
        let own = match (&those[..], &unknown[..]) {
            ([], _) => return Ok(None),
            (_, []) => estimator.whose().clone(),
            ([one], _) if *estimator.whose() == Whose::System => {
                return Err(EstimatorError::OneEmployer {
                    ods_code: one.clone(),
                });
            }
            _ if !estimator.may_add_up(period, &wanted, &those)? => {
                return Err(EstimatorError::NotTold);
            }
            _ => Whose::Organisations(those),
        };
        let mut notes = vec![format!(
            "FTE in post of {period} against funded posts of: {}.",
            known.join(", ")
        )];
        if !unknown.is_empty() {
            notes.push(format!(
                "Without known funded posts{}, so left out: {}.",
                if by_locality { " by locality" } else { "" },
                unknown.join(", ")
            ));
        }
        Ok(Some(Self {
            period,
            estimator: estimator.of(own),
            posts: all,
            notes,
        }))
    }

    /// The posts funded for a group by all these employers, and the staff in post; `None` where no post is
    /// funded. Staff of staff groups without funded posts are left out.
    pub(super) fn filled(&self, group: &Group) -> Result<Option<Filled>, EstimatorError> {
        let wanted = |code: &str| {
            let mut wanted = group.wanted.iter();
            let found = wanted.find(|(attribute, _)| attribute.code() == code);
            found.map(|(attribute, category)| attribute.categories()[*category].code())
        };
        let (staff_group, locality) = (wanted("staff_group"), wanted("locality"));
        let by_locality = group.wanted.iter().any(|(one, _)| one.code() == "locality");
        let here = self.posts.iter().copied().flatten().filter(|posts| {
            staff_group.is_none_or(|wanted| wanted == posts.staff_group)
                && (!by_locality || posts.locality.as_deref() == locality)
        });
        let here: Vec<_> = here
            .filter(|posts| posts.funded_fte_hundredths > 0)
            .collect();
        if here.is_empty() {
            return Ok(None);
        }
        let hundredths = here.iter().map(|p| u64::from(p.funded_fte_hundredths));
        let hundredths: u64 = hundredths.sum();
        let groups: Vec<_> = here.iter().map(|p| p.staff_group.as_str()).collect();
        let in_post = group.of(Cohort::fte()).with_any("staff_group", &groups);
        let joint = self.estimator.at(self.period, &[in_post])?;
        Ok(Some(Filled {
            #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
            funded_fte: hundredths as f64 / 100.0,
            in_post: joint.estimate(0),
            source: joint.source(),
        }))
    }
}

// === impl Filled ===

impl Filled {
    fn vacant(&self) -> Figure {
        let vacant = self.funded_fte - self.in_post.value();
        let half = Z_95 * self.in_post.sd();
        Figure::difference(Unit::Fte, vacant, vacant - half, vacant + half)
            .with_sd(self.in_post.sd())
    }

    /// The share of the funded posts that is not filled; negative where more people are in post than funded.
    pub(super) fn vacancy_rate(&self) -> Figure {
        let rate = 1.0 - self.in_post.value() / self.funded_fte;
        let half = Z_95 * self.in_post.sd() / self.funded_fte;
        Figure::balance(rate, rate - half, rate + half)
    }
}

#[cfg(test)]
mod tests;
