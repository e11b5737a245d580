//! What is wrong with a header.

/// Why a row cannot be the header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// A needed column is missing.
    #[error(
        "the header has no column `{column}`; it may be called {accepted}{hint}. It has {found}. \
         `import --suggest-mapping FILE` proposes a mapping"
    )]
    Missing {
        /// The column, as a mapping names it.
        column: &'static str,
        /// The headings that a mapping knows for it.
        accepted: String,
        /// What may be wrong with a similar column that is there, and what else is missing.
        hint: String,
        /// The headings that are there.
        found: String,
    },
    /// A list of applications does not tell people apart.
    #[error(
        "the header has no column `candidate_id`, so nothing is imported: somebody's m applications would be m \
         people and cost m² times the ρ that is charged, which no agreement states. Ask for the report with the \
         column that numbers the candidates, and not their applications; it may be called {accepted}, and \
         [columns] candidate_id in a mapping names it where it is called otherwise{hint}. The header has {found}"
    )]
    NoCandidateId {
        /// The headings that a mapping knows for it.
        accepted: String,
        /// What may be wrong with a similar column that is there, and what else is missing.
        hint: String,
        /// The headings that are there.
        found: String,
    },
    /// The file lists something else than was said.
    #[error("this looks like {what} ({headings}): {option}")]
    OtherList {
        /// What it seems to list.
        what: &'static str,
        /// The headings that say so.
        headings: String,
        /// How such a list is imported.
        option: &'static str,
    },
    /// Several columns are mapped to one meaning.
    #[error(
        "columns {headings} are all mapped to `{column}`: name the one that counts in a mapping, \
         [columns] {column} = [{example}]"
    )]
    Ambiguous {
        /// The column, as a mapping names it.
        column: &'static str,
        /// The headings in the extract.
        headings: String,
        /// The first heading in the form that names it and no other.
        example: String,
    },
    /// The first row is one of the rows below a header, not a header.
    #[error(
        "this file has no header: its first row holds what belongs below one, such as a date, a number or a \
         category. Nothing of it is shown here. Export it with its headings, or write them above it"
    )]
    Headless,
    /// No row looks like a header.
    #[error(
        "none of the first rows is a header that the mapping knows; it must have {expected}. \
         `import --suggest-mapping FILE` proposes a mapping"
    )]
    NoHeader {
        /// The columns that must be there.
        expected: String,
    },
}
