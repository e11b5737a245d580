//! A plain table of data.

use askama::Template;

use crate::ui::markup::parts;

/// A table with a caption; the first cell of each row names it. It scrolls sideways within itself
/// where it does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/table.html")]
pub struct DataTable {
    caption: String,
    headings: Vec<Heading>,
    rows: Vec<Vec<String>>,
    total: Option<Vec<String>>,
}

parts!(DataTable);

/// A column's heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    words: String,
    is_number: bool,
}

// === impl Heading ===

impl Heading {
    /// The heading of a column of words.
    #[must_use]
    pub fn text(words: &str) -> Self {
        Self {
            words: words.to_owned(),
            is_number: false,
        }
    }

    /// The heading of a column of numbers, which stand at the right.
    #[must_use]
    pub fn number(words: &str) -> Self {
        Self {
            words: words.to_owned(),
            is_number: true,
        }
    }
}

// === impl DataTable ===

impl DataTable {
    /// A table whose rows have as many cells as there are headings; missing cells stand empty.
    #[must_use]
    pub fn new(
        caption: impl Into<String>,
        headings: impl Into<Vec<Heading>>,
        rows: Vec<Vec<String>>,
    ) -> Self {
        let headings = headings.into();
        let rows = rows.into_iter().map(|row| filled(row, headings.len()));
        Self {
            caption: caption.into(),
            rows: rows.collect(),
            headings,
            total: None,
        }
    }

    /// The caption, which says what the table shows.
    #[must_use]
    pub fn caption(&self) -> &str {
        &self.caption
    }

    /// Adds a last row that sums up the others.
    #[must_use]
    pub fn totalled(mut self, total: Vec<String>) -> Self {
        self.total = Some(filled(total, self.headings.len()));
        self
    }
}

fn filled(mut row: Vec<String>, cells: usize) -> Vec<String> {
    row.resize(cells, String::new());
    row
}
