//! Decisions of a person at the organisation about an agreement, each as one durable entry.

use vwis_host::fault;
use vwis_model::agreement::Agreement;

use crate::{
    ledger::{Decided, Event},
    node::Node,
    store::StoreError,
};

// === impl Node ===

impl Node {
    /// Records a decision. A running `serve` sees it at its next request.
    ///
    /// # Errors
    /// [`StoreError::Refused`] names the ledger's rule that forbids it.
    pub async fn record(&self, decision: Event) -> Result<(), StoreError> {
        let mut change = self.store.change_ledger().await?;
        change.append(decision, self.clock.now()).await?;
        change.commit().await?;
        Ok(())
    }

    /// Approves `agreement`: from now on its aggregator may ask.
    ///
    /// Every held snapshot is counted for it before the yes, because counting must not delay an answer, and
    /// again after it, because an import may have committed in between without knowing of the yes.
    ///
    /// # Errors
    /// As for [`Self::record`].
    pub async fn approve(&self, agreement: &Agreement, decided: Decided) -> Result<(), StoreError> {
        self.count_snapshots(agreement).await?;
        fault::point("approve.counted");
        self.record(Event::Approved {
            agreement: agreement.hash(),
            aggregator: agreement.aggregator().clone(),
            decided,
        })
        .await?;
        self.count_snapshots(agreement).await
    }
}
