//! Resilience: which teams are thin?

mod score;

use vwis_model::dictionary::Attribute;

use super::{
    Category, Definition, Dimension, Finding, Findings, Indicator, IndicatorError, KeyFigure,
    Question,
    flow::Year,
    key_figure::{FROM_55, LOCALITY, STAFF_GROUP},
    question::Group,
    vacancy_rate::{Employers, POSTS_NOT_TOLD},
};
use crate::{
    estimate::Figure,
    estimator::{Cohort, Estimator, EstimatorError, Source},
};
use score::{Scale, composite};

const VALUE: (&str, &str) = ("value", "Value");
const SCORE: (&str, &str) = ("score", "Score, 0 to 1: the higher, the thinner");

/// One thing that makes a team thin, with the scale that scores it.
struct Part {
    code: &'static str,
    label: &'static str,
    scale: Scale,
    /// Its weight in the composite, before the weights of unknown parts are left out.
    weight: f64,
}

/// The size of the team. In a team of 20, one person on leave and one off sick are a tenth; in a team of 100
/// they are a fiftieth, which can be covered. The limits are a judgement.
const SMALL_TEAM: Part = Part {
    code: "small_team",
    label: "People in the team",
    scale: Scale {
        zero_at: 100.0,
        one_at: 20.0,
    },
    weight: 1.0,
};

/// The share of 55 and over: from that of England's NHS (323,064 of 1,529,482, October 2024: NHS HCHS
/// Workforce Statistics, Turnover) to twice that.
const AGED_55: Part = Part {
    code: "aged_55_and_over",
    label: "Share aged 55 and over",
    scale: Scale {
        zero_at: 0.21,
        one_at: 0.42,
    },
    weight: 1.0,
};

/// The scale of leaver rates: from England's yearly rate (151,644 of 1,529,482, October 2024 to October 2025:
/// as above) to twice that.
const LEAVER_SCALE: Scale = Scale {
    zero_at: 0.10,
    one_at: 0.20,
};

const LEAVERS: Part = Part {
    code: "leavers",
    label: "Leaver rate of the staff group in the locality",
    scale: LEAVER_SCALE,
    weight: 1.0,
};

/// Where no table tells leavers apart by both, the rates of the staff group and of the locality share one
/// weight.
const LEAVERS_OF_GROUP: Part = Part {
    code: "leavers_of_group",
    label: "Leaver rate of the staff group, all localities",
    scale: LEAVER_SCALE,
    weight: 0.5,
};

const LEAVERS_OF_LOCALITY: Part = Part {
    code: "leavers_of_locality",
    label: "Leaver rate of the locality, all staff groups",
    scale: LEAVER_SCALE,
    weight: 0.5,
};

/// The vacancy rate. If a tenth leave each year and a post takes half a year to fill, 5% are always vacant;
/// three times that is a team that does not fill its posts. The limits are a judgement.
const VACANCY: Part = Part {
    code: "vacancy",
    label: "Vacancy rate",
    scale: Scale {
        zero_at: 0.05,
        one_at: 0.15,
    },
    weight: 1.0,
};

pub(super) static RESILIENCE: Indicator = Indicator {
    definition: Definition {
        name: "resilience",
        title: "Resilience of teams",
        question: "Where are we thin: which staff group in which locality is small, old, leaving or vacant?",
        definition: "Four parts, each scored from 0 to 1 between two stated thresholds: team size (100 people \
            to 20), share aged 55 and over (21% to 42%), leaver rate (10% to 20% a year), vacancy rate (5% to \
            15%). The composite is their mean. Every part is a row of its own.",
        formula: "score = (value - threshold of 0) / (threshold of 1 - threshold of 0), cut off at 0 and 1; \
            composite = mean of the parts' scores, the leaver rates of group and locality together as one \
            part; interval by the method of variance estimates recovery (Zou and Donner, Statistics in \
            Medicine 27, 2008): lower = mean - root of the sum of squared (weight x (score - its lower end)), \
            upper likewise",
        denominator: "Team size: none. Share aged 55 and over: all people of the team. Leavers: average staff \
            in post. Vacancy: funded FTE.",
        excluded: "A part that is not released, or vacancy where funded posts by locality are not known: the \
            composite is then of the others, named beside it.",
        source: "VWIS: own judgement of parts, thresholds and equal weights; England's share of 55 and over \
            and leaver rate from NHS HCHS Workforce Statistics, Turnover, October 2024 to October 2025.",
        limits: &[
            "Where one part is too noisy (its score's interval spans more than two thirds of the scale) there \
             is no composite: a doubt is not averaged away.",
            "The parts' errors are taken as independent. Team size and share aged 55 and over can come from one \
             release, so the interval is approximate.",
            "Where leavers are not told apart by staff group and locality together, the rates of the two stand \
             for the team's.",
            "A composite is for looking closer, not for ranking: neighbours within their intervals are alike.",
            "People by employer, not unique people; one team may be spread over several employers.",
        ],
        reads: &["age_band", "staff_group", "locality"],
        breakdowns: &[&["staff_group", "locality"]],
        options: &[],
        key_figures: || {
            vec![
                KeyFigure::staff(&[STAFF_GROUP, LOCALITY]),
                KeyFigure::staff(&[FROM_55, STAFF_GROUP, LOCALITY]),
                KeyFigure::leavers(&[STAFF_GROUP]),
            ]
        },
    },
    answer,
};

/// What is known beyond the counts of staff: leavers and funded posts.
struct Known<'a> {
    year: Option<Year<'a>>,
    /// Whether a table tells leavers apart by staff group and locality together.
    is_crossed: bool,
    employers: Option<Employers<'a>>,
}

