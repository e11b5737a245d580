//! Answers that were written, kept while they are asked for: the same question of the same releases has
//! the same bytes.
//!
//! ```text
//! question ─► kept? ─► its bytes
//!               └─ no ─► is somebody computing it? ─► wait for theirs
//!                           └─ no ─► the asker's turn ─► a place (one a core) ─► compute, compress ─► keep
//!                                                            └─ nobody waits any more ─► stop
//! ```
//!
//! Half of the places, rounded up, is all that one identity takes, and what else it asks waits for that: of
//! two who ask for something new, one is never behind all that the other asked.

mod turns;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use moka::future::Cache;
use tokio::sync::Semaphore;
use uuid::Uuid;

use self::turns::Turns;
use crate::{
    export::canonical::Canonical,
    http::{
        kept::Kept,
        problem::{Kind, Problem},
    },
    identity::Via,
    pictures::Held,
};

/// Most memory that they may take: 64 MiB.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// An answer as it leaves.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) body: Kept,
    /// Whether it is a file, and its name: `Content-Disposition`.
    pub(crate) disposition: Option<String>,
    /// Where it stays, if it does.
    pub(crate) permalink: Option<String>,
    /// Where what describes it stays, if it does not say it itself.
    pub(crate) described_by: Option<String>,
}

/// Answers by what was asked, and of which releases.
#[derive(Clone)]
pub(crate) struct Answers {
    kept: Cache<Key, Arc<Written>>,
    /// Answers that may be computed at once: more would only make all of them late.
    places: Arc<Semaphore>,
    turns: Turns,
}

/// What was asked, and of what: all that an answer depends on, as it was resolved and not as somebody
/// spelt it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    question: Canonical,
    form: &'static str,
    /// Of the archive.
    archive: [u8; 32],
    /// The one release that the question is of, where it names one.
    release: Option<Uuid>,
    posts: i64,
}

/// Whether whoever computes may stop, since nobody waits for it any more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

/// Calls stop when it is dropped.
struct StopOnDrop(Stop);

// === impl Written ===

impl Written {
    /// Bytes with nothing said of them but their type.
    pub(crate) fn plain(media_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            body: Kept::written(media_type, body),
            disposition: None,
            permalink: None,
            described_by: None,
        }
    }

    /// How much memory it takes.
    fn bytes(&self) -> usize {
        let texts = [&self.disposition, &self.permalink, &self.described_by];
        let texts = texts.into_iter().flatten().map(String::len);
        self.body.bytes() + texts.sum::<usize>()
    }
}

// === impl Key ===

impl Key {
    /// A question in a form, answered from `held`; of `release` alone, where it names one.
    pub(crate) fn of(
        question: Canonical,
        form: &'static str,
        held: &Held,
        release: Option<Uuid>,
    ) -> Self {
        Self {
            question,
            form,
            archive: held.archive.fingerprint(),
            release,
            posts: held.posts,
        }
    }
}

// === impl Stop ===

impl Stop {
    pub(crate) fn is_called(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

// === impl Answers ===

impl Answers {
    /// None yet; as many are computed at once as there are cores.
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
            places: Arc::new(Semaphore::new(places)),
            turns: Turns::of(places.div_ceil(2)),
        }
    }

    /// The answer to `key`: kept; or that of whoever computes it already; or made by `work` off the
    /// threads that serve, when it is the caller's turn. `work` may end as it likes once it is told to stop.
    pub(crate) async fn get_or(
        &self,
        who: &Via,
        key: Key,
        work: impl FnOnce(&Stop) -> Result<Written, Problem> + Send + 'static,
    ) -> Result<Arc<Written>, Problem> {
        let made = self.made(who, work);
        let made = self.kept.try_get_with(key, made).await;
        made.map_err(|problem| Problem::clone(&problem))
    }

    async fn made(
        &self,
        who: &Via,
        work: impl FnOnce(&Stop) -> Result<Written, Problem> + Send + 'static,
    ) -> Result<Arc<Written>, Problem> {
        let gone = || Kind::INTERNAL.problem("a fault in the program while it answered");
        let turn = self.turns.take(who).await;
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(|_| gone())?;
        let stop = Stop::default();
        // A request that is given up drops this future, and with it the guard.
        let _guard = StopOnDrop(stop.clone());
        let written = tokio::task::spawn_blocking(move || {
            // Whoever is told to stop holds the place until they did.
            let _held = (turn, place);
            work(&stop)
        });
        Ok(Arc::new(written.await.map_err(|_| gone())??))
    }
}

#[cfg(test)]
mod kept;
#[cfg(test)]
mod tests;
