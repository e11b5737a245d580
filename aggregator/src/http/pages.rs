//! The pages over HTTP, under `/`: each [`View`] of the dashboard at its path, and what they need.
//!
//! Pages go the same road as the API ([`super::road`]), of which they are a reader like any other. Whoever
//! asks for one without credentials where some are needed is sent to sign in. Whatever goes wrong on the
//! way to a browser becomes a page ([`super::browser`]).
//!
//! **Architecture invariants**: what a page holds depends on its address and the releases alone (and, of
//! the list of pathways, on which of them the reader may see), so it is kept for all who may see it;
//! nothing here computes a number.

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

use super::{
    app::App,
    problem::{Kind, Problem},
    query::{self, bad_path},
    road::{
        Request,
        asked::{Asked, Form},
    },
};

/// Addresses of pages of one group each.
struct OfGroups {
    route: &'static str,
    attribute: &'static str,
    form: Form,
    /// The page that lists them.
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

/// Pages with a path of their own, beside the overview.
const FIXED: [&str; 10] = [
    "/localities",
    "/staff-groups",
    "/compare",
    "/equality",
    "/pathways",
    "/coverage",
    "/privacy",
    "/method",
    "/releases",
    "/accessibility",
];

/// Pages behind the door.
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

/// Every path of a page that is answered from releases, as it is routed.
#[cfg(test)]
pub(super) fn paths() -> impl Iterator<Item = &'static str> {
    let of_groups = OF_GROUPS.iter().map(|one| one.route);
    ["/"].into_iter().chain(FIXED).chain(of_groups)
}

/// What is served to everybody: nothing of it is about anybody.
pub(super) fn open() -> Router<Arc<App>> {
    assets::routes().merge(sign_in::open())
}

/// The page at this path.
async fn page(request: Request) -> Result<Response, Problem> {
    let uri = request.uri();
    let view = View::at(uri.path()).ok_or_else(|| no_such("page", uri.path(), "/"))?;
    let asked = Asked::page(view, Form::Page, uri, &[])?;
    request.answer(asked).await
}

/// The overview, or the page that was chosen on it.
async fn overview(request: Request) -> Result<Response, Problem> {
    let names = View::choices_on_overview();
    let asked = |view| Asked::page(view, Form::Page, request.uri(), names);
    let overview = asked(View::Overview)?;
    match View::chosen_on_overview(&query::chosen(request.uri(), names)?) {
        Some(view) => Ok(led_to(&asked(view)?)),
        None => request.answer(overview).await,
    }
}

/// The page of one group, or the way to it: a path that means one without quite being its own leads on.
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
    match View::meant(attribute, &code) {
        Some(view) => Ok(led_to(&asked(view)?)),
        None => Err(no_such(&attribute.replace('_', " "), &code, of_groups.list)),
    }
}

/// On to another page.
fn led_to(page: &Asked) -> Response {
    let location = [(header::LOCATION, page.to_string())];
    (StatusCode::SEE_OTHER, location).into_response()
}

fn no_such(what: &str, code: &str, index: &str) -> Problem {
    let code = query::shortened(code);
    let detail = format!("there is no {what} `{code}`");
    Kind::NOT_FOUND.problem(detail).available([index])
}

#[cfg(test)]
mod tests;
