//! What indicators over time share: which tables can be followed, and in what they are counted.

use super::{Breakdown, Definition, OptionDefinition, Question};
use crate::facts::Who;

/// The tables of one attribute, and those of two that localities and staff groups are planned by.
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

/// Everybody, counted as the question says, and what that is called.
pub(super) fn everybody(
    question: &Question,
    definition: &Definition,
) -> (Who, (&'static str, &'static str)) {
    if question.option(definition, MEASURE.name) == "fte" {
        (Who::fte(), FTE)
    } else {
        (Who::staff(), HEADCOUNT)
    }
}
