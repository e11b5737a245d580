//! Tables on their way out of the aggregator: one [`Sheet`], and a writer for each file format.
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
mod display;
pub mod json;
pub mod media;
#[cfg(test)]
mod testing;
pub mod text;
pub mod xlsx;

use serde::Serialize;

use crate::estimate::{DisplayedFigure, Figure, Reliability, Unit};

/// The name of the column that holds [`Reliability::code`]. Writers that can shade cells shade the rows that
/// are too noisy by it.
pub const RELIABILITY: &str = "reliability";

/// A table ready to be written: typed columns, rows, and the notes, facts and metadata beside them.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The stem of file names, such as `staff_group+locality`.
    pub name: String,
    /// The heading that people read.
    pub title: String,
    /// From left to right; names are unique.
    pub columns: Vec<Column>,
    /// One cell for each column.
    pub rows: Vec<Vec<Cell>>,
    /// Caveats, to be read before the numbers.
    pub notes: Vec<String>,
    /// Facts for people, such as release, period and coverage: name and value.
    pub facts: Vec<(String, String)>,
    /// The facts and more, for machines.
    pub metadata: serde_json::Value,
}

/// One column of a sheet.
#[derive(Clone, Debug)]
pub struct Column {
    /// The name in CSV and JSON, `[a-z0-9_]+`; where groups are counted by, with their level: `band:1`.
    pub name: String,
    /// The heading that people read.
    pub title: String,
    /// The kind of its cells, unless a cell has its own.
    pub kind: Kind,
    /// The readers who are shown the column.
    pub readers: Readers,
    /// A sentence that says what the column holds.
    pub description: String,
}

/// The kind of value in a cell. It decides how people see the number, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Words.
    Text,
    /// People, shown as whole numbers.
    People,
    /// Full-time equivalents, shown with one decimal.
    Fte,
    /// A part of a whole, 0 to 1; shown as a percentage with one decimal.
    Share,
    /// A part of a whole, 0 to 1; shown as a whole percentage.
    Percent,
    /// One number divided by another, shown with two decimals.
    Ratio,
    /// Any other number, shown with one decimal.
    Decimal,
}

/// The readers who are shown a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Everybody.
    All,
    /// People at a terminal or spreadsheet: the column says in words what other columns hold as numbers.
    People,
    /// Programs that read CSV and JSON, and the right side of a spreadsheet: codes, standard deviations.
    Machines,
}

/// The content of one place in a sheet.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number of the column's kind; infinite where an interval has no end.
    Number(f64),
    /// A number of another kind than the column's, such as a share in a table of counts.
    Of(Kind, f64),
    /// No value, because nothing can be said.
    Empty,
}

// === impl Sheet ===

impl Sheet {
    /// The columns that these readers are shown, each with its index in a row.
    fn columns_for(&self, readers: Readers) -> impl Iterator<Item = (usize, &Column)> {
        let shown = move |(_, column): &(usize, &Column)| {
            column.readers == Readers::All || column.readers == readers
        };
        self.columns.iter().enumerate().filter(shown)
    }

    /// The index in a row of the column with this name.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Whether the row's own column [`RELIABILITY`] says that its number is too noisy to show.
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

    /// Shows the column to people only.
    #[must_use]
    pub fn people(self) -> Self {
        Self {
            readers: Readers::People,
            ..self
        }
    }

    /// Shows the column to machines only.
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

impl From<&DisplayedFigure> for Kind {
    /// The kind that writes a shown figure with exactly its decimals.
    fn from(shown: &DisplayedFigure) -> Self {
        match (shown.unit(), shown.decimals()) {
            (Unit::Share | Unit::Rate, 0) => Self::Percent,
            (Unit::People | Unit::Fte, 0) => Self::People,
            (Unit::People, _) => Self::Decimal,
            (unit, _) => unit.into(),
        }
    }
}

impl Cell {
    /// A figure's rounded value as people are shown it; empty where there is none.
    #[must_use]
    pub fn displayed(figure: &Figure) -> Self {
        let shown = DisplayedFigure::of(figure);
        let number = |value| Self::Of(Kind::from(&shown), value);
        shown.value().map_or(Self::Empty, number)
    }
}

// === impl Cell ===

impl Cell {
    /// A cell that holds these words.
    #[must_use]
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(words.into())
    }

    /// The number and its kind, in a column of `kind`; `None` for text, an empty cell and what is not a
    /// number.
    fn number(&self, kind: Kind) -> Option<(Kind, f64)> {
        let (kind, number) = match *self {
            Self::Number(number) => (kind, number),
            Self::Of(own, number) => (own, number),
            Self::Text(_) | Self::Empty => return None,
        };
        // Adding 0 turns a negative zero into 0.
        (!number.is_nan()).then_some((kind, number + 0.0))
    }
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }
}
