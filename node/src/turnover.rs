//! Who joined and who left between two snapshots.
//!
//! The data sets `joiners` and `leavers` of a period cover the three months up to its last day. A person is
//! at most once in either: whoever left and came back within the quarter is in neither, and whoever came and
//! left within it is not seen. Leavers keep the attributes they had when last seen.
//!
//! Those of a whole year are put together from its quarters' by [`year`]. What became of the bands of those who
//! were in post a year before is told by [`movement`].

pub mod movement;
pub mod year;

use std::collections::{HashMap, HashSet};

use vwis_model::{dictionary::DataSet, here};

use crate::people::{People, PersonTag};

/// Code of the data set of people in post.
pub const STAFF: &str = "staff";
/// Code of the data set of people who joined.
pub const JOINERS: &str = "joiners";
/// Code of the data set of people who left.
pub const LEAVERS: &str = "leavers";
/// Code of the data set of people who joined in a year.
pub const YEAR_JOINERS: &str = "year_joiners";
/// Code of the data set of people who left in a year.
pub const YEAR_LEAVERS: &str = "year_leavers";
/// Code of the data set of people who were in post a year before, with what became of their bands.
pub const CAREER_MOVEMENT: &str = "career_movement";
/// Number of calendar months that joiners and leavers of a period cover.
pub const MONTHS: u16 = 3;

/// Categories of `leaving_reason` and `leaving_destination`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaverDetails {
    /// Index of the reason among the categories of `leaving_reason`.
    pub reason: u8,
    /// Index of the destination among the categories of `leaving_destination`.
    pub destination: u8,
}

/// What an extract of staff tells about joining and leaving, apart from the people who count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moving {
    /// A category of `joining_source` for each person who counts, in their order.
    pub joining_source: Vec<u8>,
    /// Reason and destination of people who left in the quarter and are still listed.
    pub leavers: HashMap<PersonTag, LeaverDetails>,
    /// People who are employed but do not count now: on a career break, or in a row that cannot be read.
    pub absent: HashSet<PersonTag>,
}

/// The people of `now` who were neither in `before` nor absent then. `joining_source` has a category for each
/// person of `now`.
///
/// # Panics
/// Where either was coded by another dictionary, or `joining_source` is shorter than `now`.
#[must_use]
pub fn joiners(
    before: &People,
    now: &People,
    joining_source: &[u8],
    was_absent: impl Fn(PersonTag) -> bool,
) -> People {
    select(JOINERS, now, before, was_absent, |position, attribute| {
        (attribute == "joining_source").then(|| joining_source[position])
    })
}

/// The people of `before` who are neither in `now` nor absent (still employed, but on a career break, say).
/// Reasons and destinations come from `details`, as far as it has them.
///
/// # Panics
/// Where either was coded by another dictionary.
#[must_use]
pub fn leavers(
    before: &People,
    now: &People,
    details: impl Fn(PersonTag) -> Option<LeaverDetails>,
    is_absent: impl Fn(PersonTag) -> bool,
) -> People {
    select(LEAVERS, before, now, is_absent, |position, attribute| {
        let details = details(before.tags()[position])?;
        match attribute {
            "leaving_reason" => Some(details.reason),
            "leaving_destination" => Some(details.destination),
            _ => None,
        }
    })
}

/// The people of `these` who are neither among `others` nor absent there, with the attributes of `data_set`:
/// their own where `staff` has the attribute, else what `further` tells, else unknown.
fn select(
    data_set: &str,
    these: &People,
    others: &People,
    is_absent: impl Fn(PersonTag) -> bool,
    further: impl Fn(usize, &str) -> Option<u8>,
) -> People {
    let index = others.index();
    let selected = (0..these.len()).filter(|position| {
        let tag = these.tags()[*position];
        index.find(others.tags(), tag).is_none() && !is_absent(tag)
    });
    as_in(data_set, these, selected, further)
}

