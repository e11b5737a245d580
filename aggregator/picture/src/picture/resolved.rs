//! A query that one series can answer, and the rows of the answer.

use vwis_model::{
    agreement::Measure,
    algebra::{Domain, Levels, LinearCombination, ResidualSum, Variances},
};

use super::Axis;
use crate::estimate::Estimate;

/// A query resolved against one series: everything that it names exists there.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The table's columns, in the order asked for.
    pub columns: Vec<Axis>,
    /// The attributes that are not columns, over whose wanted categories the table is summed.
    pub(super) summed: Vec<Axis>,
    pub(super) marginal: Levels,
    pub(super) measure: Measure,
    pub(super) domain: Domain,
}

/// A cell of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// For each column, the index of its category.
    pub categories: Vec<usize>,
    /// The estimate of the cell.
    pub estimate: Estimate,
}

// === impl Resolved ===

impl Resolved {
    /// Every attribute that the answer uses, as a column or summed over, with the categories that are wanted.
    pub fn axes(&self) -> impl Iterator<Item = &Axis> {
        self.columns.iter().chain(&self.summed)
    }

    /// The measure of the series.
    #[must_use]
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// The attributes that a filter names, with the codes of the categories wanted.
    pub fn filters(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        let axes = self.columns.iter().chain(&self.summed);
        axes.filter(|axis| axis.is_filtered).map(|axis| {
            let all = axis.attribute.categories();
            let codes = axis.categories.iter().map(|&index| all[index].code());
            (axis.attribute.code(), codes.collect())
        })
    }

    /// The mean variance of a cell's noise, in people or FTE squared.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "at most 100,000 cells")]
    pub fn mean_variance(&self, variances: &Variances) -> f64 {
        let cells = self.cells();
        // Where no attribute has groups, it is the same for all cells.
        let judged = if self.domain.is_flat() {
            &cells[..1]
        } else {
            &cells
        };
        let all = self.variances(variances, judged);
        all.iter().sum::<f64>() / all.len() as f64
    }

    /// The nodes of the table's cells, the last column fastest.
    fn cells(&self) -> Vec<Vec<usize>> {
        cross(self.columns.iter().map(|axis| &axis.nodes))
    }

    /// The variance of the noise of each of these cells.
    fn variances(&self, variances: &Variances, cells: &[Vec<usize>]) -> Vec<f64> {
        let one = |nodes: &Vec<usize>| {
            let mut sum = LinearCombination::new();
            for index in self.summed_cells(nodes) {
                sum.add(1.0, self.marginal, index);
            }
            let variance = variances.combination_variance(&sum);
            variance.expect("the marginal is in the closure and its cells exist")
        };
        cells.iter().map(one).collect()
    }

    /// The table's cells, the last column fastest.
    ///
    /// # Panics
    /// If `sum` is of another series than the one the query was resolved against.
    #[must_use]
    pub fn rows(&self, sum: &ResidualSum) -> Vec<Row> {
        let table = sum
            .table(self.marginal)
            .expect("the sum is of the series that the query was resolved against");
        let cells = self.cells();
        let variances = if self.domain.is_flat() {
            vec![self.mean_variance(sum.variances()); cells.len()]
        } else {
            self.variances(sum.variances(), &cells)
        };
        let row = |(categories, variance): (Vec<usize>, f64)| {
            let value = self
                .summed_cells(&categories)
                .map(|index| table.estimates[index])
                .sum();
            Row {
                estimate: Estimate::new(self.measure, value, variance),
                categories,
            }
        };
        cells.into_iter().zip(variances).map(row).collect()
    }

    /// The cells of the marginal that add up to the table's cell with these nodes.
    fn summed_cells(&self, nodes: &[usize]) -> impl Iterator<Item = usize> {
        let given = self
            .columns
            .iter()
            .map(|axis| axis.position)
            .zip(nodes.iter().copied());
        let given: Vec<_> = given.collect();
        cross(self.summed.iter().map(|axis| &axis.nodes))
            .into_iter()
            .map(move |summed| {
                // Who is wanted of an attribute whether they are in any category or not is at level 0.
                let summed = self
                    .summed
                    .iter()
                    .zip(summed)
                    .filter(|(axis, _)| axis.level > 0);
                let summed = summed.map(|(axis, node)| (axis.position, node));
                let mut cell: Vec<_> = given.iter().copied().chain(summed).collect();
                cell.sort_unstable();
                let ascending: Vec<_> = cell.into_iter().map(|(_, node)| node).collect();
                self.domain
                    .cell_index(self.marginal, &ascending)
                    .expect("one existing node for each attribute")
            })
    }
}

/// Every combination of one node per axis, the last axis varying fastest. Without axes there is one empty
/// combination.
fn cross<'a>(axes: impl Iterator<Item = &'a Vec<usize>>) -> Vec<Vec<usize>> {
    axes.fold(vec![Vec::new()], |choices, nodes| {
        let extended = |choice: Vec<usize>| {
            nodes.iter().map(move |&node| {
                let mut longer = choice.clone();
                longer.push(node);
                longer
            })
        };
        choices.into_iter().flat_map(extended).collect()
    })
}
