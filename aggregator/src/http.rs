//! What is served over HTTP: the API under `/api/v1`, which analysts and programs read, and pages under `/`.
//!
//! ```text
//! connection (bounded, TLS or plain)         vwis_web::server
//!   └─► request id · log · metrics · panics · bounds · time     vwis_web::layers
//!        └─► who asks, how often             layers::admit  (identity::authenticate, RateLimit)
//!             └─► endpoint (api) or page (pages): what is asked ─► road: rights, log, cache, compute, write
//! ```
//!
//! `api` and `pages` stand beside each other on the rest, and do not know each other; [`router`] puts them
//! together. Open to all are `/healthz`, `/readyz`, the OpenAPI document and its viewer, the problems'
//! explanations, sign-in, and the files that pages load. Everything else is behind the door, which leaves who
//! asks in [`app::Caller`].
//!
//! **Architecture invariants**: nothing here writes but the access log, a token's last use, and
//! sessions ([`pages`]); no body is read but that of sign-out's form; no log line or metric holds a
//! token, an identity or a query.

mod answers;
pub(crate) mod api;
pub(crate) mod app;
mod browser;
mod health;
mod kinds;
pub(crate) mod layers;
pub(crate) mod pages;
mod problems;
pub(crate) mod road;

use std::sync::Arc;
use vwis_web::problem;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;

use self::app::App;
use crate::export::canonical::BASE;

/// All endpoints and pages, with the layers around them.
pub(crate) fn router(app: Arc<App>) -> Router {
    let (endpoints, document) = OpenApiRouter::with_openapi(api::documents::about())
        .nest(BASE, api::endpoints())
        .split_for_parts();
    let behind_the_door = endpoints
        .merge(health::behind_the_door())
        .merge(pages::routes())
        .route_layer(axum::middleware::from_fn_with_state(
            Arc::clone(&app),
            layers::admit,
        ));
    let open = health::routes()
        .merge(problem::routes(kinds::ALL))
        .merge(api::documents::routes(document))
        .merge(pages::open())
        .route_layer(axum::middleware::from_fn_with_state(
            Arc::clone(&app),
            layers::limit_open,
        ));
    layers::around(behind_the_door.merge(open), &app).with_state(app)
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
