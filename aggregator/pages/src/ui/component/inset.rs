//! Insets: a caveat, or something good to know.

use askama::Template;

use crate::ui::{Sentence, markup::parts};

/// A heading and one or two short paragraphs at the side of the numbers.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/inset.html")]
pub struct Inset {
    heading: String,
    paragraphs: Vec<Sentence>,
    /// The words and the address of a link to more.
    more: Option<(String, String)>,
    is_quiet: bool,
}

parts!(Inset);

// === impl Inset ===

impl Inset {
    /// An inset that says what limits the numbers.
    #[must_use]
    pub fn caveat(heading: impl Into<String>, paragraphs: Vec<Sentence>) -> Self {
        Self {
            heading: heading.into(),
            paragraphs,
            more: None,
            is_quiet: false,
        }
    }

    /// An inset that says what is good to know.
    #[must_use]
    pub fn information(heading: impl Into<String>, paragraphs: Vec<Sentence>) -> Self {
        Self {
            is_quiet: true,
            ..Self::caveat(heading, paragraphs)
        }
    }

    /// Adds a link to more.
    #[must_use]
    pub fn more(mut self, words: impl Into<String>, href: impl Into<String>) -> Self {
        self.more = Some((words.into(), href.into()));
        self
    }
}
