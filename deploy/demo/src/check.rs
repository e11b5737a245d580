//! Checks how well the picture holds the truth.

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};

use anyhow::Context as _;
use vwis_model::{
    agreement::{Agreement, Series, Table},
    algebra::Variances,
};
use vwis_picture::plan::{self, Read};

use crate::{
    picture::{Cell, Row},
    truth::{SYSTEM, Truth},
};

/// How well the picture holds the truth, over all cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// The number of cells compared.
    pub cells: usize,
    /// The share of cells, 0 to 1, whose 95% interval holds the truth.
    pub covered: f64,
    /// The mean of ((estimate − truth) / sd)², which is 1 if the stated standard deviations are right.
    pub mean_squared_error: f64,
}

/// Compares `picture.csv` and `truth.csv`, which have the same rows in the same order.
///
/// # Errors
/// A file cannot be read, or their rows differ.
#[expect(
    clippy::cast_precision_loss,
    reason = "a mean over some ten thousand cells"
)]
pub fn compare(picture: &Path, truth: &Path) -> anyhow::Result<Fit> {
    let rows = crate::picture::read(picture)?;
    let mut truths = csv::Reader::from_path(truth)
        .with_context(|| format!("cannot read {}", truth.display()))?;
    let (mut cells, mut covered, mut squares) = (0_usize, 0_usize, 0.0);
    for (row, record) in rows.iter().zip(truths.records()) {
        let record = record?;
        let names = [
            &row.cell.series,
            &row.cell.org,
            &row.cell.table,
            &row.cell.categories,
        ];
        anyhow::ensure!(
            record.iter().take(4).eq(names),
            "row {} is another cell in {}",
            cells + 2,
            truth.display()
        );
        let value: f64 = record
            .get(4)
            .context("truth.csv has too few columns")?
            .parse()?;
        cells += 1;
        covered += usize::from((row.lower..=row.upper).contains(&value));
        squares += ((row.estimate - value) / row.sd).powi(2);
    }
    anyhow::ensure!(
        cells == rows.len(),
        "{} has fewer rows than the picture",
        truth.display()
    );
    Ok(Fit {
        cells,
        covered: covered as f64 / cells as f64,
        mean_squared_error: squares / cells as f64,
    })
}

/// What the plan said of a question, and what came out at every employer.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The count in words.
    pub question: String,
    /// The series and the table that it is read from.
    pub series: String,
    /// The name of the table, such as `band:1+ethnic_group:1`.
    pub table: String,
    /// The standard deviation that the plan says for one employer and one release, in people or FTE.
    pub predicted_sd: f64,
    /// The number of employers over which `observed_sd` is the root of the mean square.
    pub employers: usize,
    /// The root of the mean squared error of one employer's count, in people or FTE.
    pub observed_sd: f64,
}

/// Holds every question that indicators ask against the truth, in the latest release of its series.
#[expect(clippy::cast_precision_loss, reason = "employers are some dozens")]
pub(crate) fn questions(agreement: &Agreement, rows: &[Row], truth: &Truth) -> Vec<Measured> {
    let estimates: HashMap<&Cell, f64> = rows.iter().map(|row| (&row.cell, row.estimate)).collect();
    let mut orgs: Vec<&str> = rows.iter().map(|row| row.cell.org.as_str()).collect();
    orgs.sort_unstable();
    orgs.dedup();
    orgs.retain(|org| *org != SYSTEM);
    let mut all = Vec::new();
    for (figure, _) in plan::asked() {
        // A change is the difference of two releases of a count that is here by itself.
        if figure.is_change() {
            continue;
        }
        let Some(read) = plan::best(&figure, agreement) else {
            continue;
        };
        let series = read.series;
        let Some((table, cells)) = cells(&read) else {
            continue;
        };
        let of = |org: &&str| {
            let error = |code: &String| {
                let cell = Cell::new(series.name(), org, &table.name(), code);
                Some(estimates.get(&cell)? - truth.of(&cell))
            };
            cells.iter().map(error).sum::<Option<f64>>()
        };
        let errors: Vec<f64> = orgs.iter().filter_map(of).collect();
        let squares: f64 = errors.iter().map(|error| error * error).sum();
        let variance =
            variances(series, agreement, rows).combination_variance(&read.cohort.cells(series));
        all.push(Measured {
            question: figure.label.clone(),
            series: series.name().to_owned(),
            table: table.name(),
            predicted_sd: variance.unwrap_or(f64::NAN).sqrt(),
            employers: errors.len(),
            observed_sd: (squares / errors.len() as f64).sqrt(),
        });
    }
    all
}

/// What the plan says of one employer's counts of a series, pooled with the others of the same people where the
/// picture says so.
fn variances(series: &Series, agreement: &Agreement, rows: &[Row]) -> Variances {
    let mut of_series = rows.iter().filter(|row| row.cell.series == series.name());
    let is_pooled = of_series.next().is_some_and(|row| row.is_pooled);
    let beside = agreement.series().iter().filter(|other| {
        is_pooled
            && other.name() != series.name()
            && other.data_set().code() == series.data_set().code()
            && other.measure() == series.measure()
    });
    let one = |series: &Series| series.strategy().variances(1);
    beside.fold(one(series), |pooled, other| pooled.pooled(&one(other)))
}

/// The smallest promised table that tells a count apart, and the names of the cells there that add up to it.
fn cells<'a>(read: &Read<'a>) -> Option<(&'a Table, Vec<String>)> {
    let Read { series, cohort, .. } = *read;
    let wanted = cohort.levels(series)?;
    let domain = series.strategy().domain();
    let telling = series.tables().iter();
    let telling = telling.filter(|table| table.levels.join(wanted) == table.levels);
    let table = telling.min_by_key(|table| domain.cells(table.levels))?;
    let sum = cohort.cells(series);
    let sum: BTreeSet<usize> = sum.terms().map(|(_, index, _)| index).collect();
    // The columns in the order of the agreement, each with its place in the order of the data set.
    let place = |at| table.levels.positions().position(|own| own == at);
    let column = |name: &String| {
        let (at, level) = (series.levels_of(std::slice::from_ref(name)).ok()?.iter()).next()?;
        Some((place(at)?, series.attribute_at(at, level)))
    };
    let columns = table.by.iter().map(column).collect::<Option<Vec<_>>>()?;
    let name = |nodes: &[usize]| {
        let codes = columns.iter();
        let codes = codes.map(|(place, counted)| counted.categories()[nodes[*place]].code());
        let codes: Vec<_> = codes.collect();
        if codes.is_empty() {
            "total".to_owned()
        } else {
            codes.join("+")
        }
    };
    let mut names = Vec::new();
    for index in 0..usize::try_from(domain.cells(table.levels)).ok()? {
        let nodes = domain.cell_nodes(table.levels, index)?;
        let above = wanted.iter().map(|(at, level)| {
            let tree = domain.tree(at);
            Some(tree.ancestor(table.levels.level(at), nodes[place(at)?], level))
        });
        let above = above.collect::<Option<Vec<_>>>()?;
        if sum.contains(&domain.cell_index(wanted, &above)?) {
            names.push(name(&nodes));
        }
    }
    Some((table, names))
}
