//! Invents one person at a time: somebody of a group, at a trust, on a day.

use jiff::{ToSpan, civil::Date};
use rand::Rng;
use rand_chacha::ChaCha20Rng;

use crate::{
    choice::{any, draw},
    grade::Grade,
    person::{Birth, FIRST_EXCLUDED_CONTRACT, Person, Post, Second, Status},
    posts::Catalogue,
    published::{ETHNIC_GROUPS, Group, Published, TURNOVER_AGES},
    trusts::Trust,
    values::{
        CONTRACTS, DISABILITIES, ETHNIC_ORIGINS, FORENAMES, NATIONALITIES, SOURCES, SURNAMES, Value,
    },
};

/// How much more common joiners are than staff in post, by age band: a judgement.
const JOINERS_BY_AGE: [f64; 6] = [3.0, 2.0, 1.2, 0.8, 0.35, 0.1];
/// Whole and part-time hours a week, in hundredths of 37.5, and their shares: a judgement.
const HOURS: [(u8, f64); 9] = [
    (100, 0.62),
    (80, 0.12),
    (60, 0.08),
    (64, 0.04),
    (50, 0.05),
    (90, 0.03),
    (70, 0.03),
    (40, 0.02),
    (32, 0.01),
];
const SECOND_POST: f64 = 0.03;
const ALSO_BANK: f64 = 0.06;

/// Whether somebody was there before the history begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// They are in post on the first day of the history.
    Before,
    /// They join between two days, both included.
    Between(Date, Date),
}

/// Invents the people of one trust.
pub(crate) struct Inventor<'a> {
    pub(crate) trust: &'a Trust,
    pub(crate) published: &'a Published,
    pub(crate) catalogue: &'a Catalogue,
}

// === impl Inventor ===

