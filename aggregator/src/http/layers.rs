//! What stands around every endpoint of this server: the layers of any, and the door.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, LazyLock},
};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use vwis_host::peers::Repeated;
use vwis_web::{
    address, layers,
    problem::{Kind, Problem},
    query, sign_in,
};

use crate::{
    export::canonical::BASE,
    http::{
        app::{Address, App, Caller},
        browser,
    },
    identity::{rate_limit::Counted, refusal::Refusal},
};

/// Bundles refusals in the log: somebody who guesses tokens causes as many as they like.
static REFUSED_CREDENTIALS: LazyLock<Repeated> = LazyLock::new(Repeated::default);

/// Puts the layers around `routes`.
pub(super) fn around(routes: Router<Arc<App>>, app: &Arc<App>) -> Router<Arc<App>> {
    let routes = routes
        .fallback(nothing_here)
        .method_not_allowed_fallback(only_read);
    let pages = middleware::from_fn_with_state(Arc::clone(app), browser::as_pages);
    let routes = layers::inner(routes, app.request_timeout).layer(pages);
    layers::outer(routes, &app.metrics, app.is_behind_proxy)
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

/// Finds out who asks, and counts the request.
pub(super) async fn admit(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let admitted = app
        .authenticator
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
            return match open_within_limit(&app, &request) {
                Ok(()) => browser::without_credentials(&app, request.uri()),
                Err(too_many) => too_many.into_response(),
            };
        }
        Err(refusal) => return turned_away(&app, &request, refusal).into_response(),
    };
    if let Err(problem) = within_limit(&app, &Counted::Identity(identity.via.clone())) {
        return problem.into_response();
    }
    let address = Address(request.uri().clone());
    request.extensions_mut().insert(address);
    request.extensions_mut().insert(Caller(identity));
    next.run(request).await
}

/// Counts requests for what is open to all, by address.
pub(super) async fn limit_open(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    match open_within_limit(&app, &request) {
        Ok(()) => next.run(request).await,
        Err(too_many) => too_many.into_response(),
    }
}

fn open_within_limit(app: &App, request: &Request) -> Result<(), Problem> {
    let Some(ip) = came_from(app, request) else {
        return Ok(());
    };
    let counted = app.open_rate_limit.count(&Counted::open(ip));
    counted.map_err(|too_many| {
        Kind::TOO_MANY_REQUESTS
            .problem("more requests than one address may make in a minute: wait")
            .retry_after_s(too_many.wait.as_secs() + 1)
    })
}

fn came_from(app: &App, request: &Request) -> Option<IpAddr> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    address::of(app.is_behind_proxy, request.headers(), peer?.0)
}

/// Counts one more request of this caller.
///
/// # Errors
/// [`Kind::TOO_MANY_REQUESTS`] with the time to wait.
pub(crate) fn within_limit(app: &App, who: &Counted) -> Result<(), Problem> {
    app.rate_limit.count(who).map_err(|too_many| {
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
            if let Err(too_many) = open_within_limit(app, request) {
                return too_many;
            }
            match refusal {
                Refusal::NotLocal => Kind::MISDIRECTED.problem(refusal),
                _ => challenge("Bearer realm=\"vwis\"")(Kind::UNAUTHORISED.problem(refusal)),
            }
        }
        Refusal::NoRole(_)
        | Refusal::NotBearer(_)
        | Refusal::Token(_)
        | Refusal::NoIssuer
        | Refusal::Bearer(_) => {
            let from = came_from(app, request);
            if let Some(ip) = from
                && let Err(too_many) = within_limit(app, &Counted::failing(ip))
            {
                return too_many;
            }
            let (from, why) = (address::peer(from), refusal.to_string());
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