/// The staff at these positions of `these`, with the attributes of `data_set`: their own where `staff` has the
/// attribute, else what `further` tells, else unknown.
fn as_in(
    data_set: &str,
    these: &People,
    positions: impl Iterator<Item = usize>,
    further: impl Fn(usize, &str) -> Option<u8>,
) -> People {
    let (staff, data_set) = (data_set_named(STAFF), data_set_named(data_set));
    let mut people = People::none(data_set.attributes().len());
    let mut codes = Vec::with_capacity(data_set.attributes().len());
    for position in positions {
        codes.clear();
        codes.extend(data_set.attributes().iter().map(|attribute| {
            let own = staff.position(attribute.code());
            own.map(|column| these.column(column)[position])
                .or_else(|| further(position, attribute.code()))
                .unwrap_or_else(|| code(attribute.unknown()))
        }));
        let tag = these.tags()[position];
        people.push(tag, &codes, these.fte_hundredths()[position]);
    }
    people
}

/// The index of a category as people hold it.
fn code(category: usize) -> u8 {
    u8::try_from(category).expect("an attribute has at most 64 categories")
}

/// Whether a data set is put together at the node from the snapshots of a year, so that a part of them is not
/// enough.
#[must_use]
pub fn is_of_a_year(data_set: &str) -> bool {
    [YEAR_JOINERS, YEAR_LEAVERS, CAREER_MOVEMENT].contains(&data_set)
}

/// Number of attributes that people of a data set have.
pub(crate) fn attributes(data_set: &str) -> usize {
    data_set_named(data_set).attributes().len()
}

fn data_set_named(code: &str) -> &'static DataSet {
    here::dictionary()
        .data_set(code)
        .expect("the dictionary has this data set")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn roll(numbers: &[u8]) -> People {
        let staff = data_set_named(STAFF);
        let mut people = People::none(staff.attributes().len());
        for number in numbers {
            people.push(
                PersonTag([*number; 16]),
                &vec![number % 2; staff.attributes().len()],
                50,
            );
        }
        people
    }

    #[test]
    fn leavers_keep_what_they_were_and_say_why_where_the_extract_does() {
        let details = LeaverDetails {
            reason: 3,
            destination: 4,
        };
        let told = |tag| (tag == PersonTag([1; 16])).then_some(details);
        let left = leavers(&roll(&[1, 2, 3, 9]), &roll(&[3, 4]), told, |tag| {
            tag == PersonTag([9; 16])
        });
        assert_eq!(left.len(), 2);
        let data_set = data_set_named(LEAVERS);
        let column = |code| left.column(data_set.position(code).unwrap());
        let unknown = data_set.attributes()[data_set.position("leaving_reason").unwrap()].unknown();
        assert_eq!(
            column("leaving_reason"),
            [3, u8::try_from(unknown).unwrap()]
        );
        assert_eq!(column("leaving_destination")[0], 4);
        assert_eq!(column("band"), [1, 0]);
    }

    #[test]
    fn joiners_say_where_they_came_from() {
        let joined = joiners(&roll(&[1, 2]), &roll(&[2, 7, 9]), &[0, 5, 0], |tag| {
            tag == PersonTag([9; 16])
        });
        assert_eq!(joined.tags(), [PersonTag([7; 16])]);
        let data_set = data_set_named(JOINERS);
        assert_eq!(
            joined.column(data_set.position("joining_source").unwrap()),
            [5]
        );
    }

    proptest! {
        #[test]
        fn before_and_joiners_less_leavers_is_now(
            before in prop::collection::btree_set(any::<u8>(), 0..40),
            now in prop::collection::btree_set(any::<u8>(), 0..40),
        ) {
            let [before, now] = [before, now].map(|set| roll(&set.into_iter().collect::<Vec<_>>()));
            let joined = joiners(&before, &now, &vec![0; now.len()], |_| false);
            let left = leavers(&before, &now, |_| None, |_| false);
            prop_assert_eq!(before.len() + joined.len() - left.len(), now.len());
        }
    }
}
