//! Rows of totals in a table.

use std::collections::BTreeMap;

use crate::{
    export::{Cell, Sheet},
    picture::{Resolved, Row},
};

/// Beside a table with totals.
pub(super) const NEED_NOT_ADD_UP: &str = "Each number is rounded by itself, and none is shown below 0: what \
    is shown need not add up to its total. The estimates do.";

/// The table over the first columns alone: none for the total, all for the cells.
pub(super) struct Level {
    pub(super) resolved: Resolved,
    pub(super) rows: Vec<Row>,
}

/// Adds the rows of every level but the last to a sheet that holds those of the last, each before what
/// it sums. The rows that are there stay as they are.
pub(super) fn add(sheet: &mut Sheet, levels: &[Level]) {
    let Some((cells, above)) = levels.split_last() else {
        return;
    };
    let own = cells.rows.iter().map(|row| row.categories.clone());
    let mut all: BTreeMap<Vec<usize>, Vec<Cell>> = own.zip(sheet.rows.drain(..)).collect();
    let columns = cells.resolved.columns.len();
    for level in above {
        let sums = crate::picture::sheet(&level.resolved, &level.rows);
        let labels = 2 * level.resolved.columns.len();
        // A total has one cell that says so, which stands for no column here.
        let figures = if labels == 0 { 1 } else { labels };
        for (row, sum) in level.rows.iter().zip(sums.rows) {
            let total = [Cell::text("total"), Cell::text("All")];
            let totals = std::iter::repeat_n(total, columns - level.resolved.columns.len());
            let named = sum[..labels].iter().cloned();
            let cells = named.chain(totals.flatten());
            let cells = cells.chain(sum[figures..].iter().cloned());
            all.insert(row.categories.clone(), cells.collect());
        }
    }
    // Vectors are ordered by their beginning: each total stands before what it sums.
    sheet.rows.extend(all.into_values());
}
