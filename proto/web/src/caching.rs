//! Says how long callers may keep an answer, and whether the one they have is still current.
//!
//! An answer about what never changes holds for ever. Any other holds until something changes: callers keep
//! it, and ask again with its tag. All answers but a program's own files are `private`, because they depend on
//! who asks.

use axum::{
    body::Bytes,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};
use vwis_model::hex;

/// How long an answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// For ever: it names what it is about by an id or a hash, and that never changes.
    Immutable,
    /// Until something changes: it must be asked for again.
    Latest,
    /// For ever and for everybody: the file's name changes with its content.
    Named,
}

/// How the tag of compressed bytes ends.
const COMPRESSED: &str = "-gzip\"";

// === impl Freshness ===

impl Freshness {
    fn cache_control(self) -> &'static str {
        match self {
            Self::Immutable => "private, max-age=31536000, immutable",
            Self::Latest => "private, no-cache",
            Self::Named => "public, max-age=31536000, immutable",
        }
    }
}

/// The answer `body`, or 304 where the caller holds it already.
///
/// The tag is strong: the SHA-256 of content type and bytes, 128 bits of it.
fn answer(
    request: &HeaderMap,
    freshness: Freshness,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response {
    let body = body.into();
    let tagged_as = Tagged {
        tag: &tag(content_type.as_bytes(), &body),
        media_type: &HeaderValue::from_static(content_type),
        is_compressed: false,
        body,
    };
    tagged(request, freshness, &tagged_as)
}

/// An answer with its tag, which is that of the plain bytes even where compressed ones are sent.
pub(super) struct Tagged<'a> {
    pub(super) tag: &'a str,
    pub(super) media_type: &'a HeaderValue,
    pub(super) is_compressed: bool,
    pub(super) body: Bytes,
}

/// The answer, or 304 where the caller holds it already.
pub(super) fn tagged(request: &HeaderMap, freshness: Freshness, answer: &Tagged<'_>) -> Response {
    let tag = if answer.is_compressed {
        // A strong tag stands for exact bytes, so compressed ones need another.
        answer.tag.trim_end_matches('"').to_owned() + COMPRESSED
    } else {
        answer.tag.to_owned()
    };
    let headers = [
        (
            header::ETAG,
            HeaderValue::try_from(tag).expect("hex digits in quotes are a header's value"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static(freshness.cache_control()),
        ),
        (
            header::VARY,
            HeaderValue::from_static("authorization, cookie, accept-encoding"),
        ),
    ];
    if held(request, answer.tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let media_type = [(header::CONTENT_TYPE, answer.media_type.clone())];
    let mut response = (headers, media_type, answer.body.clone()).into_response();
    if answer.is_compressed {
        let gzip = HeaderValue::from_static("gzip");
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, gzip);
    }
    response
}

/// Answers with a value as JSON, or with 304 where the caller holds it already.
#[must_use]
pub fn json(request: &HeaderMap, freshness: Freshness, value: &impl serde::Serialize) -> Response {
    let body = serde_json::to_vec(value).expect("answers have a JSON form");
    answer(request, freshness, "application/json", body)
}

pub(super) fn tag(content_type: &[u8], body: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(content_type);
    hash.update([0]);
    hash.update(body);
    format!("\"{}\"", hex::encode(&hash.finalize()[..16]))
}

/// Whether `If-None-Match` names this tag. It compares weakly (RFC 9110, 13.1.2), and compressed bytes count
/// as the same answer.
fn held(request: &HeaderMap, tag: &str) -> bool {
    let named = request.get_all(header::IF_NONE_MATCH).into_iter();
    let mut tags = named
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|one| one.trim().trim_start_matches("W/"));
    tags.any(|one| one == "*" || one == tag || one.replace(COMPRESSED, "\"") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(tag: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::try_from(tag).unwrap())])
    }

    fn tag_of(response: &Response) -> String {
        response.headers()[header::ETAG]
            .to_str()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn who_holds_an_answer_is_told_so_without_it() {
        let first = answer(&HeaderMap::new(), Freshness::Latest, "text/csv", "a,b");
        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(first.headers()[header::CACHE_CONTROL], "private, no-cache");
        let tag = tag_of(&first);
        for held in [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"x\", {tag}"),
            "*".to_owned(),
        ] {
            let again = answer(&asking(&held), Freshness::Latest, "text/csv", "a,b");
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{held}");
        }
        let other = answer(&asking(&tag), Freshness::Latest, "text/csv", "a,c");
        assert_eq!(other.status(), StatusCode::OK);
        let typed = answer(&asking(&tag), Freshness::Latest, "text/plain", "a,b");
        assert_eq!(typed.status(), StatusCode::OK);
    }
}
