//! `/releases`: what was released, and who is in it.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;
use vwis_model::period::Period;
use vwis_web::{
    caching::{self, Freshness},
    problem::Problem,
    query::{self, Given, Part, bad_path},
};

use crate::{
    export::canonical::BASE,
    http::{
        app::{App, Caller},
        road::{Reader, parameters::SeriesName},
    },
    publications::Publications,
    release::{Coverage, Release},
    store::ReleaseFilter,
};

/// A release: the immutable sum of one series' measurements for a period.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0199a3c2-8f6e-7c1a-b1d4-6a0c3a5e9f10",
    "href": "/api/v1/releases/0199a3c2-8f6e-7c1a-b1d4-6a0c3a5e9f10",
    "agreement": "5d41402abc4b2a76b9719d911017c592ae2b7a4f3a6c2e9d8b1f0e7c6a5d4c3b",
    "series": "headline",
    "period": "2026-09",
    "as_of": "2026-09-30",
    "number": 1,
    "made_at": "2026-10-09T08:15:00Z",
    "coverage": {
        "contributors": ["R0A", "RM3"],
        "expected": ["R0A", "RM3", "RW6"],
        "missing": ["RW6"],
        "not_added": [],
        "in_words": "2 of 3 employers"
    },
    "standing": "as_made",
    "replaced_by": null
}))]
pub(crate) struct ReleaseView {
    /// UUID v7. An answer that names a release by it never changes.
    pub id: Uuid,
    /// Path of this release in this API.
    pub href: String,
    /// The agreement's hash: 64 hex digits.
    pub agreement: String,
    /// The clause of the agreement.
    pub series: String,
    /// `YYYY-MM`.
    pub period: String,
    /// The date of the snapshots: the period's last day.
    pub as_of: String,
    /// 1, 2, … per agreement, series and period: raised when somebody joins or corrects.
    pub number: u32,
    /// When it was made, RFC 3339.
    pub made_at: String,
    /// Who is in it: for readers below analyst, over whom it is published.
    pub coverage: CoverageView,
    /// What it is to whoever asks.
    pub standing: Standing,
    /// Where it was replaced: id of the release that is published in its place.
    #[schema(required = true)]
    pub replaced_by: Option<Uuid>,
}

/// What a release is to whoever asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// To analysts: as it was made, over everybody in it.
    AsMade,
    /// To readers below analyst: published, over its contributors.
    Published,
    /// To readers below analyst: it was published, and nothing is answered from it any more.
    Replaced,
    /// To readers below analyst: nothing of the system is answered from it. It is told, because an
    /// employer's own table names it.
    NotPublished,
}

/// How the releases look to one caller.
enum Seen {
    /// As they were made, for analysts.
    AsMade,
    /// As they are published, for readers below analyst.
    AsPublished(Arc<Publications>),
}

/// Which expected organisations are in a release.
#[derive(Serialize, ToSchema)]
pub(crate) struct CoverageView {
    /// ODS codes of those in it.
    pub contributors: Vec<String>,
    /// ODS codes of those that should be.
    pub expected: Vec<String>,
    /// ODS codes of those that are not and that nothing is held of.
    pub missing: Vec<String>,
    /// ODS codes of those whose measurement is held and not added for readers below analyst: what is published
    /// could be subtracted, and leave their figures.
    pub not_added: Vec<String>,
    /// The coverage in a sentence.
    pub in_words: String,
}

/// Releases, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReleaseList {
    /// The newest first.
    pub releases: Vec<ReleaseView>,
}

/// Which releases.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichReleases {
    /// Only under this agreement: its hash, or the beginning of it.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, pattern = r"^[0-9a-fA-F]{0,64}$")]
    agreement: Option<String>,
    /// Only of this series.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, value_type = Option<String>, pattern = r"^[a-z0-9_]{0,40}$", example = "headline")]
    series: Option<SeriesName>,
    /// Only for this period.
    #[serde(default, deserialize_with = "query::one")]
    #[param(
        required = false,
        value_type = Option<String>,
        pattern = r"^$|^(19|[2-8]\d)\d{2}-(0[1-9]|1[0-2])$",
        example = "2026-09"
    )]
    period: Option<Period>,
}

