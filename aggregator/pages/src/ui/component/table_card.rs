//! A table that stands for itself, with what is behind it.

use askama::Template;

use super::{Behind, DataTable};
use crate::ui::{chart::Foot, markup::parts};

/// A table in a card, with links to the same numbers and a note.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/table_card.html")]
pub struct TableCard {
    table: DataTable,
    foot: Foot,
}

parts!(TableCard);

// === impl TableCard ===

impl TableCard {
    /// Of a table.
    #[must_use]
    pub fn new(table: DataTable) -> Self {
        Self {
            table,
            foot: Foot::default(),
        }
    }

    /// With what is behind it.
    #[must_use]
    pub fn behind(mut self, foot: Foot) -> Self {
        self.foot = foot;
        self
    }

    fn behind_it(&self) -> Behind<'_> {
        Behind {
            title: self.table.caption(),
            table: None,
            foot: &self.foot,
        }
    }
}