/// A part of one team: its value and the release that it comes from.
type Measured = (&'static Part, Figure, Source);

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &RESILIENCE.definition;
    let mut findings = Findings::by(&question.attributes(definition)?);
    findings.dimensions.push(Dimension {
        code: "part".to_owned(),
        label: "Part".to_owned(),
    });
    let known = Known::of(estimator, &mut findings)?;
    for group in question.groups(definition)? {
        // The total is not a team.
        if group.wanted.is_empty() {
            continue;
        }
        let parts = known.parts(estimator, &group)?;
        report(&group, &parts, &mut findings);
    }
    Ok(findings)
}

fn report(group: &Group, parts: &[Measured], findings: &mut Findings) {
    let at = |code: &str, label: &str| {
        let mut at = group.categories.clone();
        at.push(Category::named(code, label));
        at
    };
    let mut scores = Vec::new();
    for (part, value, source) in parts {
        let score = part.scale.score(value);
        scores.push((part.weight, score));
        let row = |measure, figure| {
            Finding::new(at(part.code, part.label), measure, figure, source.clone())
        };
        findings.rows.extend([
            row(VALUE, *value),
            row(SCORE, score).noted(part.scale.note()),
        ]);
    }
    let is_noisy = |(part, (_, score)): (&Measured, &(f64, Figure))| {
        (!score.is_shown()).then_some(part.0.label)
    };
    let noisy: Vec<_> = parts.iter().zip(&scores).filter_map(is_noisy).collect();
    let labels: Vec<_> = parts.iter().map(|(part, ..)| part.label).collect();
    let (figure, note) = if noisy.is_empty() {
        (
            composite(&scores),
            format!("Mean of: {}", labels.join("; ")),
        )
    } else {
        (
            score::unknown(),
            format!("Not shown, because too noisy: {}", noisy.join("; ")),
        )
    };
    let source = parts[0].2.clone();
    let categories = at("composite", "All parts together");
    let finding = Finding::new(categories, SCORE, figure, source);
    findings.rows.push(finding.noted(note));
}

// === impl Known ===

impl<'a> Known<'a> {
    fn of(estimator: &Estimator<'a>, findings: &mut Findings) -> Result<Self, IndicatorError> {
        let of_group = Cohort::leavers().with("staff_group", "students");
        let of_locality = Cohort::leavers().with("locality", "unknown");
        let crossed = of_group.clone().with("locality", "unknown");
        let year = match Year::latest(estimator, &[of_group, of_locality, Cohort::staff()]) {
            Ok(year) => {
                findings.notes.extend(year.notes.iter().cloned());
                Some(year)
            }
            Err(EstimatorError::NotPromised { .. } | EstimatorError::NotReleased { .. }) => {
                findings.note("Leaver rates are not a part: no leavers are released.");
                None
            }
            Err(other) => return Err(other.into()),
        };
        let is_crossed = year
            .as_ref()
            .is_some_and(|year| year.sum(&[crossed]).is_ok());
        let employers = match Employers::known(estimator, true) {
            Ok(employers) => employers,
            Err(EstimatorError::NotPromised { .. } | EstimatorError::NotReleased { .. }) => None,
            Err(EstimatorError::NotTold) => {
                findings.note(POSTS_NOT_TOLD);
                None
            }
            Err(other) => return Err(other.into()),
        };
        match &employers {
            Some(employers) => findings.notes.extend(employers.notes.iter().cloned()),
            None if findings.notes.iter().any(|note| note == POSTS_NOT_TOLD) => {}
            None => findings.note(
                "Vacancy is not a part: no funded posts by locality are known (`establishment import` \
                 takes them in).",
            ),
        }
        Ok(Self {
            year,
            is_crossed,
            employers,
        })
    }

    /// The parts that are known of one team.
    fn parts(
        &self,
        estimator: &Estimator<'_>,
        group: &Group,
    ) -> Result<Vec<Measured>, IndicatorError> {
        let team = group.of(Cohort::staff());
        let people = estimator.latest(std::slice::from_ref(&team))?;
        let mut parts = vec![(
            &SMALL_TEAM,
            Figure::from(people.estimate(0)),
            people.source(),
        )];
        let over_55 = team
            .clone()
            .in_group("age_band", "retirement", "55_and_over");
        let ages = estimator.latest(&[over_55, team])?;
        parts.push((&AGED_55, ages.share(0, 1), ages.source()));
        if let Some(year) = &self.year {
            let rate = |of: &[(&'static Attribute, usize)]| {
                let among = |cohort: Cohort| {
                    of.iter().fold(cohort, |cohort, &(attribute, own)| {
                        cohort.among(attribute, &[own])
                    })
                };
                let leavers = year.sum(&[among(Cohort::leavers())])?;
                let staff = year.mean(&[among(Cohort::staff())])?;
                Ok::<_, EstimatorError>(leavers.beside(&staff).rate(0, 1))
            };
            if self.is_crossed {
                parts.push((&LEAVERS, rate(&group.wanted)?, year.source.clone()));
            } else {
                let of_group = rate(&group.wanted[..1])?;
                parts.push((&LEAVERS_OF_GROUP, of_group, year.source.clone()));
                let of_locality = rate(&group.wanted[1..])?;
                parts.push((&LEAVERS_OF_LOCALITY, of_locality, year.source.clone()));
            }
        }
        if let Some(employers) = &self.employers
            && let Some(filled) = employers.filled(group)?
        {
            parts.push((&VACANCY, filled.vacancy_rate(), filled.source));
        }
        Ok(parts)
    }
}

#[cfg(test)]
mod tests;
