//! Retirement outlook: how many of those who are 55 and over now leave within 1, 3 and 5 years.

mod ageing;

use std::collections::BTreeMap;

use vwis_model::{
    agreement::Measure,
    dictionary::{Attribute, UNKNOWN},
};

use super::{
    Category, Definition, Dimension, Finding, Findings, Indicator, IndicatorError, KeyFigure,
    Question,
    key_figure::{FROM_55, LOCALITY, ROLE, STAFF_GROUP},
    question::Group,
};
use crate::{
    estimate::{Estimate, Figure, Parts},
    estimator::{Cohort, Estimator, JointEstimate},
    reference::leavers::{self, Hazards},
};
use ageing::{Age, Leaving, Rates, leaving};

const OVER_55: (&str, &str) = ("aged_55_and_over", "Aged 55 and over now");
const SHARE_OVER_55: (&str, &str) = (
    "share_55_and_over",
    "Share of the group aged 55 and over now",
);
const LEAVING: (&str, &str) = (
    "expected_leavers",
    "Of these expected to leave: doubt from noise",
);
const LEAVING_ALL: (&str, &str) = (
    "expected_leavers_with_rates",
    "Of these expected to leave: doubt from noise, rates and chance",
);
const SHARE: (&str, &str) = (
    "share_leaving",
    "Expected to leave, as a share of the group: doubt from noise",
);
const SHARE_ALL: (&str, &str) = (
    "share_leaving_with_rates",
    "Expected to leave, as a share of the group: doubt from noise, rates and chance",
);

const HORIZONS_YEARS: [(u8, &str, &str); 3] = [
    (1, "years_1", "Within 1 year"),
    (3, "years_3", "Within 3 years"),
    (5, "years_5", "Within 5 years"),
];

pub(super) static RETIREMENT_OUTLOOK: Indicator = Indicator {
    definition: Definition {
        name: "retirement-outlook",
        title: "Retirement outlook",
        question: "How many of those who are 55 or over may have left in 1, 3 and 5 years?",
        definition: "The cohort of those who are 55 and over now, aged year by year and reduced by the \
            yearly leaver rates of their staff group and age; what is gone after 1, 3 and 5 years, and its \
            share of the whole group today. Twice: with the doubt of the privacy noise alone, and with that of \
            the rates and of chance as well.",
        formula: "expected leavers = sum over 55 to 59, 60 to 64, 65 and over of people x (1 - product over \
            the years of (1 - rate of the age reached)); ages are spread evenly within a five-year band, and \
            the rate changes at 65. Outer interval: variance of the noise + (slope by each rate)^2 x the \
            rate's binomial variance + sum of q(1 - q) over people, the chance of who leaves",
        denominator: "Share: all people of the group today, those of unknown age included.",
        excluded: "People of unknown age, and whoever turns 55 later: the cohort is that of today. Joiners.",
        source: "Cohort model of VWIS; default rates: NHS HCHS Workforce Statistics, Turnover, England, \
            October 2024 to October 2025, by staff group and ten-year age band; replaceable by a file.",
        limits: &[
            "Rates are of leavers of all causes: retirement alone is not published. They are England's, of \
             one year, and held constant.",
            "Retire and return: whoever comes back within the year is no leaver in the rates; whoever comes \
             back later counts as gone here.",
            "A move to another NHS employer is no leaver in the published rates: an employer loses more \
             people than this.",
            "By role, the rate is that of the staff group of the role's profession.",
            "People by employer, not unique people.",
        ],
        reads: &["age_band", "staff_group"],
        breakdowns: &[
            &["staff_group"],
            &[],
            &["locality"],
            &["staff_group", "locality"],
            &["role"],
        ],
        options: &[],
        key_figures: || {
            vec![
                KeyFigure::staff(&[FROM_55]),
                KeyFigure::staff(&[FROM_55, STAFF_GROUP]),
                KeyFigure::staff(&[FROM_55, LOCALITY]),
                KeyFigure::staff(&[FROM_55, STAFF_GROUP, LOCALITY]),
                KeyFigure::staff(&[FROM_55, ROLE]),
            ]
        },
    },
    answer,
};

/// The counts of one group: all its people first, then one count for each member.
struct Counts<'a> {
    joint: JointEstimate<'a>,
    members: Vec<Member>,
}

/// People who leave at the same rates: those of one age band, and one staff group or role.
struct Member {
    age: Age,
    rates: Rates,
}

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &RETIREMENT_OUTLOOK.definition;
    let hazards = question.hazards.as_deref();
    let hazards = hazards.unwrap_or_else(|| Hazards::builtin());
    // The attribute by which rates are known. Every table that is asked for tells it apart.
    let known_by = if question.breakdown(definition)?.contains(&"role") {
        "role"
    } else {
        "staff_group"
    };
    let mut findings = Findings::by(&question.attributes(definition)?);
    findings.dimensions.push(Dimension {
        code: "horizon".to_owned(),
        label: "Horizon".to_owned(),
    });
    findings.notes.extend(hazards.notes().iter().cloned());
    let groups = question.groups(definition)?;
    let finest = groups
        .last()
        .expect("there is one group at least")
        .of(Cohort::staff());
    let known_by = question.attribute(known_by);
    let finest = finest.among(known_by, &[0]).with("age_band", "55_59");
    let period = estimator.latest(&[finest])?.period();
    for group in &groups {
        let (wanted, members) = members(group, known_by, hazards);
        let counts = Counts {
            joint: estimator.at(period, &wanted)?,
            members,
        };
        counts.report(group, &mut findings);
    }
    Ok(findings)
}

