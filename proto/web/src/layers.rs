//! The layers around every endpoint.
//!
//! ```text
//! request id ─► log ─► metrics ─► headers of the answer ─► … ─► panics ─► bounds ─► time ─► routes
//! └────────────────── outer ─────────────────────────────┘     └────── inner ──────────┘
//! ```
//! Between the two a server may change what the inner ones answered, as one that has pages does with
//! problems.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, Method, Version, header};
use tokio::time::Instant;
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    trace::TraceLayer,
};

use super::{
    headers,
    metrics::Metrics,
    problem::{Kind, Problem},
};

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// Over TLS, ended here.
    Tls,
    /// Plain: on this machine, or from a proxy.
    Plain,
}

/// Longest path and query that is taken, in bytes.
pub const MOST_URI_BYTES: usize = 8 * 1024;
/// Most bytes of all headers of a request: a token of 8 KiB fits.
pub const MOST_HEADER_BYTES: usize = 16 * 1024;
/// Longest request id that is taken over from a proxy.
const MOST_ID_BYTES: usize = 64;
/// The route under which requests to unknown paths are counted.
const NO_ROUTE: &str = "none";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Keeps pages of other sites from showing what is answered here, and (with the next) from holding a window
/// of it.
const SAME_ORIGIN_RESOURCE: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const SAME_ORIGIN_OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
/// Answers are data: a browser that shows one as a page runs nothing in it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Puts the inner layers around `routes`: what is out of bounds, panics, or takes longer than `most` to begin
/// its answer becomes a problem.
pub fn inner<S>(routes: Router<S>, most: Duration) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    // The layer added last is the first that a request meets.
    routes
        .layer(middleware::from_fn_with_state(most, in_time))
        .layer(middleware::from_fn(within_bounds))
        .layer(CatchPanicLayer::custom(panicked))
}

/// Puts the outer layers around `routes`: every answer says how it is to be treated, is counted in `metrics`,
/// and is in the log under its request id. `is_behind_proxy`: a proxy that speaks TLS stands in front.
pub fn outer<S>(routes: Router<S>, metrics: &Arc<Metrics>, is_behind_proxy: bool) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let metrics = Arc::clone(metrics);
    routes
        .layer(middleware::map_response_with_state(
            is_behind_proxy,
            said_of_every_answer,
        ))
        .layer(middleware::from_fn_with_state(metrics, counted))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_request(())
                .on_failure(()),
        )
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(middleware::map_request(without_strange_id))
}

/// Keeps a proxy's request id, so that its log and ours can be compared. Drops anything else in that header,
/// which would be copied into the log.
async fn without_strange_id(mut request: Request) -> Request {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let id = request.headers().get(&REQUEST_ID);
    let strange = id.is_some_and(|id| {
        let bytes = id.as_bytes();
        bytes.is_empty() || bytes.len() > MOST_ID_BYTES || !bytes.iter().copied().all(plain)
    });
    if strange {
        request.headers_mut().remove(&REQUEST_ID);
    }
    request
}

/// The log's span: method, route and request id. It leaves out path and query, which may name what somebody
/// looks for, and headers, which hold tokens.
fn span(request: &Request) -> tracing::Span {
    let id = request.extensions().get::<RequestId>();
    let id = id.and_then(|id| id.header_value().to_str().ok());
    tracing::info_span!(
        "http",
        method = %request.method(),
        route = route_of(request),
        id = id.unwrap_or_default(),
    )
}

fn route_of(request: &Request) -> &str {
    let matched = request.extensions().get::<MatchedPath>();
    matched.map_or(NO_ROUTE, MatchedPath::as_str)
}

async fn counted(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = route_of(&request).to_owned();
    let method = request.method().clone();
    let response = next.run(request).await;
    let took = started.elapsed();
    metrics.count(&route, &method, response.status(), took);
    response
}

async fn said_of_every_answer(
    State(is_behind_proxy): State<bool>,
    transport: Option<axum::Extension<Transport>>,
    mut response: Response,
) -> Response {
    let headers = response.headers_mut();
    let mut say = |name: HeaderName, value: &'static str| {
        // An endpoint that set another value has its reason, as the OpenAPI document's viewer does.
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    say(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    say(header::REFERRER_POLICY, "no-referrer");
    say(header::X_FRAME_OPTIONS, "DENY");
    say(SAME_ORIGIN_RESOURCE, "same-origin");
    say(SAME_ORIGIN_OPENER, "same-origin");
    say(headers::PERMISSIONS, headers::PERMISSIONS_POLICY);
    say(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    let is_over_tls = transport.is_some_and(|transport| transport.0 == Transport::Tls);
    if is_over_tls || is_behind_proxy {
        say(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// The panic's message is dropped unread, because it may hold numbers.
fn panicked(_message: Box<dyn std::any::Any + Send>) -> Response {
    Kind::INTERNAL
        .problem("a fault in the program; its operator finds the place in the log by x-request-id")
        .into_response()
}

async fn within_bounds(request: Request, next: Next) -> Response {
    match out_of_bounds(&request) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}

fn out_of_bounds(request: &Request) -> Option<Problem> {
    // RFC 9112, 3.2: with two names, two programs on the way could read two different requests.
    let hosts = request.headers().get_all(header::HOST).iter().count();
    let is_none_due = request.version() < Version::HTTP_11;
    if hosts > 1 || (hosts == 0 && !is_none_due) {
        let detail = format!("there are {hosts} Host headers: HTTP/1.1 takes one");
        return Some(Kind::BAD_HOST.problem(detail));
    }
    let uri = request.uri().path_and_query();
    let uri_bytes = uri.map_or(0, |uri| uri.as_str().len());
    if uri_bytes > MOST_URI_BYTES {
        let detail = format!("the most is {MOST_URI_BYTES} bytes: ask for less at once");
        return Some(Kind::URI_TOO_LONG.problem(detail));
    }
    let headers = request.headers().iter();
    let header_bytes: usize = headers
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if header_bytes > MOST_HEADER_BYTES {
        let detail = format!("the most is {MOST_HEADER_BYTES} bytes of all headers together");
        return Some(Kind::HEADERS_TOO_LARGE.problem(detail));
    }
    let length = request.headers().get(header::CONTENT_LENGTH);
    let has_body = length.is_some_and(|length| length != "0")
        || request.headers().contains_key(header::TRANSFER_ENCODING);
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    if has_body && reads {
        return Some(Kind::BODY_NOT_TAKEN.problem("everything is asked in path and query"));
    }
    None
}

async fn in_time(State(most): State<Duration>, request: Request, next: Next) -> Response {
    let answered = tokio::time::timeout(most, next.run(request)).await;
    answered.unwrap_or_else(|_| {
        Kind::TIMED_OUT
            .problem(format!("it was given up after {most:?}"))
            .retry_after_s(30)
            .into_response()
    })
}
