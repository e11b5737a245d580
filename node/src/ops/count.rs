//! Counts what is held for agreements that may go on, so that no answer waits for counting.

use vwis_model::agreement::Agreement;

use crate::{node::Node, store::StoreError};

// === impl Node ===

impl Node {
    /// Counts every held snapshot for every approved agreement, where it was not counted yet.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn count_for_approved(&self) -> Result<(), StoreError> {
        let ledger = self.store.ledger().await?;
        for agreement in self.approved_agreements(&ledger).await? {
            self.count_snapshots(&agreement).await?;
        }
        Ok(())
    }

    /// Counts every held snapshot for `agreement`, so that the first answer takes no longer for a
    /// large organisation than for a small one.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn count_snapshots(&self, agreement: &Agreement) -> Result<(), StoreError> {
        for snapshot in self.store.snapshots().await? {
            for series in agreement.series() {
                if snapshot.answers(series) && agreement.allows(series, snapshot.period) {
                    self.store
                        .keep_counts(snapshot.id, agreement.hash(), series)
                        .await?;
                }
            }
        }
        Ok(())
    }
}
