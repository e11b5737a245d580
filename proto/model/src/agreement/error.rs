//! Why clauses are no agreement: each error says where, and what to change.

use super::compiled::{
    MAX_CANONICAL_BYTES, MAX_CELLS_PER_TABLE, MAX_ENTRIES_PER_SERIES, MAX_PUBLISHED_AFTER_DAYS,
    MAX_SERIES, MAX_TABLES_PER_SERIES, MAX_TERM_MONTHS,
};
use super::text::FORMAT;
use crate::{
    algebra::{StrategyError, TreeError},
    period::Period,
    rho::Rho,
    text::TextError,
};

/// Why bytes or clauses are no agreement. Each says where and what to change.
#[derive(Debug, thiserror::Error)]
pub enum AgreementError {
    /// Not the JSON of a compiled agreement.
    #[error("not a compiled agreement: {0}")]
    Syntax(serde_json::Error),
    /// The right content, spelt differently from its one canonical form.
    #[error(
        "the bytes are not the agreement's canonical form: propose what `agreement plan` compiled"
    )]
    NotCanonical,
    /// More bytes than an agreement may have.
    #[error("{0} bytes are too many for an agreement; the most is {MAX_CANONICAL_BYTES}")]
    TooLong(usize),
    /// A format this software does not know.
    #[error("format `{0}` is not known here; this software reads {FORMAT}")]
    Format(String),
    /// It counts by an edition of the dictionary that is not compiled in here.
    #[error(
        "the agreement counts by edition {theirs} of the dictionary, and this software knows {ours}: install \
         a version that knows it"
    )]
    Dictionary {
        /// The version that the agreement names.
        theirs: String,
        /// The versions that are compiled in here.
        ours: String,
    },
    /// It counts by localities that this program's place does not have.
    #[error(
        "the agreement counts by the localities of {theirs}, and this program has those of {ours}: ask whoever \
         runs the aggregator for its place pack, and take it with `place set`"
    )]
    Place {
        /// The place's version that the agreement names.
        theirs: String,
        /// The newest version of this program's place.
        ours: String,
    },
    /// A text field that is empty, too long or not what it looks like.
    #[error("`{field}` {problem}")]
    Text {
        /// The field's name.
        field: &'static str,
        /// What is wrong with it.
        problem: TextError,
    },
    /// `published_after_days` is 0, or too many days.
    #[error("`published_after_days` must be 1 to {MAX_PUBLISHED_AFTER_DAYS}; it is {0}")]
    PublishedAfterDays(u16),
    /// The term is empty or too long.
    #[error(
        "the term from {first} to {last} must run forward and cover at most {MAX_TERM_MONTHS} months"
    )]
    Term {
        /// First period.
        first: Period,
        /// Last period.
        last: Period,
    },
    /// It has no series, or too many.
    #[error("an agreement has 1 to {MAX_SERIES} series; this one has {0}")]
    SeriesCount(usize),
    /// Two series have the same name.
    #[error("series `{0}` stands twice: give each a name of its own")]
    RepeatedSeries(String),
    /// One series breaks a rule.
    #[error("series `{series}`: {problem}")]
    Series {
        /// The series' name.
        series: String,
        /// What is wrong with it.
        problem: SeriesError,
    },
}

/// What can be wrong with one series.
#[derive(Debug, thiserror::Error)]
pub enum SeriesError {
    /// The name is not an identifier.
    #[error("a series' name is 1 to 40 characters of a-z, 0-9 and _")]
    Name,
    /// It counts a data set that the dictionary does not have.
    #[error("data set `{0}` is not in the dictionary")]
    UnknownDataSet(String),
    /// A table counts by an attribute that the data set does not have.
    #[error("attribute `{attribute}` is not in data set `{data_set}`{}", nearest.as_ref().map_or_else(String::new, |near| format!("; did you mean `{near}`?")))]
    UnknownAttribute {
        /// The attribute, as the table writes it.
        attribute: String,
        /// The data set's code.
        data_set: String,
        /// The attribute of the data set that is spelt most like it, if one is near.
        nearest: Option<String>,
    },
    /// A table counts by a level that the attribute's tree does not have there, or that has another spelling.
    #[error(
        "`{name}` is no level: `band` means the categories, `band:1` the coarsest groups, where the series \
         names the attribute in `trees` and its tree is that deep"
    )]
    UnknownLevel {
        /// The level, as the table writes it.
        name: String,
    },
    /// The groups of an attribute make no tree.
    #[error("the groups of `{attribute}` make no tree: {problem}")]
    Tree {
        /// The attribute's code.
        attribute: String,
        /// What is wrong with them.
        problem: TreeError,
    },
    /// Trees stand in another order than their attributes, or one stands twice.
    #[error("the tree of `{0}` stands twice, or not in the order of the data set's attributes")]
    TreeOrder(String),
    /// A tree that no table counts by.
    #[error("no table counts by `{0}`: drop it from `trees`")]
    UnusedTree(String),
    /// A draft names the tree of an attribute for which the dictionary has none.
    #[error("the dictionary has no groups of `{0}` to measure: drop it from `trees`")]
    NoTree(String),
    /// An attribute twice in one table.
    #[error("table {0} names an attribute twice")]
    RepeatedAttribute(String),
    /// The same marginal twice, in whatever order of attributes.
    #[error("table {0} stands twice: drop one, or raise its weight instead")]
    RepeatedTable(String),
    /// It promises no table, or too many.
    #[error("a series promises 1 to {MAX_TABLES_PER_SERIES} tables; this one has {0}")]
    TableCount(usize),
    /// A table crosses so many categories that it has too many cells.
    #[error(
        "table {table} has {cells} cells; the most is {MAX_CELLS_PER_TABLE}: cross fewer attributes"
    )]
    TooManyCells {
        /// The table's name, such as `staff_group+band`.
        table: String,
        /// The number of its cells.
        cells: u64,
    },
    /// One measurement would have too many integers.
    #[error(
        "its measurement would hold {0} integers; the most is {MAX_ENTRIES_PER_SERIES}: promise fewer or smaller tables"
    )]
    TooManyEntries(usize),
    /// A table's weight is out of bounds.
    #[error("the weight of table {0} must be from 0.001 to 1000")]
    Weight(String),
    /// ρ cannot be read, or is out of bounds.
    #[error("rho: {0}")]
    Rho(#[from] crate::rho::InvalidRho),
    /// The strategy measures other residuals than the tables need.
    #[error("its strategy does not measure exactly the residuals of its tables")]
    ResidualsDoNotMatch,
    /// The strategy breaks a bound of its own.
    #[error("its strategy is refused: {0}")]
    Strategy(#[from] StrategyError),
    /// It states a smaller ρ than its strategy spends.
    #[error(
        "it states rho {stated} and its strategy spends {spent}: the statement must not be lower"
    )]
    UnderstatedRho {
        /// The ρ that the agreement states.
        stated: Rho,
        /// The ρ that the strategy spends: d²/(2γ²), rounded up to a billionth.
        spent: Rho,
    },
    /// No period of the term is on the cadence.
    #[error("no period of the agreement's term is on its cadence")]
    NeverMeasured,
    /// The planner found no strategy.
    #[error("no strategy: {0}")]
    Plan(#[from] crate::algebra::PlanError),
}
