//! Residents of Greater Manchester and its ten districts, Census 2021.
//!
//! **All ages**, except that children under 15 are left out of `age_band`: a table of ethnic group
//! by working age was not to be had. [`note`] says it beside every comparison.

use std::{collections::BTreeMap, sync::OnceLock};

use vwis_model::dictionary::Dictionary;

/// Where the figures come from.
pub const SOURCE: &str = "ONS Census 2021, 21 March 2021: residents of the ten districts of Greater \
    Manchester by ethnic group (TS021), sex, disability (TS038) and five-year age band";

/// The ten districts together, in place of a locality's code; as the dictionary's grouping `area`
/// names it.
pub const GREATER_MANCHESTER: &str = "greater_manchester";

/// What residents are known by: attributes of the dictionary, and `wres`, the grouping of
/// `ethnic_group`.
pub const ATTRIBUTES: [&str; 5] = ["ethnic_group", "wres", "gender", "disability", "age_band"];

const TABLES: [(&str, &str); 4] = [
    (
        "ethnic_group",
        include_str!("../../reference/census_ethnic_group.csv"),
    ),
    ("gender", include_str!("../../reference/census_gender.csv")),
    (
        "disability",
        include_str!("../../reference/census_disability.csv"),
    ),
    (
        "age_band",
        include_str!("../../reference/census_age_band.csv"),
    ),
];

/// Category code and residents, in the dictionary's order; the dictionary's other categories,
/// `unknown` among them, are not in the census.
pub type Counts = Vec<(&'static str, u32)>;

/// Residents of a district (`e08000001`) or of [`GREATER_MANCHESTER`] by category of one of
/// [`ATTRIBUTES`]; `None` of anything else.
#[must_use]
pub fn population(attribute: &str, locality: &str) -> Option<&'static [(&'static str, u32)]> {
    tables().get(attribute)?.get(locality).map(Vec::as_slice)
}

/// What is to be said beside a comparison with residents by this attribute.
#[must_use]
pub fn note(attribute: &str) -> &'static str {
    match attribute {
        "gender" => {
            "Residents of all ages by sex as answered in Census 2021, not by gender; people work \
             outside the district where they live."
        }
        "disability" => {
            "Residents of all ages, pensioners among them, whose day-to-day activities are limited \
             a little or a lot (Census 2021). Staff say themselves whether they consider themselves \
             disabled, which is asked otherwise and left unanswered more often."
        }
        "age_band" => {
            "Residents aged 15 and over in Census 2021; under 25 is 15 to 24, and 65 and over has \
             no upper end."
        }
        _ => {
            "Residents of all ages in Census 2021: a table of ethnic group by working age was not \
             to be had, and younger people are more often of a minority ethnic group. Census groups \
             are placed in those of the NHS by a judgement: Arab as other, Roma and Gypsy or Irish \
             Traveller as white. People work outside the district where they live."
        }
    }
}

/// By attribute, then by locality.
type Tables = BTreeMap<&'static str, BTreeMap<&'static str, Counts>>;

fn tables() -> &'static Tables {
    static TABLES_READ: OnceLock<Tables> = OnceLock::new();
    TABLES_READ.get_or_init(|| {
        let mut tables: Tables = TABLES
            .into_iter()
            .map(|(attribute, text)| (attribute, read(text)))
            .collect();
        let wres = tables["ethnic_group"]
            .iter()
            .map(|(locality, counts)| (*locality, in_wres_groups(counts)))
            .collect();
        tables.insert("wres", wres);
        tables
    })
}

