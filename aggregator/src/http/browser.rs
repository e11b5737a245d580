//! Problems and missing credentials, as a browser meets them: as a page, or as the way to sign in.
//!
//! Endpoints make problems once, as RFC 9457 details ([`vwis_web::problem`]). If a browser asked for something
//! outside the API, this turns them into a page on the way out.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use http::{Method, StatusCode, Uri, header};
use vwis_model::here;
use vwis_pages::ui::layout::{Section, Shell};
use vwis_web::{browser, headers, problem::Problem, sign_in};

use super::app::App;
use crate::export::canonical::BASE;

/// Paths for programs, beside those under `/api`: their problems stay problem details.
const FOR_PROGRAMS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];
/// Folders for programs, or of files that pages load.
const FOLDERS: [&str; 3] = ["/api/", "/assets/", "/problems/"];

/// A page that shows a problem.
#[derive(Template)]
#[template(path = "browser/problem.html")]
struct ProblemPage {
    shell: Shell,
    says: String,
    available: Vec<String>,
}

/// A page of a few sentences.
#[derive(Template)]
#[template(path = "browser/words.html")]
pub(crate) struct Words {
    shell: Shell,
    says: Vec<String>,
    /// A link below: its words and its address.
    next: Option<(&'static str, String)>,
}

// === impl Words ===

impl Words {
    pub(crate) fn new(heading: &str, says: &[&str]) -> Self {
        Self {
            shell: shell(heading),
            says: says.iter().map(|&says| says.to_owned()).collect(),
            next: None,
        }
    }

    /// Adds a link to what can be done next.
    pub(crate) fn next(self, words: &'static str, href: impl Into<String>) -> Self {
        Self {
            next: Some((words, href.into())),
            ..self
        }
    }

    /// The page for a browser that has no credentials where nobody can sign in.
    pub(crate) fn no_sign_in() -> Self {
        Self::new(
            "Nobody can sign in here",
            &[
                "These pages are for people who are known, and sign-in with a browser is not set up \
                 on this server.",
                "Whoever runs it sets [oidc] client_id in aggregator.toml. Programs send an API token.",
            ],
        )
    }

    pub(crate) fn page(&self, status: StatusCode) -> Response {
        let html = self
            .render()
            .expect("a page writes texts into a String, which takes them");
        headers::of_a_page_for_one((status, Html(html)).into_response())
    }
}

/// The frame of a page that is not part of the navigation.
pub(crate) fn shell(heading: &str) -> Shell {
    Shell {
        section: None,
        ..Shell::new("", Section::Overview, heading)
    }
}

/// Whether a browser asks for a page.
pub(crate) fn is_page(request: &Request) -> bool {
    let path = request.uri().path();
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    let is_for_programs =
        FOR_PROGRAMS.contains(&path) || FOLDERS.iter().any(|folder| path.starts_with(folder));
    reads && !is_for_programs
}

/// The answer to an unknown caller who asks for the page at `uri`: the way to sign in, or that there is none.
pub(crate) fn without_credentials(app: &App, uri: &Uri) -> Response {
    if app.sign_in().is_none() {
        return Words::no_sign_in().page(StatusCode::UNAUTHORIZED);
    }
    let wanted = uri.path_and_query().map_or("/", |wanted| wanted.as_str());
    let to: String = form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
    let location = format!("{}?to={to}", sign_in::IN);
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// Middleware around everything: turns problems into pages where a browser asked.
pub(crate) async fn as_pages(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    let is_for_a_page =
        !request.uri().path().starts_with(BASE) && browser::takes_html(request.headers());
    let response = next.run(request).await;
    let problem = response.extensions().get::<Problem>();
    match problem.filter(|_| is_for_a_page) {
        Some(problem) => browser::shown(&response, page_of(&app, problem)),
        None => response,
    }
}

fn page_of(app: &App, problem: &Problem) -> String {
    let mut shell = Shell::new(
        here::place().name(),
        Section::Overview,
        problem.kind().title,
    );
    shell.section = None;
    shell.notice.clone_from(&app.notice);
    let page = ProblemPage {
        shell,
        says: problem.detail().to_owned(),
        available: problem.alternatives().to_vec(),
    };
    page.render()
        .expect("a page writes texts into a String, which takes them")
}
