//! Invented staff: who they are follows from a seed and from the shares below.
//!
//! The headcounts of the six acute trusts are published (NHS Workforce Statistics, NHS England,
//! February 2026; Open Government Licence v3.0); those of the Christie and the two mental health
//! trusts are orders of magnitude. The shares of everything else are plausible, not published.

use rand::{
    Rng, SeedableRng,
    distr::{Distribution, weighted::WeightedIndex},
};
use rand_chacha::ChaCha20Rng;
use vwis_proto::dictionary::DataSet;

/// A trust of the demo.
pub(crate) struct Trust {
    pub(crate) ods_code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) headcount: u32,
    /// Localities of its sites, with shares.
    localities: &'static [(&'static str, f64)],
    mental_health: bool,
}

/// One invented person: a category index for each attribute of `staff`, and assignments.
pub(crate) struct Person {
    pub(crate) number: u32,
    pub(crate) codes: Vec<usize>,
    /// FTE of each assignment, in hundredths; the first is the primary one.
    pub(crate) assignments: Vec<u32>,
    /// On the bank beside a contract: a row that the headcount filter leaves out.
    pub(crate) bank_row: bool,
}

pub(crate) const TRUSTS: [Trust; 9] = [
    trust(
        "R0A",
        "Manchester University",
        30_715,
        &[("e08000003", 0.8), ("e08000009", 0.17), ("elsewhere", 0.03)],
        false,
    ),
    trust(
        "RM3",
        "Northern Care Alliance",
        20_870,
        &[
            ("e08000006", 0.38),
            ("e08000004", 0.27),
            ("e08000002", 0.2),
            ("e08000005", 0.14),
            ("elsewhere", 0.01),
        ],
        false,
    ),
    trust(
        "RMC",
        "Bolton",
        6_794,
        &[("e08000001", 0.98), ("unknown", 0.02)],
        false,
    ),
    trust(
        "RMP",
        "Tameside and Glossop",
        4_929,
        &[("e08000008", 0.88), ("elsewhere", 0.12)],
        false,
    ),
    trust(
        "RRF",
        "Wrightington, Wigan and Leigh",
        7_283,
        &[("e08000010", 0.93), ("elsewhere", 0.07)],
        false,
    ),
    trust(
        "RWJ",
        "Stockport",
        6_594,
        &[("e08000007", 0.97), ("unknown", 0.03)],
        false,
    ),
    trust(
        "RBV",
        "The Christie",
        3_900,
        &[
            ("e08000003", 0.85),
            ("e08000006", 0.06),
            ("e08000004", 0.06),
            ("unknown", 0.03),
        ],
        false,
    ),
    trust(
        "RT2",
        "Pennine Care",
        4_300,
        &[
            ("e08000002", 0.2),
            ("e08000004", 0.2),
            ("e08000005", 0.2),
            ("e08000007", 0.2),
            ("e08000008", 0.2),
        ],
        true,
    ),
    trust(
        "RXV",
        "Greater Manchester Mental Health",
        6_800,
        &[
            ("e08000001", 0.15),
            ("e08000003", 0.3),
            ("e08000006", 0.25),
            ("e08000009", 0.1),
            ("e08000010", 0.2),
        ],
        true,
    ),
];

const fn trust(
    ods_code: &'static str,
    name: &'static str,
    headcount: u32,
    localities: &'static [(&'static str, f64)],
    mental_health: bool,
) -> Trust {
    Trust {
        ods_code,
        name,
        headcount,
        localities,
        mental_health,
    }
}

type Shares = &'static [(&'static str, f64)];

