//! `/releases/{id}/picture.csv`: every cell of every table of a release.

use std::sync::Arc;

use axum::{
    extract::{Path, rejection::PathRejection},
    response::Response,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use vwis_web::{
    problem::{Problem, ProblemDetails},
    query::bad_path,
};

use crate::http::{
    app::App,
    road::{Request, asked::Asked, parameters::WhichCells},
};

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(whole))
}

/// Every cell of every table of a release, as CSV: one row a cell.
///
/// Columns: series, organisation, table (attribute codes joined by `+`), cell (category codes joined by `+`),
/// estimate, sd, lower, upper, display, reliability, period, release, `as_of`.
#[utoipa::path(
    get,
    path = "/releases/{id}/picture.csv",
    tag = "releases",
    params(("id" = uuid::Uuid, Path, description = "The release's id"), WhichCells),
    responses(
        (status = 200, description = "One row per cell", body = String, content_type = "text/csv"),
        (status = 404, description = "There is no such release, or the organisation is not in it",
            body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn whole(
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Path(id) = id.map_err(|rejection| bad_path(&rejection))?;
    let asked = Asked::cells(&id, request.uri())?;
    request.answer(asked).await
}

#[cfg(test)]
mod tests;
