//! Invented staff: who they are follows from a seed and from the shares below.
//!
//! The headcounts of the six acute trusts are published (NHS Workforce Statistics, NHS England,
//! February 2026; Open Government Licence v3.0); those of the Christie and the two mental health
//! trusts are orders of magnitude. The shares of everything else are plausible, not published.

mod shares;

use rand::{
    Rng, SeedableRng,
    distr::{Distribution, weighted::WeightedIndex},
};
use rand_chacha::ChaCha20Rng;
use vwis_proto::dictionary::DataSet;

use self::shares::{
    AGES, BANK_SHARE, CONTRACTS, DISABILITIES, ETHNIC_GROUPS, ETHNIC_GROUPS_8A, FULL_TIME_SHARE,
    GENDERS, GROUPS, NATIONALITIES, PATHWAYS, SECOND_ASSIGNMENT_SHARE, Shares,
};

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
