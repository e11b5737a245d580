//! What became of the bands of a year's staff.
//!
//! The data set `career_movement` of a period holds everybody who was in post twelve months before, as they were
//! then, and their movement by the period's last day. It compares the two ends and nothing between: whoever
//! left and is back, or moved up and down again, counts by the two ends. Joiners of the year are not in it, for
//! they have no band at its beginning.
//!
//! Who stands higher is told by the dictionary's ladder. Pay outside of it is not compared, not even with itself:
//! whether a consultant who still is one moved up, no ladder tells.
//!
//! # Privacy
//! A person has one row at most, and it follows from that person's own two rows (design §3.1).

use vwis_model::{
    dictionary::{Attribute, DataSet, ladder},
    period::Period,
};

use super::{CAREER_MOVEMENT, STAFF, as_in, code, data_set_named};
use crate::people::{People, PersonTag};

/// Number of calendar months between the two ends.
pub const YEAR: u16 = 12;

/// What became of somebody's band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// On a higher rung of the ladder.
    Up,
    /// On the same rung.
    Same,
    /// On a lower rung.
    Down,
    /// Employed but absent, or paid outside of the ladder at one end or both.
    NotComparable,
    /// Not employed any more.
    Left,
    /// In post, with a band that is not known at one end or both.
    Unknown,
}

/// How many people moved how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Those who were in post at the beginning.
    pub people: usize,
    /// Those who moved up.
    pub up: usize,
    /// Those who moved down.
    pub down: usize,
    /// Those who left.
    pub left: usize,
}

/// The rung of each category of `band`, by its index.
struct Rungs {
    of: Vec<Option<usize>>,
    unknown: usize,
}

/// The earlier end of the year up to `period`; `None` where the calendar begins later.
#[must_use]
pub fn since(period: Period) -> Option<Period> {
    period.months_before(YEAR)
}

/// The period whose year begins at the end of `period`; `None` where the calendar ends earlier.
#[must_use]
pub fn until(period: Period) -> Option<Period> {
    period.months_after(YEAR)
}

/// The people of `before`, with what became of their band by `now`: `career_movement`. Whoever is not in `now` and
/// not absent (still employed, but on a career break, say) left.
///
/// # Panics
/// Where either was coded by another dictionary.
#[must_use]
pub fn movement(before: &People, now: &People, is_absent: impl Fn(PersonTag) -> bool) -> People {
    let band = column(data_set_named(STAFF), "band");
    let (rungs, index) = (Rungs::of_the_dictionary(), now.index());
    let movement = movement_attribute();
    as_in(
        CAREER_MOVEMENT,
        before,
        0..before.len(),
        |position, attribute| {
            if attribute != movement.code() {
                return None;
            }
            let tag = before.tags()[position];
            let moved = match index.find(now.tags(), tag) {
                Some(at) => rungs.between(before.column(band)[position], now.column(band)[at]),
                None if is_absent(tag) => Movement::NotComparable,
                None => Movement::Left,
            };
            Some(moved.category())
        },
    )
}

fn movement_attribute() -> &'static Attribute {
    let data_set = data_set_named(CAREER_MOVEMENT);
    &data_set.attributes()[column(data_set, "movement")]
}

fn column(data_set: &DataSet, attribute: &str) -> usize {
    let position = data_set.position(attribute);
    position.expect("the dictionary's data set has this attribute")
}

// === impl Movement ===

impl Movement {
    /// The index of its category among those of the attribute.
    fn category(self) -> u8 {
        let category = movement_attribute().category(match self {
            Self::Up => "up",
            Self::Same => "same",
            Self::Down => "down",
            Self::NotComparable => "not_comparable",
            Self::Left => "left",
            Self::Unknown => "unknown",
        });
        code(category.expect("the dictionary has these movements"))
    }
}

// === impl Tally ===

impl Tally {
    /// Counts people of `career_movement`.
    #[must_use]
    pub fn of(people: &People) -> Self {
        let moved = people.column(column(data_set_named(CAREER_MOVEMENT), "movement"));
        let count = |movement: Movement| -> usize {
            let category = movement.category();
            moved
                .iter()
                .map(|code| usize::from(*code == category))
                .sum()
        };
        Self {
            people: people.len(),
            up: count(Movement::Up),
            down: count(Movement::Down),
            left: count(Movement::Left),
        }
    }
}

// === impl Rungs ===

impl Rungs {
    fn of_the_dictionary() -> Self {
        let staff = data_set_named(STAFF);
        let band = &staff.attributes()[column(staff, "band")];
        let ladder = ladder(band);
        let rung = |category| ladder.iter().position(|rung| *rung == category);
        Self {
            of: (0..band.size()).map(rung).collect(),
            unknown: band.unknown(),
        }
    }

    /// The movement of somebody in post at both ends, from their two bands.
    fn between(&self, before: u8, now: u8) -> Movement {
        let (before, now) = (usize::from(before), usize::from(now));
        if before == self.unknown || now == self.unknown {
            return Movement::Unknown;
        }
        match (self.of[before], self.of[now]) {
            (Some(before), Some(now)) if now > before => Movement::Up,
            (Some(before), Some(now)) if now < before => Movement::Down,
            (Some(_), Some(_)) => Movement::Same,
            _ => Movement::NotComparable,
        }
    }
}

#[cfg(test)]
mod tests;