/// One table, and Greater Manchester as the sum of its districts.
fn read(text: &'static str) -> BTreeMap<&'static str, Counts> {
    const SHIPPED: &str = "tests read every line of the shipped tables";
    let mut lines = text.lines();
    let header = lines.next().expect(SHIPPED);
    let categories: Vec<_> = header.split(',').skip(1).collect();
    let mut whole: Counts = categories.iter().map(|category| (*category, 0)).collect();
    let mut by_locality = BTreeMap::new();
    for line in lines {
        let mut fields = line.split(',');
        let locality = fields.next().expect(SHIPPED);
        let people = fields.map(|people| people.parse::<u32>().expect(SHIPPED));
        let counts: Counts = categories.iter().copied().zip(people).collect();
        for ((_, sum), (_, people)) in whole.iter_mut().zip(&counts) {
            *sum += people;
        }
        by_locality.insert(locality, counts);
    }
    by_locality.insert(GREATER_MANCHESTER, whole);
    by_locality
}

fn in_wres_groups(counts: &Counts) -> Counts {
    const DICTIONARY: &str = "the dictionary groups every ethnic group for the WRES";
    let attribute = Dictionary::builtin()
        .attribute("ethnic_group")
        .expect(DICTIONARY);
    let grouping = attribute.grouping("wres").expect(DICTIONARY);
    let mut grouped = Counts::new();
    for (category, people) in counts {
        let category = attribute.category(category).expect(DICTIONARY);
        let group = grouping.group_of(category).expect(DICTIONARY).code();
        match grouped.iter_mut().find(|(code, _)| *code == group) {
            Some((_, sum)) => *sum += people,
            None => grouped.push((group, *people)),
        }
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(attribute: &str, locality: &str) -> u32 {
        let counts = population(attribute, locality).unwrap();
        counts.iter().map(|(_, people)| people).sum()
    }

    fn localities() -> impl Iterator<Item = &'static str> {
        let locality = Dictionary::builtin().attribute("locality").unwrap();
        let area = locality.grouping("area").unwrap();
        let inside = area.group(GREATER_MANCHESTER).unwrap().categories();
        inside
            .iter()
            .map(|index| locality.categories()[*index].code())
    }

    #[test]
    fn every_district_and_the_whole_have_every_attribute() {
        assert_eq!(localities().count(), 10);
        for attribute in ATTRIBUTES {
            for locality in localities().chain([GREATER_MANCHESTER]) {
                let counts = population(attribute, locality).unwrap();
                assert!(counts.iter().all(|(_, people)| *people > 0));
            }
            let sum: u32 = localities().map(|code| total(attribute, code)).sum();
            assert_eq!(sum, total(attribute, GREATER_MANCHESTER), "{attribute}");
        }
        assert_eq!(population("band", GREATER_MANCHESTER), None);
        assert_eq!(population("gender", "elsewhere"), None);
    }

    #[test]
    fn categories_are_the_dictionarys_in_its_order() {
        for attribute in ["ethnic_group", "gender", "disability", "age_band"] {
            let own = Dictionary::builtin().attribute(attribute).unwrap();
            let indices: Vec<_> = population(attribute, GREATER_MANCHESTER)
                .unwrap()
                .iter()
                .map(|(category, _)| own.category(category).unwrap())
                .collect();
            assert!(indices.is_sorted(), "{attribute}");
        }
    }

    #[test]
    fn totals_are_those_of_the_census() {
        // Greater Manchester (E47000001) as published: 2,867,752 residents by ethnic group; by sex
        // the sum of the ten districts' "All persons", from 295,963 in Bolton to 329,330 in Wigan.
        assert_eq!(total("ethnic_group", GREATER_MANCHESTER), 2_867_752);
        assert_eq!(total("gender", GREATER_MANCHESTER), 2_867_765);
        assert_eq!(total("gender", "e08000001"), 295_963);
        assert_eq!(total("gender", "e08000003"), 551_938);
        assert_eq!(total("disability", GREATER_MANCHESTER), 2_867_762);
        // Bolton: 25,479 limited a lot and 28,119 limited a little.
        assert_eq!(population("disability", "e08000001").unwrap()[0].1, 53_598);
        // The 2,318,354 aged 15 and over are all but 549,401 of 2,867,755.
        assert_eq!(total("age_band", GREATER_MANCHESTER), 2_318_354);
    }

    #[test]
    fn white_and_bme_follow_from_the_six_groups() {
        // As published for Greater Manchester: 676,914 of 2,867,752, 23.6%.
        let whole = [("white", 2_190_838), ("bme", 676_914)];
        assert_eq!(population("wres", GREATER_MANCHESTER).unwrap(), whole);
        let manchester = [("white", 313_632), ("bme", 238_306)];
        assert_eq!(population("wres", "e08000003").unwrap(), manchester);
    }

    #[test]
    fn every_comparison_says_which_ages_are_counted() {
        for attribute in ATTRIBUTES {
            let note = note(attribute);
            assert!(
                note.contains("all ages") || note.contains("aged 15"),
                "{note}"
            );
        }
    }
}
