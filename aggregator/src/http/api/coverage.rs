//! `/coverage`: who is in each release, who is missing, and how much of the headcount that is.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;
use vwis_model::period::Period;

use crate::{
    archive::{Archive, Archived},
    http::{
        app::{App, Caller},
        caching::{self, Freshness},
        params::{Asked, Parameters, Params},
        problem::Problem,
        road::asking::{Asking, Reader},
    },
};

/// Coverage by series and period, the latest first.
#[derive(Serialize, ToSchema)]
pub(super) struct CoverageList {
    /// The agreement's hash.
    pub agreement: String,
    /// Of each series' latest release of each period.
    pub coverage: Vec<ReleaseCoverage>,
}

/// Who is in one release.
#[derive(Serialize, ToSchema)]
pub(super) struct ReleaseCoverage {
    /// The release.
    pub release: Uuid,
    /// Series of the agreement.
    pub series: String,
    /// `YYYY-MM`.
    pub period: String,
    /// ODS codes of those in it.
    pub contributors: Vec<String>,
    /// ODS codes of those that should be and that nothing is held of.
    pub missing: Vec<String>,
    /// ODS codes of those whose measurement is held and not added for readers below analyst: what is published
    /// could be subtracted, and leave their figures.
    pub not_added: Vec<String>,
    /// The contributors' part of the last known headcount of all expected employers, 0 to 1; null where
    /// a missing employer was never in a release.
    #[schema(required = true)]
    pub of_last_known_headcount: Option<f64>,
    /// The same in a sentence.
    pub in_words: String,
}

/// Of what.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichCoverage {
    /// Hash of the agreement, or the beginning of it. If not said, the one with the latest headcount of staff,
    /// then of the most employers, then with the most tables, then kept last; none of fewer than half as many
    /// employers as another had within the year.
    #[param(required = false)]
    agreement: Option<String>,
    /// Only for this period.
    #[param(required = false, value_type = Option<String>, pattern = r"^\d{4}-\d{2}$", example = "2026-09")]
    period: Option<Period>,
}

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(coverage))
}

/// Who is in each release, and who is missing.
#[utoipa::path(
    get,
    path = "/coverage",
    tag = "releases",
    params(WhichCoverage),
    responses(
        (status = 200, description = "The latest period first", body = CoverageList),
        (status = 404, description = "Nothing is released yet, or no such agreement",
            body = crate::http::problem::ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn coverage(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(which): Asked<WhichCoverage>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let put = Asking::of_system(which.agreement)
        .put(&app, Reader::of(&caller))
        .await?;
    let archive = put.held.archive;
    let wanted = |archived: &&Arc<Archived>| {
        which
            .period
            .is_none_or(|period| archived.release.period == period)
    };
    let releases = archive.releases().iter().rev().filter(wanted);
    let list = CoverageList {
        agreement: archive.agreement().hash().to_string(),
        coverage: releases
            .map(|archived| ReleaseCoverage::of(&archive, archived))
            .collect(),
    };
    Ok(caching::json(&headers, Freshness::Latest, &list))
}

// === impl ReleaseCoverage ===

impl ReleaseCoverage {
    fn of(archive: &Archive, archived: &Archived) -> Self {
        let reach = archive.reach(archived);
        Self {
            release: archived.release.id,
            series: archived.release.series.clone(),
            period: archived.release.period.to_string(),
            missing: reach.coverage.missing().map(ToString::to_string).collect(),
            not_added: reach
                .coverage
                .not_added
                .iter()
                .map(ToString::to_string)
                .collect(),
            in_words: reach.in_words(),
            of_last_known_headcount: reach.of_last_known_headcount,
            contributors: reach
                .coverage
                .contributors
                .iter()
                .map(ToString::to_string)
                .collect(),
        }
    }
}

// === impl WhichCoverage ===

impl Parameters for WhichCoverage {
    const NAMES: &'static [&'static str] = &["agreement", "period"];

    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            agreement: params.text("agreement")?.map(str::to_owned),
            period: params.one("period")?,
        })
    }
}
