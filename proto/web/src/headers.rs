//! Headers that tell browsers how to treat pages.

use axum::response::Response;
use http::{HeaderName, HeaderValue, header};

/// A page loads its stylesheet, script and images from this server only, runs no inline script, sends forms
/// only back here, and is shown in no frame. The way to the issuer is a link and a redirect, which need no
/// exception.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// The `no-referrer` of all else would not do for pages: browsers would send forms with `Origin: null`, and our own
/// form could not be told from another site's.
const REFERRER_POLICY: &str = "same-origin";
/// The header that says which of the machine's devices a page may use.
pub(super) const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
/// Pages use none of the machine's devices.
pub(super) const PERMISSIONS_POLICY: &str =
    "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// Media type of every page.
pub const HTML: &str = "text/html; charset=utf-8";

/// Adds the headers of a page.
pub fn of_a_page(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let mut say = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    say(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    say(header::REFERRER_POLICY, REFERRER_POLICY);
    say(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    say(PERMISSIONS, PERMISSIONS_POLICY);
    response
}

/// Adds the headers of a page about its reader, which nothing may store.
pub fn of_a_page_for_one(mut response: Response) -> Response {
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    of_a_page(response)
}
