//! Decides from which releases a caller is answered.

use std::sync::Arc;

use uuid::Uuid;
use vwis_model::agreement::Agreement;
use vwis_web::{caching::Freshness, problem::Problem};

use super::asked::{Asked, What};
use super::parameters::WhoseCells;
use crate::{
    answer,
    cache::CachedArchive,
    http::{
        app::{App, Caller},
        kinds,
    },
    identity::Role,
    picture::{Wanted, Whose},
};

/// Told to readers below analyst while nothing is published.
const NOT_PUBLISHED: &str = "nothing is published yet to readers below analyst: a period is when all expected \
    employers are in, on the day that the agreement names, or when a person publishes it";

/// The releases from which a question is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Every release: for analysts, and for tables of organisations by name, each from its own measurement.
    Everything,
    /// Published releases: for everybody else.
    Published,
}

// === impl Reader ===

impl Reader {
    /// For an answer that is made from the whole system's releases.
    pub(crate) fn of(caller: &Caller) -> Self {
        if caller.0.is(Role::Analyst) {
            Self::Everything
        } else {
            Self::Published
        }
    }

    /// For this question. Tables of named organisations are made from every release; whether the caller may
    /// read them is judged later.
    pub(super) fn asking(caller: &Caller, asked: &Asked) -> Self {
        let is_of_the_system = match &asked.what {
            What::Data(data) => match data.what {
                answer::What::Table(_) => data.whose == Wanted::Sum(Whose::System),
                answer::What::Indicator(..) | answer::What::Spending => true,
            },
            What::Cells(whose) => *whose == WhoseCells::System,
            What::Coverage(_) | What::Page(_) => true,
        };
        if is_of_the_system {
            Self::of(caller)
        } else {
            Self::Everything
        }
    }

    /// How long an answer that names a release holds. What is published may be replaced, and then its address
    /// says by what, so callers have to ask again.
    pub(super) fn freshness(self) -> Freshness {
        match self {
            Self::Everything => Freshness::Immutable,
            Self::Published => Freshness::Latest,
        }
    }

    /// Everything of `agreement` that they may be answered from, up to and including release `until` if one
    /// is named.
    pub(super) async fn archive(
        self,
        app: &App,
        agreement: &Arc<Agreement>,
        until: Option<Uuid>,
    ) -> Result<CachedArchive, Problem> {
        Ok(match self {
            Self::Everything => app.archives.archive(agreement, until).await?,
            Self::Published => {
                let (all, now) = (app.agreements().await?, app.clock.now());
                let archives = &app.archives;
                archives.published(&all, agreement, until, now).await?
            }
        })
    }

    /// The [default](crate::default_agreement) agreement for a question that names none, by what they may read.
    pub(super) async fn default_agreement(
        self,
        app: &App,
        asked: &Asked,
    ) -> Result<Arc<Agreement>, Problem> {
        let (agreements, known) = (app.agreements().await?, app.publications().await?);
        known
            .default_agreement(&agreements, self == Self::Everything, |series| {
                asked.is_told_by(series)
            })
            .ok_or_else(|| {
                if known.releases().is_empty() {
                    let detail = "nothing is released yet: `collect` makes the first releases";
                    return kinds::NOT_RELEASED.problem(detail);
                }
                kinds::NOT_PUBLISHED.problem(NOT_PUBLISHED)
            })
    }
}
