//! `/coverage`: who is in each release, who is missing, and how much of the headcount that is.

use std::sync::Arc;

use axum::response::Response;
use utoipa_axum::{router::OpenApiRouter, routes};
use vwis_web::problem::{Problem, ProblemDetails};

use crate::http::{
    app::App,
    road::{CoverageList, Request, asked::Asked, parameters::WhichCoverage},
};

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
            body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn coverage(request: Request) -> Result<Response, Problem> {
    let asked = Asked::coverage(request.uri())?;
    request.answer(asked).await
}
