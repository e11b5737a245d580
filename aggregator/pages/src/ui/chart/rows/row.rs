//! One row of a row chart.

use crate::{estimate::Figure, ui::Standing};

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub(super) label: String,
    pub(super) href: Option<String>,
    pub(super) note: Option<String>,
    pub(super) content: Content,
    pub(super) standing: Option<Standing>,
    pub(super) comparator: Option<Figure>,
    pub(super) is_last: bool,
}

/// What a row has to show.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A number with its doubt.
    Figure(Figure),
    /// None, and why: `not in this release`.
    Missing(String),
}

// === impl Row ===

impl Row {
    /// A row of a figure.
    #[must_use]
    pub fn new(label: impl Into<String>, figure: Figure) -> Self {
        Self::with(label.into(), Content::Figure(figure))
    }

    /// A row without a number, and why: a missing employer.
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
            standing: None,
            comparator: None,
            is_last: false,
        }
    }

    /// Linked to a page of its own.
    #[must_use]
    pub fn linked(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// With a note under its label.
    #[must_use]
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Where it stands against the benchmark.
    #[must_use]
    pub fn standing(mut self, standing: Standing) -> Self {
        self.standing = Some(standing);
        self
    }

    /// Where it stands, where it is held against anything.
    #[must_use]
    pub fn stands(&self) -> Option<Standing> {
        self.standing
    }

    /// With a comparator of its own, drawn as a grey tick: all staff of the same employers.
    #[must_use]
    pub fn beside(mut self, comparator: Figure) -> Self {
        self.comparator = Some(comparator);
        self
    }

    /// Last in its chart, as "Unknown" is.
    #[must_use]
    pub fn last(mut self) -> Self {
        self.is_last = true;
        self
    }

    /// Whether it stands last in its chart.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.is_last
    }

    /// Its number, where it has one.
    #[must_use]
    pub fn figure(&self) -> Option<&Figure> {
        match &self.content {
            Content::Figure(figure) => Some(figure),
            Content::Missing(_) => None,
        }
    }

    /// First by what kind of row it is, then by the estimate.
    pub(super) fn rank(&self) -> (u8, f64) {
        match self.figure() {
            None => (3, 0.0),
            Some(figure) if !figure.is_shown() => (2, -figure.interval().1.min(f64::MAX)),
            Some(figure) => (u8::from(self.is_last), -figure.value().unwrap_or(0.0)),
        }
    }
}
