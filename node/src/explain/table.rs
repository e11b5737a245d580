//! A table's labels, and how exact its cells come out.

use std::sync::Arc;

use vwis_model::{
    agreement::{Series, Table},
    algebra::Levels,
    dictionary::Attribute,
};

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
        let levels = |name: &String| self.series.levels_of(std::slice::from_ref(name));
        let own = self.table.by.iter().filter_map(|name| levels(name).ok());
        let labels: Vec<_> = own
            .flat_map(|levels| self.axes(levels))
            .map(|axis| axis.label().to_owned())
            .collect();
        if labels.is_empty() {
            "Everybody together".to_owned()
        } else {
            labels.join(" by ")
        }
    }

    /// The labels of what it counts by, in the order of [`Self::categories`].
    #[must_use]
    pub fn attributes(&self) -> Vec<String> {
        self.axes(self.table.levels)
            .iter()
            .map(|axis| axis.label().to_owned())
            .collect()
    }

    fn axes(&self, levels: Levels) -> Vec<Arc<Attribute>> {
        levels
            .iter()
            .map(|(at, level)| self.series.attribute_at(at, level))
            .collect()
    }

    /// The labels of the categories or groups of cell number `cell`.
    ///
    /// # Panics
    /// Where the table has no such cell.
    #[must_use]
    pub fn categories(&self, cell: usize) -> Vec<String> {
        let domain = self.series.strategy().domain();
        let nodes = domain.cell_nodes(self.table.levels, cell);
        let nodes = nodes.expect("the caller counts the cells of this table");
        let axes = self.axes(self.table.levels).into_iter().zip(nodes);
        axes.map(|(axis, node)| axis.categories()[node].label().to_owned())
            .collect()
    }

    /// Half the width of the 95% interval of its cells, in people or FTE: of the least exact one, where the
    /// cells of an attribute with groups differ.
    #[must_use]
    pub fn half_width(&self) -> f64 {
        let variances = self
            .series
            .strategy()
            .variances(1)
            .cell_variances(self.table.levels);
        let variances = variances
            .expect("a series measures the tables it promises")
            .into_iter();
        Z_95 * variances.fold(0.0, f64::max).sqrt()
    }
}
