//! Comparison: does one employer, or one group, really differ from all the others, or from one other?
//!
//! Employers draw their noise separately, so their errors are independent; groups of the same staff are
//! estimated jointly, with the exact covariance of their counts. Both sides always come from one release, so
//! they were counted in the same way.

use vwis_model::ods::OdsCode;

use super::{
    Category, Definition, Finding, Findings, Indicator, IndicatorError, OptionDefinition, Question,
    compared::{self, Compared, DIFFERENCE, OF},
    question::{Group, WITH},
    shares::SHARE,
};
use crate::{
    estimate::{Figure, Parts, Verdict},
    estimator::{Cohort, Estimator, EstimatorError, JointEstimate, Source},
    picture::Whose,
};

const OTHERS: (&str, &str) = ("share_of_others", "Share of all the others");
const OTHER: (&str, &str) = ("share_of_other", "Share of the other employer");

/// The option that names one other employer to compare with.
const AGAINST: OptionDefinition = OptionDefinition {
    name: WITH,
    description: "ODS code of the one employer to compare with, in place of all the others; its own tables \
        are read, too",
    default: "",
    values: &[],
};

pub(super) static COMPARISON: Indicator = Indicator {
    definition: Definition {
        name: "comparison",
        title: "Comparison with the others",
        question: "Which employer, or which group, is really different from all the others?",
        definition: "A share of one employer (or locality, or staff group), the same share of all the others \
            together (or of one named by `with`), and the difference in points with the noise of both. Where \
            employers are named (org=each: each of them) and nothing is said of a breakdown, employers are \
            compared; else the groups of the breakdown, of one staff.",
        formula: "difference = share - share of the others. Different (yes) where the 95% interval of the \
            difference excludes 0; no where it holds 0 and lies within 2 points of it; otherwise one cannot \
            tell. The others are counted without the one, so that nothing is held against itself",
        denominator: "Age: all people. Ethnic group, gender and disability: people who said.",
        excluded: "Employers that are not in the release: of the latest period that has the employer, the one \
            with the most.",
        source: "Interval of a difference of two shares: Zou and Donner, Statistics in Medicine 27, 2008, with \
            the exact covariance of the counts.",
        limits: &[
            "Many are compared at once: where none differs, about one in twenty is still called different.",
            "It says that a share differs and nothing of why: employers and localities have other staff \
             groups.",
            "People by employer, not unique people.",
        ],
        reads: &["age_band", "ethnic_group", "gender", "disability"],
        breakdowns: &[&["locality"], &["staff_group"], &["role"], &[]],
        options: &[OF, AGAINST],
        key_figures: compared::key_figures,
    },
    answer,
};

fn answer(estimator: &Estimator<'_>, question: &Question) -> Result<Findings, IndicatorError> {
    let definition = &COMPARISON.definition;
    let compared = Compared::of(question, definition);
    let other = other_employer(estimator, question)?;
    let attributes = question.attributes(definition)?;
    if attributes.is_empty() || question.names_employers_alone(estimator.whose()) {
        return employers(estimator, &compared, other);
    }
    if let Some(other) = other {
        return Err(IndicatorError::BadInput(format!(
            "{WITH}={other} holds one employer against another: name the one by org=CODE, and no breakdown"
        )));
    }
    let mut findings = Findings::by(&attributes);
    let groups = question.groups(definition)?;
    let groups = groups.iter().filter(|group| !group.wanted.is_empty());
    let mut compared_groups = 0;
    for group in groups {
        findings
            .rows
            .extend(one_group(estimator, &compared, group)?);
        compared_groups += 1;
    }
    findings.note(compared.note());
    if matches!(estimator.whose(), Whose::Organisations(_)) {
        findings.note("Each group is held against all the other staff of the same employer.");
    }
    findings.note(format!("Comparisons made here: {compared_groups}."));
    Ok(findings)
}

/// The one other employer to compare with, if the question names one.
fn other_employer(
    estimator: &Estimator<'_>,
    question: &Question,
) -> Result<Option<OdsCode>, IndicatorError> {
    let Some(other) = question.other_employer()? else {
        return Ok(None);
    };
    let there = estimator.archive().organisations();
    if there.contains(&other) {
        return Ok(Some(other));
    }
    Err(IndicatorError::BadOption {
        option: WITH,
        value: other.to_string(),
        there: there.iter().map(ToString::to_string).collect(),
    })
}

