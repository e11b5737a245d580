//! Why there is no such table, and what there is instead.

/// Why there is no such table. Each variant names what exists instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The data set has no attribute of this name.
    #[error("attribute `{attribute}` is not in data set `{data_set}`{}", did_you_mean(nearest.as_ref(), there))]
    UnknownAttribute {
        /// The attribute that was asked for.
        attribute: String,
        /// The code of the data set.
        data_set: String,
        /// The attribute with the nearest name.
        nearest: Option<String>,
        /// The attributes that the data set has.
        there: Vec<String>,
    },
    /// The attribute has no category of this name.
    #[error(
        "`{category}` is not a category of {attribute}{}{}",
        did_you_mean(nearest.as_ref(), there),
        if category.starts_with(char::is_alphanumeric) { "" } else { "; all that are wanted have to be named" }
    )]
    UnknownCategory {
        /// The category that was asked for.
        category: String,
        /// The code of the attribute.
        attribute: String,
        /// The category with the nearest name.
        nearest: Option<String>,
        /// The categories that the attribute has.
        there: Vec<String>,
    },
    /// The query names an attribute twice as a column.
    #[error("attribute `{0}` is named twice")]
    Repeated(String),
    /// A filter keeps a part of a group that is a column of the table.
    #[error(
        "`{attribute}` keeps a part of a group of `{column}`: filter by whole groups, or ask by `{attribute}`"
    )]
    PartOfGroup {
        /// The column.
        column: String,
        /// The attribute that the filter names.
        attribute: String,
    },
    /// The query has two filters on one attribute.
    #[error("two filters are of {0}: name both categories in one, as {0}=a,b")]
    FilteredTwice(String),
    /// A filter does not have the form `attribute=category`.
    #[error("`{0}` is not a filter: expected ATTRIBUTE=CATEGORY[,CATEGORY…], such as band=afc_5")]
    Filter(String),
    /// The agreement does not promise the table, and no promised table can be summed to it.
    #[error(
        "{table} is not promised by series `{series}`, and no table it promises holds all of its \
         attributes; the nearest are: {}",
        nearest.join(", ")
    )]
    NotPromised {
        /// The name of the table that was asked for.
        table: String,
        /// The name of the series.
        series: String,
        /// The names of the nearest tables that the series promises.
        nearest: Vec<String>,
    },
    /// The agreement has no series of this name.
    #[error("the agreement has no series `{series}`; it has: {}", there.join(", "))]
    UnknownSeries {
        /// The series that was asked for.
        series: String,
        /// The series that the agreement has.
        there: Vec<String>,
    },
    /// No series of the agreement has this measure.
    #[error("no series of the agreement measures {measure}; it has: {}", there.join(", "))]
    NotMeasured {
        /// The measure that was asked for.
        measure: &'static str,
        /// The series that the agreement has.
        there: Vec<String>,
    },
    /// The named series has another measure than the one asked for.
    #[error("series `{series}` is of {own}, not of {asked}: ask for {own}, or for no series")]
    OtherMeasure {
        /// The name of the series.
        series: String,
        /// The measure that it has.
        own: &'static str,
        /// The measure that was asked for.
        asked: &'static str,
    },
}

fn did_you_mean(nearest: Option<&String>, there: &[String]) -> String {
    match nearest {
        Some(near) => format!("; did you mean `{near}`?"),
        None => format!("; there are: {}", there.join(", ")),
    }
}
