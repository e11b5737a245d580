//! A query for a table, and which series can answer it.

use std::fmt;

use vwis_model::{
    agreement::{Agreement, Measure, Series, table_name},
    algebra::Levels,
};

use super::{Axis, QueryError, Resolved, axis::categories, promised_tables};

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
            let axis = Axis::named(series, code)?;
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
            let mut wanted = Axis::named(series, &filter.attribute)?;
            if filtered.contains(&wanted.position) {
                return Err(QueryError::FilteredTwice(filter.attribute.clone()));
            }
            filtered.push(wanted.position);
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
