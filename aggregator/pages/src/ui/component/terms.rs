//! Terms and what is said of each: definitions, facts.

use askama::Template;

use super::Link;
use crate::ui::markup::parts;

/// A heading, terms with what is said of each, and links.
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
    /// Under this heading.
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

    /// With an id of its own on the page, for links to it.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// With one more term.
    #[must_use]
    pub fn term(mut self, term: impl Into<String>, says: impl Into<String>) -> Self {
        self.entries.push((term.into(), vec![says.into()]));
        self
    }

    /// With one more term, of which several things are said; none where there is nothing.
    #[must_use]
    pub fn list(mut self, term: impl Into<String>, says: impl IntoIterator<Item = String>) -> Self {
        let says: Vec<_> = says.into_iter().collect();
        if !says.is_empty() {
            self.entries.push((term.into(), says));
        }
        self
    }

    /// With a link to more.
    #[must_use]
    pub fn link(mut self, link: Link) -> Self {
        self.links.push(link);
        self
    }

    /// Folded away until somebody wants it.
    #[must_use]
    pub fn folded(mut self) -> Self {
        self.is_folded = true;
        self
    }
}
