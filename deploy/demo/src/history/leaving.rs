//! Why people leave, and where they go: judgements, by age and grade.

use jiff::{ToSpan, civil::Date};
use rand::Rng;
use rand_chacha::ChaCha20Rng;

use crate::{
    choice::draw,
    inventor::{between, value},
    person::{Leaving, Person},
    values::{DESTINATIONS, REASONS},
};

/// Of those who go to another NHS organisation, the share who go to another trust of the place.
const STAYS_IN_THE_SYSTEM: f64 = 0.5;

/// Somebody who leaves for another trust of the place.
pub(super) struct Mover {
    pub(super) from: &'static str,
    pub(super) person: Person,
}

/// Ends somebody's employment in a quarter. Returns the mover, if they go to another trust of the place.
pub(super) fn leave(
    person: &mut Person,
    from: &'static str,
    (first, last): (Date, Date),
    rng: &mut ChaCha20Rng,
) -> Option<Mover> {
    let age = person.age(last);
    let (reason, destination) = why_and_where(age, person.post.grade.is_training(), rng);
    // Nobody goes before they come. Whoever went on the last day of the quarter would still be
    // employed on it.
    let day = between(first.max(person.start), last.saturating_sub(1.day()), rng);
    person.left = Some(Leaving {
        day,
        reason,
        destination,
    });
    let to_nhs = DESTINATIONS[usize::from(destination)].category == "nhs";
    (to_nhs && person.is_contracted() && rng.random_bool(STAYS_IN_THE_SYSTEM)).then(|| Mover {
        from,
        person: person.clone(),
    })
}

/// Destinations, in the order of the weights below.
const CATEGORIES: [&str; 9] = [
    "nhs",
    "general_practice",
    "other_public",
    "private_health_or_social_care",
    "other_private",
    "abroad",
    "education_or_training",
    "no_employment",
    "unknown",
];

/// A reason and a destination for somebody of this age.
fn why_and_where(age: i16, is_training: bool, rng: &mut ChaCha20Rng) -> (u8, u8) {
    let retires = match age {
        ..55 => 0.0,
        55..60 => 0.4,
        60..65 => 0.65,
        _ => 0.8,
    };
    let reason = if is_training && rng.random_bool(0.85) {
        "end_of_contract"
    } else if rng.random_bool(retires) {
        if rng.random_bool(0.06) {
            "retirement_ill_health"
        } else {
            "retirement"
        }
    } else {
        const REST: [(&str, f64); 9] = [
            ("resignation_career", 0.27),
            ("resignation_life", 0.34),
            ("resignation_relationships", 0.03),
            ("resignation_other", 0.16),
            ("end_of_contract", 0.08),
            ("dismissal", 0.04),
            ("redundancy", 0.01),
            ("other", 0.03),
            ("unknown", 0.04),
        ];
        REST[draw(&REST.map(|(_, share)| share), rng)].0
    };
    let weights = match reason {
        // NHS, general practice, other public, private health, other private, abroad, education,
        // none, unknown.
        "retirement" | "retirement_ill_health" => {
            [0.08, 0.02, 0.0, 0.01, 0.01, 0.0, 0.0, 0.75, 0.13]
        }
        "end_of_contract" => [0.75, 0.06, 0.02, 0.01, 0.01, 0.06, 0.02, 0.02, 0.05],
        "resignation_career" => [0.52, 0.06, 0.05, 0.1, 0.08, 0.03, 0.1, 0.01, 0.05],
        _ => [0.3, 0.05, 0.06, 0.07, 0.09, 0.06, 0.02, 0.13, 0.22],
    };
    let destination = CATEGORIES[draw(&weights, rng)];
    (
        value(&REASONS, reason, rng),
        value(&DESTINATIONS, destination, rng),
    )
}
