//! The pages over HTTP, under `/`: each [`View`] of the dashboard at its path, with the files that they load.
//!
//! Pages go the same road as the API ([`super::road`]). Whoever asks for one without the credentials that it
//! needs is sent to sign in. Whatever goes wrong for a browser becomes a page ([`super::browser`]).
//!
//! **Architecture invariants**: what a page holds depends on its address and the releases alone (the list of
//! pathways also on which of them the reader may see), so it is kept for all who may see it; nothing here
//! computes a number.

mod assets;
pub(crate) mod sign_in;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, rejection::PathRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use vwis_pages::View;
use vwis_web::{
    problem::{Kind, Problem},
    query::{Query, bad_path, shortened},
};

use super::{
    app::App,
    road::{
        Request,
        asked::{Asked, Form, choices},
    },
};

/// The route of pages that show one group each.
struct OfGroups {
    route: &'static str,
    attribute: &'static str,
    form: Form,
    /// The path of the page that lists the groups.
    list: &'static str,
}

static OF_GROUPS: [OfGroups; 5] = [
    OfGroups::at("/localities/{code}", "locality", Form::Page, "/localities"),
    OfGroups::at(
        "/localities/{code}/pack",
        "locality",
        Form::Pack,
        "/localities",
    ),
    OfGroups::at(
        "/staff-groups/{code}",
        "staff_group",
        Form::Page,
        "/staff-groups",
    ),
    OfGroups::at("/pathways/{code}", "pathway", Form::Page, "/pathways"),
    OfGroups::at("/pathways/{code}/pack", "pathway", Form::Pack, "/pathways"),
];

impl OfGroups {
    const fn at(
        route: &'static str,
        attribute: &'static str,
        form: Form,
        list: &'static str,
    ) -> Self {
        Self {
            route,
            attribute,
            form,
            list,
        }
    }
}

/// Pages with a fixed path, except the overview.
const FIXED: [&str; 11] = [
    "/localities",
    "/staff-groups",
    "/compare",
    "/equality",
    "/equality/careers",
    "/pathways",
    "/coverage",
    "/privacy",
    "/method",
    "/releases",
    "/accessibility",
];

pub(super) fn routes() -> Router<Arc<App>> {
    let router = Router::new()
        .route("/", get(overview))
        .merge(sign_in::pages());
    let router = OF_GROUPS.iter().fold(router, |router, of_groups| {
        let show = move |code: Result<Path<String>, PathRejection>, request: Request| {
            of_group(of_groups, code, request)
        };
        router.route(of_groups.route, get(show))
    });
    FIXED
        .into_iter()
        .fold(router, |router, path| router.route(path, get(page)))
}

/// Every route of a page that is answered from releases.
#[cfg(test)]
pub(super) fn paths() -> impl Iterator<Item = &'static str> {
    let of_groups = OF_GROUPS.iter().map(|one| one.route);
    ["/"].into_iter().chain(FIXED).chain(of_groups)
}

/// What is open to everybody: the pages' files and sign-in, which say nothing of anybody.
pub(super) fn open() -> Router<Arc<App>> {
    assets::routes().merge(sign_in::open())
}

/// The page at the request's path.
async fn page(request: Request) -> Result<Response, Problem> {
    let uri = request.uri();
    let view = View::at(uri.path()).ok_or_else(|| no_such("page", uri.path(), "/"))?;
    let asked = Asked::page(view, Form::Page, uri, &[])?;
    request.answer(asked).await
}

/// The overview, or a redirect to the page that was chosen on it.
async fn overview(request: Request) -> Result<Response, Problem> {
    let names = View::choices_on_overview();
    let asked = |view| Asked::page(view, Form::Page, request.uri(), names);
    let overview = asked(View::Overview)?;
    let known: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
    let query = Query::read_among_others(request.uri(), &known)?;
    match View::chosen_on_overview(&choices(&query, names)?) {
        Some(view) => Ok(led_to(&asked(view)?)),
        None => request.answer(overview).await,
    }
}

/// The page of one group, or a redirect to it from a path that spells the group in another way.
async fn of_group(
    of_groups: &'static OfGroups,
    code: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let OfGroups {
        attribute, form, ..
    } = *of_groups;
    let Path(code) = code.map_err(|rejection| bad_path(&rejection))?;
    let asked = |view| Asked::page(view, form, request.uri(), &[]);
    if let Some(view) = View::named(attribute, &code) {
        let asked = asked(view)?;
        return request.answer(asked).await;
    }
    match View::matching(attribute, &code) {
        Some(view) => Ok(led_to(&asked(view)?)),
        None => Err(no_such(&attribute.replace('_', " "), &code, of_groups.list)),
    }
}

/// Redirects to another page.
fn led_to(page: &Asked) -> Response {
    let location = [(header::LOCATION, page.to_string())];
    (StatusCode::SEE_OTHER, location).into_response()
}

fn no_such(what: &str, code: &str, index: &str) -> Problem {
    let code = shortened(code);
    let detail = format!("there is no {what} `{code}`");
    Kind::NOT_FOUND.problem(detail).available([index])
}

#[cfg(test)]
mod tests;
