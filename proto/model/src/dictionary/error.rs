//! What can be wrong with the dictionary's tables.

use crate::algebra::{DomainError, TreeError};

/// Why tables are no dictionary. Each message names the table and what to change in it.
#[derive(Debug, thiserror::Error)]
pub enum DictionaryError {
    /// A table is not TOML of the expected form.
    #[error("table `{table}` does not parse")]
    Syntax {
        /// The table's name.
        table: String,
        /// The line, the column, and what was expected there.
        source: Box<toml::de::Error>,
    },
    /// A code has other characters than `a-z`, `0-9` and `_`, or none.
    #[error("table `{table}`: code `{code}` does not match [a-z0-9_]+")]
    Code {
        /// The table's name.
        table: String,
        /// The code.
        code: String,
    },
    /// A code stands for two things.
    #[error("table `{table}`: code `{code}` is there twice")]
    Duplicate {
        /// The table's name.
        table: String,
        /// The code.
        code: String,
    },
    /// The manifest and the tables do not name the same attributes.
    #[error("the manifest and the tables disagree about attribute `{attribute}`")]
    Attribute {
        /// The attribute's code.
        attribute: String,
    },
    /// The manifest names no edition.
    #[error("the manifest names no edition of the codes")]
    NoEdition,
    /// The codes of an edition are not those that it was named by.
    #[error(
        "edition `{edition}` has the codes {found} and not {stated}: what was released stays as it is; what \
         is new says `since`, in an edition of its own at the end of `editions`"
    )]
    Edition {
        /// The edition's name.
        edition: String,
        /// The hash of codes that its version states.
        stated: String,
        /// The hash of the codes that it has.
        found: String,
    },
    /// A level of a table's tree does not hold a category in exactly one group.
    #[error(
        "table `{table}`: every level of `tree` must hold category `{category}` in exactly one group"
    )]
    Tree {
        /// The table's name.
        table: String,
        /// The category's code.
        category: String,
    },
    /// A table's groups make no tree.
    #[error("table `{table}`: `tree` is no tree")]
    NoTree {
        /// The table's name.
        table: String,
        /// Why not.
        source: TreeError,
    },
    /// A category's `since` or `until` is no edition, or its `was` is no older category.
    #[error(
        "table `{table}`: category `{category}` must be there since and until an edition that the manifest \
         names, and `was` be a category that is older"
    )]
    Since {
        /// The table's name.
        table: String,
        /// The category's code.
        category: String,
    },
    /// A data set repeats an attribute, or has one without a table.
    #[error("data set `{data_set}`: `{attribute}` is repeated or has no table")]
    DataSet {
        /// The data set's code.
        data_set: String,
        /// The attribute's code.
        attribute: String,
    },
    /// A data set has no attributes or too many.
    #[error("data set `{data_set}` cannot be counted over")]
    Domain {
        /// The data set's code.
        data_set: String,
        /// What is wrong with their number.
        source: DomainError,
    },
    /// An attribute has too few or too many categories.
    #[error("table `{table}` has {found} categories: expected 2 to 64")]
    Size {
        /// The table's name.
        table: String,
        /// How many it has.
        found: usize,
    },
    /// The category `unknown` is missing, or is not the last.
    #[error("table `{table}` does not end in the category `unknown`")]
    Unknown {
        /// The table's name.
        table: String,
    },
    /// A raw value would mean two categories.
    #[error("table `{table}`: `{spelling}` means both `{first}` and `{second}`")]
    Ambiguous {
        /// The table's name.
        table: String,
        /// The national code, spelling, pattern or range.
        spelling: String,
        /// A category.
        first: String,
        /// Another, or the same one under a second heading.
        second: String,
    },
    /// A national code, spelling, pattern or range matches nothing.
    #[error("table `{table}`: `{spelling}` of `{category}` matches no value")]
    Empty {
        /// The table's name.
        table: String,
        /// The code, spelling, pattern or range, as written.
        spelling: String,
        /// The category it belongs to.
        category: String,
    },
    /// A grouping leaves a category out, or the category names a group that does not exist.
    #[error("table `{table}`: grouping `{grouping}` does not place category `{category}`")]
    Ungrouped {
        /// The table's name.
        table: String,
        /// The grouping's code.
        grouping: String,
        /// The category's code.
        category: String,
    },
    /// A group has no category.
    #[error("table `{table}`: group `{group}` of grouping `{grouping}` is empty")]
    EmptyGroup {
        /// The table's name.
        table: String,
        /// The grouping's code.
        grouping: String,
        /// The group's code.
        group: String,
    },
    /// A source states another number of national codes than the table has.
    #[error("table `{table}` has {found} national codes: its sources state {stated}")]
    National {
        /// The table's name.
        table: String,
        /// How many its sources state.
        stated: usize,
        /// How many it has.
        found: usize,
    },
}
