//! The HTTP API under `/api/v1`: every endpoint in a file of its own, with its types and tests.

pub(crate) mod agreements;
mod coverage;
pub(crate) mod dictionary;
pub(crate) mod documents;
mod downloads;
mod indicators;
mod organisations;
pub(crate) mod releases;
mod spending;
mod tables;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;

use super::app::App;

/// All endpoints behind the door, with their OpenAPI descriptions. New groups join here.
pub(super) fn endpoints() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .merge(releases::routes())
        .merge(organisations::routes())
        .merge(dictionary::routes())
        .merge(agreements::routes())
        .merge(tables::routes())
        .merge(indicators::routes())
        .merge(coverage::routes())
        .merge(spending::routes())
        .merge(downloads::routes())
}
