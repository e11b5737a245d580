//! `/healthz`: does the program live? `/readyz`: can it answer? `/metrics`: how does it do?

use std::sync::Arc;

use axum::{Router, extract::State, response::IntoResponse, routing::get};
use http::header;
use vwis_web::problem::Problem;

use crate::http::app::App;

/// `/healthz` and `/readyz`, outside the door: whoever monitors programs has no credentials.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
}

/// Says that the program lives. Looks at nothing else, so that a slow disk does not restart it.
async fn alive() -> &'static str {
    "ok\n"
}

/// Says that the store answers. Certificates that end soon are listed below the `ok`: they are no reason to
/// stop sending requests here.
async fn ready(State(app): State<Arc<App>>) -> Result<String, Problem> {
    app.store.answers().await?;
    let warnings = match &app.upkeep {
        Some(upkeep) => upkeep.for_strangers().await?,
        None => String::new(),
    };
    Ok(format!("ok\n{warnings}"))
}

/// `/metrics` for Prometheus, which sends a token as its `authorization` setting says.
pub(super) fn behind_the_door() -> Router<Arc<App>> {
    Router::new().route("/metrics", get(scrape))
}

async fn scrape(State(app): State<Arc<App>>) -> impl IntoResponse {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, app.metrics.render())
}
