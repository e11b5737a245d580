//! Headers that tell browsers how to treat pages.

use std::sync::LazyLock;

use axum::response::Response;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::{HeaderName, HeaderValue, header};
use sha2::{Digest as _, Sha256};

use vwis_pages::ui::assets::STYLESHEET;

/// A page loads its stylesheet, script and images from this server only, runs no inline script, sends forms
/// only back here, and is shown in no frame. The way to the issuer is a link and a redirect, which need no
/// exception.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// A pack is one file: its stylesheet is inline, and allowed by its hash.
static POLICY_OF_A_PACK: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = BASE64.encode(Sha256::digest(STYLESHEET.content));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src 'self'; form-action 'none'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("base64 stands in a header as it is")
});
/// The API's `no-referrer` would not do for pages: browsers would send forms with `Origin: null`, and our own
/// form could not be told from another site's.
const REFERRER_POLICY: &str = "same-origin";
pub(crate) const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
/// Pages use none of the machine's devices.
pub(crate) const PERMISSIONS_POLICY: &str =
    "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// Media type of every page.
pub(super) const HTML: &str = "text/html; charset=utf-8";

/// Adds the headers of a page.
pub(crate) fn of_a_page(mut response: Response) -> Response {
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

/// Adds the headers of a pack: a document to show, print and save.
pub(super) fn of_a_pack(response: Response) -> Response {
    let mut response = of_a_page(response);
    let policy = POLICY_OF_A_PACK.clone();
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// Adds the headers of a page about its reader, which nothing may store.
pub(crate) fn of_a_page_for_one(mut response: Response) -> Response {
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    of_a_page(response)
}
