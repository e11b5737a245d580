//! What a browser is told of every page.

use axum::response::Response;
use http::{HeaderValue, header};

/// A page loads its own stylesheet and nothing else, runs no script, and stands in no frame.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The type of every page.
pub(super) const HTML: &str = "text/html; charset=utf-8";

/// A page that a browser shows.
pub(super) fn of_a_page(mut response: Response) -> Response {
    let policy = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}
