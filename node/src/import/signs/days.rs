//! Finds dates that a spreadsheet turned round because it read the month first, by their days of the month.

use std::collections::BTreeSet;

use crate::import::seen::Seen;

/// Fewest different dates, readable either way, of which it is asked how to read them.
const ENOUGH_DATES: usize = 30;

/// Dates whose day and month are two numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::import) struct Order {
    /// Dates without a day above 12, which can be read either way.
    pub(in crate::import) ambiguous: u64,
    /// Different ones of these, up to [`ENOUGH_DATES`].
    pub(in crate::import) different: BTreeSet<Box<[u8]>>,
    /// Dates with a day above 12, which prove which number is the day.
    pub(in crate::import) proved: u64,
}

/// How the dates of one column are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::import) struct DateColumn {
    /// Dates written as a spreadsheet's serial numbers.
    pub(in crate::import) serials: Seen,
    /// Dates that can be read in one way only: a spreadsheet took them for dates.
    pub(in crate::import) taken: Days,
    /// Dates that are two numbers and a year: a spreadsheet left them as text.
    pub(in crate::import) left: Days,
}

/// On which days of the month dates are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::import) struct Days {
    /// Number of dates before the 13th, and of later ones.
    pub(in crate::import) dates: [u64; 2],
    /// The days of the month among them, one bit each.
    days: u32,
}

// === impl Order ===

impl Order {
    pub(super) fn note(&mut self, raw: &[u8], is_proved: bool) {
        if is_proved {
            self.proved += 1;
            return;
        }
        self.ambiguous += 1;
        if self.different.len() < ENOUGH_DATES {
            self.different.insert(raw.into());
        }
    }

    /// Whether so few dates have a day above 12 that these may be typed by hand, and all others be read the
    /// wrong way round. By chance three dates in five have such a day.
    pub(in crate::import) fn is_doubtful(&self) -> bool {
        /// Of this many dates, one with a day above 12 may be typed by hand. Among 31 different dates, so few
        /// have one by chance once in 10¹⁰ times.
        const TYPED: u64 = 20;
        self.different.len() >= ENOUGH_DATES && self.proved * TYPED <= self.ambiguous + self.proved
    }
}

// === impl DateColumn ===

impl DateColumn {
    /// Number of dates that are written as dates, not as serial numbers.
    pub(in crate::import) fn written(&self) -> u64 {
        self.taken.all() + self.left.all()
    }

    /// Whether a spreadsheet took for dates just those before the 13th and left the later ones as text: it
    /// read the month first. A few dates typed by hand may differ.
    pub(in crate::import) fn is_turned(&self) -> bool {
        self.taken.are(Side::UpTo12) && self.left.are(Side::Later)
    }
}

// === impl Days ===

/// A part of the month: up to the 12th, or later.
#[derive(Clone, Copy)]
enum Side {
    UpTo12,
    Later,
}

impl Days {
    pub(super) fn add(&mut self, day: i8) {
        self.dates[usize::from(day > 12)] += 1;
        self.days |= 1 << day;
    }

    pub(in crate::import) fn all(&self) -> u64 {
        self.dates.iter().sum()
    }

    /// Whether the dates are on one side of the month, except for one in ten that may be typed by hand.
    fn are(&self, side: Side) -> bool {
        /// Fewest different days on the side. By chance, dates taken on three days and dates left on three
        /// are parted like this once in 73 times …
        const ENOUGH: u32 = 3;
        /// … and on six days each, with one date on the wrong side, once in 345 times.
        const ENOUGH_BUT_FOR_TYPED: u32 = 6;
        const TYPED: u64 = 10;
        const UP_TO_12: u32 = (1 << 13) - 1;
        let [up_to_12, later] = self.dates;
        let (others, days) = match side {
            Side::UpTo12 => (later, self.days & UP_TO_12),
            Side::Later => (up_to_12, self.days & !UP_TO_12),
        };
        let enough = if others == 0 {
            ENOUGH
        } else {
            ENOUGH_BUT_FOR_TYPED
        };
        days.count_ones() >= enough && others * TYPED <= self.all()
    }
}
