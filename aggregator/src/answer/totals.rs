//! Rows of totals in a table, and displayed values that add up to them.

use std::collections::BTreeMap;

use crate::{
    estimate::{Figure, Unit, consistent::adding_up_to},
    export::{Cell, Sheet},
    picture::{Resolved, Row},
};

/// The table over the first columns alone: none for the total, all for the cells.
pub(super) struct Level {
    pub(super) resolved: Resolved,
    pub(super) rows: Vec<Row>,
}

/// Adds the rows of every level but the last to a sheet that holds those of the last, each before what
/// it sums, and sets what is displayed.
pub(super) fn add(sheet: &mut Sheet, levels: &[Level], unit: Unit) {
    let Some((cells, above)) = levels.split_last() else {
        return;
    };
    let displayed = displayed(levels, unit);
    let own: BTreeMap<_, _> = cells
        .rows
        .iter()
        .map(|row| row.categories.clone())
        .zip(sheet.rows.drain(..))
        .collect();
    let mut all: BTreeMap<Vec<usize>, Vec<Cell>> = own;
    let columns = cells.resolved.columns.len();
    for level in above {
        let sums = crate::picture::sheet(&level.resolved, &level.rows);
        // A total has one cell that says so, which stands for no column here.
        let labels = 2 * level.resolved.columns.len();
        let skipped = sums.columns.len() - FIGURES - labels;
        for (row, sum) in level.rows.iter().zip(sums.rows) {
            let mut sum = sum;
            let figures = sum.split_off(labels + skipped);
            sum.truncate(labels);
            for _ in level.resolved.columns.len()..columns {
                sum.extend([Cell::text("total"), Cell::text("All")]);
            }
            sum.extend(figures);
            all.insert(row.categories.clone(), sum);
        }
    }
    let display = sheet
        .columns
        .iter()
        .position(|column| column.name == "display");
    // Vectors are ordered by their beginning: each total stands before what it sums.
    for (categories, mut row) in all {
        if let Some(place) = display
            && row[place] != Cell::Empty
            && let Some(value) = displayed.get(&categories)
        {
            row[place] = Cell::Number(*value);
        }
        sheet.rows.push(row);
    }
}

/// Columns of a table's sheet after those of its attributes: what is known of each cell.
const FIGURES: usize = 8;

/// By the categories of each row of each level: from the total downwards, so that the largest numbers
/// stand nearest to their estimates.
fn displayed(levels: &[Level], unit: Unit) -> BTreeMap<Vec<usize>, f64> {
    let mut shown: BTreeMap<Vec<usize>, f64> = BTreeMap::new();
    let Some(total) = levels.first().and_then(|level| level.rows.first()) else {
        return shown;
    };
    let figure = Figure::from(total.estimate);
    let rounded = (figure.value().unwrap_or_default() / unit.step()).round() * unit.step();
    shown.insert(Vec::new(), rounded.max(0.0));
    for level in levels.iter().skip(1) {
        let mut families: BTreeMap<Vec<usize>, Vec<&Row>> = BTreeMap::new();
        for row in &level.rows {
            let parent = row.categories[..row.categories.len() - 1].to_vec();
            families.entry(parent).or_default().push(row);
        }
        for (parent, rows) in families {
            let estimates: Vec<_> = rows.iter().map(|row| row.estimate.value()).collect();
            let sum = shown.get(&parent).copied().unwrap_or_default();
            for (row, value) in rows.iter().zip(adding_up_to(sum, &estimates, unit.step())) {
                shown.insert(row.categories.clone(), value);
            }
        }
    }
    shown
}
