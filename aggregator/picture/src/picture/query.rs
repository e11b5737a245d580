//! A query for a table, how a series answers it, and the rows of the answer.

use std::{fmt, sync::Arc};

use vwis_model::{
    agreement::{Agreement, Measure, Series, table_name},
    algebra::{AttributeSet, LinearCombination, ResidualSum, Variances},
    dictionary::{Attribute, DataSet},
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
    /// The attribute, as the series' edition of the dictionary has it.
    pub attribute: Arc<Attribute>,
    /// Its position in the data set.
    pub position: usize,
    /// The indices of the categories that are wanted, ascending.
    pub categories: Vec<usize>,
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
    marginal: AttributeSet,
    measure: Measure,
    domain: vwis_model::algebra::Domain,
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
        let data_set = series.data_set();
        let mut columns = Vec::with_capacity(self.by.len());
        for code in &self.by {
            let axis = axis(data_set, code)?;
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
            let mut wanted = axis(data_set, &filter.attribute)?;
            if filtered.contains(&wanted.position) {
                return Err(QueryError::FilteredTwice(filter.attribute.clone()));
            }
            filtered.push(wanted.position);
            wanted.is_filtered = true;
            wanted.categories = categories(&wanted.attribute, &filter.categories)?;
            match columns.iter_mut().find(|c| c.position == wanted.position) {
                Some(column) => *column = wanted,
                None => summed.push(wanted),
            }
        }
        let positions = columns.iter().chain(&summed).map(|axis| axis.position);
        let marginal = AttributeSet::from_positions(positions);
        let measured = series.strategy().residuals();
        if measured
            .binary_search_by_key(&marginal, |(set, _)| *set)
            .is_err()
        {
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

fn axis(data_set: &DataSet, code: &str) -> Result<Axis, QueryError> {
    let labelled = || {
        let mut attributes = data_set.attributes().iter();
        attributes.position(|attribute| attribute.label().eq_ignore_ascii_case(code))
    };
    let position = data_set.position(code).or_else(labelled).ok_or_else(|| {
        let there = data_set.attributes().iter().map(|a| a.code().to_owned());
        QueryError::UnknownAttribute {
            attribute: code.chars().take(60).collect(),
            data_set: data_set.code().to_owned(),
            nearest: data_set.nearest(code).map(str::to_owned),
            there: there.collect(),
        }
    })?;
    let attribute = Arc::clone(&data_set.attributes()[position]);
    Ok(Axis {
        categories: (0..attribute.size()).collect(),
        attribute,
        position,
        is_filtered: false,
    })
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
fn nearest_tables(series: &Series, asked: AttributeSet) -> Vec<String> {
    let mut tables = promised_tables(series);
    tables.sort_by_key(|table| {
        let common = table.attributes.intersection(asked).len();
        (std::cmp::Reverse(common), table.attributes.len())
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

    /// The variance of a cell's noise, which is the same for all cells.
    #[must_use]
    pub fn cell_variance(&self, variances: &Variances) -> f64 {
        let first: Vec<_> = self.columns.iter().map(|axis| axis.categories[0]).collect();
        let mut combination = LinearCombination::new();
        for index in self.summed_cells(&first) {
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
        let variance = self.cell_variance(sum.variances());
        cross(&self.columns)
            .into_iter()
            .map(|categories| {
                let cells = self.summed_cells(&categories);
                let value = cells.map(|index| table.estimates[index]).sum();
                Row {
                    estimate: Estimate::new(self.measure, value, variance),
                    categories,
                }
            })
            .collect()
    }

    /// The cells of the marginal that add up to the table's cell with these categories.
    fn summed_cells(&self, categories: &[usize]) -> impl Iterator<Item = usize> {
        let given = self
            .columns
            .iter()
            .map(|axis| axis.position)
            .zip(categories.iter().copied());
        let given: Vec<_> = given.collect();
        cross(&self.summed).into_iter().map(move |summed| {
            let summed = self.summed.iter().map(|axis| axis.position).zip(summed);
            let mut cell: Vec<_> = given.iter().copied().chain(summed).collect();
            cell.sort_unstable();
            let ascending: Vec<_> = cell.into_iter().map(|(_, category)| category).collect();
            self.domain
                .cell_index(self.marginal, &ascending)
                .expect("one existing category for each attribute")
        })
    }
}

/// Every combination of one wanted category per axis, the last axis varying fastest. Without axes there is
/// one empty combination.
fn cross(axes: &[Axis]) -> Vec<Vec<usize>> {
    axes.iter().fold(vec![Vec::new()], |choices, axis| {
        let extended = |choice: Vec<usize>| {
            axis.categories.iter().map(move |&category| {
                let mut longer = choice.clone();
                longer.push(category);
                longer
            })
        };
        choices.into_iter().flat_map(extended).collect()
    })
}
