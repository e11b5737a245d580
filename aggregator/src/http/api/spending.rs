//! `/spending`: what each employer spent of privacy.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use http::HeaderMap;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer,
    export::canonical::BASE,
    http::{
        answers::{Key, Stop},
        app::{Address, App, Caller},
        params::Params,
        problem::Problem,
        road::asking::{self, Asking, Reader},
    },
};

/// The parameters, as the OpenAPI document tells them; they are read by name.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by name, so that an unknown one is refused")]
struct SpendingParams {
    /// `YYYY-MM`: the financial year that it is in; that of the latest release, if not said.
    #[param(required = false, pattern = r"^\d{4}-\d{2}$", example = "2026-09")]
    period: Option<String>,
    /// Hash of the agreement, or the beginning of it. If not said, the one with the latest headcount of staff,
    /// then of the most employers, then with the most tables, then kept last; none of fewer than half as many
    /// employers as another had within the year.
    #[param(required = false)]
    agreement: Option<String>,
    /// Id of a release: what was spent up to it. Such an answer never changes.
    #[param(required = false)]
    release: Option<String>,
    /// `json`, `csv`, `csvw`, `xlsx` or `table`; by the Accept header, if not said.
    #[param(required = false, example = "json")]
    format: Option<String>,
}

const NAMES: [&str; 4] = ["period", "agreement", "release", "format"];

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(spending))
}

/// What each employer spent of privacy in a financial year, and what is agreed: exact figures.
#[utoipa::path(
    get,
    path = "/spending",
    tag = "releases",
    params(SpendingParams),
    responses(
        (status = 200, description = "One row per employer", content(
            (serde_json::Value = "application/json"),
            (String = "text/csv"),
            (serde_json::Value = "application/csvm+json"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (String = "text/plain"),
        )),
        (status = 404, description = "Nothing is released yet, or no such agreement or release",
            body = crate::http::problem::ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn spending(
    State(app): State<Arc<App>>,
    caller: Caller,
    Address(uri): Address,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let params = Params::read(&uri, &NAMES)?;
    let asking = Asking::read(&params, &headers)?;
    let put = asking.put(&app, Reader::of(&caller)).await?;
    let archive = Arc::clone(&put.held.archive);
    let address = asking.address(format!("{BASE}/spending"), Vec::new());
    let key = Key::of(address.clone(), asking.format, &put.held, None);
    let (format, period) = (asking.format, asking.when.until());
    let work = move |_: &Stop| {
        let answer = answer::spending(&archive, period)?;
        let newest = archive.newest();
        asking::written(answer, format, &address, newest)
    };
    let written = app.answers.get_or(&caller.0.via, key, work).await?;
    Ok(asking::sent(&headers, &asking, put.freshness, &written))
}
