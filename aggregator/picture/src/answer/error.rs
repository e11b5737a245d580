//! Why there is no answer.

use uuid::Uuid;

use crate::{
    indicator::IndicatorError,
    picture::{NotInRelease, QueryError},
};

/// Why there is no answer, and what there is instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The table does not exist.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// An organisation is not in the release.
    #[error(transparent)]
    NotInRelease(#[from] NotInRelease),
    /// The table exists, and is not released for the period.
    #[error(
        "this is not released for {period}; it is for: {}. `up_to` asks for the latest until then",
        there.join(", ")
    )]
    NotReleased {
        /// The period that was asked for.
        period: String,
        /// Series and period of the releases that hold the table, such as `headline 2026-09`.
        there: Vec<String>,
    },
    /// The table exists, and nothing of it is released.
    #[error("no series that holds this table ({}) is released yet", series.join(", "))]
    NotYet {
        /// The series that will hold it.
        series: Vec<String>,
    },
    /// Nothing at all is released.
    #[error("nothing is released under this agreement yet")]
    NothingReleased,
    /// The release was published once and has been replaced since. The two never stand side by side.
    #[error("release {release} was replaced by release {by}: ask for that one, or for no release")]
    Replaced {
        /// The release that was replaced.
        release: Uuid,
        /// The release that replaced it.
        by: Uuid,
    },
    /// One of the several releases that an answer comes from has been replaced.
    #[error(
        "a part of this, release {release} of {part}, was replaced by release {by}: ask the same \
         {instead}, or of no release"
    )]
    PartReplaced {
        /// The release that was replaced.
        release: Uuid,
        /// Its series and period, such as `headline 2026-06`.
        part: String,
        /// The release that replaced it.
        by: Uuid,
        /// The parameters that ask for the same answer with the release that replaced it.
        instead: String,
    },
    /// The indicator has no answer.
    #[error(transparent)]
    Indicator(#[from] IndicatorError),
}
