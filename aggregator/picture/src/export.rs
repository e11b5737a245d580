//! How a table leaves the aggregator: one [`Sheet`], and a writer for each form of it.
//!
//! ```text
//! estimates ─► Sheet ─┬─► csv (+ csvw beside it)   every number in full, for machines
//!                     ├─► json                     the same, with what is said beside it
//!                     ├─► xlsx                     numbers formatted, and what to read first
//!                     └─► text                     for a terminal
//! ```
//!
//! **Architecture invariants**: pure, no IO; a number is rounded only where people read it, never in
//! CSV or JSON; no text of a cell can run as a formula.

pub mod canonical;
pub mod csv;
pub mod csvw;
pub mod json;
pub mod media;
mod shown;
#[cfg(test)]
mod testing;
pub mod text;
pub mod xlsx;

use serde::Serialize;

use crate::estimate::{Figure, Reliability, Shown, Unit};

/// The column that says how far a row can be relied on, by [`Reliability::code`]: what is too noisy
/// is shaded where there is shading.
pub const RELIABILITY: &str = "reliability";

/// A table ready to leave: typed columns, rows, and what is said beside them.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// File stem and permalink part, `staff_group+locality`.
    pub name: String,
    /// For people.
    pub title: String,
    /// In order; names are unique.
    pub columns: Vec<Column>,
    /// One cell for each column.
    pub rows: Vec<Vec<Cell>>,
    /// To be read before the numbers: caveats.
    pub notes: Vec<String>,
    /// Release, period, coverage, …: name and value, for people.
    pub facts: Vec<(String, String)>,
    /// The same and more, for machines.
    pub metadata: serde_json::Value,
}

/// One column of a sheet.
#[derive(Clone, Debug)]
pub struct Column {
    /// `[a-z0-9_]+`, as CSV and JSON name it.
    pub name: String,
    /// For people.
    pub title: String,
    /// What its cells are, where a cell does not say otherwise.
    pub kind: Kind,
    /// Who is shown it.
    pub readers: Readers,
    /// What stands in it, in a sentence.
    pub description: String,
}

/// What a cell is: decides formats for people, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Words.
    Text,
    /// People: whole.
    People,
    /// Full-time equivalents: tenths.
    Fte,
    /// From 0 to 1; shown as %.
    Share,
    /// The same in whole percents.
    Percent,
    /// One number over another: hundredths.
    Ratio,
    /// Any other number: tenths.
    Decimal,
}

/// Who is shown a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Everybody.
    All,
    /// Terminal and spreadsheet only: what says in words what other columns hold as numbers.
    People,
    /// CSV and JSON, and the right of a spreadsheet: codes, standard deviations.
    Machines,
}

/// What stands in one place of a sheet.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number of the column's kind. Infinite where an interval is unbounded.
    Number(f64),
    /// A number of a kind of its own: a share in a table of counts.
    Of(Kind, f64),
    /// Nothing can be said.
    Empty,
}

// === impl Sheet ===

impl Sheet {
    /// The columns that either of these readers is shown, with where each stands in a row.
    fn columns_for(&self, readers: Readers) -> impl Iterator<Item = (usize, &Column)> {
        let shown = move |(_, column): &(usize, &Column)| {
            column.readers == Readers::All || column.readers == readers
        };
        self.columns.iter().enumerate().filter(shown)
    }

    /// Where the column of this name stands in a row.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Whether a row says of itself that its number is too noisy to show.
    fn is_too_noisy(&self, row: &[Cell]) -> bool {
        let place = self.place(RELIABILITY);
        let code = Reliability::TooNoisyToShow.code();
        place
            .and_then(|place| row.get(place))
            .is_some_and(|cell| matches!(cell, Cell::Text(text) if text == code))
    }
}

// === impl Column ===

impl Column {
    /// A column that everybody is shown; see [`Column::people`] and [`Column::machines`].
    #[must_use]
    pub fn new(name: &str, title: &str, kind: Kind, description: &str) -> Self {
        Self {
            name: name.to_owned(),
            title: title.to_owned(),
            kind,
            readers: Readers::All,
            description: description.to_owned(),
        }
    }

    /// For people only.
    #[must_use]
    pub fn people(self) -> Self {
        Self {
            readers: Readers::People,
            ..self
        }
    }

    /// For machines only.
    #[must_use]
    pub fn machines(self) -> Self {
        Self {
            readers: Readers::Machines,
            ..self
        }
    }
}

// === impl Kind ===

impl From<Unit> for Kind {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::People => Self::People,
            Unit::Fte => Self::Fte,
            Unit::Share | Unit::Rate => Self::Share,
            Unit::Ratio | Unit::Score => Self::Ratio,
        }
    }
}

impl From<&Shown> for Kind {
    /// What is displayed is written as exactly as it was rounded.
    fn from(shown: &Shown) -> Self {
        match (shown.unit(), shown.decimals()) {
            (Unit::Share | Unit::Rate, 0) => Self::Percent,
            (Unit::People | Unit::Fte, 0) => Self::People,
            (Unit::People, _) => Self::Decimal,
            (unit, _) => unit.into(),
        }
    }
}

impl Cell {
    /// A figure as it is displayed.
    #[must_use]
    pub fn displayed(figure: &Figure) -> Self {
        let shown = Shown::of(figure);
        let number = |value| Self::Of(Kind::from(&shown), value);
        shown.value().map_or(Self::Empty, number)
    }
}

// === impl Cell ===

impl Cell {
    /// A cell of these words.
    #[must_use]
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(words.into())
    }

    /// The number and its kind, in a column of `kind`; `None` of text, of nothing and of what is
    /// not a number.
    fn number(&self, kind: Kind) -> Option<(Kind, f64)> {
        let (kind, number) = match *self {
            Self::Number(number) => (kind, number),
            Self::Of(own, number) => (own, number),
            Self::Text(_) | Self::Empty => return None,
        };
        // Adding 0 takes the sign from a negative zero.
        (!number.is_nan()).then_some((kind, number + 0.0))
    }
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }
}