/// The counts wanted for a group, all its people first, and the rates at which the others leave.
fn members(
    group: &Group,
    known_by: &'static Attribute,
    hazards: &Hazards,
) -> (Vec<Cohort>, Vec<Member>) {
    let whole = group.of(Cohort::staff());
    let mut wanted = vec![whole.clone()];
    let mut members = Vec::new();
    let mut wanted_of_group = group.wanted.iter();
    let own = wanted_of_group.find(|(attribute, _)| attribute.code() == known_by.code());
    let categories = own.map_or_else(|| (0..known_by.size()).collect(), |&(_, own)| vec![own]);
    for category in categories {
        let staff_group = match known_by.code() {
            "role" => staff_group_of_role(known_by, category),
            _ => known_by.categories()[category].code(),
        };
        for age in Age::ALL {
            let of_category = whole.clone().among(known_by, &[category]);
            wanted.push(of_category.with("age_band", age.band()));
            members.push(Member {
                age,
                rates: Rates {
                    until_65: hazards.hazard(staff_group, "55_64"),
                    from_65: hazards.hazard(staff_group, "65_and_over"),
                },
            });
        }
    }
    (wanted, members)
}

/// The staff group whose rates are used for a role: that of the role's profession.
fn staff_group_of_role(roles: &Attribute, role: usize) -> &'static str {
    let grouping = roles.grouping("profession");
    let profession = grouping.and_then(|grouping| grouping.group_of(role));
    match profession.map_or(UNKNOWN, |group| group.code()) {
        "medical" => "medical_and_dental",
        "nursing" | "midwifery" => "nursing_and_midwifery",
        "ahp" => "allied_health_professionals",
        "scientific" => "healthcare_scientists",
        "support" => "additional_clinical_services",
        "infrastructure" => "administrative_and_clerical",
        _ => UNKNOWN,
    }
}

// === impl Counts ===

impl Counts<'_> {
    fn report(&self, group: &Group, findings: &mut Findings) {
        let mut row = |code: &str, label: &str, measure, figure: Figure| {
            let mut categories = group.categories.clone();
            categories.push(Category::named(code, label));
            let finding = Finding::new(categories, measure, figure, self.joint.source());
            findings.rows.push(finding);
        };
        let everybody = self.over(|_| 1.0);
        row(
            "now",
            "Now",
            OVER_55,
            everybody.estimate(Measure::Headcount, 0).into(),
        );
        row("now", "Now", SHARE_OVER_55, everybody.share(0, 1));
        for (years, code, label) in HORIZONS_YEARS {
            let gone: Vec<Leaving> = self
                .members
                .iter()
                .map(|member| leaving(member.age, member.rates, years))
                .collect();
            let counted = self.over(|member| gone[member].share);
            let noise_alone = counted.estimate(Measure::Headcount, 0);
            row(code, label, LEAVING, noise_alone.into());
            row(code, label, SHARE, counted.share(0, 1));
            let more = self.doubt_of_rates(&gone);
            let with_rates = Estimate::new(
                Measure::Headcount,
                noise_alone.value(),
                noise_alone.variance() + more,
            );
            row(code, label, LEAVING_ALL, with_rates.into());
            row(code, label, SHARE_ALL, widened(&counted, more).share(0, 1));
        }
    }

    /// The members' people, each count weighted, and the rest of the whole group.
    fn over(&self, weight: impl Fn(usize) -> f64) -> Parts {
        let weights = (0..self.members.len()).map(weight);
        let inside: Vec<f64> = std::iter::once(0.0).chain(weights).collect();
        let mut outside: Vec<f64> = inside.iter().map(|weight| -weight).collect();
        outside[0] = 1.0;
        self.joint.parts().combined(&[&inside, &outside])
    }

    /// The variance of the number of leavers that comes from the doubt of the rates, and from chance.
    ///
    /// Members with the same published rate share its error, so their slopes are added before they are
    /// squared.
    fn doubt_of_rates(&self, gone: &[Leaving]) -> f64 {
        let mut slopes: BTreeMap<(u32, u32), (leavers::Hazard, f64)> = BTreeMap::new();
        let mut chance = 0.0;
        for (index, (member, gone)) in self.members.iter().zip(gone).enumerate() {
            let people = self.joint.parts().value(index + 1).max(0.0);
            chance += people * gone.chance;
            for (hazard, slope) in [
                (member.rates.until_65, gone.slope_until_65),
                (member.rates.from_65, gone.slope_from_65),
            ] {
                let key = (hazard.headcount, hazard.leavers);
                slopes.entry(key).or_insert((hazard, 0.0)).1 += people * slope;
            }
        }
        let rates = slopes
            .values()
            .map(|(hazard, slope)| slope * slope * hazard.variance());
        chance + rates.sum::<f64>()
    }
}

/// A part and the rest of its whole, with `more` variance of the part in addition to the noise.
fn widened(parts: &Parts, more: f64) -> Parts {
    Parts::new(vec![parts.value(0), parts.value(1)], |i, j| {
        parts.covariance(i, j) + if i == j { more } else { -more }
    })
}

#[cfg(test)]
mod tests;
