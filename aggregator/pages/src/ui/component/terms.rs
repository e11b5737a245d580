//! Terms with what is said about each: definitions, facts.

use askama::Template;

use super::Link;
use crate::ui::markup::parts;

/// A heading, terms with what is said about each, and links.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/terms.html")]
pub struct Terms {
    id: Option<String>,
    heading: String,
    entries: Vec<(String, Vec<String>)>,
    links: Vec<Link>,
    is_folded: bool,
}

parts!(Terms);

// === impl Terms ===

impl Terms {
    /// Terms under this heading.
    #[must_use]
    pub fn new(heading: impl Into<String>) -> Self {
        Self {
            id: None,
            heading: heading.into(),
            entries: Vec::new(),
            links: Vec::new(),
            is_folded: false,
        }
    }

    /// Adds an id that is unique on the page, for links to the terms.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Adds a term.
    #[must_use]
    pub fn term(mut self, term: impl Into<String>, says: impl Into<String>) -> Self {
        self.entries.push((term.into(), vec![says.into()]));
        self
    }

    /// Adds a term about which several things are said. Without any, the term is left out.
    #[must_use]
    pub fn list(mut self, term: impl Into<String>, says: impl IntoIterator<Item = String>) -> Self {
        let says: Vec<_> = says.into_iter().collect();
        if !says.is_empty() {
            self.entries.push((term.into(), says));
        }
        self
    }

    /// Adds a link to more.
    #[must_use]
    pub fn link(mut self, link: Link) -> Self {
        self.links.push(link);
        self
    }

    /// Folds the terms away until somebody opens them.
    #[must_use]
    pub fn folded(mut self) -> Self {
        self.is_folded = true;
        self
    }
}
