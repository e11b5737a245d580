use vwis_model::{dictionary::Resolution, here};

use super::*;

fn reads(attribute: &str, spelling: &str, category: &str) {
    let attribute = here::dictionary().attribute(attribute).unwrap();
    let found = match attribute.resolve(spelling) {
        Resolution::Excluded(rule) => rule.code(),
        Resolution::Blank => "unknown",
        other => attribute.categories()[other.category().expect(spelling)].code(),
    };
    assert_eq!(found, category, "{spelling}");
}

#[test]
fn every_spelling_reads_back_as_the_category_that_it_was_written_for() {
    for origin in &ETHNIC_ORIGINS {
        let both = format!("{} {}", origin.code, origin.label);
        for spelling in [origin.code, origin.label, &both] {
            reads("ethnic_group", spelling, origin.category);
        }
    }
    for (attribute, values) in [
        ("nationality_group", &NATIONALITIES[..]),
        ("joining_source", &SOURCES),
        ("leaving_reason", &REASONS),
        ("leaving_destination", &DESTINATIONS),
    ] {
        for value in values {
            reads(attribute, value.label, value.category);
            if !value.code.is_empty() {
                reads(attribute, value.code, value.category);
            }
        }
    }
    for (attribute, values) in [
        ("gender", &GENDERS[..]),
        ("disability", &DISABILITIES),
        ("contract", &CONTRACTS),
    ] {
        for (category, long, short) in values {
            for spelling in long.iter().chain([short]) {
                reads(attribute, spelling, category);
            }
        }
    }
    for (category, usual, other) in STAFF_GROUPS {
        reads("staff_group", usual, category);
        reads("staff_group", other, category);
    }
}

#[test]
fn every_category_of_ethnic_group_nationality_and_disability_can_occur() {
    let dictionary = here::dictionary();
    for (attribute, values) in [
        ("ethnic_group", &ETHNIC_ORIGINS[..]),
        ("nationality_group", &NATIONALITIES),
        ("joining_source", &SOURCES),
        ("leaving_reason", &REASONS),
    ] {
        for category in dictionary.attribute(attribute).unwrap().categories() {
            let shares = values.iter().filter(|v| v.category == category.code());
            let sum: f64 = shares.map(|value| value.share).sum();
            assert!(
                (sum - 1.0).abs() < 1e-9,
                "{attribute} {}: {sum}",
                category.code()
            );
        }
    }
}
