//! Pairs: which employers, or which groups, really differ from which others.
//!
//! All sides come from one release, so they were counted in the same way. Employers draw their noise
//! separately; groups of the same staff are estimated jointly, with the exact covariance of their counts.

use vwis_model::{dictionary::Attribute, ods::OdsCode};

use super::{
    Category, Definition, Dimension, Finding, Findings, Indicator, IndicatorError, Question,
    compared::{self, Compared, DIFFERENCE, OF},
};
use crate::{
    estimate::{Parts, Verdict},
    estimator::{Cohort, Estimator, Source},
    picture::Whose,
};

/// The name of the dimension that holds the other side.
const AGAINST: &str = "against";

pub(super) static PAIRS: Indicator = Indicator {
    definition: Definition {
        name: "pairs",
        title: "Who differs from whom",
        question: "Which employers, or which groups, really differ from which?",
        definition: "A share of each locality (or staff group, or of each of the employers that are named), \
            held against the same share of each other one: the difference in points with the noise of both. \
            Where employers are named (org=R0A,RM3,RMC) and nothing is said of a breakdown, employers are \
            compared; else the groups of the breakdown, of one staff.",
        formula: "difference = share - share of the one in `against`. Different (yes) where the 95% interval \
            of the difference excludes 0; no where it holds 0 and lies within 2 points of it; otherwise one \
            cannot tell. Each pair stands twice, once from either side",
        denominator: "Age: all people. Ethnic group, gender and disability: people who said.",
        excluded: "Employers that are not named: of the latest period that has all that are, the release with \
            the most.",
        source: "Interval of a difference of two shares: Zou and Donner, Statistics in Medicine 27, 2008, with \
            the exact covariance of the counts.",
        limits: &[
            "Many are compared at once: where none differs, about one pair in twenty is still called \
             different.",
            "Pairs share a side: if one number is far off by noise, all pairs with it are.",
            "It says that a share differs and nothing of why: employers and localities have other staff \
             groups.",
            "People by employer, not unique people.",
        ],
        reads: &["age_band", "ethnic_group", "gender", "disability"],
        breakdowns: &[&["locality"], &["staff_group"], &[]],
        options: &[OF],
        key_figures: compared::key_figures,
    },
    answer,
};

/// The sides that are compared with each other. Each has two counts: inside and outside of the share.
struct Sides {
    of: Dimension,
    names: Vec<Category>,
    parts: Parts,
    source: Source,
}

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &PAIRS.definition;
    let compared = Compared::of(question, definition);
    let sides = match question.attributes(definition)?[..] {
        [attribute] if !question.names_employers_alone(estimator.whose()) => {
            Sides::categories(estimator, &compared, attribute, question)?
        }
        _ => Sides::employers(estimator, &compared)?,
    };
    let mut findings = sides.held_against_each_other()?;
    findings.note(compared.note());
    Ok(findings)
}

// === impl Sides ===

impl Sides {
    /// The sides of a comparison of employers, each with its own noise, from one release that has them all.
    fn employers(estimator: &Estimator<'_>, compared: &Compared) -> Result<Self, IndicatorError> {
        let named = match estimator.whose() {
            Whose::Organisations(named) if named.len() > 1 => named,
            _ => return Err(too_few("employers or more by org=CODE,CODE")),
        };
        let wanted = compared.counts(&Cohort::staff());
        let release = compared::widest(estimator, named, &wanted)?;
        let mut parts = Parts::new(Vec::new(), |_, _| 0.0);
        for code in named {
            let own = estimator.of(Whose::Organisations(vec![code.clone()]));
            let own = own.beside(&release, &wanted)?;
            parts = parts.beside(&own.split(&[(0, 1)]));
        }
        let name = |code: &OdsCode| Category::named(code.as_str(), code.as_str());
        Ok(Self {
            of: Dimension {
                code: "employer".to_owned(),
                label: "Employer".to_owned(),
            },
            names: named.iter().map(name).collect(),
            parts,
            source: release.source(),
        })
    }

    /// The sides of a comparison of an attribute's categories, estimated jointly; the unknown category is
    /// left out.
    fn categories(
        estimator: &Estimator<'_>,
        compared: &Compared,
        attribute: &'static Attribute,
        question: &Question,
    ) -> Result<Self, IndicatorError> {
        let is_asked_for =
            |&category: &usize| !question.filters.is_empty() || category != attribute.unknown();
        let categories = question.categories(attribute)?.into_iter();
        let categories: Vec<_> = categories.filter(is_asked_for).collect();
        let cohort = |&category: &usize| Cohort::staff().among(attribute, &[category]);
        let wanted: Vec<Cohort> = categories
            .iter()
            .flat_map(|category| compared.counts(&cohort(category)))
            .collect();
        let counts = estimator.latest(&wanted)?;
        let each: Vec<_> = (0..categories.len()).map(|i| (2 * i, 2 * i + 1)).collect();
        let name = |&category: &usize| Category::of(attribute, category);
        Ok(Self {
            of: Dimension::of(attribute),
            names: categories.iter().map(name).collect(),
            parts: counts.split(&each),
            source: counts.source(),
        })
    }

    fn held_against_each_other(self) -> Result<Findings, IndicatorError> {
        let n = self.names.len();
        if n < 2 {
            return Err(too_few("categories or more, or none for all of them"));
        }
        let against = Dimension {
            code: AGAINST.to_owned(),
            label: "Against whom".to_owned(),
        };
        let mut findings = Findings {
            dimensions: vec![self.of.clone(), against],
            ..Findings::default()
        };
        for one in 0..n {
            for other in (0..n).filter(|other| *other != one) {
                findings.rows.push(self.pair(one, other));
            }
        }
        findings.note(format!("Pairs compared here: {}.", n * (n - 1) / 2));
        Ok(findings)
    }

    /// The row that compares one side with another.
    fn pair(&self, one: usize, other: usize) -> Finding {
        let at = vec![self.names[one].clone(), self.names[other].clone()];
        let share = |i: usize| (2 * i, 2 * i + 1);
        let difference = self.parts.difference_of_shares(share(other), share(one));
        Finding::new(at, DIFFERENCE, difference, self.source.clone())
            .judged(Verdict::is_real_change_of_share(&difference))
    }
}

fn too_few(what: &str) -> IndicatorError {
    IndicatorError::BadInput(format!("a pair is of two: name two {what}"))
}

#[cfg(test)]
mod tests;
