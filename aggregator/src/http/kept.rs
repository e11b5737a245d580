//! Bytes that are sent again and again: files of the program, and answers that are kept. What a request
//! costs is sending them; their tag and their compressed form are made with them, before anybody asks or
//! where the answer is computed, and never on a thread that serves.

use std::io::Write as _;

use axum::{body::Bytes, response::Response};
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderValue, header};

use crate::{
    export::media::Format,
    http::caching::{self, Freshness, Tagged},
};

/// Shorter bytes are sent as they are: they fit into one packet.
const LEAST_COMPRESSED: usize = 1024;

/// Bytes, plain and compressed.
#[derive(Debug)]
pub(crate) struct Kept {
    plain: Bytes,
    tag: String,
    media_type: HeaderValue,
    /// None where they are no shorter so.
    compressed: Option<Bytes>,
}

// === impl Kept ===

impl Kept {
    /// A file of the program's own, which is made before it listens: as short as it gets.
    pub(crate) fn of_program(media_type: HeaderValue, plain: Bytes) -> Self {
        Self::new(media_type, plain, Compression::best())
    }

    /// Bytes of an answer that were just written, without the room that was left for more.
    pub(crate) fn written(media_type: &'static str, plain: impl Into<Vec<u8>>) -> Self {
        let plain = plain.into().into_boxed_slice();
        let media_type = HeaderValue::from_static(media_type);
        Self::new(media_type, plain.into(), Compression::fast())
    }

    fn new(media_type: HeaderValue, plain: Bytes, level: Compression) -> Self {
        // A workbook is an archive of compressed files already.
        let is_archive = media_type == Format::Xlsx.media_type();
        let is_long = plain.len() >= LEAST_COMPRESSED && !is_archive;
        let compressed = is_long.then(|| compress(&plain, level));
        Self {
            tag: caching::tag(media_type.as_bytes(), &plain),
            compressed: compressed.filter(|compressed| compressed.len() < plain.len()),
            plain,
            media_type,
        }
    }

    #[cfg(test)]
    pub(super) fn plain(&self) -> &Bytes {
        &self.plain
    }

    /// How much memory they take, in both forms.
    pub(crate) fn bytes(&self) -> usize {
        self.plain.len() + self.compressed.as_ref().map_or(0, Bytes::len)
    }

    /// As the caller takes it, or 304 where it has it already.
    pub(crate) fn answer(&self, request: &HeaderMap, freshness: Freshness) -> Response {
        let compressed = self.compressed.as_ref().filter(|_| takes_gzip(request));
        let tagged = Tagged {
            tag: &self.tag,
            media_type: &self.media_type,
            is_compressed: compressed.is_some(),
            body: compressed.unwrap_or(&self.plain).clone(),
        };
        caching::tagged(request, freshness, &tagged)
    }
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
