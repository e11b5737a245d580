//! What a reader can take along: downloads, the permalink, how to cite.

use askama::Template;

use crate::ui::markup::parts;

/// Take these numbers with you.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/take.html")]
pub struct Take {
    /// Downloads and the board pack.
    pub links: Vec<Link>,
    /// Where the same numbers will always be found, in full.
    pub permalink: String,
    /// How to cite the page.
    pub cite: String,
}

parts!(Take);

/// Words and where they lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// For people.
    pub words: String,
    /// Address.
    pub href: String,
}

// === impl Link ===

impl Link {
    /// Words that lead somewhere.
    #[must_use]
    pub fn new(words: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            href: href.into(),
        }
    }
}
