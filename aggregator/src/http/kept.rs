//! Bytes that are sent again and again: files of the program, and answers that are kept. What a request
//! costs is sending them; their tag and their compressed form are made with them, before anybody asks or
//! where the answer is computed, and never on a thread that serves.
//!
//! An answer is kept compressed alone, where that is shorter: nearly all that ask take it so, and many more
//! are kept in the same memory. Who does not take it so has it expanded.

use std::io::{Read as _, Write as _};

use axum::{body::Bytes, response::Response};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use http::{HeaderMap, HeaderValue, header};

use crate::{
    export::media::Format,
    http::caching::{self, Freshness, Tagged},
};

/// Shorter bytes are sent as they are: they fit into one packet.
const LEAST_COMPRESSED: usize = 1024;

/// Bytes, and what is said of them.
#[derive(Debug)]
pub(crate) struct Kept {
    bytes: Forms,
    tag: String,
    media_type: HeaderValue,
}

/// In which forms bytes are kept.
#[derive(Debug)]
enum Forms {
    /// They are no shorter compressed.
    Plain(Bytes),
    Compressed(Bytes),
    Both {
        plain: Bytes,
        compressed: Bytes,
    },
}

// === impl Kept ===

impl Kept {
    /// A file of the program's own, which is made before it listens: as short as it gets, and in both forms.
    pub(crate) fn of_program(media_type: HeaderValue, plain: Bytes) -> Self {
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

    /// Bytes of an answer that were just written, without the room that was left for more.
    pub(crate) fn written(media_type: &'static str, plain: impl Into<Vec<u8>>) -> Self {
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

    /// How much memory they take.
    pub(crate) fn bytes(&self) -> usize {
        match &self.bytes {
            Forms::Plain(bytes) | Forms::Compressed(bytes) => bytes.len(),
            Forms::Both { plain, compressed } => plain.len() + compressed.len(),
        }
    }

    /// Whether they have to be expanded for the caller: no work for a thread that serves.
    pub(crate) fn is_expanded_for(&self, request: &HeaderMap) -> bool {
        matches!(self.bytes, Forms::Compressed(_)) && !takes_gzip(request)
    }

    /// As the caller takes it, or 304 where it has it already.
    pub(crate) fn answer(&self, request: &HeaderMap, freshness: Freshness) -> Response {
        let takes_compressed = takes_gzip(request);
        let (body, is_compressed) = match &self.bytes {
            Forms::Compressed(bytes) if takes_compressed => (bytes.clone(), true),
            Forms::Compressed(bytes) => (expand(bytes), false),
            Forms::Both { compressed, .. } if takes_compressed => (compressed.clone(), true),
            Forms::Both { plain, .. } | Forms::Plain(plain) => (plain.clone(), false),
        };
        let tagged = Tagged {
            tag: &self.tag,
            media_type: &self.media_type,
            is_compressed,
            body,
        };
        caching::tagged(request, freshness, &tagged)
    }

    #[cfg(test)]
    pub(super) fn plain(&self) -> Bytes {
        match &self.bytes {
            Forms::Plain(plain) | Forms::Both { plain, .. } => plain.clone(),
            Forms::Compressed(bytes) => expand(bytes),
        }
    }
}

/// The compressed form, where it is shorter.
fn shorter(media_type: &HeaderValue, plain: &Bytes, level: Compression) -> Option<Bytes> {
    // A workbook is an archive of compressed files already.
    let is_archive = media_type == Format::Xlsx.media_type();
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
    #[cfg(test)]
    tests::COMPRESSED_HERE.with(|count| count.set(count.get() + 1));
    let mut encoder = GzEncoder::new(Vec::new(), level);
    let compressed = encoder
        .write_all(plain)
        .and_then(|()| encoder.finish())
        .expect("a Vec takes whatever is written into it");
    compressed.into_boxed_slice().into()
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

#[cfg(test)]
pub(super) mod tests;
