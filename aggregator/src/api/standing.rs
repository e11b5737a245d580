//! `/healthz` and `/readyz`: whether the program lives, and whether it can answer.

use std::sync::Arc;

use axum::{Router, extract::State, routing::get};

use super::{Api, problem::Problem};

/// Both, without the door: whoever watches over programs has no credentials.
pub(super) fn routes() -> Router<Arc<Api>> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
}

/// The program lives; nothing else is looked at, so that a slow disk does not restart it.
async fn alive() -> &'static str {
    "ok\n"
}

/// The store answers.
async fn ready(State(api): State<Arc<Api>>) -> Result<&'static str, Problem> {
    api.store.answers().await?;
    Ok("ok\n")
}
