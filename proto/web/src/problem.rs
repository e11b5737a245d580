//! Errors as callers meet them: RFC 9457 problem details, made once, where the answer is made.

use std::fmt;

use axum::{
    Json, Router,
    extract::Path,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;
use vwis_model::{period::Period, text};

/// A kind of problem. Those that any server may have are constants here; a server's own are made of the same
/// fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The last part of its `type`, `/problems/…`.
    pub slug: &'static str,
    /// What it is, in words that are the same for every problem of the kind.
    pub title: &'static str,
    /// The status of its answers, from 400 on.
    pub status: StatusCode,
}

macro_rules! kinds {
    ($($(#[$about:meta])+ $name:ident = $status:ident, $slug:literal, $title:literal;)+) => {
        impl Kind {
            $(
                $(#[$about])+
                pub const $name: Self = Self {
                    slug: $slug,
                    title: $title,
                    status: StatusCode::$status,
                };
            )+
            /// All that any server may have.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
        }
    };
}

kinds! {
    /// No such path.
    NOT_FOUND = NOT_FOUND, "not-found", "There is nothing at this address";
    /// A path, by another method.
    METHOD_NOT_ALLOWED = METHOD_NOT_ALLOWED, "method-not-allowed", "This address is only read";
    /// A parameter that the endpoint does not have.
    UNKNOWN_PARAMETER = BAD_REQUEST, "unknown-parameter", "The query has a parameter that is not known here";
    /// A parameter's value, or the query as a whole, that makes no sense.
    BAD_QUERY = BAD_REQUEST, "bad-query", "The query cannot be understood";
    /// No credentials, or none that hold.
    UNAUTHORISED = UNAUTHORIZED, "unauthorised", "It is not known who asks";
    /// Known, and not allowed.
    FORBIDDEN = FORBIDDEN, "forbidden", "This is not for you to read";
    /// A name by which this server is not called.
    MISDIRECTED = MISDIRECTED_REQUEST, "misdirected", "This server is not called by that name";
    /// Too many of one identity.
    TOO_MANY_REQUESTS = TOO_MANY_REQUESTS, "too-many-requests", "Too many requests in a minute";
    /// HTTP/1.1 names the host once.
    BAD_HOST = BAD_REQUEST, "bad-host", "The Host header is missing or doubled";
    /// A longer path and query than anybody needs.
    URI_TOO_LONG = URI_TOO_LONG, "uri-too-long", "The address is too long";
    /// More headers than anybody needs.
    HEADERS_TOO_LARGE = REQUEST_HEADER_FIELDS_TOO_LARGE, "headers-too-large", "The headers are too large";
    /// A body: nothing here takes one.
    BODY_NOT_TAKEN = PAYLOAD_TOO_LARGE, "body-not-taken", "No body is taken here";
    /// The answer took too long.
    TIMED_OUT = SERVICE_UNAVAILABLE, "timed-out", "The answer took too long";
    /// The issuer's keys cannot be had, so nobody can be told from anybody.
    ISSUER_UNAVAILABLE = SERVICE_UNAVAILABLE, "issuer-unavailable", "The issuer's keys cannot be had now";
    /// The store cannot be read or written.
    STORE_UNAVAILABLE = SERVICE_UNAVAILABLE, "store-unavailable", "The store cannot be used now";
    /// A fault in the program.
    INTERNAL = INTERNAL_SERVER_ERROR, "internal", "A fault in the program";
}

/// One problem of one request.
#[derive(Clone, Debug)]
pub struct Problem(Box<Occurrence>);

/// What is particular to one occurrence of a kind of problem (RFC 9457).
#[derive(Clone, Debug)]
struct Occurrence {
    kind: Kind,
    detail: String,
    available: Vec<String>,
    nearest: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Problem details (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(
    title = "Problem",
    example = json!({
        "type": "/problems/unknown-period",
        "title": "Nothing is released for this period",
        "status": 404,
        "detail": "series headline has no release for 2030-01",
        "available": ["2026-06", "2026-09"]
    })
)]
pub struct ProblemDetails {
    /// What kind of problem, as a relative reference.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for every problem of the kind.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What is wrong with this request, and what to do.
    pub detail: String,
    /// What exists instead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub available: Vec<String>,
    /// What was probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<String>,
}

/// A kind of problem, apart from any request.
#[derive(Serialize)]
struct Explained {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
}

/// Most alternatives that one problem lists.
const MOST_AVAILABLE: usize = 100;

// === impl Kind ===

impl Kind {
    /// A problem of this kind; `detail` says what is wrong with the request, and what to do.
    #[must_use]
    pub fn problem(self, detail: impl fmt::Display) -> Problem {
        Problem(Box::new(Occurrence {
            kind: self,
            detail: detail.to_string(),
            available: Vec::new(),
            nearest: None,
            headers: Vec::new(),
        }))
    }
}

// === impl Problem ===

impl Problem {
    /// Adds what exists instead, in the order given, up to a hundred.
    #[must_use]
    pub fn available<T: ToString>(mut self, there: impl IntoIterator<Item = T>) -> Self {
        let there = there.into_iter().take(MOST_AVAILABLE);
        self.0.available = there.map(|one| one.to_string()).collect();
        self
    }

    /// Adds what exists instead, and the one of it that is nearest to what was `asked`.
    #[must_use]
    pub fn instead_of<T: ToString>(self, asked: &str, there: impl IntoIterator<Item = T>) -> Self {
        let mut problem = self.available(there);
        problem.0.nearest = nearest(asked, &problem.0.available).map(str::to_owned);
        problem
    }

    /// Adds what was probably meant.
    #[must_use]
    pub fn nearest(mut self, nearest: Option<impl Into<String>>) -> Self {
        self.0.nearest = nearest.map(Into::into);
        self
    }

    /// Adds to the detail what to do instead.
    #[must_use]
    pub fn instead(mut self, advice: impl fmt::Display) -> Self {
        self.0.detail = format!("{}. {advice}", self.0.detail);
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Adds the number of seconds after which asking again makes sense.
    #[must_use]
    pub fn retry_after_s(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// The status of its kind.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.kind.status
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What is wrong, and what to do.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What exists instead.
    #[must_use]
    pub fn alternatives(&self) -> &[String] {
        &self.0.available
    }
}

/// The candidate with the fewest typing errors, if they are few for its length.
fn nearest<'a>(asked: &str, there: &'a [String]) -> Option<&'a str> {
    match asked.parse() {
        Ok(period) => nearest_period(period, there),
        Err(_) => text::nearest(asked, there.iter().map(String::as_str)),
    }
}

/// Among candidates that end in a period (`2026-06`, `headline 2026-06`), the latest up to the one asked for,
/// or the earliest if all are later.
fn nearest_period(asked: Period, there: &[String]) -> Option<&str> {
    let of = |one: &str| one.rsplit(' ').next()?.parse::<Period>().ok();
    let all = there
        .iter()
        .filter_map(|one| Some((of(one)?, one.as_str())));
    let before = all.clone().filter(|(period, _)| *period <= asked);
    let nearest = before.max_by_key(|(period, _)| *period);
    let nearest = nearest.or_else(|| all.min_by_key(|(period, _)| *period));
    nearest.map(|(_, one)| one)
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // Kept in the response for a layer that shows the problem as a page.
        let problem = self.clone();
        let details = ProblemDetails {
            kind: format!("/problems/{}", self.0.kind.slug),
            title: self.0.kind.title.to_owned(),
            status: self.0.kind.status.as_u16(),
            detail: self.0.detail,
            available: self.0.available,
            nearest: self.0.nearest,
        };
        let body = serde_json::to_vec(&details).expect("texts and numbers have a JSON form");
        let mut response = (
            self.0.kind.status,
            [
                (header::CONTENT_TYPE, "application/problem+json"),
                // What is refused today may be answered tomorrow.
                (header::CACHE_CONTROL, "no-store"),
            ],
            body,
        )
            .into_response();
        response.headers_mut().extend(self.0.headers);
        response.extensions_mut().insert(problem);
        response
    }
}

/// Routes that explain each kind of problem: those that any server may have, and the server's `own`.
pub fn routes<S: Clone + Send + Sync + 'static>(own: &'static [Kind]) -> Router<S> {
    let explain = async move |Path(slug): Path<String>| explained(&slug, own);
    Router::new().route("/problems/{slug}", get(explain))
}

/// Explains a kind of problem to whoever follows its `type`.
fn explained(slug: &str, own: &[Kind]) -> Result<Json<Explained>, Problem> {
    let all = Kind::ALL.iter().chain(own);
    let known = all.clone().find(|kind| kind.slug == slug);
    let kind = known.ok_or_else(|| {
        let slugs = all.map(|kind| kind.slug);
        Kind::NOT_FOUND
            .problem("there is no such kind of problem")
            .instead_of(slug, slugs)
    })?;
    Ok(Json(Explained {
        kind: format!("/problems/{}", kind.slug),
        title: kind.title,
        status: kind.status.as_u16(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_period_is_the_latest_until_then_and_not_the_one_that_is_spelt_most_alike() {
        let there = ["2025-03", "2025-12", "headline 2026-09"].map(str::to_owned);
        for (asked, near) in [
            ("2027-03", "headline 2026-09"),
            ("2026-03", "2025-12"),
            ("2020-12", "2025-03"),
        ] {
            assert_eq!(nearest(asked, &there), Some(near), "{asked}");
        }
    }

    #[tokio::test]
    async fn a_problem_says_what_there_is_and_what_was_probably_meant() {
        let problem = Kind::NOT_FOUND
            .problem("R0B is not here")
            .instead_of("R0B", ["RM3", "R0A"])
            .retry_after_s(0);
        let response = problem.into_response();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        let headers = response.headers();
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(headers[header::RETRY_AFTER], "1");
        let body = axum::body::to_bytes(response.into_body(), 10_000).await;
        let body: serde_json::Value = serde_json::from_slice(&body.unwrap()).unwrap();
        assert_eq!(body["type"], "/problems/not-found");
        assert_eq!(body["available"], serde_json::json!(["RM3", "R0A"]));
        assert_eq!(body["nearest"], "R0A");
    }
}
