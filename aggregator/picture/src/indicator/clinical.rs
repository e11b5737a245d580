//! Clinical, non-clinical and medical staff, as the equality standards tell them apart.

use vwis_model::dictionary::Attribute;

use super::{Category, Definition, Dimension, OptionDefinition, Question};
use crate::estimator::Cohort;

/// A kind of staff that the standards report by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// All staff.
    All,
    /// Clinical staff groups, doctors and dentists apart.
    Clinical,
    /// Non-clinical staff groups.
    NonClinical,
    /// Doctors and dentists, by their medical grade.
    Medical,
}

/// The option that tells these kinds of staff apart.
pub(super) const SPLIT: OptionDefinition = OptionDefinition {
    name: "split",
    description: "Whether clinical, non-clinical and medical staff are also told apart, which needs a \
        table of staff group, band and the characteristic in one",
    default: "clinical",
    values: &["clinical", "none"],
};

/// The limit that every indicator states which tells kinds apart.
pub(super) const LIMIT: &str = "Clinical and non-clinical follow the staff group of the job role, doctors and \
    dentists the medical grade; the standards go by occupation code, which places a few staff \
    otherwise. Staff of unknown group, and doctors who are paid on Agenda for Change, are in the rows \
    of all staff only.";

// === impl Kind ===

impl Kind {
    /// The kinds of staff that a question asks for, all staff first.
    pub(super) fn chosen(question: &Question, definition: &Definition) -> &'static [Self] {
        match question.option(definition, SPLIT.name) {
            "none" => &[Self::All],
            _ => &[Self::All, Self::Clinical, Self::NonClinical, Self::Medical],
        }
    }

    /// The column that says which kind of staff a row is about.
    pub(super) fn dimension() -> Dimension {
        Dimension {
            code: "clinical".to_owned(),
            label: "Clinical or not".to_owned(),
        }
    }

    /// The value of that column for this kind.
    pub(super) fn category(self) -> Category {
        match self {
            Self::All => Category::total(),
            Self::Clinical => Category::named("clinical", "Clinical, not medical"),
            Self::NonClinical => Category::named("non_clinical", "Non-clinical"),
            Self::Medical => Category::named("medical", "Medical and dental"),
        }
    }

    /// Those of `cohort` that are of this kind.
    pub(super) fn of(self, cohort: Cohort) -> Cohort {
        match self {
            Self::All => cohort,
            Self::Clinical => cohort.in_group("staff_group", "clinical", "clinical"),
            Self::NonClinical => cohort.in_group("staff_group", "clinical", "non_clinical"),
            Self::Medical => cohort.in_group("band", "pay_system", "medical"),
        }
    }

    /// Whether people of this kind are reported on a band or grade: medical staff on the medical grades,
    /// clinical and non-clinical staff on all others.
    pub(super) fn has_band(self, bands: &Attribute, band: usize) -> bool {
        let grouping = bands.grouping("pay_system");
        let medical = grouping.and_then(|grouping| grouping.group("medical"));
        let is_medical = medical.is_some_and(|group| group.categories().contains(&band));
        match self {
            Self::All => true,
            Self::Clinical | Self::NonClinical => !is_medical,
            Self::Medical => is_medical,
        }
    }
}
