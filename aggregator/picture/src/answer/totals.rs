//! Adds rows of totals to a table.

use std::collections::BTreeMap;

use crate::{
    export::{Cell, Sheet},
    picture::{Resolved, Row},
};

/// The note beside a table with totals.
pub(super) const NEED_NOT_ADD_UP: &str = "Each number is rounded by itself, and none is shown below 0: what \
    is shown need not add up to its total. The estimates do.";

/// The table over its first columns alone: over none for the grand total, over all for the cells.
pub(super) struct Level {
    pub(super) resolved: Resolved,
    pub(super) rows: Vec<Row>,
}

/// Adds the rows of all levels but the last to `sheet`, which holds the rows of the last. Each total stands
/// before the rows that it sums. The rows that are already there stay as they are.
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
        // The sheet of the grand total begins with one cell that says "total" and belongs to no column here.
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
    // The map orders a shorter key before the longer keys that begin with it, so totals come first.
    sheet.rows.extend(all.into_values());
}
