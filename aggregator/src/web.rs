//! The pages over HTTP: what surrounds them, and sign-in.
//!
//! Pages go through the same door, bounds and log as the API ([`crate::api`]). Whoever asks for one
//! without credentials where some are needed is sent to sign in ([`without_credentials`]).

pub(crate) mod headers;
pub mod sign_in;

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode, Uri, header};

use self::sign_in::failure::Failure;
use crate::api::Api;

/// Paths for programs, beside those under `/api`: they are told in problem details what is wrong.
const FOR_PROGRAMS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];
/// Folders for programs, and of what pages load.
const FOLDERS: [&str; 3] = ["/api/", "/assets/", "/problems/"];

/// Pages behind the door.
pub(crate) fn pages() -> Router<Arc<Api>> {
    sign_in::pages()
}

/// What is served to everybody: nothing of it is about anybody.
pub(crate) fn open() -> Router<Arc<Api>> {
    sign_in::open()
}

/// Whether a page is asked for, as a browser does.
pub(crate) fn is_page(request: &Request) -> bool {
    let path = request.uri().path();
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    let is_for_programs =
        FOR_PROGRAMS.contains(&path) || FOLDERS.iter().any(|folder| path.starts_with(folder));
    reads && !is_for_programs
}

/// The answer to whoever asks for the page at `uri` and is not known: the way to sign in, or that
/// there is none.
pub(crate) fn without_credentials(api: &Api, uri: &Uri) -> Response {
    if api.sign_in().is_none() {
        return Failure::no_sign_in().page(StatusCode::UNAUTHORIZED);
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