impl Inventor<'_> {
    /// Invents somebody in a group who is in post on a day.
    pub(crate) fn person(
        &self,
        number: u32,
        group: Group,
        arrival: Arrival,
        on: Date,
        rng: &mut ChaCha20Rng,
    ) -> Person {
        let grade = self.grade(group, arrival, rng);
        let post = self.post(group, grade, rng);
        let age = self.age(group, grade, arrival, rng);
        let day = birth(age, on, rng);
        let birth = match rng.random_range(0..1000) {
            0..2 => Birth::NotRecorded(day),
            2..4 => Birth::Wrong(day),
            _ => Birth::On(day),
        };
        let ethnic_origin = self.ethnic_origin(group, post, rng);
        let nationality = nationality(ETHNIC_ORIGINS[usize::from(ethnic_origin)].category, rng);
        let start = match arrival {
            Arrival::Between(first, last) => between(first, last, rng),
            Arrival::Before => {
                let most = (f64::from(age) - 17.0).max(1.0);
                let years = most.min(-6.0 * (1.0 - rng.random_range(0.0..0.98_f64)).ln() + 0.3);
                days_before(on, years * 365.0)
            }
        };
        let contract = contract(grade, rng);
        Person {
            number,
            name: (
                index(rng.random_range(0..FORENAMES.len())),
                index(rng.random_range(0..SURNAMES.len())),
            ),
            birth,
            ethnic_origin,
            gender: gender(group, rng),
            disability: index(draw(&[0.055, 0.795, 0.15], rng)).min(index(DISABILITIES.len() - 1)),
            nationality,
            contract,
            source: source(grade, age, nationality, rng),
            post,
            group,
            fte: hours(grade, rng),
            second: self.second(group, grade, rng),
            is_also_bank: rng.random_bool(ALSO_BANK) && group != Group::Doctors,
            start,
            status: match rng.random_range(0..1000) {
                0..6 => Status::ActingUp,
                6..12 => Status::InternalSecondment,
                _ => Status::Active,
            },
            left: None,
            before: None,
            was_away: false,
        }
    }

    /// A post for somebody of this group and grade.
    pub(crate) fn post(&self, group: Group, grade: Grade, rng: &mut ChaCha20Rng) -> Post {
        let setting = self.trust.setting;
        let post = self.catalogue.posts_of(setting, group, grade).draw(rng);
        Post {
            grade,
            kind: narrow(post),
            area: narrow(self.catalogue.areas_of(setting, post).draw(rng)),
            site: narrow(self.catalogue.sites_of(self.trust.ods_code).draw(rng)),
        }
    }

    fn grade(&self, group: Group, arrival: Arrival, rng: &mut ChaCha20Rng) -> Grade {
        let mix = self.published.mix(group);
        let weights: Vec<f64> = mix.iter().map(|(_, people)| people.iter().sum()).collect();
        let one = mix[draw(&weights, rng)].0;
        // Higher posts are filled from within more often than by joiners.
        if arrival != Arrival::Before && group != Group::Doctors && rng.random_bool(0.4) {
            return one.min(mix[draw(&weights, rng)].0);
        }
        one
    }

    fn age(&self, group: Group, grade: Grade, arrival: Arrival, rng: &mut ChaCha20Rng) -> i16 {
        let mut weights = self.published.ages(group, grade);
        if arrival != Arrival::Before {
            for (weight, factor) in weights.iter_mut().zip(JOINERS_BY_AGE) {
                *weight *= factor;
            }
        }
        let most = if grade.is_training() { 48 } else { 76 };
        for _ in 0..30 {
            let band = draw(&weights, rng);
            let from = TURNOVER_AGES[band];
            let until = TURNOVER_AGES.get(band + 1).copied();
            let age = match until {
                Some(25) => rng.random_range(from + 2..25),
                Some(until) => rng.random_range(from..until),
                // Older ages are rarer: the lesser of two draws.
                None => from + rng.random_range(0..12).min(rng.random_range(0..12)),
            };
            if (grade.least_age()..most).contains(&age) {
                return age;
            }
        }
        grade.least_age()
    }

    fn ethnic_origin(&self, group: Group, post: Post, rng: &mut ChaCha20Rng) -> u8 {
        let mix = self.published.mix(group);
        let own = mix.iter().find(|(grade, _)| *grade == post.grade);
        let mut weights = own.map_or([1.0; 7], |(_, people)| *people);
        if group.is_local() {
            let site = &self.catalogue.sites[usize::from(post.site)];
            let tilt = self.published.tilt(&site.district);
            weights
                .iter_mut()
                .zip(tilt)
                .for_each(|(weight, tilt)| *weight *= tilt);
        }
        value(&ETHNIC_ORIGINS, ETHNIC_GROUPS[draw(&weights, rng)], rng)
    }

    /// Some people have a second post. Consultants' extra programmed activities are not one: their first FTE
    /// has them.
    fn second(&self, group: Group, grade: Grade, rng: &mut ChaCha20Rng) -> Option<Second> {
        rng.random_bool(SECOND_POST).then(|| Second {
            post: self.post(group, grade, rng),
            fte: 10 * rng.random_range(1..=4),
        })
    }
}

/// Draws the index of a value of a category.
pub(crate) fn value(values: &[Value], category: &str, rng: &mut ChaCha20Rng) -> u8 {
    let own = |value: &Value| {
        if value.category == category {
            value.share
        } else {
            0.0
        }
    };
    let weights: Vec<f64> = values.iter().map(own).collect();
    index(draw(&weights, rng))
}

/// A day between two days, both included.
pub(crate) fn between(first: Date, last: Date, rng: &mut ChaCha20Rng) -> Date {
    let days = (last - first).get_days().max(0);
    first.saturating_add(rng.random_range(0..=days).days())
}

fn birth(age: i16, on: Date, rng: &mut ChaCha20Rng) -> Date {
    // Uniform over the days that give this age in completed years.
    let latest = on.saturating_sub(i32::from(age).years());
    latest.saturating_sub(rng.random_range(0..365).days())
}

#[expect(clippy::cast_possible_truncation, reason = "some thousand days")]
fn days_before(day: Date, days: f64) -> Date {
    day.saturating_sub((days as i64).days())
}

