//! Answers that were written, kept while they are asked for: the same question of the same releases has
//! the same bytes.

use std::sync::Arc;

use axum::body::Bytes;
use http::Uri;
use moka::future::Cache;
use uuid::Uuid;

use super::{
    asking::Asking,
    problem::{Kind, Problem},
};

/// Most memory that they may take: 64 MiB.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// The bytes of an answer, the name of its file, and its permanent address.
pub(super) type Written = (Bytes, String, String);

/// Answers by what was asked, and of which releases.
#[derive(Clone)]
pub struct Answers(Cache<Key, Arc<Written>>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    /// Path and query as they were written: another order is another key, and as right.
    question: String,
    format: &'static str,
    /// Agreement and last release that it was put to.
    newest: (String, Uuid),
}

// === impl Answers ===

impl Answers {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        let weigh = |key: &Key, written: &Arc<Written>| {
            let bytes = written.0.len() + written.1.len() + written.2.len() + key.question.len();
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().weigher(weigh).max_capacity(MOST_BYTES).build())
    }
}
