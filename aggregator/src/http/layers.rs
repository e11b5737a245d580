//! The layers around every endpoint.
//!
//! ```text
//! request id ─► log ─► metrics ─► headers of the answer ─► panics ─► bounds ─► time ─► routes
//! ```

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{Arc, LazyLock},
};

use axum::{
    Router,
    extract::{ConnectInfo, MatchedPath, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Version, header};
use tokio::time::Instant;
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    trace::TraceLayer,
};
use vwis_host::peers::{Peer, Repeated};

use crate::{
    export::canonical::BASE,
    http::{
        app::{Address, App, Caller},
        browser, headers,
        problem::{Kind, Problem},
        query,
    },
    identity::{pace::Counted, refusal::Refusal, sign_in},
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
pub(crate) const MOST_URI_BYTES: usize = 8 * 1024;
/// Most bytes of all headers of a request: a token of 8 KiB fits.
pub(crate) const MOST_HEADER_BYTES: usize = 16 * 1024;
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

/// Bundles refusals in the log: somebody who guesses tokens causes as many as they like.
static REFUSED_CREDENTIALS: LazyLock<Repeated> = LazyLock::new(Repeated::default);

/// Puts the layers around `routes`.
pub(super) fn around(routes: Router<Arc<App>>, app: &Arc<App>) -> Router<Arc<App>> {
    let state = || Arc::clone(app);
    // The layer added last is the first that a request meets.
    routes
        .fallback(nothing_here)
        .method_not_allowed_fallback(only_read)
        .layer(middleware::from_fn_with_state(state(), in_time))
        .layer(middleware::from_fn(within_bounds))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(state(), browser::as_pages))
        .layer(middleware::map_response_with_state(
            state(),
            said_of_every_answer,
        ))
        .layer(middleware::from_fn_with_state(state(), counted))
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

async fn counted(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = route_of(&request).to_owned();
    let method = request.method().clone();
    let response = next.run(request).await;
    let took = started.elapsed();
    app.metrics.count(&route, &method, response.status(), took);
    response
}

async fn said_of_every_answer(
    State(app): State<Arc<App>>,
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
    if is_over_tls || app.is_behind_tls {
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

async fn in_time(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let answered = tokio::time::timeout(app.request_timeout, next.run(request)).await;
    answered.unwrap_or_else(|_| {
        let most = app.request_timeout;
        Kind::TIMED_OUT
            .problem(format!("it was given up after {most:?}"))
            .retry_after_s(30)
            .into_response()
    })
}

/// Answers that nothing is here; or redirects to the page, if only a trailing slash is too much.
async fn nothing_here(request: Request) -> Response {
    let uri = request.uri();
    if browser::is_page(&request)
        && let Some(path) = uri.path().strip_suffix('/')
        // A path of `//elsewhere/` would lead to another host.
        && path.starts_with('/')
        && !path.starts_with("//")
    {
        let query = uri
            .query()
            .map_or_else(String::new, |query| format!("?{query}"));
        let location = [(header::LOCATION, format!("{path}{query}"))];
        return (http::StatusCode::PERMANENT_REDIRECT, location).into_response();
    }
    no_such_path(&request).into_response()
}

fn no_such_path(request: &Request) -> Problem {
    let path = query::shortened(request.uri().path());
    let problem = Kind::NOT_FOUND.problem(format!("there is no `{path}`"));
    if path.starts_with(BASE) {
        problem.available(["/api/v1/docs"])
    } else {
        problem.available(["/"])
    }
}

async fn only_read(request: Request) -> Problem {
    let method = query::shortened(request.method().as_str());
    let taken = if request.uri().path() == sign_in::OUT {
        "POST"
    } else {
        "GET, HEAD"
    };
    let detail = format!("{method} is not taken here, only {taken}");
    let allow = HeaderValue::from_static(taken);
    Kind::METHOD_NOT_ALLOWED
        .problem(detail)
        .header(header::ALLOW, allow)
}

/// The door: finds out who asks, and counts the request.
pub(super) async fn admit(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let admitted = app
        .door
        .admit(
            request.method(),
            request.headers(),
            request.uri(),
            request.version(),
        )
        .await;
    let identity = match admitted {
        Ok(identity) => identity,
        Err(Refusal::NoCredentials) if browser::is_page(&request) => {
            return match open_paced(&app, &request) {
                Ok(()) => browser::without_credentials(&app, request.uri()),
                Err(too_many) => too_many.into_response(),
            };
        }
        Err(refusal) => return turned_away(&app, &request, refusal).into_response(),
    };
    if let Err(problem) = paced(&app, &Counted::Identity(identity.via.clone())) {
        return problem.into_response();
    }
    let address = Address(request.uri().clone());
    request.extensions_mut().insert(address);
    request.extensions_mut().insert(Caller(identity));
    next.run(request).await
}

/// Counts requests for what is open to all, by address.
pub(super) async fn pace_open(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    match open_paced(&app, &request) {
        Ok(()) => next.run(request).await,
        Err(too_many) => too_many.into_response(),
    }
}

fn open_paced(app: &App, request: &Request) -> Result<(), Problem> {
    let Some(ip) = came_from(app, request) else {
        return Ok(());
    };
    let counted = app.open_pace.count(&Counted::open(ip));
    counted.map_err(|too_many| {
        Kind::TOO_MANY_REQUESTS
            .problem("more requests than one address may make in a minute: wait")
            .retry_after_s(too_many.wait.as_secs() + 1)
    })
}

fn came_from(app: &App, request: &Request) -> Option<IpAddr> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    address_of(app, request.headers(), peer?.0)
}

/// The peer that the log names. All requests without a known address count as one peer.
pub(crate) fn peer_of(ip: Option<IpAddr>) -> Peer {
    Peer::at(ip.unwrap_or(Ipv6Addr::UNSPECIFIED.into()))
}

/// Where a request came from. A configured proxy adds the address that it saw at the end of
/// `X-Forwarded-For`; anybody may have written what stands before it. None where the proxy did not add it:
/// then it has to pace its callers itself.
pub(crate) fn address_of(app: &App, headers: &HeaderMap, peer: SocketAddr) -> Option<IpAddr> {
    address_from(app.is_behind_tls, headers, peer)
}

pub(super) fn address_from(
    is_behind_proxy: bool,
    headers: &HeaderMap,
    peer: SocketAddr,
) -> Option<IpAddr> {
    if !is_behind_proxy {
        return Some(peer.ip());
    }
    let mut lines = headers.get_all("x-forwarded-for").iter();
    let last = lines.next_back()?.to_str().ok()?.rsplit(',').next()?.trim();
    last.parse().ok()
}

/// Counts one more request of this caller.
///
/// # Errors
/// [`Kind::TOO_MANY_REQUESTS`] with the time to wait.
pub(crate) fn paced(app: &App, who: &Counted) -> Result<(), Problem> {
    app.pace.count(who).map_err(|too_many| {
        Kind::TOO_MANY_REQUESTS
            .problem("more requests than one identity may make in a minute: wait, and ask for more at once")
            .retry_after_s(too_many.wait.as_secs() + 1)
    })
}

fn turned_away(app: &App, request: &Request, refusal: Refusal) -> Problem {
    let challenge = |challenge: &'static str| {
        move |problem: Problem| {
            problem.header(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static(challenge),
            )
        }
    };
    let invalid = challenge("Bearer realm=\"vwis\", error=\"invalid_token\"");
    match refusal {
        Refusal::Store(error) => error.into(),
        Refusal::IssuerUnavailable { retry_after_s } => Kind::ISSUER_UNAVAILABLE
            .problem(&refusal)
            .retry_after_s(retry_after_s),
        Refusal::NotLocal | Refusal::NoCredentials => {
            if let Err(too_many) = open_paced(app, request) {
                return too_many;
            }
            match refusal {
                Refusal::NotLocal => Kind::MISDIRECTED.problem(refusal),
                _ => challenge("Bearer realm=\"vwis\"")(Kind::UNAUTHORISED.problem(refusal)),
            }
        }
        Refusal::NoRole(_)
        | Refusal::NotBearer
        | Refusal::Token(_)
        | Refusal::NoIssuer
        | Refusal::Bearer(_) => {
            let from = came_from(app, request);
            if let Some(ip) = from
                && let Err(too_many) = paced(app, &Counted::failing(ip))
            {
                return too_many;
            }
            let (from, why) = (peer_of(from), refusal.to_string());
            REFUSED_CREDENTIALS.happened(from, move |peer, times| {
                tracing::info!(?peer, first = why, times, "refused credentials");
            });
            match refusal {
                Refusal::NoRole(_) => Kind::FORBIDDEN.problem(refusal),
                _ => invalid(Kind::UNAUTHORISED.problem(refusal)),
            }
        }
    }
}
