use jiff::Timestamp;
use proptest::prelude::*;
use vwis_model::{algebra::LinearCombination, measurement::MeasurementId};

use super::*;
use crate::{
    indicator::testing::noisy,
    picture::{
        Whose,
        testing::{People, agreement},
    },
    release::Contributor,
};

const CODES: [&str; 4] = ["R0A", "RM3", "RMC", "RW6"];
/// `headline` and `detail` count staff; `fte`, which stands between them, measures something else.
const SERIES: [usize; 3] = [0, 1, 2];

/// What one employer measured for a series: of whom, and which import it names.
#[derive(Clone, Debug)]
struct Measured {
    people: People,
    import: Option<Uuid>,
}

fn import(number: u64) -> Uuid {
    Uuid::from_u64_pair(1, number)
}

/// Every series of one day, where `of` says what an employer measured for one.
fn day(
    agreement: &Agreement,
    seed: u64,
    of: impl Fn(usize, usize) -> Option<Measured>,
) -> Vec<Arc<Archived>> {
    let mut all = Vec::new();
    for index in SERIES {
        let series = &agreement.series()[index];
        let (mut payloads, mut contributors) = (BTreeMap::new(), Vec::new());
        for (employer, code) in CODES.iter().enumerate() {
            let Some(measured) = of(index, employer) else {
                continue;
            };
            let ods_code: OdsCode = code.parse().unwrap();
            let seed = seed * 100 + (index * CODES.len() + employer) as u64;
            let payload = noisy(series, &measured.people.payload(series), seed);
            payloads.insert(ods_code.clone(), payload);
            contributors.push(Contributor {
                ods_code,
                identity: MeasurementId::from_bytes([0; 32]),
                snapshot: measured.import,
            });
        }
        let release = Release {
            sequence: 1,
            id: Uuid::from_u64_pair(2, index as u64),
            agreement: agreement.hash(),
            series: series.name().to_owned(),
            period: "2026-03".parse().unwrap(),
            number: 1,
            made_at: Timestamp::UNIX_EPOCH,
            expected: payloads.keys().cloned().collect(),
            contributors,
        };
        all.push(Arc::new(Archived {
            release,
            series: index,
            picture: SeriesPicture::new(series, &payloads).unwrap(),
            pooled: Pooled::default(),
        }));
    }
    all
}

fn staff(employer: usize) -> People {
    People::made_up(50 + 100 * employer, employer as u64)
}

fn pooled(agreement: &Agreement, releases: &[Arc<Archived>], rule: Rule) -> Vec<Archived> {
    let pools = pools(agreement, releases, rule).into_iter();
    pools
        .map(|pool| {
            let series = &agreement.series()[pool.archived().series];
            pool.pooled(series).unwrap()
        })
        .collect()
}

fn total(archived: &Archived, whose: &Whose) -> (f64, f64) {
    let (sum, total) = (
        archived.picture.sum_of(whose).unwrap(),
        LinearCombination::total(),
    );
    let variance = sum.variances().combination_variance(&total);
    (sum.value(&total).unwrap(), variance.unwrap())
}

#[test]
fn a_number_that_two_series_of_a_day_tell_is_one_number_and_has_less_noise() {
    let agreement = agreement();
    let releases = day(&agreement, 1, |_, employer| {
        let people = staff(employer);
        let import = Some(import(1));
        Some(Measured { people, import })
    });
    for rule in [Rule::Each, Rule::AllOrNone] {
        let pooled = pooled(&agreement, &releases, rule);
        let own = Whose::Organisations(vec!["RM3".parse().unwrap()]);
        for whose in [Whose::System, own] {
            let one = total(&pooled[0], &whose);
            assert_eq!(one, total(&pooled[2], &whose));
            for alone in [&releases[0], &releases[2]] {
                assert!(one.1 < total(alone, &whose).1);
            }
            assert_eq!(
                total(&pooled[1], &whose),
                total(&releases[1], &whose),
                "FTE"
            );
        }
        let named = |index: usize| pooled[index].pooled.of(&Whose::System).map(|one| one.id);
        assert!(named(0).eq([releases[2].release.id]));
        assert!(named(2).eq([releases[0].release.id]));
        assert_eq!(pooled[1].pooled, Pooled::default());
    }
}

