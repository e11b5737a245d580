//! `/tables`: any table of the agreement, or got by summing one.

use std::sync::Arc;

use axum::response::Response;
use utoipa_axum::{router::OpenApiRouter, routes};
use vwis_web::problem::{Problem, ProblemDetails};

use crate::http::{
    app::App,
    road::{
        Request,
        asked::Asked,
        parameters::{Basis, InForm, OfWhom, WhichTable},
    },
};

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(table))
}

/// One table of the picture, with an interval for every cell.
///
/// Every table of the agreement is there, and every one got by summing one of them over an attribute.
/// In pandas: `pd.read_csv("http://127.0.0.1:7480/api/v1/tables?by=staff_group&format=csv")`.
#[utoipa::path(
    get,
    path = "/tables",
    tag = "tables",
    params(WhichTable, OfWhom, Basis, InForm),
    responses(
        (status = 200, description = "One row per cell", content(
            (serde_json::Value = "application/json"),
            (String = "text/csv"),
            (serde_json::Value = "application/csvm+json"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (String = "text/plain"),
        )),
        (status = 404, description = "No such table, release, period or organisation",
            body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn table(request: Request) -> Result<Response, Problem> {
    let asked = Asked::table(request.uri())?;
    request.answer_in(asked).await
}

#[cfg(test)]
mod tests;
