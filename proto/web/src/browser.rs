//! Whether a browser asks, and how it is shown what programs are told in another form.

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderMap, header};

use super::headers;

/// Whether the caller shows HTML to a person.
#[must_use]
pub fn takes_html(request: &HeaderMap) -> bool {
    let accepted = request.get_all(header::ACCEPT).into_iter();
    let mut accepted = accepted.filter_map(|value| value.to_str().ok());
    accepted.any(|value| value.contains("text/html"))
}

/// The page `html` in place of the body of `original`, with its status and its other headers.
#[must_use]
pub fn shown(original: &Response, html: String) -> Response {
    let mut response = (original.status(), Html(html)).into_response();
    for (name, value) in original.headers() {
        let of_the_body = [
            header::CONTENT_TYPE,
            header::CONTENT_LENGTH,
            header::CONTENT_ENCODING,
        ];
        let is_of_the_body = of_the_body.contains(name);
        if !is_of_the_body {
            response.headers_mut().append(name, value.clone());
        }
    }
    headers::of_a_page(response)
}
