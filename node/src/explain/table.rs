//! A table's labels, and how exact its cells come out.

use vwis_model::agreement::{Series, Table};

/// Half-width of a 95% interval in standard deviations.
const Z_95: f64 = 1.959_963_984_540_054;

/// Words for a table: labels of its attributes and of the categories of a cell.
#[derive(Clone, Copy, Debug)]
pub struct TableInWords<'a> {
    table: &'a Table,
    series: &'a Series,
}

// === impl TableInWords ===

impl<'a> TableInWords<'a> {
    /// The words of `table`, one of those of `series`.
    #[must_use]
    pub fn new(series: &'a Series, table: &'a Table) -> Self {
        Self { table, series }
    }

    /// The attributes, such as `Staff group by Gender`, in the agreement's order.
    #[must_use]
    pub fn label(&self) -> String {
        let labels: Vec<_> = self
            .table
            .by
            .iter()
            .filter_map(|code| self.series.data_set().position(code))
            .map(|position| self.series.data_set().attributes()[position].label())
            .collect();
        if labels.is_empty() {
            "Everybody together".to_owned()
        } else {
            labels.join(" by ")
        }
    }

    /// The labels of the attributes, in the order of [`Self::categories`].
    #[must_use]
    pub fn attributes(&self) -> Vec<&'a str> {
        let attributes = self.series.data_set().attributes();
        let positions = self.table.attributes.iter();
        positions.map(|at| attributes[at].label()).collect()
    }

    /// The labels of the categories of cell number `cell`.
    ///
    /// # Panics
    /// Where the table has no such cell.
    #[must_use]
    pub fn categories(&self, cell: usize) -> Vec<&'a str> {
        let attributes = self.series.data_set().attributes();
        let domain = self.series.strategy().domain();
        let categories = domain
            .cell_categories(self.table.attributes, cell)
            .expect("the caller counts the cells of this table");
        let positions = self.table.attributes.iter().zip(categories);
        positions
            .map(|(at, category)| attributes[at].categories()[category].label())
            .collect()
    }

    /// Half the width of the 95% interval of each of its cells, in people or FTE.
    #[must_use]
    pub fn half_width(&self) -> f64 {
        let variances = self.series.strategy().variances(1);
        let variance = variances
            .cell_variance(self.table.attributes)
            .expect("a series measures the tables it promises");
        Z_95 * variance.sqrt()
    }
}
