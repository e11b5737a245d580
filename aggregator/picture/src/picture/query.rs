//! Which table is asked for, and its rows.

use std::{fmt, sync::Arc};

use vwis_model::{
    agreement::{Agreement, Measure, Series, table_name},
    algebra::{AttributeSet, LinearCombination, ResidualSum, Variances},
    dictionary::{Attribute, DataSet},
};

use super::{QueryError, promised_tables};
use crate::estimate::Estimate;

/// Tables named in an error message at most.
const MOST_ALTERNATIVES: usize = 12;

/// A table as asked for, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Attribute codes, in the order of the table's columns.
    pub by: Vec<String>,
    /// Only these categories.
    pub filters: Vec<Filter>,
}

/// `locality=e08000003,e08000006`: of an attribute, these categories only. An attribute that is
/// not among the table's columns is summed over them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Filter {
    /// Attribute code.
    pub attribute: String,
    /// Category codes.
    pub categories: Vec<String>,
}

/// One attribute of a resolved table and the categories wanted of it, ascending.
#[derive(Clone, Debug)]
pub struct Axis {
    /// The attribute.
    pub attribute: Arc<Attribute>,
    /// Where in the data set's order it stands.
    pub position: usize,
    /// Indices of categories.
    pub categories: Vec<usize>,
    /// Whether a filter named them.
    pub is_filtered: bool,
}

/// A query against one series: everything it names exists there.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The table's columns, in the order asked for.
    pub columns: Vec<Axis>,
    /// Attributes summed over the categories wanted.
    summed: Vec<Axis>,
    marginal: AttributeSet,
    measure: Measure,
    domain: vwis_model::algebra::Domain,
}

/// One cell of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// Index of the category of each column.
    pub categories: Vec<usize>,
    /// What it holds.
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
    /// What is counted, where a series may be named: what it counts, unless something else was asked
    /// for; headcount, where neither is said.
    ///
    /// # Errors
    /// [`QueryError::OtherMeasure`] where the series counts something else than what was asked for.
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

    /// The series that could answer, each with the query resolved against it: the one named, or
    /// all of that measure over the staff data set.
    ///
    /// # Errors
    /// [`QueryError`] of the first candidate where none can.
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

    /// The query against one series.
    ///
    /// # Errors
    /// [`QueryError`] names what there is instead.
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

/// The indices of the categories named, by code or label: ascending, each once.
pub(crate) fn categories(
    attribute: &Attribute,
    wanted: &[String],
) -> Result<Vec<usize>, QueryError> {
    let mut indices = wanted
        .iter()
        .map(|code| {
            // `!male` and `-Bolton` are not read as the words behind their signs, which they deny.
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

/// Why neither of two series answers: of tables that neither promises, the nearest of both; else why the
/// first does not.
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

/// Tables of the series that share the most attributes with what was asked for.
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
    /// Every attribute that the answer is by or is summed over, with the categories wanted.
    pub fn axes(&self) -> impl Iterator<Item = &Axis> {
        self.columns.iter().chain(&self.summed)
    }

    /// What is counted.
    #[must_use]
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// The attributes that are not taken whole, with the category codes wanted of each.
    pub fn filters(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        let axes = self.columns.iter().chain(&self.summed);
        axes.filter(|axis| axis.is_filtered).map(|axis| {
            let all = axis.attribute.categories();
            let codes = axis.categories.iter().map(|&index| all[index].code());
            (axis.attribute.code(), codes.collect())
        })
    }

    /// The variance of every cell: noise is alike in all of them.
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
    /// Where `sum` is of another series than the query was resolved against.
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

    /// The marginal's cells that add up to the table's cell of these categories.
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

/// Every choice of one wanted category per axis, the last axis fastest; of no axes, the one empty
/// choice.
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
