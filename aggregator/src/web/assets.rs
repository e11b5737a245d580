//! The stylesheet, under a name that changes with it.

use std::sync::Arc;

use axum::{Router, response::IntoResponse, routing::get};
use http::header;

use crate::{api::Api, page::look};

pub(super) fn routes() -> Router<Arc<Api>> {
    Router::new().route(&format!("/assets/{}", look::name()), get(stylesheet))
}

/// It never changes under its name, and is the same for everybody.
async fn stylesheet() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, look::CSS)
}
