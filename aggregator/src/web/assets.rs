//! What pages load: the stylesheet and the script, each under a name that changes with it.

use std::sync::Arc;

use axum::{Router, body::Bytes, routing::get};
use http::{HeaderMap, HeaderValue};

use crate::{
    api::{Api, caching::Freshness, kept::Kept},
    page::assets::{Asset, SCRIPT, STYLESHEET},
};

pub(super) fn routes() -> Router<Arc<Api>> {
    [&STYLESHEET, &SCRIPT]
        .into_iter()
        .fold(Router::new(), |router, asset: &'static Asset| {
            let media_type = HeaderValue::from_static(asset.media_type);
            let content = Bytes::from_static(asset.content.as_bytes());
            let kept = Arc::new(Kept::new(media_type, content));
            let serve = move |headers: HeaderMap| {
                let kept = Arc::clone(&kept);
                async move { kept.answer(&headers, Freshness::Named) }
            };
            router.route(&asset.path(), get(serve))
        })
}
