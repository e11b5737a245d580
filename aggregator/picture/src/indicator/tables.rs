//! What indicators over time share: the tables that can be followed, and the measure that is counted.

use super::{Breakdown, Definition, OptionDefinition, Question};
use crate::estimator::Cohort;

/// Breakdowns that can be followed over time: each attribute alone, and the pairs that localities and staff
/// groups are planned by.
pub(super) const FOLLOWED: &[Breakdown] = &[
    &["staff_group"],
    &[],
    &["locality"],
    &["staff_group", "locality"],
    &["age_band"],
    &["band"],
    &["role"],
    &["locality", "role"],
    &["staff_group", "age_band"],
    &["staff_group", "band"],
    &["ethnic_group"],
    &["gender"],
    &["disability"],
    &["nationality_group"],
    &["contract"],
    &["pathway"],
    &["band", "ethnic_group"],
    &["band", "gender"],
    &["band", "disability"],
    &["locality", "ethnic_group"],
    &["pathway", "role"],
    &["pathway", "locality"],
];

pub(super) const MEASURE: OptionDefinition = OptionDefinition {
    name: "measure",
    description: "What is counted: people, or whole-time equivalents",
    default: "headcount",
    values: &["headcount", "fte"],
};

pub(super) const HEADCOUNT: (&str, &str) = ("headcount", "Headcount");
pub(super) const FTE: (&str, &str) = ("fte", "FTE");

/// All staff, counted by the measure that the question chooses, and the code and name of that measure.
pub(super) fn everybody(
    question: &Question,
    definition: &Definition,
) -> (Cohort, (&'static str, &'static str)) {
    if question.option(definition, MEASURE.name) == "fte" {
        (Cohort::fte(), FTE)
    } else {
        (Cohort::staff(), HEADCOUNT)
    }
}
