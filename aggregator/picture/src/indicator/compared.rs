//! The share that a comparison is about, and the release that it comes from.

use vwis_model::ods::OdsCode;

use super::{
    Definition, IndicatorError, KeyFigure, OptionDefinition, Question,
    key_figure::{BME, DISABLED, FROM_55, LOCALITY, ROLE, STAFF_GROUP, WOMEN},
    shares::{Part, Split, Unknown},
};
use crate::{
    estimator::{Cohort, Estimator, JointEstimate},
    picture::Whose,
};

pub(super) const DIFFERENCE: (&str, &str) = ("difference", "Difference in points");

/// The option that chooses the share to compare.
pub(super) const OF: OptionDefinition = OptionDefinition {
    name: "of",
    description: "Which share is compared: of people aged 55 and over, of people from ethnic minority \
        groups, of women, or of disabled people; but for age, of those who said",
    default: "aged_55_and_over",
    values: &["aged_55_and_over", "bme", "women", "disabled"],
};

/// The share that is compared.
pub(super) struct Compared {
    split: Split,
    part: Part,
    unknown: Unknown,
    /// The people whose share it is, in words: `women`.
    pub(super) words: &'static str,
}

/// The counts of `wanted` from the release with the most employers, in the latest period for which all
/// `named` employers have them. Where that release lacks one of `named`, from a release that has them all.
pub(super) fn widest<'a>(
    estimator: &Estimator<'a>,
    named: &[OdsCode],
    wanted: &[Cohort],
) -> Result<JointEstimate<'a>, IndicatorError> {
    let with_named = estimator
        .of(Whose::Organisations(named.to_vec()))
        .latest(wanted)?;
    let of_most = estimator
        .of(Whose::System)
        .at(with_named.period(), wanted)?;
    let are_in = named
        .iter()
        .all(|code| of_most.organisations().contains(code));
    Ok(if are_in { of_most } else { with_named })
}

/// The counts that a comparison needs: each share, of everybody and of each kind of group.
pub(super) fn key_figures() -> Vec<KeyFigure> {
    let shares = [FROM_55, BME, WOMEN, DISABLED];
    let by = [LOCALITY, STAFF_GROUP, ROLE];
    let split = |share| by.map(|group| KeyFigure::staff(&[share, group]));
    let all = shares.map(|share| KeyFigure::staff(&[share]));
    all.into_iter()
        .chain(shares.into_iter().flat_map(split))
        .collect()
}

// === impl Compared ===

impl Compared {
    /// The share that a question chooses by [`OF`].
    pub(super) fn of(question: &Question, definition: &Definition) -> Self {
        let (attribute, grouping, code, unknown, words) = match question.option(definition, OF.name)
        {
            "bme" => (
                "ethnic_group",
                Some("wres"),
                "bme",
                Unknown::LeftOut,
                "people from ethnic minority groups, of those who said",
            ),
            "women" => (
                "gender",
                None,
                "female",
                Unknown::LeftOut,
                "women, of those who said",
            ),
            "disabled" => (
                "disability",
                None,
                "yes",
                Unknown::LeftOut,
                "disabled people, of those who said",
            ),
            _ => (
                "age_band",
                Some("retirement"),
                "55_and_over",
                Unknown::Counted,
                "people aged 55 and over",
            ),
        };
        let attribute = question.attribute(attribute);
        let split = match grouping {
            Some(grouping) => Split::by_group(attribute, grouping),
            None => Split::by_category(attribute),
        };
        let part = split.part(code).clone();
        Self {
            split,
            part,
            unknown,
            words,
        }
    }

    /// A note that says which share is compared.
    pub(super) fn note(&self) -> String {
        format!("Compared: the share of {}.", self.words)
    }

    /// The two counts of the share among `cohort`: those in the part, and the whole that it is a share of.
    pub(super) fn counts(&self, cohort: &Cohort) -> [Cohort; 2] {
        [
            self.split.those(&self.part, cohort),
            self.split.whole(&self.part, cohort, self.unknown),
        ]
    }
}

#[cfg(test)]
pub(super) mod testing;