/// Compares one employer (or some together) with all the others of the same release, or with one of them.
fn employers(
    estimator: &Estimator<'_>,
    compared: &Compared,
    other: Option<OdsCode>,
) -> Result<Findings, IndicatorError> {
    let Whose::Organisations(own) = estimator.whose() else {
        return Err(IndicatorError::BadInput(
            "without a breakdown an employer is compared with all the others: name one by org=CODE, or ask \
             for each by org=each"
                .to_owned(),
        ));
    };
    let wanted = compared.counts(&Cohort::staff());
    let mut named = own.clone();
    named.extend(other.clone());
    let release = compared::widest(estimator, &named, &wanted)?;
    let here = estimator.beside(&release, &wanted)?;
    let mut findings = Findings::default();
    findings.note(compared.note());
    let (others, measure) = match other {
        Some(other) if *own == [other.clone()] => {
            let alone = Finding::new(Vec::new(), SHARE, here.share(0, 1), here.source());
            let note = format!("{other} itself: what the others are held against.");
            findings.rows.push(alone.noted(note));
            return Ok(findings);
        }
        Some(other) if own.contains(&other) => {
            return Err(IndicatorError::BadInput(format!(
                "{other} is on both sides: name it by org or by {WITH}"
            )));
        }
        Some(other) => {
            findings.note(format!("The other employer is {other}."));
            (vec![other], OTHER)
        }
        None => {
            let contributors = release.archived().release.contributors.len();
            findings.note(format!(
                "The release holds {contributors} employers: so many such comparisons can be made of it."
            ));
            (others_than(own, &release)?, OTHERS)
        }
    };
    let there = estimator.of(Whose::Organisations(others));
    let there = there.beside(&release, &wanted)?;
    let parts = here.split(&[(0, 1)]).beside(&there.split(&[(0, 1)]));
    findings.rows = rows(&[], measure, &parts, &here.source());
    Ok(findings)
}

/// The other employers in the release, at least two.
fn others_than(
    own: &[OdsCode],
    release: &JointEstimate<'_>,
) -> Result<Vec<OdsCode>, IndicatorError> {
    let contributors = release.archived().release.contributors.iter();
    let codes = contributors.map(|contributor| &contributor.ods_code);
    let others: Vec<OdsCode> = codes.filter(|code| !own.contains(code)).cloned().collect();
    match &others[..] {
        [] => Err(IndicatorError::BadInput(
            "there is no other employer in the release to compare with".to_owned(),
        )),
        // A single other employer's share is its own figure, which only some readers may read.
        [one] => Err(EstimatorError::OneEmployer {
            ods_code: one.clone(),
        }
        .into()),
        _ => Ok(others),
    }
}

/// Compares one group with everybody outside it; the counts of both are estimated jointly.
fn one_group(
    estimator: &Estimator<'_>,
    compared: &Compared,
    group: &Group,
) -> Result<Vec<Finding>, IndicatorError> {
    let own = compared.counts(&group.of(Cohort::staff()));
    let all = compared.counts(&Cohort::staff());
    let counts: JointEstimate<'_> = estimator.latest(&[&own[..], &all[..]].concat())?;
    // Inside and outside of the share: of the group, then of the others.
    let parts = counts.parts().combined(&[
        &[1.0, 0.0, 0.0, 0.0],
        &[-1.0, 1.0, 0.0, 0.0],
        &[-1.0, 0.0, 1.0, 0.0],
        &[1.0, -1.0, -1.0, 1.0],
    ]);
    Ok(rows(&group.categories, OTHERS, &parts, &counts.source()))
}

/// The rows of a comparison. `parts` are (inside, outside) of the one side, then of the others.
fn rows(
    at: &[Category],
    others: (&'static str, &'static str),
    parts: &Parts,
    source: &Source,
) -> Vec<Finding> {
    let row = |measure, figure: Figure| Finding::new(at.to_vec(), measure, figure, source.clone());
    let difference = parts.difference_of_shares((2, 3), (0, 1));
    vec![
        row(SHARE, parts.share(0, 1)),
        row(others, parts.share(2, 3)),
        row(DIFFERENCE, difference).judged(Verdict::is_real_change_of_share(&difference)),
    ]
}

#[cfg(test)]
mod tests;
