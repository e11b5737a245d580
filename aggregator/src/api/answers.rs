//! Answers that were written, kept while they are asked for: the same question of the same releases has
//! the same bytes.

use std::sync::Arc;

use axum::body::Bytes;
use http::Uri;
use moka::future::Cache;
use uuid::Uuid;
use vwis_proto::agreement::AgreementHash;

use super::{
    asking::Asking,
    problem::{Kind, Problem},
};
use crate::archive::Archive;

/// Most memory that they may take: 64 MiB.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// The bytes of an answer, the name of its file, and its permanent address.
pub(super) type Written = (Bytes, String, String);

/// Answers by what was asked, and of which releases.
#[derive(Clone)]
pub(super) struct Answers(Cache<Key, Arc<Written>>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    /// Path and query as they were written: another order is another key, and as right.
    question: String,
    format: &'static str,
    /// Agreement and last release that it was put to.
    newest: (AgreementHash, Uuid),
}

// === impl Answers ===

impl Answers {
    /// None yet.
    #[must_use]
    pub(super) fn new() -> Self {
        let weigh = |key: &Key, written: &Arc<Written>| {
            let bytes = written.0.len() + written.1.len() + written.2.len() + key.question.len();
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        Self(
            Cache::builder()
                .weigher(weigh)
                .max_capacity(MOST_BYTES)
                .build(),
        )
    }

    /// The answer to the question in `uri`, kept or made by `work` off the threads that serve.
    pub(super) async fn get_or(
        &self,
        uri: &Uri,
        asking: &Asking,
        archive: &Archive,
        work: impl FnOnce() -> Result<Written, Problem> + Send + 'static,
    ) -> Result<Arc<Written>, Problem> {
        let newest = archive.releases().iter().map(|a| a.release.id).max();
        let key = Key {
            question: uri
                .path_and_query()
                .map_or_else(String::new, ToString::to_string),
            format: asking.format.name(),
            newest: (archive.agreement().hash(), newest.unwrap_or_default()),
        };
        if let Some(kept) = self.0.get(&key).await {
            return Ok(kept);
        }
        let written = tokio::task::spawn_blocking(work).await;
        let gone = |_| Kind::INTERNAL.problem("a fault in the program while it answered");
        let written = Arc::new(written.map_err(gone)??);
        self.0.insert(key, Arc::clone(&written)).await;
        Ok(written)
    }
}
