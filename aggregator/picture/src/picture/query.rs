//! A query for a table, how a series answers it, and the rows of the answer.

use std::{collections::BTreeSet, fmt, sync::Arc};

use vwis_model::{
    agreement::{Agreement, Measure, Series, table_name},
    algebra::{Domain, Levels, LinearCombination, ResidualSum, Variances},
    dictionary::Attribute,
};

use super::{QueryError, promised_tables};
use crate::estimate::Estimate;

/// The most tables that an error message names.
const MOST_ALTERNATIVES: usize = 12;

/// A query for a table: its columns and filters, by their codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The codes of the attributes that are the table's columns, in their order.
    pub by: Vec<String>,
    /// The filters: at most one for each attribute.
    pub filters: Vec<Filter>,
}

/// Keeps only some categories of an attribute: `locality=e08000003,e08000006`. If the attribute is not a
/// column of the table, the table is summed over these categories.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Filter {
    /// The code of the attribute.
    pub attribute: String,
    /// The codes or labels of the categories that are kept.
    pub categories: Vec<String>,
}

/// An attribute of a resolved table, with the categories that are wanted.
#[derive(Clone, Debug)]
pub struct Axis {
    /// The attribute, as the series' edition of the dictionary has it, or its groups at a level of the
    /// series' tree as an attribute of their own.
    pub attribute: Arc<Attribute>,
    /// The attribute that is counted by: the same, where no groups are.
    pub counted: Arc<Attribute>,
    /// Its position in the data set.
    pub position: usize,
    /// The indices of the categories of `attribute` that are wanted, ascending.
    pub categories: Vec<usize>,
    /// The indices of the categories of `counted` that are wanted with them.
    pub inside: BTreeSet<usize>,
    /// The level of the attribute's tree that they are read from.
    level: usize,
    /// The nodes of that level that hold them.
    nodes: Vec<usize>,
    /// Whether a filter chose the categories.
    pub is_filtered: bool,
}

/// A query resolved against one series: everything that it names exists there.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The table's columns, in the order asked for.
    pub columns: Vec<Axis>,
    /// The attributes that are not columns, over whose wanted categories the table is summed.
    summed: Vec<Axis>,
    marginal: Levels,
    measure: Measure,
    domain: Domain,
}

/// A cell of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// For each column, the index of its category.
    pub categories: Vec<usize>,
    /// The estimate of the cell.
    pub estimate: Estimate,
}

// === impl Filter ===

impl std::str::FromStr for Filter {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        let bad = || QueryError::Filter(text.chars().take(80).collect());
        let (attribute, categories) = text.split_once('=').ok_or_else(bad)?;
        let categories: Vec<_> = categories.split(',').map(|c| c.trim().to_owned()).collect();
        if attribute.trim().is_empty() || categories.iter().any(String::is_empty) {
            return Err(bad());
        }
        Ok(Self {
            attribute: attribute.trim().to_owned(),
            categories,
        })
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.attribute, self.categories.join(","))
    }
}

// === impl Query ===

impl Query {
    /// The measure that a query counts: what was asked for, or else the measure of the series that is named,
    /// or else headcount.
    ///
    /// # Errors
    /// [`QueryError::OtherMeasure`] where the named series has another measure than what was asked for.
    pub fn measure_of(
        agreement: &Agreement,
        asked: Option<Measure>,
        series: Option<&str>,
    ) -> Result<Measure, QueryError> {
        let series = series.and_then(|name| agreement.series_named(name));
        let Some(series) = series else {
            return Ok(asked.unwrap_or(Measure::Headcount));
        };
        let own = series.measure();
        match asked {
            Some(asked) if asked != own => Err(QueryError::OtherMeasure {
                series: series.name().to_owned(),
                own: own.code(),
                asked: asked.code(),
            }),
            _ => Ok(own),
        }
    }

