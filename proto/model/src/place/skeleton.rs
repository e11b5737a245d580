//! What `place new` writes: a pack to fill in from published tables.

use super::pack::{EMPLOYERS, LOCALITIES, MANIFEST};

/// Files by name: two invented localities and one employer, with every field explained.
#[must_use]
pub fn skeleton() -> [(&'static str, &'static str); 7] {
    [
        (MANIFEST, include_str!("skeleton/place.toml")),
        (LOCALITIES, include_str!("skeleton/localities.csv")),
        (EMPLOYERS, include_str!("skeleton/employers.csv")),
        (
            "residents_ethnic_group.csv",
            include_str!("skeleton/residents_ethnic_group.csv"),
        ),
        (
            "residents_gender.csv",
            include_str!("skeleton/residents_gender.csv"),
        ),
        (
            "residents_disability.csv",
            include_str!("skeleton/residents_disability.csv"),
        ),
        (
            "residents_age_band.csv",
            include_str!("skeleton/residents_age_band.csv"),
        ),
    ]
}
