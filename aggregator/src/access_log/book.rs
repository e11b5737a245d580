//! Writes the book, whether whoever asked still waits or not.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::RwLock;
use vwis_model::ods::OdsCode;

use super::{Refusals, Uncounted};
use crate::{
    identity::Identity,
    store::{Read, Store, StoreError},
};

/// The book of one store.
#[derive(Clone)]
pub(crate) struct Book(Arc<Inner>);

struct Inner {
    store: Store,
    refusals: Refusals,
    /// Held by each that writes; all of it by whoever waits for them.
    writing: RwLock<()>,
}

/// Who asked what, of which organisations, and what they are answered.
pub(crate) struct Asked {
    pub(crate) identity: Identity,
    pub(crate) organisations: Vec<OdsCode>,
    /// Path and query.
    pub(crate) request: String,
    pub(crate) status: u16,
    pub(crate) at: Timestamp,
}

// === impl Book ===

impl Book {
    pub(crate) fn of(store: Store) -> Self {
        Self(Arc::new(Inner {
            store,
            refusals: Refusals::default(),
            writing: RwLock::default(),
        }))
    }

    /// Writes that it was asked. What was begun is done: whoever hangs up leaves a row all the same.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) async fn write(&self, asked: Asked) -> Result<(), StoreError> {
        let book = self.clone();
        let written = tokio::spawn(async move { book.0.write(&asked).await }).await;
        written.expect("what writes does not panic, and lives as long as whoever waits for it")
    }

    /// Writes what was counted in minutes that are over at `now`.
    ///
    /// # Errors
    /// When it cannot be written: then it is kept.
    pub(crate) async fn write_minutes_before(&self, now: Timestamp) -> Result<(), StoreError> {
        let counted = self.0.refusals.of_minutes_before(now);
        self.0.write_counted(counted).await
    }

    /// Writes everything that is still to be written, and waits for whoever writes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) async fn settle(&self) -> Result<(), StoreError> {
        let _all = self.0.writing.write().await;
        self.0.write_counted(self.0.refusals.of_all()).await
    }
}

// === impl Inner ===

impl Inner {
    async fn write(&self, asked: &Asked) -> Result<(), StoreError> {
        let _one = self.writing.read().await;
        self.write_counted(self.refusals.of_minutes_before(asked.at))
            .await?;
        let is_refused = asked.status >= 400;
        if is_refused && !self.refusals.is_listed(&asked.identity, asked.status) {
            return Ok(());
        }
        let read = Read {
            who: &asked.identity.name,
            via: &asked.identity.via.to_string(),
            request: &asked.request,
            status: asked.status,
        };
        let written = self.store.log_access(&read, &asked.organisations, asked.at);
        written.await
    }

    /// What cannot be written is kept for the next time.
    async fn write_counted(&self, counted: Vec<Uncounted>) -> Result<(), StoreError> {
        let mut left = counted.into_iter();
        while let Some(of_one) = left.next() {
            let request = format!("({} more refusals, from {} on)", of_one.more, of_one.since);
            let read = Read {
                who: &of_one.who,
                via: &of_one.via,
                request: &request,
                status: of_one.status,
            };
            if let Err(error) = self.store.log_access(&read, &[], of_one.since).await {
                self.refusals.keep([of_one].into_iter().chain(left));
                return Err(error);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::store::AccessFilter;

    /// So many refusals, all in the minute that begins `after_s` on.
    async fn refused(book: &Book, times: usize, after_s: i64) {
        for _ in 0..times {
            book.write(asked(after_s)).await.unwrap();
        }
    }

    fn asked(after_s: i64) -> Asked {
        Asked {
            identity: Identity::loopback(),
            organisations: Vec::new(),
            request: "/api/v1/tables?org=R0A".to_owned(),
            status: 403,
            at: Timestamp::from_second(1_795_608_000 + after_s).unwrap(),
        }
    }

    async fn book() -> (Book, Store, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).await.unwrap();
        (Book::of(store.clone()), store, folder)
    }

    async fn requests(store: &Store) -> Vec<String> {
        let log = store.access_log(&AccessFilter::default()).await.unwrap();
        log.into_iter().map(|row| row.request).collect()
    }

    fn counted(requests: &[String]) -> usize {
        let counted = requests.iter().filter(|request| request.starts_with('('));
        counted.count()
    }

    /// The hang-up comes before anything is written, at a minute's first request, which is the one that
    /// writes what was counted in the last.
    #[tokio::test]
    async fn whoever_hangs_up_leaves_their_row_and_all_that_was_counted() {
        let (book, store, _folder) = book().await;
        refused(&book, 31, 0).await;
        assert_eq!(requests(&store).await.len(), 30);
        {
            let mut given_up = std::pin::pin!(book.write(asked(60)));
            assert!(futures_util::poll!(&mut given_up).is_pending());
        }
        for _ in 0..1000 {
            if requests(&store).await.len() == 32 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let written = requests(&store).await;
        assert_eq!((written.len(), counted(&written)), (32, 1), "{written:?}");
    }

    #[tokio::test]
    async fn the_end_of_the_program_waits_for_whoever_writes_and_writes_what_was_counted() {
        let (book, store, _folder) = book().await;
        refused(&book, 35, 0).await;
        {
            let mut given_up = std::pin::pin!(book.write(asked(1)));
            assert!(futures_util::poll!(&mut given_up).is_pending());
        }
        // Its task has begun by now: it was spawned before.
        tokio::task::yield_now().await;
        book.settle().await.unwrap();
        let written = requests(&store).await;
        let last = written.iter().find(|request| request.starts_with('('));
        assert!(last.unwrap().starts_with("(6 more refusals"), "{written:?}");
        book.settle().await.unwrap();
        assert_eq!(requests(&store).await.len(), written.len());
    }

    #[tokio::test]
    async fn what_was_counted_is_written_though_nobody_asks_again() {
        let (book, store, _folder) = book().await;
        refused(&book, 31, 0).await;
        book.write_minutes_before(asked(59).at).await.unwrap();
        assert_eq!(counted(&requests(&store).await), 0, "the minute is running");
        book.write_minutes_before(asked(60).at).await.unwrap();
        assert_eq!(counted(&requests(&store).await), 1);
    }

    #[tokio::test]
    async fn what_cannot_be_written_is_counted_still() {
        let (book, store, _folder) = book().await;
        refused(&book, 31, 0).await;
        store.close().await;
        book.write_minutes_before(asked(60).at).await.unwrap_err();
        let kept = book.0.refusals.of_all();
        assert_eq!(kept.len(), 1);
        assert_eq!((kept[0].more, kept[0].since), (1, asked(0).at));
    }
}
