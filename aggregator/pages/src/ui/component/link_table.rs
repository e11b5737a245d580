//! A table whose rows lead somewhere.

use askama::Template;

use super::Link;
use crate::ui::markup::parts;

/// Rows of words, each with links in its last column.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/link_table.html")]
pub struct LinkTable {
    caption: String,
    headings: Vec<String>,
    rows: Vec<(Vec<String>, Vec<Link>)>,
}

parts!(LinkTable);

// === impl LinkTable ===

impl LinkTable {
    /// A table without rows; the last heading is that of the links.
    #[must_use]
    pub fn new(caption: impl Into<String>, headings: &[&str]) -> Self {
        Self {
            caption: caption.into(),
            headings: headings.iter().map(|&heading| heading.to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn push(&mut self, cells: Vec<String>, links: Vec<Link>) {
        self.rows.push((cells, links));
    }
}