    /// The series that can answer, each with the query resolved against it. Considered are the series that is
    /// named, or all series of the staff data set with this measure.
    ///
    /// # Errors
    /// Where none can answer: the error of the first series, or of several the nearest tables of all.
    pub fn candidates<'a>(
        &self,
        agreement: &'a Agreement,
        measure: Measure,
        series: Option<&str>,
    ) -> Result<Vec<(&'a Series, Resolved)>, QueryError> {
        let there = || {
            agreement
                .series()
                .iter()
                .map(|s| s.name().to_owned())
                .collect()
        };
        let candidates: Vec<_> = match series {
            Some(name) => {
                vec![
                    agreement
                        .series_named(name)
                        .ok_or_else(|| QueryError::UnknownSeries {
                            series: name.to_owned(),
                            there: there(),
                        })?,
                ]
            }
            None => (agreement.series().iter())
                .filter(|s| s.measure() == measure && s.data_set().code() == "staff")
                .collect(),
        };
        let mut errors = Vec::new();
        let mut able = Vec::new();
        for series in candidates {
            match self.resolve(series) {
                Ok(resolved) => able.push((series, resolved)),
                Err(error) => errors.push(error),
            }
        }
        match (able.is_empty(), errors.into_iter().reduce(of_both)) {
            (false, _) => Ok(able),
            (true, Some(error)) => Err(error),
            (true, None) => Err(QueryError::NotMeasured {
                measure: measure.code(),
                there: there(),
            }),
        }
    }

    /// Resolves the query against one series.
    ///
    /// # Errors
    /// [`QueryError`] names what exists instead.
    pub fn resolve(&self, series: &Series) -> Result<Resolved, QueryError> {
        let mut columns = Vec::with_capacity(self.by.len());
        for code in &self.by {
            let axis = axis(series, code)?;
            if columns
                .iter()
                .any(|other: &Axis| other.position == axis.position)
            {
                return Err(QueryError::Repeated(code.clone()));
            }
            columns.push(axis);
        }
        let mut summed: Vec<Axis> = Vec::new();
        let mut filtered = Vec::new();
        for filter in &self.filters {
            let mut wanted = axis(series, &filter.attribute)?;
            if filtered.contains(&wanted.position) {
                return Err(QueryError::FilteredTwice(filter.attribute.clone()));
            }
            filtered.push(wanted.position);
            wanted.is_filtered = true;
            wanted.keep(series, categories(&wanted.attribute, &filter.categories)?);
            match columns.iter_mut().find(|c| c.position == wanted.position) {
                Some(column) => column.intersect(series, &wanted)?,
                None => summed.push(wanted),
            }
        }
        for axis in &mut summed {
            axis.read_from_coarsest(series);
        }
        let levels = columns
            .iter()
            .chain(&summed)
            .map(|axis| (axis.position, axis.level));
        let marginal = Levels::of(levels);
        if !series.measures(marginal) {
            let asked = columns.iter().chain(&summed);
            let codes: Vec<_> = asked.map(|axis| axis.attribute.code().to_owned()).collect();
            return Err(QueryError::NotPromised {
                table: table_name(&codes),
                series: series.name().to_owned(),
                nearest: nearest_tables(series, marginal),
            });
        }
        Ok(Resolved {
            columns,
            summed,
            marginal,
            measure: series.measure(),
            domain: series.strategy().domain().clone(),
        })
    }
}

fn axis(series: &Series, code: &str) -> Result<Axis, QueryError> {
    let data_set = series.data_set();
    if let Ok(levels) = series.levels_of(&[code.to_owned()])
        && let Some((position, level)) = levels.iter().next()
    {
        return Ok(Axis::whole(series, position, level));
    }
    let labelled = || {
        let mut attributes = data_set.attributes().iter();
        attributes.position(|attribute| attribute.label().eq_ignore_ascii_case(code))
    };
    let position = labelled().ok_or_else(|| {
        let there = data_set.attributes().iter().map(|a| a.code().to_owned());
        QueryError::UnknownAttribute {
            attribute: code.chars().take(60).collect(),
            data_set: data_set.code().to_owned(),
            nearest: data_set.nearest(code).map(str::to_owned),
            there: there.collect(),
        }
    })?;
    let categories = series.strategy().domain().tree(position).depth();
    Ok(Axis::whole(series, position, categories))
}

// === impl Axis ===

impl Axis {
    /// Everything at a level of an attribute.
    fn whole(series: &Series, position: usize, level: usize) -> Self {
        let attribute = series.attribute_at(position, level);
        let counted = Arc::clone(&series.data_set().attributes()[position]);
        Self {
            categories: (0..attribute.size()).collect(),
            inside: (0..counted.size()).collect(),
            nodes: (0..attribute.size()).collect(),
            attribute,
            counted,
            position,
            level,
            is_filtered: false,
        }
    }

    /// Wants only these of what the axis names.
    fn keep(&mut self, series: &Series, categories: Vec<usize>) {
        let tree = series.strategy().domain().tree(self.position);
        let inside = categories
            .iter()
            .flat_map(|&node| tree.categories_of(self.level, node));
        self.inside = inside.collect();
        self.nodes.clone_from(&categories);
        self.categories = categories;
        self.is_filtered = true;
    }

    /// Wants only what a filter of the same attribute wants too, at whatever level that names it.
    ///
    /// # Errors
    /// Where the filter cuts through what the axis names.
    fn intersect(&mut self, series: &Series, filter: &Self) -> Result<(), QueryError> {
        let tree = series.strategy().domain().tree(self.position);
        let kept = |&node: &usize| {
            let inside: BTreeSet<_> = tree.categories_of(self.level, node).into_iter().collect();
            if inside.is_subset(&filter.inside) {
                return Some(Ok(node));
            }
            let is_cut = !inside.is_disjoint(&filter.inside);
            is_cut.then(|| {
                Err(QueryError::PartOfGroup {
                    column: self.attribute.code().to_owned(),
                    attribute: filter.attribute.code().to_owned(),
                })
            })
        };
        let kept = self
            .categories
            .iter()
            .filter_map(kept)
            .collect::<Result<_, _>>()?;
        self.keep(series, kept);
        Ok(())
    }