fn gender(group: Group, rng: &mut ChaCha20Rng) -> u8 {
    // Share of women: a judgement, in round numbers.
    let women = match group {
        Group::Doctors => 0.48,
        Group::Nurses => 0.88,
        Group::Midwives => 0.995,
        Group::Ambulance => 0.45,
        Group::Scientific => 0.77,
        Group::Estates => 0.55,
        Group::Central => 0.66,
        Group::Managers => 0.63,
        Group::SeniorManagers => 0.58,
        _ => 0.83,
    };
    let known = 0.995;
    index(draw(
        &[known * women, known * (1.0 - women), 0.002, 0.003],
        rng,
    ))
}

fn nationality(ethnic_group: &str, rng: &mut ChaCha20Rng) -> u8 {
    let [eu, elsewhere] = match ethnic_group {
        "white" => [0.06, 0.01],
        "mixed" => [0.02, 0.06],
        "asian" => [0.01, 0.42],
        "black" => [0.03, 0.5],
        "chinese" => [0.01, 0.3],
        "other" => [0.03, 0.55],
        _ => [0.03, 0.15],
    };
    let weights = [0.97 - eu - elsewhere, eu, elsewhere, 0.03];
    let category = ["uk", "eu_eea", "rest_of_world", "unknown"][draw(&weights, rng)];
    // The probable nationalities of somebody of the group who comes from outside.
    let likely: &[&str] = match ethnic_group {
        "asian" => &["Indian", "Pakistani"],
        "black" => &["Nigerian", "Zimbabwean", "Ghanaian", "Sudanese"],
        "other" => &["Filipino", "Egyptian", "Sudanese"],
        _ => &[],
    };
    if category == "rest_of_world" && !likely.is_empty() {
        let label = any(likely, rng);
        let found = NATIONALITIES.iter().position(|value| value.label == label);
        return index(found.expect("the nationalities above are listed"));
    }
    value(&NATIONALITIES, category, rng)
}

fn contract(grade: Grade, rng: &mut ChaCha20Rng) -> u8 {
    let weights: [f64; FIRST_EXCLUDED_CONTRACT] = if grade.is_training() {
        [0.02, 0.96, 0.02, 0.0]
    } else if grade.is_doctors() {
        [0.85, 0.06, 0.08, 0.01]
    } else {
        [0.93, 0.07, 0.0, 0.0]
    };
    debug_assert!(CONTRACTS.len() > weights.len());
    index(draw(&weights, rng))
}

fn source(grade: Grade, age: i16, nationality: u8, rng: &mut ChaCha20Rng) -> u8 {
    let from_abroad = NATIONALITIES[usize::from(nationality)].category == "rest_of_world";
    let category = if from_abroad && rng.random_bool(0.45) {
        "abroad"
    } else if age < 26 && grade.least_age() >= 21 && rng.random_bool(0.6) {
        "newly_qualified"
    } else {
        const CATEGORIES: [(&str, f64); 9] = [
            ("nhs", 0.45),
            ("general_practice", 0.02),
            ("other_public", 0.08),
            ("private_health_or_social_care", 0.1),
            ("other_private", 0.14),
            ("education_or_training", 0.06),
            ("return_to_practice", 0.01),
            ("no_employment", 0.08),
            ("unknown", 0.06),
        ];
        CATEGORIES[draw(&CATEGORIES.map(|(_, share)| share), rng)].0
    };
    value(&SOURCES, category, rng)
}

fn hours(grade: Grade, rng: &mut ChaCha20Rng) -> u8 {
    if grade.is_training() {
        return if rng.random_bool(0.88) { 100 } else { 80 };
    }
    if grade.is_consultant() && rng.random_bool(0.3) {
        // Full time is ten programmed activities; these have eleven or twelve.
        return if rng.random_bool(0.6) { 110 } else { 120 };
    }
    HOURS[draw(&HOURS.map(|(_, share)| share), rng)].0
}

fn index(of: usize) -> u8 {
    u8::try_from(of).expect("lists of values have fewer than 256 entries")
}

fn narrow(of: usize) -> u16 {
    u16::try_from(of).expect("tables have fewer than 65,536 lines")
}
