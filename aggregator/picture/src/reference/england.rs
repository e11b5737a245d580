//! NHS England's workforce by ethnic group, band and role, June 2022: exact input for tests of indicators.
//! `aggregator/picture/reference/SOURCES.md` says what was done to it.

use std::sync::OnceLock;

const TABLE: &str = include_str!("../../reference/testing/england_2022.csv");

/// The categories of `ethnic_group`, in the order of [`Line::people`].
pub(crate) const ETHNIC_GROUPS: [&str; 7] = [
    "white", "mixed", "asian", "black", "chinese", "other", "unknown",
];

/// The people of one role and band.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// A group of `staff_group`'s grouping `clinical`: `medical`, `clinical`, `non_clinical`,
    /// `unknown`.
    pub(crate) role: String,
    /// The code of a category of `band`.
    pub(crate) band: String,
    /// Headcount by ethnic group, in the order of [`ETHNIC_GROUPS`].
    pub(crate) people: [u32; 7],
}

/// Every role and band that has anybody.
pub(crate) fn england() -> &'static [Line] {
    static LINES: OnceLock<Vec<Line>> = OnceLock::new();
    LINES.get_or_init(|| {
        let mut table = csv::Reader::from_reader(TABLE.as_bytes());
        let lines = table.deserialize();
        lines
            .map(|line| {
                let (role, band, people) = line.expect("tests read every line");
                Line { role, band, people }
            })
            .collect()
    })
}

/// The numbers of white people and of people from minority groups in a role, over these bands.
#[cfg(test)]
pub(crate) fn white_and_bme(role: &str, bands: &[&str]) -> (u32, u32) {
    let lines = england()
        .iter()
        .filter(|line| line.role == role && bands.contains(&line.band.as_str()));
    lines.fold((0, 0), |(white, bme), line| {
        (
            white + line.people[0],
            bme + line.people[1..6].iter().sum::<u32>(),
        )
    })
}

#[cfg(test)]
mod tests {
    use vwis_model::dictionary::Category;

    use super::*;

    #[test]
    fn roles_bands_and_ethnic_groups_are_the_dictionarys() {
        let dictionary = vwis_model::here::dictionary();
        let staff_group = dictionary.attribute("staff_group").unwrap();
        let roles = staff_group.grouping("clinical").unwrap();
        let bands = dictionary.attribute("band").unwrap();
        for line in england() {
            assert!(roles.group(&line.role).is_some(), "{}", line.role);
            assert!(bands.category(&line.band).is_some(), "{}", line.band);
        }
        let ethnic_group = dictionary.attribute("ethnic_group").unwrap();
        let own = ethnic_group.categories().iter().map(Category::code);
        assert!(own.eq(ETHNIC_GROUPS));
    }

    #[test]
    fn lines_add_up_to_the_published_totals_and_a_little_more() {
        // "All - Including Unknown, Not Stated And Discontinued Codes", all grades. Medical: HCHS
        // doctors. Non-clinical: 114,555 central functions, 75,320 hotel, property and estates,
        // 24,434 managers, 13,020 senior managers. Clinical: 356,346 nurses, 26,181 midwives,
        // 19,127 ambulance staff, 177,901 scientific, 324,063 + 84,597 + 27,227 support.
        let published = [
            ("medical", 136_217),
            ("non_clinical", 227_329),
            ("clinical", 1_015_442),
            ("unknown", 508),
        ];
        for (role, total) in published {
            let lines = england().iter().filter(|line| line.role == role);
            let own: u32 = lines.flat_map(|line| line.people).sum();
            // A person who is in two grades is in two lines.
            assert!(
                (total..total + total / 100).contains(&own) || own == total,
                "{role} {own}"
            );
        }
    }

    #[test]
    fn a_line_is_what_the_publication_says_of_its_grades() {
        // Consultants, June 2022: 31,009 white; 1,438 + 16,143 + 1,630 + 1,242 + 2,132 others.
        assert_eq!(white_and_bme("medical", &["consultant"]), (31_009, 22_585));
        // Very senior managers: 2,010 white; 28 + 96 + 53 + 3 + 9 others.
        assert_eq!(white_and_bme("non_clinical", &["vsm"]), (2_010, 189));
    }
}
