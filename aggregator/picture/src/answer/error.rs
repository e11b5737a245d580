//! Why there is no answer.

use uuid::Uuid;
use vwis_model::period::Period;

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
        /// As asked for.
        period: String,
        /// `headline 2026-09`: series and period of the releases that hold it.
        there: Vec<String>,
    },
    /// The table exists, and nothing of it is released.
    #[error("no series that holds this table ({}) is released yet", series.join(", "))]
    NotYet {
        /// The series that will hold it.
        series: Vec<String>,
    },
    /// A release was named, and another series or period beside it.
    #[error(
        "the release is of series {series} and period {period}: ask for these, or for no release"
    )]
    OtherRelease {
        /// The release's.
        series: String,
        /// The release's.
        period: Period,
    },
    /// Nothing at all is released.
    #[error("nothing is released under this agreement yet")]
    NothingReleased,
    /// Published once, and replaced since: what was replaced never stands beside what replaced it.
    #[error("release {release} was replaced by release {by}: ask for that one, or for no release")]
    Replaced {
        /// Which release.
        release: Uuid,
        /// By which.
        by: Uuid,
    },
    /// The same of one of the releases of an answer.
    #[error(
        "a part of this, release {release} of {part}, was replaced by release {by}: ask the same \
         {instead}, or of no release"
    )]
    PartReplaced {
        /// Which release.
        release: Uuid,
        /// Of which series and period: `headline 2026-06`.
        part: String,
        /// By which.
        by: Uuid,
        /// How the same is asked for with what replaced it.
        instead: String,
    },
    /// The indicator has no answer.
    #[error(transparent)]
    Indicator(#[from] IndicatorError),
}
