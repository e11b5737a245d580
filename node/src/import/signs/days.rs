//! On which days of the month dates are, and what a spreadsheet that took the month first did to them.

use std::collections::BTreeSet;

use super::Seen;

/// Different dates that can be read either way, enough to ask how they are to be read.
const ENOUGH_DATES: usize = 30;

/// Dates whose day and month are two numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::import) struct Order {
    /// Those that can be read either way.
    pub(in crate::import) ambiguous: u64,
    /// Different ones of them.
    pub(in crate::import) different: BTreeSet<Box<[u8]>>,
    /// Those with a day above 12, which prove which number it is.
    pub(in crate::import) proved: u64,
}

/// How the dates of one column are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::import) struct DateColumn {
    /// A spreadsheet's numbers.
    pub(in crate::import) serials: Seen,
    /// Dates in no doubt: those that a spreadsheet took for dates.
    pub(in crate::import) taken: Days,
    /// Dates that are two numbers and a year: those that it left as text.
    pub(in crate::import) left: Days,
}

/// On which days of the month dates are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::import) struct Days {
    /// Dates before the 13th, and later ones.
    pub(in crate::import) dates: [u64; 2],
    /// Their days, a bit each.
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

    /// Whether so few dates have a day above 12 that they are somebody's typing, and the others are read the wrong
    /// way round: by chance three in five have one.
    pub(in crate::import) fn is_doubtful(&self) -> bool {
        /// One in so many. Of 31 different dates, so few have a day above 12 by chance once in 10¹⁰ times.
        const TYPED: u64 = 20;
        self.different.len() >= ENOUGH_DATES && self.proved * TYPED <= self.ambiguous + self.proved
    }
}

// === impl DateColumn ===

impl DateColumn {
    /// How many are written as dates.
    pub(in crate::import) fn written(&self) -> u64 {
        self.taken.all() + self.left.all()
    }

    /// Whether the dates that a spreadsheet took for one are before the 13th, and the others are later: it took
    /// those that it could read with the month first. Some that somebody typed may be otherwise.
    pub(in crate::import) fn is_turned(&self) -> bool {
        self.taken.are(Side::UpTo12) && self.left.are(Side::Later)
    }
}

// === impl Days ===

/// A part of the month.
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

    /// Whether the dates are on one side of the month, but for one in ten that somebody may have typed.
    fn are(&self, side: Side) -> bool {
        /// Different days. By chance, three of taken dates and three of others are parted so once in 73 times …
        const ENOUGH: u32 = 3;
        /// … and six of each with one on the wrong side, once in 345 times.
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