#[test]
fn another_import_of_the_same_day_is_another_count() {
    let agreement = agreement();
    let releases = day(&agreement, 2, |index, employer| {
        // Forty people more are in the later import of one employer.
        let later = index == 2 && employer == 1;
        let people = if later {
            People::made_up(190, 9)
        } else {
            staff(employer)
        };
        let import = Some(import(u64::from(later)));
        Some(Measured { people, import })
    });
    let [headline, _, detail] = &pooled(&agreement, &releases, Rule::Each)[..] else {
        panic!("three series");
    };
    for (pooled, alone) in [(headline, &releases[0]), (detail, &releases[2])] {
        for code in CODES {
            let own = Whose::Organisations(vec![code.parse().unwrap()]);
            let is_alone = total(pooled, &own) == total(alone, &own);
            assert_eq!(is_alone, code == "RM3");
            assert_eq!(pooled.pooled.of(&own).next().is_none(), is_alone);
        }
        assert_eq!(pooled.pooled.disagreeing, BTreeSet::new());
    }
    // Sums over all of them would subtract to what changed at that one.
    for (pooled, alone) in pooled(&agreement, &releases, Rule::AllOrNone)
        .iter()
        .zip(&releases)
    {
        assert_eq!(total(pooled, &Whose::System), total(alone, &Whose::System));
    }
}

#[test]
fn measurements_of_one_import_that_cannot_be_of_the_same_people_are_not_pooled_and_named() {
    let agreement = agreement();
    let releases = day(&agreement, 3, |index, employer| {
        let other = index == 2 && employer == 3;
        let people = if other {
            People::made_up(900, 9)
        } else {
            staff(employer)
        };
        let import = Some(import(1));
        Some(Measured { people, import })
    });
    let all = pooled(&agreement, &releases, Rule::Each);
    let code: OdsCode = CODES[3].parse().unwrap();
    for index in [0, 2] {
        assert_eq!(
            all[index].pooled.disagreeing,
            BTreeSet::from([code.clone()])
        );
        let (_, pooled) = &all[index].pooled.with[0];
        assert_eq!((pooled.len(), pooled.contains(&code)), (3, false));
    }
}

/// A false alarm is to come once in a million pairs, so in 2,000 of them with a chance of 0.002; the seeds are
/// fixed.
#[test]
fn honest_measurements_of_one_import_agree() {
    let agreement = agreement();
    for seed in 0..500 {
        let releases = day(&agreement, seed, |_, employer| {
            let people = People::made_up(20, employer as u64);
            let import = Some(import(1));
            Some(Measured { people, import })
        });
        for pool in pools(&agreement, &releases, Rule::Each) {
            assert_eq!(pool.disagreeing, BTreeSet::new(), "{seed}");
        }
    }
}

proptest! {
    #[test]
    fn two_series_are_pooled_for_each_employer_that_measured_one_import_or_for_all_or_for_none(
        imports in prop::collection::vec(prop::option::weighted(0.9, prop::option::weighted(0.9, 0..2_u64)), 12),
        seed in any::<u32>(),
    ) {
        let agreement = agreement();
        let of = |index: usize, employer: usize| imports[index * 4 + employer];
        let releases = day(&agreement, u64::from(seed), |index, employer| {
            let number = of(index, employer)?;
            let people = People::made_up(20, employer as u64);
            Some(Measured { people, import: number.map(import) })
        });
        let same = |employer: usize| {
            matches!((of(0, employer), of(2, employer)), (Some(Some(a)), Some(Some(b))) if a == b)
        };
        let all_same = |index: usize| {
            (0..4).all(|employer| of(index, employer).is_none() || same(employer))
                && (0..4).any(same)
        };
        for rule in [Rule::Each, Rule::AllOrNone] {
            let pooled = pooled(&agreement, &releases, rule);
            for index in SERIES {
                let theirs = &pooled[index];
                prop_assert_eq!(&theirs.pooled.disagreeing, &BTreeSet::new());
                for (employer, code) in CODES.iter().enumerate() {
                    let own = Whose::Organisations(vec![code.parse().unwrap()]);
                    if of(index, employer).is_none() {
                        continue;
                    }
                    let is_pooled = theirs.pooled.of(&own).next().is_some();
                    let may = index != 1 && match rule {
                        Rule::Each => same(employer),
                        Rule::AllOrNone => all_same(index),
                    };
                    prop_assert_eq!(is_pooled, may, "{:?} {} {}", rule, index, code);
                    prop_assert_eq!(total(theirs, &own) != total(&releases[index], &own), may);
                }
            }
        }
    }
}
