//! The counts that indicators rest on: of whom, and how many they typically are.
//!
//! A [`KeyFigure`] is put together from [`Facet`]s, such as BME people and band 8a. Its typical size is the
//! product of the facets' shares of all staff, as if one facet told nothing of another, or what is published of
//! them together. So every question of an agreement can be priced before anybody is asked, from published
//! figures and named judgements alone.

use crate::estimator::Cohort;

/// A count that an indicator needs.
#[derive(Clone, Debug)]
pub struct KeyFigure {
    /// The count in words, such as `people of 55 and over of one staff group`. No two counts share one.
    pub label: String,
    /// The people that it counts, in one cell as an example.
    pub cohort: Cohort,
    /// Those who are counted in their place, in four releases added up, where an agreement does not promise
    /// them: a year's flow by quarters.
    pub by_quarters: Option<Cohort>,
    /// Its typical size, as a share of an employer's headcount; above 1 where there are more than staff.
    pub typical_share: f64,
    /// How many releases are put together: 2 for a change, otherwise 1.
    pub releases: u32,
}

/// One thing that people of a key figure have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facet {
    words: Words,
    /// The share of an employer's staff who have it.
    share: f64,
    those: fn(Cohort) -> Cohort,
}

/// Where the words of a facet stand in a label.
#[derive(Clone, Copy, Debug)]
enum Words {
    /// Before the noun: `BME`.
    Before(&'static str),
    /// Instead of the noun: `women`.
    Noun(&'static str),
    /// Behind the noun: `on band 8a`.
    After(&'static str),
}

/// Who leaves in a year: 151,644 of 1,529,482, England, October 2024 to 2025 (NHS HCHS Workforce Statistics,
/// Turnover). As many are taken to join, which is a judgement.
const LEAVE_IN_A_YEAR: f64 = 151_644.0 / HCHS;
/// How many people apply in a year for each member of staff. Nobody publishes it: it is a judgement, from adverts
/// that draw tens of applications each and people who apply several times.
const APPLY_IN_A_YEAR: f64 = 4.0;
/// The staff of England of whom ages and flows are published, October 2024.
const HCHS: f64 = 1_529_482.0;
/// The NHS workforce of England in June 2022 (GOV.UK Ethnicity facts and figures), of which most shares here
/// are.
const ENGLAND: f64 = 1_387_813.0;

/// Counts of several facets whose size is published, as shares of the headcount: England, June 2022 (GOV.UK
/// Ethnicity facts and figures); flows and ages, October 2024 to 2025 (NHS HCHS Workforce Statistics, Turnover).
const PUBLISHED: [(&str, f64); 12] = [
    ("BME people on band 7", 25_076.0 / ENGLAND),
    ("BME people on band 8a", 9_178.0 / ENGLAND),
    ("BME clinical people on band 8a", 6_690.0 / ENGLAND),
    (
        "people on band 8a whose ethnic group is not known",
        1_659.0 / ENGLAND,
    ),
    ("BME people on band 8a and above", 14_505.0 / ENGLAND),
    (
        "BME clinical people on band 8a and above",
        9_181.0 / ENGLAND,
    ),
    ("BME people on bands 6 and 7", 74_697.0 / ENGLAND),
    ("BME people on band 5 and below", 185_270.0 / ENGLAND),
    ("BME healthcare support workers", 61_726.0 / ENGLAND),
    ("people of 55 and over of one staff group", 75_160.0 / HCHS),
    // Spread over ten localities.
    (
        "people of 55 and over of one staff group in one locality",
        7_516.0 / HCHS,
    ),
    ("a year's leavers of one staff group", 36_795.0 / HCHS),
];

/// Nurses, health visitors and midwives of six acute trusts of Greater Manchester (NHS Workforce Statistics,
/// February 2026).
pub(super) const STAFF_GROUP: Facet = Facet::after("of one staff group", 0.31, |cohort| {
    cohort.with("staff_group", "nursing_and_midwifery")
});
/// Clinical staff and their support without doctors, England, June 2022.
pub(super) const CLINICAL: Facet = Facet::before("clinical", 1_022_782.0 / ENGLAND, |cohort| {
    cohort.in_group("staff_group", "clinical", "clinical")
});
/// One of ten localities.
pub(super) const LOCALITY: Facet = Facet::after("in one locality", 0.1, Cohort::in_a_locality);
/// The 285 midwives among 6,794 people of Bolton NHS Foundation Trust (NHS Workforce Statistics, February
/// 2026).
pub(super) const ROLE: Facet = Facet::after("of one role", 285.0 / 6_794.0, |cohort| {
    cohort.with("role", "midwife")
});
/// Three in ten, which is a judgement.
pub(super) const NURSE: Facet = Facet::noun("nurses of one kind", 0.3, |cohort| {
    cohort.with("role", "specialist_nurse")
});
/// Clinical staff on bands 2 and 3, where support workers are, England, June 2022.
pub(super) const SUPPORT_WORKER: Facet = Facet::noun(
    "healthcare support workers",
    304_205.0 / ENGLAND,
    |cohort| cohort.with("role", "healthcare_support_worker"),
);
/// England, June 2022.
pub(super) const BAND_7: Facet = Facet::after("on band 7", 148_054.0 / ENGLAND, |cohort| {
    cohort.with("band", "afc_7")
});
/// England, June 2022.
pub(super) const BAND_8A: Facet = Facet::after("on band 8a", 55_955.0 / ENGLAND, |cohort| {
    cohort.with("band", "afc_8a")
});
/// England, June 2022.
pub(super) const LOWER_BANDS: Facet =
    Facet::after("on band 5 and below", 756_139.0 / ENGLAND, |cohort| {
        cohort.in_group("band", "disparity", "lower")
    });
/// England, June 2022.
pub(super) const MIDDLE_BANDS: Facet =
    Facet::after("on bands 6 and 7", 383_291.0 / ENGLAND, |cohort| {
        cohort.in_group("band", "disparity", "middle")
    });
/// England, June 2022.
pub(super) const UPPER_BANDS: Facet =
    Facet::after("on band 8a and above", 97_773.0 / ENGLAND, |cohort| {
        cohort.in_group("band", "disparity", "upper")
    });
/// The first cluster of the disability standard: 517,311 people, England, June 2022.
pub(super) const BANDS_1_TO_4: Facet =
    Facet::after("on bands 1 to 4", 517_311.0 / ENGLAND, |cohort| {
        cohort.in_group("band", "wdes", "cluster_1")
    });
/// The third cluster of the disability standard: 77,186 people, England, June 2022.
pub(super) const BANDS_8A_AND_8B: Facet =
    Facet::after("on bands 8a and 8b", 77_186.0 / ENGLAND, |cohort| {
        cohort.in_group("band", "wdes", "cluster_3")
    });
/// From band 7 to 8b: 225,240 people, England, June 2022.
pub(super) const BANDS_7_TO_8B: Facet =
    Facet::after("on bands 7 to 8b", 225_240.0 / ENGLAND, |cohort| {
        cohort.with_any("band", &["afc_7", "afc_8a", "afc_8b"])
    });
/// England, June 2022: 339,488 people.
pub(super) const BME: Facet = Facet::before("BME", 339_488.0 / ENGLAND, |cohort| {
    cohort.in_group("ethnic_group", "wres", "bme")
});
/// The 97,617 Black people of England, June 2022.
pub(super) const ETHNIC_GROUP: Facet =
    Facet::after("of one ethnic group", 97_617.0 / ENGLAND, |cohort| {
        cohort.with("ethnic_group", "black")
    });
/// England, June 2022.
pub(super) const ETHNIC_GROUP_UNKNOWN: Facet = Facet::after(
    "whose ethnic group is not known",
    61_525.0 / ENGLAND,
    |cohort| cohort.with("ethnic_group", "unknown"),
);
/// All others, England, June 2022: the whole that shares of those who said are of.
pub(super) const SAID: Facet = Facet::after(
    "who said their ethnic group",
    1.0 - 61_525.0 / ENGLAND,
    |cohort| {
        cohort.with_any(
            "ethnic_group",
            &["white", "mixed", "asian", "black", "chinese", "other"],
        )
    },
);
/// NHS England, Workforce Disability Equality Standard, 2023.
pub(super) const DISABLED: Facet =
    Facet::before("disabled", 0.049, |cohort| cohort.with("disability", "yes"));
/// Three in four of all NHS staff.
pub(super) const WOMEN: Facet =
    Facet::noun("women", 0.75, |cohort| cohort.with("gender", "female"));
/// One in eight, which is a judgement.
pub(super) const FIVE_YEARS_OF_AGE: Facet = Facet::after("of 45 to 49", 0.125, |cohort| {
    cohort.with("age_band", "45_49")
});
/// A fifth of all staff (NHS HCHS Workforce Statistics, Turnover, 2025).
pub(super) const FROM_55: Facet = Facet::after("of 55 and over", 0.2, |cohort| {
    cohort.in_group("age_band", "retirement", "55_and_over")
});
/// 265,000 of 1.5 million NHS staff, June 2023 (House of Commons Library, briefing 7783).
pub(super) const INTERNATIONAL: Facet = Facet::before("international", 0.177, |cohort| {
    cohort.with_any("nationality_group", &["eu_eea", "rest_of_world"])
});
/// One in twenty, which is a judgement.
pub(super) const FIXED_TERM: Facet = Facet::after("on a fixed term or as locum", 0.05, |cohort| {
    cohort.with_any("contract", &["fixed_term", "locum"])
});
/// 300 of a system of 92,000. Nobody publishes the size of these teams: it is a judgement.
pub(super) const TUMOUR_SITE: Facet =
    Facet::after("of one tumour site", 300.0 / 92_000.0, |cohort| {
        cohort.with("pathway", "breast")
    });
/// 1,500 of a system of 92,000, which is a judgement.
pub(super) const SHARED_SERVICE: Facet =
    Facet::after("of one shared service", 1_500.0 / 92_000.0, |cohort| {
        cohort.with("pathway", "shared_treatment")
    });
/// 3,000 of a system of 92,000, which is a judgement.
pub(super) const ALL_SITES: Facet =
    Facet::after("of all tumour sites", 3_000.0 / 92_000.0, |cohort| {
        cohort.in_group("pathway", "cancer", "tumour_site")
    });
/// One in two hundred, which is a judgement.
pub(super) const UNPLACED: Facet = Facet::after(
    "who look like cancer care and are not placed",
    0.005,
    |cohort| cohort.in_group("pathway", "cancer", "unmatched"),
);
/// Six in a hundred of those in post a year before, which is a judgement.
pub(super) const MOVED_UP: Facet = Facet::after("who moved up a band", 0.06, |cohort| {
    cohort.with("movement", "up")
});
/// Three in four of those in post a year before: one in ten left, and others are paid outside of the ladder. A
/// judgement.
pub(super) const COMPARED: Facet = Facet::after("whose bands can be compared", 0.75, |cohort| {
    cohort.with_any("movement", &["up", "same", "down"])
});
/// Four in ten of those who leave, which is a judgement.
pub(super) const VOLUNTARILY: Facet = Facet::after("by their own wish", 0.4, |cohort| {
    cohort.in_group("leaving_reason", "voluntary", "voluntary")
});
/// A quarter of those who leave, which is a judgement.
pub(super) const TO_THE_NHS: Facet = Facet::after("to the NHS", 0.25, |cohort| {
    cohort.in_group("leaving_destination", "nhs", "nhs")
});
/// A fifth of those who join, which is a judgement.
pub(super) const FROM_ONE_SOURCE: Facet = Facet::after("from one source", 0.2, |cohort| {
    cohort.with("joining_source", "newly_qualified")
});

/// Half of those who apply, which is a judgement: many apply from abroad.
pub(super) const APPLICANTS_BME: Facet = Facet::before("BME", 0.5, |cohort| {
    cohort.in_group("ethnic_group", "wres", "bme")
});
/// Four for each who is appointed, which is a judgement.
pub(super) const SHORTLISTED: Facet = Facet::after(
    "shortlisted or further",
    4.0 * LEAVE_IN_A_YEAR / APPLY_IN_A_YEAR,
    |cohort| cohort.with_any("furthest_stage", &["shortlisted", "appointed"]),
);
/// As many as leave, which is a judgement.
pub(super) const APPOINTED: Facet =
    Facet::after("appointed", LEAVE_IN_A_YEAR / APPLY_IN_A_YEAR, |cohort| {
        cohort.with("furthest_stage", "appointed")
    });
/// As many as there are of all staff.
pub(super) const SUPPORT_WORKER_POSTS: Facet = Facet::after(
    "as healthcare support workers",
    SUPPORT_WORKER.share,
    |cohort| cohort.with("role", "healthcare_support_worker"),
);

/// How many people a data set typically holds, as a share of an employer's headcount.
#[must_use]
pub fn typical_share(data_set: &str) -> f64 {
    match data_set {
        "year_joiners" | "year_leavers" => LEAVE_IN_A_YEAR,
        "joiners" | "leavers" => LEAVE_IN_A_YEAR / 4.0,
        "applicants" => APPLY_IN_A_YEAR,
        _ => 1.0,
    }
}

// === impl Facet ===

impl Facet {
    const fn before(words: &'static str, share: f64, those: fn(Cohort) -> Cohort) -> Self {
        Self {
            words: Words::Before(words),
            share,
            those,
        }
    }

    const fn noun(words: &'static str, share: f64, those: fn(Cohort) -> Cohort) -> Self {
        Self {
            words: Words::Noun(words),
            share,
            those,
        }
    }

    const fn after(words: &'static str, share: f64, those: fn(Cohort) -> Cohort) -> Self {
        Self {
            words: Words::After(words),
            share,
            those,
        }
    }
}

// === impl KeyFigure ===

impl KeyFigure {
    /// The staff who have all of these in common.
    pub(super) fn staff(facets: &[Facet]) -> Self {
        Self::of("people", Cohort::staff(), 1.0, facets)
    }

    /// The whole-time equivalents of those staff.
    pub(super) fn fte(facets: &[Facet]) -> Self {
        Self::of("whole-time equivalents", Cohort::fte(), 1.0, facets)
    }

    /// Those who left in a year.
    pub(super) fn leavers(facets: &[Facet]) -> Self {
        Self::of_a_year("a year's leavers", Cohort::leavers(), facets)
    }

    /// Those who joined in a year.
    pub(super) fn joiners(facets: &[Facet]) -> Self {
        Self::of_a_year("a year's joiners", Cohort::joiners(), facets)
    }

    /// Those who applied in a year.
    pub(super) fn applicants(facets: &[Facet]) -> Self {
        Self::of("applicants", Cohort::applicants(), APPLY_IN_A_YEAR, facets)
    }

    /// Those who were in post a year before, as many as are in post.
    pub(super) fn career_movement(facets: &[Facet]) -> Self {
        Self::of(
            "people of a year before",
            Cohort::career_movement(),
            1.0,
            facets,
        )
    }

    fn of_a_year(noun: &str, flow: Cohort, facets: &[Facet]) -> Self {
        let quarters = Self::of(noun, flow, LEAVE_IN_A_YEAR, facets);
        let year = quarters.cohort.of_a_year();
        Self {
            cohort: year.expect("joiners and leavers have a year's data set"),
            by_quarters: Some(quarters.cohort),
            ..quarters
        }
    }

    /// The difference between two releases of this count, which has the noise of both.
    pub(super) fn changed(self) -> Self {
        Self {
            label: format!("{}: change", self.label),
            releases: 2,
            ..self
        }
    }

    /// Whether this is the difference of two releases of another count.
    #[must_use]
    pub fn is_change(&self) -> bool {
        self.releases == 2
    }

    /// Whether a series of this data set can tell it.
    #[must_use]
    pub fn is_of(&self, data_set: &str) -> bool {
        let cohorts = std::iter::once(&self.cohort).chain(&self.by_quarters);
        cohorts
            .into_iter()
            .any(|cohort| cohort.data_set() == data_set)
    }

    fn of(noun: &str, everybody: Cohort, share: f64, facets: &[Facet]) -> Self {
        let (mut before, mut noun, mut after) = (String::new(), noun, String::new());
        for facet in facets {
            match facet.words {
                Words::Before(words) => before = before + words + " ",
                Words::Noun(words) => noun = words,
                Words::After(words) => after = after + " " + words,
            }
        }
        let label = format!("{before}{noun}{after}");
        let published = PUBLISHED.iter().find(|(known, _)| *known == label);
        let product = (facets.iter()).fold(share, |share, facet| share * facet.share);
        Self {
            cohort: (facets.iter()).fold(everybody, |cohort, facet| (facet.those)(cohort)),
            typical_share: published.map_or(product, |&(_, share)| share),
            label,
            by_quarters: None,
            releases: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::ALL;

    fn all() -> impl Iterator<Item = KeyFigure> {
        ALL.iter()
            .flat_map(|indicator| (indicator.definition.key_figures)())
    }

    #[test]
    fn one_label_is_one_count_of_one_size() {
        let mut known = std::collections::BTreeMap::new();
        for figure in all() {
            assert!(
                (0.0..=APPLY_IN_A_YEAR).contains(&figure.typical_share),
                "{}",
                figure.label
            );
            let what = (figure.cohort.table(), figure.typical_share, figure.releases);
            let first = known.entry(figure.label).or_insert_with(|| what.clone());
            assert_eq!(*first, what);
        }
    }

    #[test]
    fn what_is_published_is_of_a_count_that_is_asked_for() {
        for (label, _) in PUBLISHED {
            assert!(all().any(|figure| figure.label == label), "{label}");
        }
    }
}
