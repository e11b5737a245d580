//! Writes the access log, whether or not the reader still waits for the answer.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::RwLock;
use vwis_model::ods::OdsCode;

use super::{Refusals, Uncounted};
use crate::{
    identity::Identity,
    store::{Read, Store, StoreError},
};

/// The access log of one store.
#[derive(Clone)]
pub(crate) struct Book(Arc<Inner>);

struct Inner {
    store: Store,
    refusals: Refusals,
    /// Each write holds it shared; [`Book::settle`] takes it whole, to wait for all of them.
    writing: RwLock<()>,
}

/// A request of an organisation's tables, and what it was answered.
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

    /// Logs a request. A write that has begun is finished even if the caller stops waiting: whoever hangs up
    /// leaves a row all the same.
    pub(crate) async fn write(&self, asked: Asked) -> Result<(), StoreError> {
        let book = self.clone();
        let written = tokio::spawn(async move { book.0.write(&asked).await }).await;
        written.expect("what writes does not panic, and lives as long as whoever waits for it")
    }

    /// Writes the counts of minutes that were over at `now`. After an error they are kept for the next time.
    pub(crate) async fn write_minutes_before(&self, now: Timestamp) -> Result<(), StoreError> {
        let counted = self.0.refusals.of_minutes_before(now);
        self.0.write_counted(counted).await
    }

    /// Writes all counts that are still to be written, after every write under way has ended.
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

    /// Writes counts as one row each; keeps those that cannot be written for the next time.
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

    /// Logs `times` refusals in the minute that begins `after_s` on.
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

    /// The caller hangs up before anything is written, at the first request of a new minute, which is the one
    /// that writes the last minute's count.
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
        // Its task was spawned before this one, so it has begun by now.
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