/// Staff group, its share, its bands and its roles.
const GROUPS: [(&str, f64, Shares, Shares); 10] = [
    (
        "nursing_and_midwifery",
        0.27,
        &[
            ("afc_5", 0.48),
            ("afc_6", 0.32),
            ("afc_7", 0.15),
            ("afc_8a", 0.035),
            ("afc_8b", 0.01),
            ("afc_8c", 0.004),
            ("afc_9", 0.001),
        ],
        &[
            ("adult_nurse", 0.6),
            ("childrens_nurse", 0.09),
            ("community_nurse", 0.1),
            ("specialist_nurse", 0.1),
            ("midwife", 0.09),
            ("nurse_other", 0.02),
        ],
    ),
    (
        "additional_clinical_services",
        0.22,
        &[("afc_2", 0.46), ("afc_3", 0.36), ("afc_4", 0.18)],
        &[
            ("healthcare_support_worker", 0.72),
            ("nursing_associate", 0.08),
            ("clinical_support_other", 0.17),
            ("unknown", 0.03),
        ],
    ),
    (
        "administrative_and_clerical",
        0.2,
        &[
            ("afc_2", 0.2),
            ("afc_3", 0.25),
            ("afc_4", 0.22),
            ("afc_5", 0.11),
            ("afc_6", 0.08),
            ("afc_7", 0.06),
            ("afc_8a", 0.04),
            ("afc_8b", 0.02),
            ("afc_8c", 0.01),
            ("afc_8d", 0.005),
            ("vsm", 0.005),
        ],
        &[("administrator", 0.82), ("manager", 0.18)],
    ),
    (
        "medical_and_dental",
        0.11,
        &[
            ("consultant", 0.42),
            ("career_grade", 0.14),
            ("doctor_in_training", 0.44),
        ],
        &[
            ("doctor_other", 0.82),
            ("doctor_radiology", 0.06),
            ("doctor_pathology", 0.05),
            ("doctor_oncology", 0.05),
            ("dentist", 0.02),
        ],
    ),
    (
        "allied_health_professionals",
        0.075,
        &[
            ("afc_5", 0.24),
            ("afc_6", 0.4),
            ("afc_7", 0.27),
            ("afc_8a", 0.08),
            ("afc_8b", 0.01),
        ],
        &[
            ("physiotherapist", 0.26),
            ("occupational_therapist", 0.2),
            ("diagnostic_radiographer", 0.22),
            ("therapeutic_radiographer", 0.06),
            ("speech_and_language_therapist", 0.09),
            ("dietitian", 0.07),
            ("operating_department_practitioner", 0.08),
            ("allied_health_other", 0.02),
        ],
    ),
    (
        "estates_and_ancillary",
        0.055,
        &[
            ("afc_1", 0.02),
            ("afc_2", 0.72),
            ("afc_3", 0.16),
            ("afc_4", 0.1),
        ],
        &[("estates_and_facilities", 1.0)],
    ),
    (
        "additional_professional_scientific_and_technical",
        0.04,
        &[
            ("afc_4", 0.2),
            ("afc_5", 0.2),
            ("afc_6", 0.2),
            ("afc_7", 0.2),
            ("afc_8a", 0.15),
            ("afc_8b", 0.05),
        ],
        &[
            ("pharmacist", 0.36),
            ("pharmacy_technician", 0.24),
            ("psychological_professional", 0.24),
            ("scientific_and_technical_other", 0.16),
        ],
    ),
    (
        "healthcare_scientists",
        0.022,
        &[
            ("afc_4", 0.1),
            ("afc_5", 0.2),
            ("afc_6", 0.34),
            ("afc_7", 0.26),
            ("afc_8a", 0.08),
            ("afc_8b", 0.02),
        ],
        &[("healthcare_scientist", 1.0)],
    ),
    (
        "students",
        0.006,
        &[("afc_3", 0.3), ("afc_4", 0.5), ("unknown", 0.2)],
        &[("other", 1.0)],
    ),
    ("unknown", 0.002, &[("unknown", 1.0)], &[("unknown", 1.0)]),
];

const AGES: Shares = &[
    ("under_25", 0.06),
    ("25_29", 0.12),
    ("30_34", 0.14),
    ("35_39", 0.135),
    ("40_44", 0.125),
    ("45_49", 0.115),
    ("50_54", 0.115),
    ("55_59", 0.1),
    ("60_64", 0.065),
    ("65_and_over", 0.022),
    ("unknown", 0.003),
];
const ETHNIC_GROUPS: Shares = &[
    ("white", 0.7),
    ("mixed", 0.022),
    ("asian", 0.13),
    ("black", 0.075),
    ("chinese", 0.006),
    ("other", 0.022),
    ("unknown", 0.045),
];
/// Of those on band 8a and above: fewer of every group but White.
const ETHNIC_GROUPS_8A: Shares = &[
    ("white", 0.83),
    ("mixed", 0.014),
    ("asian", 0.07),
    ("black", 0.03),
    ("chinese", 0.004),
    ("other", 0.01),
    ("unknown", 0.042),
];
const GENDERS: Shares = &[
    ("female", 0.77),
    ("male", 0.225),
    ("other", 0.002),
    ("unknown", 0.003),
];
const DISABILITIES: Shares = &[("yes", 0.055), ("no", 0.785), ("unknown", 0.16)];
const CONTRACTS: Shares = &[
    ("permanent", 0.87),
    ("fixed_term", 0.11),
    ("locum", 0.015),
    ("unknown", 0.005),
];
const NATIONALITIES: Shares = &[
    ("uk", 0.79),
    ("eu_eea", 0.045),
    ("rest_of_world", 0.125),
    ("unknown", 0.04),
];
const PATHWAYS: Shares = &[
    ("not_cancer", 0.93),
    ("shared_diagnostics", 0.025),
    ("shared_treatment", 0.012),
    ("breast", 0.006),
    ("lung", 0.004),
    ("colorectal", 0.004),
    ("haematology", 0.005),
    ("urology", 0.003),
    ("unmatched", 0.006),
    ("unknown", 0.005),
];
const FULL_TIME_SHARE: f64 = 0.63;
const SECOND_ASSIGNMENT_SHARE: f64 = 0.03;
const BANK_SHARE: f64 = 0.02;

