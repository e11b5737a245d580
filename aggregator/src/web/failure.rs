//! What went wrong, as a page: for whoever asked with a browser.
//!
//! Problems are made once, as RFC 9457 details ([`crate::api::problem`]). On the way out, what a
//! browser asked for outside of the API is said as a page instead.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderMap, header};

use super::headers;
use vwis_model::place::Place;

use crate::api::{Api, BASE, problem::Problem};
use vwis_pages::ui::layout::{Section, Shell};

#[derive(Template)]
#[template(path = "web/failure.html")]
struct Failure {
    shell: Shell,
    says: String,
    available: Vec<String>,
}

/// Around everything: turns problems into pages where a browser asked.
pub(crate) async fn as_pages(
    State(api): State<Arc<Api>>,
    request: Request,
    next: Next,
) -> Response {
    let is_for_a_page = !request.uri().path().starts_with(BASE) && takes_html(request.headers());
    let response = next.run(request).await;
    let problem = response.extensions().get::<Problem>();
    match problem.filter(|_| is_for_a_page).cloned() {
        Some(problem) => page_of(&api, &problem, &response),
        None => response,
    }
}

fn takes_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).into_iter();
    let mut accepted = accepted.filter_map(|value| value.to_str().ok());
    accepted.any(|value| value.contains("text/html"))
}

fn page_of(api: &Api, problem: &Problem, original: &Response) -> Response {
    let mut shell = Shell::new(
        Place::here().name(),
        Section::Overview,
        problem.kind().title,
    );
    shell.section = None;
    shell.notice.clone_from(&api.notice);
    let page = Failure {
        shell,
        says: problem.detail().to_owned(),
        available: problem.alternatives().to_vec(),
    };
    let html = page
        .render()
        .expect("a page writes texts into a String, which takes them");
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
