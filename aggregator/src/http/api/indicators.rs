//! `/indicators`: what there is, and each one's answer.

use std::sync::Arc;

use axum::{
    extract::{Path, rejection::PathRejection},
    response::Response,
};
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use vwis_web::{
    caching::{self, Freshness},
    problem::{Problem, ProblemDetails},
    query::{Given, bad_path},
};

use crate::{
    export::canonical::BASE,
    http::{
        app::App,
        road::{
            Request,
            asked::Asked,
            parameters::{Basis, InForm, OfWhom, WhichBreakdown},
        },
    },
    indicator::{self, Indicator},
};

/// The indicators that there are.
#[derive(Serialize, ToSchema)]
pub(super) struct IndicatorList {
    /// In the order of their themes.
    pub indicators: Vec<IndicatorView>,
}

/// An indicator, in words.
#[derive(Serialize, ToSchema)]
pub(super) struct IndicatorView {
    /// Path of its answer in this API.
    pub href: String,
    /// Name, question, definition, formula, denominator, what is left out, source, limits, breakdowns,
    /// options.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub definition: serde_json::Value,
}

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
}

/// The indicators that there are, with their definitions.
#[utoipa::path(
    get,
    path = "/indicators",
    tag = "indicators",
    responses((status = 200, description = "All of them", body = IndicatorList))
)]
async fn list(Given(()): Given<()>, headers: HeaderMap) -> Response {
    let view = |indicator: &&Indicator| IndicatorView {
        href: format!("{BASE}/indicators/{}", indicator.definition.name),
        definition: serde_json::to_value(&indicator.definition)
            .expect("definitions are words and lists of words"),
    };
    let list = IndicatorList {
        indicators: indicator::ALL.iter().map(view).collect(),
    };
    caching::json(&headers, Freshness::Latest, &list)
}

/// One indicator's answer: one row a number, with its interval, and a verdict where there is one.
///
/// Every indicator answers without parameters. Its own options are parameters, too: the definition
/// names them.
#[utoipa::path(
    get,
    path = "/indicators/{name}",
    tag = "indicators",
    params(
        ("name" = String, Path, description = "As /indicators lists it", example = "age-profile"),
        WhichBreakdown, OfWhom, Basis, InForm
    ),
    responses(
        (status = 200, description = "One row per number", content(
            (serde_json::Value = "application/json"),
            (String = "text/csv"),
            (serde_json::Value = "application/csvm+json"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (String = "text/plain"),
        )),
        (status = 404, description = "No such indicator, release, period, organisation or table",
            body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "An indicator that is not computed, and why",
            body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn one(
    name: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Path(name) = name.map_err(|rejection| bad_path(&rejection))?;
    let asked = Asked::indicator(&name, request.uri())?;
    request.answer_in(asked).await
}

#[cfg(test)]
mod tests;
