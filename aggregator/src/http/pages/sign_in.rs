//! Signing in and out with a browser, and the page that tells people who they are to this server.
//!
//! ```text
//! GET  /sign-in?to=/path   open       ─► 303 to the issuer
//! GET  /signed-in?code=…   open       ─► 303 to /path, with a session
//! GET  /account            the door   ─► name, roles, organisation; the form of sign-out
//! POST /sign-out           own form   ─► 303 to /signed-out, without a session
//! ```

mod account;
mod failure;

use std::{
    net::SocketAddr,
    sync::{Arc, LazyLock},
};

use axum::{
    Extension, Router,
    body::Bytes,
    extract::{ConnectInfo, DefaultBodyLimit, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use vwis_host::peers::Repeated;
use vwis_web::{
    address, form, headers,
    sign_in::{self, IN, OUT, RETURN, Returned},
};

use crate::{
    http::{app::App, browser::Words, layers::within_limit},
    identity::{rate_limit::Counted, sign_in::SignInError},
};

/// Bundles failed sign-ins in the log: anybody can cause them.
static NOBODY: LazyLock<Repeated> = LazyLock::new(Repeated::default);

/// The path to which sign-out leads.
const AFTER: &str = "/signed-out";
/// The field of sign-out's form.
const TOKEN_FIELD: &str = "token";
/// Longest body of sign-out's form, in bytes: it has one field of 64 characters.
const MOST_BODY_BYTES: usize = 512;

/// Routes behind the door.
pub(super) fn pages() -> Router<Arc<App>> {
    Router::new().route("/account", get(account::show))
}

/// Routes open to everybody.
pub(super) fn open() -> Router<Arc<App>> {
    let out = post(sign_out).layer(DefaultBodyLimit::max(MOST_BODY_BYTES));
    Router::new()
        .route(IN, get(sign_in))
        .route(RETURN, get(signed_in))
        .route(OUT, out)
        .route(AFTER, get(signed_out))
}

async fn sign_in(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Response {
    let Some(sign_in) = app.sign_in() else {
        return Words::no_sign_in().page(StatusCode::NOT_FOUND);
    };
    let to = form::field(uri.query(), "to");
    match sign_in
        .begin(to.as_deref(), &headers, app.clock.now())
        .await
    {
        Ok(begun) => see_other(&begun.location, begun.cookies),
        Err(error) => failure::of(&error, sign_in),
    }
}

async fn signed_in(
    State(app): State<Arc<App>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let Some(sign_in) = app.sign_in() else {
        return Words::no_sign_in().page(StatusCode::NOT_FOUND);
    };
    let from = peer
        .and_then(|Extension(ConnectInfo(peer))| address::of(app.is_behind_proxy, &headers, peer));
    // Counted before the issuer is asked, so that nobody can have it asked without end by made-up sign-ins.
    if let Some(ip) = from
        && let Err(too_many) = within_limit(&app, &Counted::failing(ip))
    {
        return too_many.into_response();
    }
    let query = uri.query();
    let returned = Returned {
        state: form::field(query, "state"),
        code: form::field(query, "code"),
        error: form::field(query, "error"),
        iss: form::field(query, "iss"),
        from,
    };
    let state = returned.state.clone();
    match sign_in.finish(returned, &headers, app.clock.now()).await {
        Ok(done) => {
            tracing::info!("somebody signed in");
            see_other(done.to.as_str(), done.cookies)
        }
        Err(error) => {
            let why = error.to_string();
            NOBODY.happened(address::peer(from), move |peer, times| {
                tracing::info!(?peer, first = why, times, "nobody was signed in");
            });
            let mut page = failure::of(&error, sign_in);
            // The code cannot be used again, so the sign-in's cookie is of no use either. But a sign-in that
            // this browser did not begin must not remove the cookie of one that it did.
            let is_used = !matches!(error, SignInError::Flow(sign_in::SignInError::NotBegun));
            if let Some(state) = state.filter(|_| is_used) {
                let cookie = sign_in.forget(&state);
                page.headers_mut().append(header::SET_COOKIE, cookie);
            }
            page
        }
    }
}

/// Ends the session if its own form was sent from one of our pages. The cookie alone is not enough: browsers
/// send it with requests that other sites make up.
async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(sign_in) = app.sign_in() else {
        return Words::no_sign_in().page(StatusCode::NOT_FOUND);
    };
    if !form::is_from(&headers, sign_in.public_url().origin()) {
        return failure::foreign_form().page(StatusCode::FORBIDDEN);
    }
    let sessions = sign_in.sessions();
    let found = match sessions.find(&headers, app.clock.now()).await {
        Ok(found) => found,
        Err(error) => return failure::of_store(error),
    };
    let Some(session) = found else {
        // The session is over already, which is what the caller wants.
        return see_other(AFTER, vec![sessions.forget()]);
    };
    let body = std::str::from_utf8(&body).ok();
    let token = form::field(body, TOKEN_FIELD).unwrap_or_default();
    if !session.secret.made(&token) {
        return failure::foreign_form().page(StatusCode::FORBIDDEN);
    }
    match sessions.end(&headers).await {
        Ok(()) => see_other(AFTER, vec![sessions.forget()]),
        Err(error) => failure::of_store(error),
    }
}

async fn signed_out() -> Response {
    failure::signed_out().page(StatusCode::OK)
}

fn see_other(location: &str, cookies: Vec<HeaderValue>) -> Response {
    let Ok(location) = HeaderValue::try_from(location) else {
        // Our own addresses are ASCII, so this is none of ours.
        return failure::not_local().page(StatusCode::BAD_REQUEST);
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    let said = response.headers_mut();
    said.insert(header::LOCATION, location);
    for cookie in cookies {
        said.append(header::SET_COOKIE, cookie);
    }
    headers::of_a_page_for_one(response)
}

#[cfg(test)]
mod tests;
