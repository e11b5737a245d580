//! One row of a row chart.

use crate::{estimate::Figure, ui::Comparison};

/// A row of a row chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub(super) label: String,
    pub(super) href: Option<String>,
    pub(super) note: Option<String>,
    pub(super) content: Content,
    pub(super) comparison: Option<Comparison>,
    pub(super) comparator: Option<Figure>,
    pub(super) is_last: bool,
}

/// What a row shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A number with its doubt.
    Figure(Figure),
    /// No number, and why: `not in this release`.
    Missing(String),
}

// === impl Row ===

impl Row {
    /// A row of a figure.
    #[must_use]
    pub fn new(label: impl Into<String>, figure: Figure) -> Self {
        Self::with(label.into(), Content::Figure(figure))
    }

    /// A row without a number, and why, such as a missing employer.
    #[must_use]
    pub fn missing(label: impl Into<String>, why: impl Into<String>) -> Self {
        Self::with(label.into(), Content::Missing(why.into()))
    }

    fn with(label: String, content: Content) -> Self {
        Self {
            label,
            href: None,
            note: None,
            content,
            comparison: None,
            comparator: None,
            is_last: false,
        }
    }

    /// Links the row to its own page.
    #[must_use]
    pub fn linked(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// Adds a note under the label.
    #[must_use]
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Says where the row stands against the benchmark.
    #[must_use]
    pub fn compared(mut self, comparison: Comparison) -> Self {
        self.comparison = Some(comparison);
        self
    }

    /// Where the row stands; `None` if it is compared with nothing.
    #[must_use]
    pub fn comparison(&self) -> Option<Comparison> {
        self.comparison
    }

    /// Adds the row's own comparator, such as all staff of the same employers. It is drawn as a grey tick.
    #[must_use]
    pub fn beside(mut self, comparator: Figure) -> Self {
        self.comparator = Some(comparator);
        self
    }

    /// Puts the row last in its chart, as "Unknown" is.
    #[must_use]
    pub fn last(mut self) -> Self {
        self.is_last = true;
        self
    }

    /// Whether the row stands last in its chart.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.is_last
    }

    /// The row's number, if it has one.
    #[must_use]
    pub fn figure(&self) -> Option<&Figure> {
        match &self.content {
            Content::Figure(figure) => Some(figure),
            Content::Missing(_) => None,
        }
    }

    /// The key that rows are sorted by: first the kind of row, then the estimate.
    pub(super) fn rank(&self) -> (u8, f64) {
        match self.figure() {
            None => (3, 0.0),
            Some(figure) if !figure.is_shown() => (2, -figure.interval().1.min(f64::MAX)),
            Some(figure) => (u8::from(self.is_last), -figure.value().unwrap_or(0.0)),
        }
    }
}
