//! What pages load: the stylesheet and the script, each under a name that changes with it.

use std::sync::Arc;

use axum::{Router, response::IntoResponse, routing::get};
use http::header;

use crate::{
    api::Api,
    page::assets::{Asset, SCRIPT, STYLESHEET},
};

pub(super) fn routes() -> Router<Arc<Api>> {
    [&STYLESHEET, &SCRIPT]
        .into_iter()
        .fold(Router::new(), |router, asset: &'static Asset| {
            router.route(&asset.path(), get(move || async { served(asset) }))
        })
}

/// It never changes under its name, and is the same for everybody.
fn served(asset: &Asset) -> impl IntoResponse + use<> {
    let headers = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, asset.content)
}