/// Invents the staff of `trust`, `scale` times its headcount.
pub(crate) fn invent(trust: &Trust, scale: f64, seed: u64, data_set: &DataSet) -> Vec<Person> {
    // Each trust has a stream of its own, so that one trust's people do not depend on another's.
    let stream = trust
        .ods_code
        .bytes()
        .fold(0, |sum: u64, byte| sum << 8 | u64::from(byte));
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "headcounts of some ten thousand, times at most ten"
    )]
    let headcount = (f64::from(trust.headcount) * scale).round().max(1.0) as u32;
    let inventor = Inventor { trust, data_set };
    (1..=headcount)
        .map(|number| inventor.person(number, &mut rng))
        .collect()
}

struct Inventor<'a> {
    trust: &'a Trust,
    data_set: &'a DataSet,
}

// === impl Inventor ===

impl Inventor<'_> {
    fn person(&self, number: u32, rng: &mut ChaCha20Rng) -> Person {
        let (group, _, bands, roles) = GROUPS[draw_index(GROUPS.iter().map(|group| group.1), rng)];
        let band = draw(bands, rng);
        let mut role = draw(roles, rng);
        if self.trust.mental_health && role == "adult_nurse" {
            role = "mental_health_nurse";
        }
        let senior = matches!(
            band,
            "afc_8a" | "afc_8b" | "afc_8c" | "afc_8d" | "afc_9" | "vsm"
        );
        let pathway = if self.trust.ods_code == "RBV" && rng.random_bool(0.8) {
            draw(&PATHWAYS[1..], rng)
        } else {
            draw(PATHWAYS, rng)
        };
        let value = |attribute: &str, rng: &mut ChaCha20Rng| match attribute {
            "staff_group" => group,
            "band" => band,
            "role" => role,
            "pathway" => pathway,
            "ethnic_group" if senior => draw(ETHNIC_GROUPS_8A, rng),
            "ethnic_group" => draw(ETHNIC_GROUPS, rng),
            "gender" => draw(GENDERS, rng),
            "age_band" => draw(AGES, rng),
            "disability" => draw(DISABILITIES, rng),
            "locality" => draw(self.trust.localities, rng),
            "contract" => draw(CONTRACTS, rng),
            "nationality_group" => draw(NATIONALITIES, rng),
            _ => vwis_proto::dictionary::UNKNOWN,
        };
        let codes = self
            .data_set
            .attributes()
            .iter()
            .map(|attribute| {
                let code = value(attribute.code(), rng);
                attribute
                    .category(code)
                    .expect("the shares above name the dictionary's categories")
            })
            .collect();
        let full_time = rng.random_bool(FULL_TIME_SHARE);
        let mut assignments = vec![if full_time {
            100
        } else {
            10 * rng.random_range(3..=9)
        }];
        if rng.random_bool(SECOND_ASSIGNMENT_SHARE) {
            assignments.push(10 * rng.random_range(1..=4));
        }
        Person {
            number,
            codes,
            assignments,
            bank_row: rng.random_bool(BANK_SHARE),
        }
    }
}

fn draw(shares: Shares, rng: &mut ChaCha20Rng) -> &'static str {
    shares[draw_index(shares.iter().map(|(_, share)| *share), rng)].0
}

fn draw_index(shares: impl Iterator<Item = f64>, rng: &mut ChaCha20Rng) -> usize {
    WeightedIndex::new(shares)
        .expect("shares are positive")
        .sample(rng)
}

#[cfg(test)]
mod tests {
    use vwis_proto::dictionary::Dictionary;

    use super::*;

    #[test]
    fn a_seed_invents_the_same_people_and_another_seed_others() {
        let staff = Dictionary::builtin().data_set("staff").unwrap();
        let codes = |seed| -> Vec<_> {
            invent(&TRUSTS[2], 0.01, seed, staff)
                .into_iter()
                .map(|person| person.codes)
                .collect()
        };
        assert_eq!(codes(1), codes(1));
        assert_ne!(codes(1), codes(2));
        assert_eq!(codes(1).len(), 68);
    }
}
