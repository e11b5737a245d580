//! Whose turn it is: so many answers at once for each identity, in the order in which it asked.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::identity::Via;

/// The turns of every identity that waits for an answer or has one computed.
#[derive(Clone)]
pub(super) struct Turns {
    most: usize,
    own: Arc<Mutex<HashMap<Via, Weak<Semaphore>>>>,
}

// === impl Turns ===

impl Turns {
    /// So many at once for each.
    pub(super) fn of(most: usize) -> Self {
        Self {
            most,
            own: Arc::default(),
        }
    }

    /// Theirs, once it comes; until it is dropped.
    pub(super) async fn take(&self, who: &Via) -> OwnedSemaphorePermit {
        let turn = self.own(who).acquire_owned().await;
        turn.expect("nobody closes it")
    }

    fn own(&self, who: &Via) -> Arc<Semaphore> {
        let mut all = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = all.get(who).and_then(Weak::upgrade) {
            return own;
        }
        all.retain(|_, own| own.strong_count() > 0);
        let own = Arc::new(Semaphore::new(self.most));
        all.insert(who.clone(), Arc::downgrade(&own));
        own
    }
}
