//! A page as a whole: its shell, and its parts in order.

use askama::Template;

use crate::ui::{Html, component::Section, layout::Shell, markup::Part};

/// A page with at least this many sections lists them at its head.
const MANY_SECTIONS: usize = 4;

/// A page: its shell, and the parts that it holds in order.
#[derive(Clone, Debug, Template)]
#[template(path = "views/document.html")]
pub struct Document {
    /// What stands above and beneath the parts.
    pub shell: Shell,
    parts: Vec<Html>,
}

// === impl Document ===

impl Document {
    /// A page without parts.
    #[must_use]
    pub fn new(shell: Shell) -> Self {
        Self {
            shell,
            parts: Vec::new(),
        }
    }

    /// Adds a part.
    pub fn push(&mut self, part: &impl Part) {
        self.parts.push(part.html());
    }

    /// Adds a part that is markup already.
    pub fn push_html(&mut self, part: Html) {
        self.parts.push(part);
    }

    /// Adds a section, which the head of the page lists.
    pub fn section(&mut self, section: &Section) {
        self.shell.on_page.push(section.link());
        self.push(section);
    }

    /// The shell and the parts, to be put into a document with another shell.
    #[must_use]
    pub fn for_print(self) -> (Shell, Vec<Html>) {
        (self.shell, self.parts)
    }

    /// The page as HTML.
    #[must_use]
    pub fn html(mut self) -> String {
        if self.shell.on_page.len() < MANY_SECTIONS {
            self.shell.on_page.clear();
        }
        self.render()
            .expect("a page writes texts and numbers into a String, which takes them")
    }
}
