//! The OpenAPI document, which is made from the code, and a viewer for it that needs no network.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use axum::{
    Router,
    extract::Path,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, header};
use utoipa::{
    Modify, OpenApi as _,
    openapi::{
        self, OpenApi, PathItem, Ref, RefOr, ResponseBuilder, SecurityRequirement,
        path::Operation,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_swagger_ui::Config;
use vwis_web::{
    caching::Freshness,
    content::Content,
    problem::{Kind, ProblemDetails},
    session,
};

use crate::http::app::App;

/// The viewer loads scripts and styles from this server only; its scripts set styles inside the page.
const READER_POLICY: &str = "default-src 'none'; script-src 'self'; \
     style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";
/// The viewer's page and what it loads, all built into the program.
const READER_FILES: [&str; 8] = [
    "index.html",
    "index.css",
    "swagger-ui.css",
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
    "swagger-initializer.js",
    "favicon-16x16.png",
    "favicon-32x32.png",
];
static READER: LazyLock<HashMap<&str, Content>> = LazyLock::new(|| {
    let config = Arc::new(Config::from("../openapi.json").validator_url("none"));
    let read = |name: &'static str| {
        let file = utoipa_swagger_ui::serve(name, Arc::clone(&config)).ok()??;
        let media_type = HeaderValue::try_from(file.content_type).ok()?;
        let bytes = file.bytes.into_owned();
        Some((name, Content::of_program(media_type, bytes.into())))
    };
    READER_FILES.into_iter().filter_map(read).collect()
});
const API_TOKEN: &str = "api_token";
const ISSUER: &str = "oidc";
const SESSION: &str = "session";
/// Problems that any endpoint behind the door may answer with.
const EVERYWHERE: &[Kind] = &[
    Kind::BAD_QUERY,
    Kind::UNAUTHORISED,
    Kind::FORBIDDEN,
    Kind::BODY_NOT_TAKEN,
    Kind::URI_TOO_LONG,
    Kind::MISDIRECTED,
    Kind::TOO_MANY_REQUESTS,
    Kind::HEADERS_TOO_LARGE,
    Kind::INTERNAL,
    Kind::STORE_UNAVAILABLE,
];

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Virtual Workforce Information System",
        description = "Counts of NHS staff with honest intervals, from noisy measurements that each \
            employer released under an agreement. No query costs privacy, and no query reaches an \
            employer. People who work for two employers count twice.\n\nErrors are problem details \
            (RFC 9457). An answer that names a release by its id never changes; any other is worth \
            asking for again with its ETag.",
        license(
            name = "Open Government Licence v3.0 (codes and labels)",
            url = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
        )
    ),
    components(schemas(ProblemDetails)),
    modifiers(&Schemes),
    tags(
        (name = "tables", description = "The picture: counts with their intervals"),
        (name = "indicators", description = "Questions that boards and analysts ask"),
        (name = "releases", description = "What was released, and who is in it"),
        (name = "organisations", description = "Employers"),
        (name = "dictionary", description = "What attributes and categories mean"),
        (name = "agreements", description = "What was agreed to leave, how often, at what cost"),
    )
)]
struct About;

struct Schemes;

// === impl Schemes ===

impl Modify for Schemes {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = |about: &str| {
            let builder = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
            SecurityScheme::Http(builder.description(Some(about)).build())
        };
        components.add_security_scheme(
            API_TOKEN,
            bearer("An API token of this aggregator: `vwis-aggregator token create` makes one."),
        );
        components.add_security_scheme(
            ISSUER,
            bearer("A token of the OpenID Connect issuer that this aggregator is configured with."),
        );
        let about = "The session of a browser that signed in: links on pages lead to files. Over TLS its \
            name begins with `__Host-`.";
        let cookie = ApiKeyValue::with_description(session::COOKIE, about);
        components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// The OpenAPI document before any endpoint has joined.
pub(in crate::http) fn about() -> OpenApi {
    About::openapi()
}

/// The document and its viewer. Both are as public as this program's source, so they are outside the door.
pub(in crate::http) fn routes(document: OpenApi) -> Router<Arc<App>> {
    let document = complete(document);
    let text = serde_json::to_vec_pretty(&document).expect("the document has a JSON form");
    let json = HeaderValue::from_static("application/json");
    let text = Arc::new(Content::of_program(json, text.into()));
    let serve = move |headers: HeaderMap| {
        let text = Arc::clone(&text);
        async move { text.answer(&headers, Freshness::Latest) }
    };
    Router::new()
        .route("/api/v1/openapi.json", get(serve))
        .merge(reader())
}

fn reader() -> Router<Arc<App>> {
    LazyLock::force(&READER);
    let first = |headers: HeaderMap| async move { part_of_reader("index.html", &headers) };
    let part = |Path(name): Path<String>, headers: HeaderMap| async move {
        part_of_reader(&name, &headers)
    };
    let within = Redirect::permanent("/api/v1/docs/");
    Router::new()
        .route("/api/v1/docs", get(move || async move { within }))
        .route("/api/v1/docs/", get(first))
        .route("/api/v1/docs/{*name}", get(part))
}

/// One of the viewer's files.
fn part_of_reader(name: &str, headers: &HeaderMap) -> Response {
    let Some(kept) = READER.get(name) else {
        return Kind::NOT_FOUND
            .problem("the reader has no such file")
            .available(["/api/v1/docs"])
            .into_response();
    };
    let mut response = kept.answer(headers, Freshness::Latest);
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(READER_POLICY),
    );
    response
}

/// Adds to every endpoint what is true of all: its problems, and the credentials that it takes.
fn complete(mut document: OpenApi) -> OpenApi {
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            // An endpoint with parameters names something that may not exist.
            let names_something = operation.parameters.is_some();
            let not_found = names_something.then_some(&Kind::NOT_FOUND);
            for kind in EVERYWHERE.iter().chain(not_found) {
                let responses = &mut operation.responses.responses;
                responses
                    .entry(kind.status.as_u16().to_string())
                    .or_insert_with(|| RefOr::T(problem(kind.title)));
            }
            operation.security = Some(vec![
                SecurityRequirement::new(API_TOKEN, [] as [&str; 0]),
                SecurityRequirement::new(ISSUER, [] as [&str; 0]),
                SecurityRequirement::new(SESSION, [] as [&str; 0]),
            ]);
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    item.get.iter_mut().chain(item.head.iter_mut())
}

fn problem(title: &str) -> openapi::Response {
    let schema = Ref::from_schema_name("ProblemDetails");
    ResponseBuilder::new()
        .description(title)
        .content(
            "application/problem+json",
            openapi::Content::new(Some(schema)),
        )
        .build()
}
