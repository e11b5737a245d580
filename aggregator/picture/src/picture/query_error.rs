//! Why there is no such table, and what there is instead.

/// Why there is no such table. Each names what there is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// Not an attribute of the data set.
    #[error("attribute `{attribute}` is not in data set `{data_set}`{}", did_you_mean(nearest.as_ref(), there))]
    UnknownAttribute {
        /// As asked for.
        attribute: String,
        /// The data set.
        data_set: String,
        /// The nearest one.
        nearest: Option<String>,
        /// All there are.
        there: Vec<String>,
    },
    /// Not a category of the attribute.
    #[error(
        "`{category}` is not a category of {attribute}{}{}",
        did_you_mean(nearest.as_ref(), there),
        if category.starts_with(char::is_alphanumeric) { "" } else { "; all that are wanted have to be named" }
    )]
    UnknownCategory {
        /// As asked for.
        category: String,
        /// Of which attribute.
        attribute: String,
        /// The nearest one.
        nearest: Option<String>,
        /// All there are.
        there: Vec<String>,
    },
    /// An attribute twice.
    #[error("attribute `{0}` is named twice")]
    Repeated(String),
    /// Two filters of one attribute.
    #[error("two filters are of {0}: name both categories in one, as {0}=a,b")]
    FilteredTwice(String),
    /// Not `attribute=category`.
    #[error("`{0}` is not a filter: expected ATTRIBUTE=CATEGORY[,CATEGORY…], such as band=afc_5")]
    Filter(String),
    /// Neither a table of the agreement nor got by summing one.
    #[error(
        "{table} is not promised by series `{series}`, and no table it promises holds all of its \
         attributes; the nearest are: {}",
        nearest.join(", ")
    )]
    NotPromised {
        /// The table.
        table: String,
        /// The series.
        series: String,
        /// Tables that it promises.
        nearest: Vec<String>,
    },
    /// No series of that name.
    #[error("the agreement has no series `{series}`; it has: {}", there.join(", "))]
    UnknownSeries {
        /// As asked for.
        series: String,
        /// All there are.
        there: Vec<String>,
    },
    /// No series measures that.
    #[error("no series of the agreement measures {measure}; it has: {}", there.join(", "))]
    NotMeasured {
        /// As asked for.
        measure: &'static str,
        /// All there are.
        there: Vec<String>,
    },
    /// The series named counts something else.
    #[error("series `{series}` is of {own}, not of {asked}: ask for {own}, or for no series")]
    OtherMeasure {
        /// As asked for.
        series: String,
        /// What it counts.
        own: &'static str,
        /// As asked for.
        asked: &'static str,
    },
}

fn did_you_mean(nearest: Option<&String>, there: &[String]) -> String {
    match nearest {
        Some(near) => format!("; did you mean `{near}`?"),
        None => format!("; there are: {}", there.join(", ")),
    }
}
