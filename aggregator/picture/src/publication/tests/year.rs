//! What is published of a year, whose people several data sets count.

use super::*;

/// All that counts the people of one year: the data set, its series and the period.
const YEAR: [(&str, &[&str], &str); 8] = [
    ("year_leavers", &["year_leavers"], "2027-03"),
    ("leavers", &["leavers"], "2026-06"),
    ("leavers", &["leavers"], "2026-09"),
    ("leavers", &["leavers"], "2026-12"),
    ("leavers", &["leavers"], "2027-03"),
    ("career_movement", &["career_movement"], "2027-03"),
    ("staff", &["headline", "detail"], "2026-03"),
    ("staff", &["headline", "detail"], "2027-03"),
];

/// The published set of each part of a year, after the releases of `parts` of the year were made over these.
fn published_of_a_year(parts: &[(usize, &str)]) -> [Option<BTreeSet<OdsCode>>; 8] {
    let all = parts.iter();
    let events = all.fold(Events::new(), |events, &(part, codes)| {
        let (_, series, period) = YEAR[part];
        series.iter().fold(events, |events, series| {
            events.release(series, period, codes, codes)
        })
    });
    let publication = events.publication();
    let hash = events.agreement.hash();
    YEAR.map(|(data_set, _, period)| {
        let day = (data_set.to_owned(), period.parse().unwrap());
        let mut all = publication.under(&hash);
        all.find(|(of, _)| **of == day)
            .map(|(_, published)| published.employers().clone())
    })
}

#[test]
fn a_year_is_published_over_those_who_are_in_its_quarters() {
    let quarters = [
        (1, "ABCDEFGH"),
        (2, "ABCDEFGH"),
        (3, "ABCDEFG"),
        (4, "ABCDEFG"),
    ];
    let [year, ..] = published_of_a_year(&[&quarters[..2], &[(0, "ABCDEFGH")]].concat());
    assert_eq!(year.unwrap().len(), 8);
    let [year, ..] = published_of_a_year(&[&quarters[2..], &[(0, "ABCDEFGH")]].concat());
    assert_eq!(
        year.unwrap().len(),
        7,
        "H alone was in the year and not in a quarter"
    );
    let [year, _, later, ..] = published_of_a_year(&[(0, "ABCDEFGH"), (2, "ABCDEFG")]);
    assert_eq!((year.unwrap().len(), later), (8, None));
}

#[test]
fn quarters_and_years_of_staff_are_judged_together_only_once_a_whole_is_published() {
    // Two trusts left in the year. Nothing but a whole adds up to what they were.
    let parts = [
        (1, "ABCDEFGH"),
        (3, "ABCDEF"),
        (6, "ABCDEFGH"),
        (7, "ABCDEF"),
    ];
    let published = published_of_a_year(&parts);
    assert_eq!(published.iter().flatten().count(), 4);
    let [year, .., movement, _, _] =
        published_of_a_year(&[&parts[..], &[(0, "ABCDEF"), (5, "ABCDEF")]].concat());
    assert_eq!((year, movement), (None, None));
}

#[test]
fn a_years_movement_is_published_where_nobody_or_three_are_missing_in_it() {
    let staff = [(6, "ABCDEFGH"), (7, "ABCDEFGH")];
    for (codes, is_told) in [("ABCDEFGH", true), ("ABCDEFG", false), ("ABCDE", true)] {
        let [.., movement, _, _] = published_of_a_year(&[&staff[..], &[(5, codes)]].concat());
        assert_eq!(movement.is_some(), is_told, "{codes}");
    }
}

proptest! {
    #[test]
    fn what_counts_the_people_of_a_year_tells_no_fewer_than_three_employers_apart(
        sets in prop::collection::vec(any::<u8>(), 8),
        order in Just([0, 1, 2, 3, 4, 5, 6, 7]).prop_shuffle(),
    ) {
        let codes = sets.iter().map(|set| {
            ('A'..='H').enumerate().filter(|(at, _)| set >> at & 1 == 1).map(|(_, code)| code).collect::<String>()
        });
        let codes: Vec<_> = codes.collect();
        let parts = order.map(|part| (part, codes[part].as_str()));
        let there = parts.into_iter().filter(|(_, codes)| !codes.is_empty());
        let [year, quarters @ .., movement, before, after] = published_of_a_year(&there.collect::<Vec<_>>());
        let beside_year = quarters.iter().map(|quarter| (&year, quarter));
        let beside_movement = quarters.iter().chain([&year, &before, &after]).map(|part| (&movement, part));
        for (whole, part) in beside_year.chain(beside_movement) {
            let (Some(whole), Some(part)) = (whole, part) else { continue };
            for apart in [whole - part, part - whole, whole & part] {
                prop_assert!(apart.is_empty() || apart.len() >= LEAST, "{:?} {:?}", whole, part);
            }
        }
    }
}
