//! The pages over HTTP, under `/`: each [`View`] of the dashboard at its path, and what they need.
//!
//! ```text
//! path ─► View ─► who may see it? ─► kept? ─► its bytes
//!                 (access::may_read)   └─ no ─► Reading ─► Document ─► HTML ─► keep
//! ```
//! Pages go through the same door, bounds and log as the API ([`crate::api`]), of which they are a
//! reader like any other. Whoever asks for one without credentials where some are needed is sent to sign
//! in. Whatever goes wrong on the way to a browser becomes a page (`failure`).
//!
//! **Architecture invariants**: what a page holds depends on its address and the releases alone (and, of
//! the list of pathways, on which of them the reader may see), so it is kept for all who may see it;
//! nothing here computes a number.

mod assets;
mod show;
pub(crate) mod sign_in;

use std::{collections::BTreeSet, sync::Arc};

use axum::{Router, response::Response, routing::get};

use self::show::{Code, Form, PageRequest, no_such};
use crate::http::{
    app::App,
    params::bad_path,
    problem::{Kind, Problem},
};
use vwis_pages::{Choices, View};

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

/// Pages behind the door.
pub(super) fn routes() -> Router<Arc<App>> {
    let fixed = [
        View::Localities,
        View::StaffGroups,
        View::Equality,
        View::Coverage,
        View::Privacy,
        View::Method,
        View::Accessibility,
    ];
    let router = Router::new()
        .route("/", get(overview))
        .route("/compare", get(compare))
        .route("/releases", get(releases))
        .route("/pathways", get(pathways))
        .merge(sign_in::pages());
    let router = OF_GROUPS.iter().fold(router, |router, of_groups| {
        let show = move |code: Code, request: PageRequest| of_group(of_groups, code, request);
        router.route(of_groups.route, get(show))
    });
    fixed.into_iter().fold(router, |router, view| {
        let path = view.path();
        let show = move |request: PageRequest| {
            let view = view.clone();
            async move { request.show(view).await }
        };
        router.route(&path, get(show))
    })
}

/// What is served to everybody: nothing of it is about anybody.
pub(super) fn open() -> Router<Arc<App>> {
    assets::routes().merge(sign_in::open())
}

/// The overview, or the page that was chosen on it.
async fn overview(request: PageRequest) -> Result<Response, Problem> {
    let names = View::choices_on_overview();
    let chosen = request.chosen(names)?;
    match View::chosen_on_overview(&chosen) {
        Some(page) => request.led_to(&page, Form::Page),
        None => request.show_beside(View::Overview, names).await,
    }
}

/// The page of one group, or the way to it: a path that means one without quite being its own leads on.
async fn of_group(
    of_groups: &'static OfGroups,
    code: Code,
    request: PageRequest,
) -> Result<Response, Problem> {
    let OfGroups {
        attribute, form, ..
    } = *of_groups;
    let code = code.map_err(|rejection| bad_path(&rejection))?;
    if let Some(view) = View::named(attribute, &code) {
        return request.show_as(view, form).await;
    }
    match View::meant(attribute, &code) {
        Some(view) => request.led_to(&view, form),
        None => Err(no_such(&attribute.replace('_', " "), &code, of_groups.list)),
    }
}

async fn pathways(request: PageRequest) -> Result<Response, Problem> {
    request.show(View::Pathways(BTreeSet::new())).await
}

async fn compare(request: PageRequest) -> Result<Response, Problem> {
    let names = View::Compare(Choices::default()).choices();
    let chosen = request.chosen(names)?;
    let view = View::compare(chosen).map_err(|gap| Kind::BAD_QUERY.problem(gap))?;
    request.show(view).await
}

async fn releases(request: PageRequest) -> Result<Response, Problem> {
    let names = View::Releases(Choices::default()).choices();
    let chosen = request.chosen(names)?;
    let view = View::releases(chosen).map_err(|gap| Kind::BAD_QUERY.problem(gap))?;
    request.show(view).await
}

#[cfg(test)]
mod tests;
