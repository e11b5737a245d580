//! A table that stands by itself in a card, with links to its numbers.

use askama::Template;

use crate::ui::{
    DataTable,
    chart::{Behind, Foot},
    markup::parts,
};

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
    /// A card with this table.
    #[must_use]
    pub fn new(table: DataTable) -> Self {
        Self {
            table,
            foot: Foot::default(),
        }
    }

    /// Adds the foot, which says where the numbers can be got.
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
