//! What a reader can take along: downloads, the permalink, and how to cite the page.

use askama::Template;

use crate::ui::markup::parts;

/// The box "take these numbers with you".
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/take.html")]
pub struct Take {
    /// The downloads, and the board pack.
    pub links: Vec<Link>,
    /// The permalink in full, at which the same numbers stay for ever.
    pub permalink: String,
    /// The words to cite the page with.
    pub cite: String,
}

parts!(Take);

/// A link: words and where they lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The words that people read.
    pub words: String,
    /// The address.
    pub href: String,
}

// === impl Link ===

impl Link {
    /// A link with these words to this address.
    #[must_use]
    pub fn new(words: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            href: href.into(),
        }
    }
}
