//! A page as a whole: its shell, and its parts in order.

use askama::Template;

use crate::ui::{Html, component::Section, layout::Shell, markup::Part};

/// Sections from which on a page lists them at its head.
const MANY_SECTIONS: usize = 4;

/// A page: what stands above and beneath it, and what it holds.
#[derive(Clone, Debug, Template)]
#[template(path = "views/document.html")]
pub struct Document {
    /// What stands around it.
    pub shell: Shell,
    parts: Vec<Html>,
}

// === impl Document ===

impl Document {
    /// Without content yet.
    #[must_use]
    pub fn new(shell: Shell) -> Self {
        Self {
            shell,
            parts: Vec::new(),
        }
    }

    /// With one more part.
    pub fn push(&mut self, part: &impl Part) {
        self.parts.push(part.html());
    }

    /// With one more part that is markup already.
    pub fn push_html(&mut self, part: Html) {
        self.parts.push(part);
    }

    /// With one more section, which the head of the page lists.
    pub fn section(&mut self, section: &Section) {
        self.shell.on_page.push(section.link());
        self.push(section);
    }

    /// Its shell and its parts, for a document that has another shell.
    #[must_use]
    pub fn for_print(self) -> (Shell, Vec<Html>) {
        (self.shell, self.parts)
    }

    /// As HTML.
    #[must_use]
    pub fn html(mut self) -> String {
        if self.shell.on_page.len() < MANY_SECTIONS {
            self.shell.on_page.clear();
        }
        self.render()
            .expect("a page writes texts and numbers into a String, which takes them")
    }
}