impl Part for WhichReleases {}

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
}

/// Releases, the newest first.
#[utoipa::path(
    get,
    path = "/releases",
    tag = "releases",
    params(WhichReleases),
    responses((status = 200, description = "The releases that fit; none may", body = ReleaseList))
)]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Given(which): Given<WhichReleases>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let agreement = match &which.agreement {
        Some(prefix) => Some(app.agreement(prefix).await?.hash()),
        None => None,
    };
    let filter = ReleaseFilter {
        agreement,
        series: which.series.map(|name| name.0),
        period: which.period,
    };
    let releases = app.store.releases(&filter).await?;
    let seen = Seen::by(&app, &caller).await?;
    let releases = releases.iter().map(|release| seen.view(release)).collect();
    let list = ReleaseList { releases };
    Ok(caching::json(&headers, Freshness::Latest, &list))
}

/// One release, by its id.
#[utoipa::path(
    get,
    path = "/releases/{id}",
    tag = "releases",
    params(("id" = Uuid, Path, description = "The release's id")),
    responses(
        (status = 200, description = "The release", body = ReleaseView),
        (status = 404, description = "There is no such release",
            body = vwis_web::problem::ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    id: Result<Path<String>, PathRejection>,
    Given(()): Given<()>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Path(id) = id.map_err(|rejection| bad_path(&rejection))?;
    let release = app.release(&id).await?;
    let seen = Seen::by(&app, &caller).await?;
    Ok(caching::json(
        &headers,
        seen.freshness(),
        &seen.view(&release),
    ))
}

// === impl Seen ===

impl Seen {
    async fn by(app: &App, caller: &Caller) -> Result<Self, Problem> {
        Ok(match Reader::of(caller) {
            Reader::Everything => Self::AsMade,
            Reader::Published => Self::AsPublished(app.publications().await?),
        })
    }

    fn view(&self, release: &Release) -> ReleaseView {
        let Self::AsPublished(known) = self else {
            return ReleaseView::of(release, &release.coverage(), Standing::AsMade);
        };
        let Some((published, coverage)) = known.as_published(release) else {
            return ReleaseView::of(release, &release.coverage(), Standing::NotPublished);
        };
        let by = known.current().replaced_by(release.id);
        let standing = by.map_or(Standing::Published, |_| Standing::Replaced);
        ReleaseView {
            replaced_by: by,
            ..ReleaseView::of(&published, &coverage, standing)
        }
    }

    /// What is published of a release may be replaced tomorrow, or cover other employers.
    fn freshness(&self) -> Freshness {
        match self {
            Self::AsMade => Freshness::Immutable,
            Self::AsPublished(_) => Freshness::Latest,
        }
    }
}

// === impl ReleaseView ===

impl ReleaseView {
    fn of(release: &Release, coverage: &Coverage, standing: Standing) -> Self {
        let codes = |codes: &[vwis_model::ods::OdsCode]| -> Vec<String> {
            codes.iter().map(ToString::to_string).collect()
        };
        Self {
            id: release.id,
            href: format!("{BASE}/releases/{}", release.id),
            agreement: release.agreement.to_string(),
            series: release.series.clone(),
            period: release.period.to_string(),
            as_of: release.period.last_day().to_string(),
            number: release.number,
            made_at: release.made_at.to_string(),
            coverage: CoverageView {
                missing: coverage.missing().map(ToString::to_string).collect(),
                in_words: coverage.in_words(),
                contributors: codes(&coverage.contributors),
                expected: codes(&coverage.expected),
                not_added: codes(&coverage.not_added),
            },
            standing,
            replaced_by: None,
        }
    }
}

#[cfg(test)]
mod tests;