    /// Reads the same people from the coarsest nodes that tell them apart: a group that is measured is never
    /// summed over its categories, whose table need not be promised.
    fn read_from_coarsest(&mut self, series: &Series) {
        let tree = series.strategy().domain().tree(self.position);
        (self.level, self.nodes) = tree.coarsest(&self.inside);
    }
}

/// The indices of the categories that are named by code or label: ascending, each once.
pub(crate) fn categories(
    attribute: &Attribute,
    wanted: &[String],
) -> Result<Vec<usize>, QueryError> {
    let mut indices = wanted
        .iter()
        .map(|code| {
            // `!male` or `-Bolton` deny the word behind the sign, so they must not be read as that word.
            let is_plain = code.starts_with(char::is_alphanumeric)
                && !code.contains(['!', '~', '<', '>', '=', '*']);
            let labelled = || {
                is_plain
                    .then(|| attribute.resolve(code).category())
                    .flatten()
            };
            attribute.category(code).or_else(labelled).ok_or_else(|| {
                let there = attribute.categories().iter();
                let there = there.map(|c| format!("{} ({})", c.code(), c.label()));
                QueryError::UnknownCategory {
                    category: code.chars().take(60).collect(),
                    attribute: attribute.code().to_owned(),
                    nearest: attribute.nearest(code).map(str::to_owned),
                    there: there.collect(),
                }
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    indices.sort_unstable();
    indices.dedup();
    Ok(indices)
}

/// Why neither of two series answers. If neither promises the table, names the nearest tables of both;
/// otherwise it is the error of the first.
fn of_both(first: QueryError, second: QueryError) -> QueryError {
    match (first, second) {
        (
            QueryError::NotPromised {
                table,
                series,
                mut nearest,
            },
            QueryError::NotPromised {
                series: other,
                nearest: more,
                ..
            },
        ) => {
            nearest.extend(more);
            nearest.sort();
            nearest.dedup();
            let asked: Vec<_> = table.split('+').collect();
            let shared =
                |name: &String| name.split('+').filter(|part| asked.contains(part)).count();
            nearest.sort_by_key(|name| (std::cmp::Reverse(shared(name)), name.len()));
            nearest.truncate(MOST_ALTERNATIVES);
            QueryError::NotPromised {
                series: format!("{series}` or `{other}"),
                table,
                nearest,
            }
        }
        (first, _) => first,
    }
}

/// The names of the series' tables that share the most attributes with what was asked for.
fn nearest_tables(series: &Series, asked: Levels) -> Vec<String> {
    let mut tables = promised_tables(series);
    tables.sort_by_key(|table| {
        let common = table.levels.meet(asked).len();
        (std::cmp::Reverse(common), table.levels.len())
    });
    tables
        .iter()
        .take(MOST_ALTERNATIVES)
        .map(super::PromisedTable::name)
        .collect()
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

    /// The mean variance of a cell's noise. Where no attribute has groups, it is the same for all cells.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "at most 100,000 cells")]
    pub fn mean_variance(&self, variances: &Variances) -> f64 {
        let cells = cross(self.columns.iter().map(|axis| &axis.nodes));
        let judged = if self.domain.is_flat() {
            1
        } else {
            cells.len()
        };
        let sum: f64 = cells[..judged.min(cells.len())]
            .iter()
            .map(|nodes| self.variance(variances, nodes))
            .sum();
        sum / judged as f64
    }

    /// The variance of the noise of the cell with these nodes.
    fn variance(&self, variances: &Variances, nodes: &[usize]) -> f64 {
        let mut combination = LinearCombination::new();
        for index in self.summed_cells(nodes) {
            combination.add(1.0, self.marginal, index);
        }
        variances
            .combination_variance(&combination)
            .expect("the marginal is in the closure and its cells exist")
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
        let one_for_all = self
            .domain
            .is_flat()
            .then(|| self.mean_variance(sum.variances()));
        cross(self.columns.iter().map(|axis| &axis.nodes))
            .into_iter()
            .map(|categories| {
                let cells: Vec<_> = self.summed_cells(&categories).collect();
                let variance = match (one_for_all, cells.as_slice()) {
                    (Some(variance), _) => variance,
                    (None, [only]) => table.variances[*only],
                    (None, _) => self.variance(sum.variances(), &categories),
                };
                let value = cells.into_iter().map(|index| table.estimates[index]).sum();
                Row {
                    estimate: Estimate::new(self.measure, value, variance),
                    categories,
                }
            })
            .collect()
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
