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

/// The store answers. Certificates that end soon stand below the `ok`: they are no reason to send nobody
/// here.
async fn ready(State(api): State<Arc<Api>>) -> Result<String, Problem> {
    api.store.answers().await?;
    let warnings = match &api.upkeep {
        Some(upkeep) => upkeep.for_strangers().await?,
        None => String::new(),
    };
    Ok(format!("ok\n{warnings}"))
}
