//! Files that pages load: stylesheet, script and icon, each under a name that changes with its content.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    response::IntoResponse,
    routing::{MethodRouter, get},
};
use http::{HeaderMap, HeaderValue, header};
use vwis_web::{caching::Freshness, content::Content};

use crate::http::app::App;
use vwis_pages::ui::assets::{Asset, ICON, SCRIPT, STYLESHEET};

/// Keeps out search engines: numbers are for those they are shown to.
const ROBOTS: &str = "User-agent: *\nDisallow: /\n";

pub(super) fn routes() -> Router<Arc<App>> {
    let router = [&STYLESHEET, &SCRIPT, &ICON]
        .into_iter()
        .fold(Router::new(), |router, asset: &'static Asset| {
            router.route(&asset.path(), named(asset))
        });
    // Browsers ask for the icon at this path when they show something that is not a page.
    router
        .route(
            "/favicon.ico",
            get(|| async { unversioned(ICON.media_type, ICON.content) }),
        )
        .route(
            "/robots.txt",
            get(|| async { unversioned("text/plain; charset=utf-8", ROBOTS) }),
        )
}

/// A file that never changes under its name.
fn named(asset: &'static Asset) -> MethodRouter<Arc<App>> {
    let media_type = HeaderValue::from_static(asset.media_type);
    let content = Bytes::from_static(asset.content.as_bytes());
    let kept = Arc::new(Content::of_program(media_type, content));
    get(move |headers: HeaderMap| {
        let kept = Arc::clone(&kept);
        async move { kept.answer(&headers, Freshness::Named) }
    })
}

/// A file that keeps its name when it changes.
fn unversioned(media_type: &'static str, content: &'static str) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "public, max-age=86400"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, content)
}
