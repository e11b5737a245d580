//! Files that do not change while the program runs, compressed once: whoever asks for one again and again
//! costs no more than sending it does.

use std::{io::Write as _, sync::OnceLock};

use axum::{body::Bytes, response::Response};
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderValue, header};

use super::caching::{self, Freshness, Tagged};

/// One file, plain and compressed.
pub(crate) struct Kept {
    plain: Bytes,
    tag: String,
    media_type: HeaderValue,
    compressed: OnceLock<Bytes>,
}

// === impl Kept ===

impl Kept {
    pub(crate) fn new(media_type: HeaderValue, plain: Bytes) -> Self {
        Self {
            tag: caching::tag(media_type.as_bytes(), &plain),
            plain,
            media_type,
            compressed: OnceLock::new(),
        }
    }

    /// As the caller takes it, or 304 where it has it already.
    pub(crate) fn answer(&self, request: &HeaderMap, freshness: Freshness) -> Response {
        let is_compressed = takes_gzip(request);
        let body = if is_compressed {
            self.compressed.get_or_init(|| compress(&self.plain))
        } else {
            &self.plain
        };
        let tagged = Tagged {
            tag: &self.tag,
            media_type: &self.media_type,
            body: body.clone(),
        };
        let mut response = caching::tagged(request, freshness, tagged);
        if is_compressed && response.headers().contains_key(header::CONTENT_TYPE) {
            let gzip = HeaderValue::from_static("gzip");
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, gzip);
        }
        response
    }
}

fn compress(plain: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(plain)
        .and_then(|()| encoder.finish())
        .expect("a Vec takes whatever is written into it")
        .into()
}

/// Whether `Accept-Encoding` takes gzip (RFC 9110, 12.5.3): by its name, or else by `*`.
fn takes_gzip(request: &HeaderMap) -> bool {
    let lines = request.get_all(header::ACCEPT_ENCODING).into_iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let (mut by_name, mut by_any) = (None, None);
    for one in lines.flat_map(|line| line.split(',')) {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let is_taken = weight
            .trim()
            .strip_prefix("q=")
            .is_none_or(|q| q.parse().is_ok_and(|q: f32| q > 0.0));
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => by_name = Some(is_taken),
            "*" => by_any = Some(is_taken),
            _ => {}
        }
    }
    by_name.or(by_any).unwrap_or(false)
}
