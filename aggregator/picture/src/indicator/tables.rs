//! What indicators over time share: the tables that can be followed, and the measure that is counted.

use super::{
    Breakdown, Definition, KeyFigure, OptionDefinition, Question,
    key_figure::{
        BAND_7, BAND_8A, BME, DISABLED, FIVE_YEARS_OF_AGE, FIXED_TERM, INTERNATIONAL, LOCALITY,
        NURSE, ROLE, STAFF_GROUP, SUPPORT_WORKER, TUMOUR_SITE, WOMEN,
    },
};
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

/// A count of each of these breakdowns.
pub(super) fn followed() -> Vec<KeyFigure> {
    vec![
        KeyFigure::staff(&[STAFF_GROUP]),
        KeyFigure::staff(&[]),
        KeyFigure::staff(&[LOCALITY]),
        KeyFigure::staff(&[STAFF_GROUP, LOCALITY]),
        KeyFigure::staff(&[FIVE_YEARS_OF_AGE]),
        KeyFigure::staff(&[BAND_8A]),
        KeyFigure::staff(&[ROLE]),
        KeyFigure::staff(&[SUPPORT_WORKER, LOCALITY]),
        KeyFigure::staff(&[STAFF_GROUP, FIVE_YEARS_OF_AGE]),
        KeyFigure::staff(&[STAFF_GROUP, BAND_7]),
        KeyFigure::staff(&[BME]),
        KeyFigure::staff(&[WOMEN]),
        KeyFigure::staff(&[DISABLED]),
        KeyFigure::staff(&[INTERNATIONAL]),
        KeyFigure::staff(&[FIXED_TERM]),
        KeyFigure::staff(&[TUMOUR_SITE]),
        KeyFigure::staff(&[BME, BAND_7]),
        KeyFigure::staff(&[WOMEN, BAND_8A]),
        KeyFigure::staff(&[DISABLED, BAND_8A]),
        KeyFigure::staff(&[BME, LOCALITY]),
        KeyFigure::staff(&[NURSE, TUMOUR_SITE]),
        KeyFigure::staff(&[TUMOUR_SITE, LOCALITY]),
    ]
}

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
