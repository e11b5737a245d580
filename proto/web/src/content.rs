//! Bytes that are sent many times: the program's own files, and kept answers. Their tag and compressed form
//! are made with them, never on a thread that serves, so a request costs only the sending.
//!
//! Where compressing shortens an answer, only the compressed form is kept: nearly all callers take it, and
//! more answers fit into memory. For other callers it is expanded.

use std::{
    cell::Cell,
    io::{Read as _, Write as _},
};

use axum::{body::Bytes, response::Response};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use http::{HeaderMap, HeaderValue, header};

use super::caching::{self, Freshness, Tagged};

/// Media types of archives, whose files are compressed already.
const ARCHIVES: [&str; 1] = ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"];
/// Shorter bodies are not compressed: they fit into one packet.
const LEAST_COMPRESSED: usize = 1024;

std::thread_local! {
    static COMPRESSED_HERE: Cell<usize> = const { Cell::new(0) };
}

/// Bytes with their tag and media type.
#[derive(Debug)]
pub struct Content {
    bytes: Forms,
    tag: String,
    media_type: HeaderValue,
}

#[derive(Debug)]
enum Forms {
    /// Bytes that compressing does not shorten.
    Plain(Bytes),
    Compressed(Bytes),
    Both {
        plain: Bytes,
        compressed: Bytes,
    },
}

// === impl Content ===

impl Content {
    /// A file of the program's own. It is compressed as far as possible, and kept in both forms.
    pub fn of_program(media_type: HeaderValue, plain: Bytes) -> Self {
        let tag = caching::tag(media_type.as_bytes(), &plain);
        let bytes = match shorter(&media_type, &plain, Compression::best()) {
            Some(compressed) => Forms::Both { plain, compressed },
            None => Forms::Plain(plain),
        };
        Self {
            bytes,
            tag,
            media_type,
        }
    }

    /// An answer that was just written. Its spare capacity is dropped.
    pub fn written(media_type: &'static str, plain: impl Into<Vec<u8>>) -> Self {
        let plain: Bytes = plain.into().into_boxed_slice().into();
        let media_type = HeaderValue::from_static(media_type);
        Self {
            tag: caching::tag(media_type.as_bytes(), &plain),
            bytes: match shorter(&media_type, &plain, Compression::fast()) {
                Some(compressed) => Forms::Compressed(compressed),
                None => Forms::Plain(plain),
            },
            media_type,
        }
    }

    /// The memory that they take, in bytes.
    pub fn bytes(&self) -> usize {
        match &self.bytes {
            Forms::Plain(bytes) | Forms::Compressed(bytes) => bytes.len(),
            Forms::Both { plain, compressed } => plain.len() + compressed.len(),
        }
    }

    /// Whether they must be expanded for this caller, which a thread that serves should not do.
    pub fn is_expanded_for(&self, request: &HeaderMap) -> bool {
        matches!(self.bytes, Forms::Compressed(_)) && !takes_gzip(request)
    }

    /// The form that the caller takes, or 304 where it holds them already.
    pub fn answer(&self, request: &HeaderMap, freshness: Freshness) -> Response {
        let takes_compressed = takes_gzip(request);
        let (body, is_compressed) = match &self.bytes {
            Forms::Compressed(compressed) | Forms::Both { compressed, .. } if takes_compressed => {
                (compressed.clone(), true)
            }
            _ => (self.plain(), false),
        };
        let tagged = Tagged {
            tag: &self.tag,
            media_type: &self.media_type,
            is_compressed,
            body,
        };
        caching::tagged(request, freshness, &tagged)
    }

    /// The bytes as they are, expanded if they are kept compressed.
    #[must_use]
    pub fn plain(&self) -> Bytes {
        match &self.bytes {
            Forms::Plain(plain) | Forms::Both { plain, .. } => plain.clone(),
            Forms::Compressed(bytes) => expand(bytes),
        }
    }
}

/// How often this thread compressed anything: tests watch by it that no thread that serves does.
#[must_use]
pub fn compressed_here() -> usize {
    COMPRESSED_HERE.get()
}

/// The compressed form, if it is shorter.
fn shorter(media_type: &HeaderValue, plain: &Bytes, level: Compression) -> Option<Bytes> {
    let is_archive = ARCHIVES.iter().any(|archive| media_type == archive);
    if plain.len() < LEAST_COMPRESSED || is_archive {
        return None;
    }
    let compressed = compress(plain, level);
    (compressed.len() < plain.len()).then_some(compressed)
}

fn expand(compressed: &Bytes) -> Bytes {
    let mut plain = Vec::new();
    GzDecoder::new(&compressed[..])
        .read_to_end(&mut plain)
        .expect("it was compressed here");
    plain.into()
}

fn compress(plain: &[u8], level: Compression) -> Bytes {
    COMPRESSED_HERE.set(COMPRESSED_HERE.get() + 1);
    let mut encoder = GzEncoder::new(Vec::new(), level);
    let compressed = encoder
        .write_all(plain)
        .and_then(|()| encoder.finish())
        .expect("a Vec takes whatever is written into it");
    compressed.into_boxed_slice().into()
}

/// Whether `Accept-Encoding` takes gzip (RFC 9110, 12.5.3): by its name or, where that is missing, by `*`.
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

#[cfg(test)]
mod tests;
