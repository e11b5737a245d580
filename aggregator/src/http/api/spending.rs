//! `/spending`: what each employer spent of privacy.

use std::sync::Arc;

use axum::response::Response;
use utoipa_axum::{router::OpenApiRouter, routes};
use vwis_web::problem::{Problem, ProblemDetails};

use crate::http::{
    app::App,
    road::{
        Request,
        asked::Asked,
        parameters::{Basis, InForm, WhichYear},
    },
};

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(spending))
}

/// What each employer spent of privacy in a financial year, and what is agreed: exact figures.
#[utoipa::path(
    get,
    path = "/spending",
    tag = "releases",
    params(WhichYear, Basis, InForm),
    responses(
        (status = 200, description = "One row per employer", content(
            (serde_json::Value = "application/json"),
            (String = "text/csv"),
            (serde_json::Value = "application/csvm+json"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (String = "text/plain"),
        )),
        (status = 404, description = "Nothing is released yet, or no such agreement or release",
            body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn spending(request: Request) -> Result<Response, Problem> {
    let asked = Asked::spending(request.uri())?;
    request.answer_in(asked).await
}
