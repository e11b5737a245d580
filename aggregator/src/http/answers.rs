//! Written answers, kept in memory while they are asked for: the same question of the same releases has the
//! same bytes.
//!
//! ```text
//! question ─► kept? ─► its bytes
//!               └─ no ─► queue: one job a question, taken in turn ─► compute, compress ─► keep
//! ```

mod queue;

use std::sync::Arc;
use vwis_web::{
    content::Content,
    problem::{Kind, Problem},
};

use moka::sync::Cache;
use uuid::Uuid;

use self::queue::Queue;
pub(crate) use self::queue::Stop;
use crate::{cache::CachedArchive, export::canonical::Canonical, identity::Via};

/// Most memory that kept answers may take: 64 MiB.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// An answer, ready to send.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) body: Content,
    /// The value of `Content-Disposition`, for an answer that is a file.
    pub(crate) disposition: Option<String>,
    /// The permanent address of this very answer, if it has one.
    pub(crate) permalink: Option<String>,
    /// The permanent address of its metadata, if they are not in the answer itself.
    pub(crate) described_by: Option<String>,
}

/// Kept answers, and the queue that makes new ones.
#[derive(Clone)]
pub(crate) struct Answers {
    kept: Cache<Key, Arc<Written>>,
    queue: Arc<Queue<Via, Key, Result<Arc<Written>, Problem>>>,
}

/// All that an answer depends on, as it was resolved: two spellings of one question have one key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    question: Canonical,
    form: &'static str,
    /// A hash of what the archive holds.
    archive: [u8; 32],
    /// The one release that the question names, if it names one.
    release: Option<Uuid>,
    posts: i64,
}

// === impl Written ===

impl Written {
    /// Bytes of this type; no file, and without a permanent address.
    pub(crate) fn plain(media_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            body: Content::written(media_type, body),
            disposition: None,
            permalink: None,
            described_by: None,
        }
    }

    /// The memory that it takes, in bytes.
    fn bytes(&self) -> usize {
        let texts = [&self.disposition, &self.permalink, &self.described_by];
        let texts = texts.into_iter().flatten().map(String::len);
        self.body.bytes() + texts.sum::<usize>()
    }
}

// === impl Key ===

impl Key {
    /// The key of a question in one form, answered from `cached`; `release` is the one that it names, if it
    /// names one.
    pub(crate) fn of(
        question: Canonical,
        form: &'static str,
        cached: &CachedArchive,
        release: Option<Uuid>,
    ) -> Self {
        Self {
            question,
            form,
            archive: cached.archive.fingerprint(),
            release,
            posts: cached.posts,
        }
    }
}

// === impl Answers ===

impl Answers {
    /// Keeps nothing yet; computes as many answers at once as there are cores.
    #[must_use]
    pub(crate) fn new() -> Self {
        Self::with_places(std::thread::available_parallelism().map_or(1, usize::from))
    }

    fn with_places(places: usize) -> Self {
        let weigh = |key: &Key, written: &Arc<Written>| {
            let bytes = written.bytes() + key.question.as_str().len();
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        Self {
            kept: Cache::builder()
                .weigher(weigh)
                .max_capacity(MOST_BYTES)
                .build(),
            queue: Arc::new(Queue::with_places(places)),
        }
    }

    pub(crate) fn kept(&self, key: &Key) -> Option<Arc<Written>> {
        self.kept.get(key)
    }

    /// The answer to `key`, computed by `work` off the threads that serve, when it is the turn of `who`. If
    /// another caller's job for `key` exists, waits for that one instead. After `work` is told to stop, its
    /// result is not used.
    pub(crate) async fn made(
        &self,
        who: &Via,
        key: Key,
        work: impl FnOnce(&Stop) -> Result<Written, Problem> + Send + 'static,
    ) -> Result<Arc<Written>, Problem> {
        let (kept, own) = (self.kept.clone(), key.clone());
        let work = move |stop: &Stop| {
            let written = Arc::new(work(stop)?);
            if !stop.is_called() {
                kept.insert(own, Arc::clone(&written));
            }
            Ok(written)
        };
        let made = self.queue.join(who, &key, Box::new(work)).done().await;
        made.unwrap_or_else(|| {
            Err(Kind::INTERNAL.problem("a fault in the program while it answered"))
        })
    }
}

#[cfg(test)]
mod freshness;
#[cfg(test)]
mod tests;
