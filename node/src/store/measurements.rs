//! Sealed measurements.

use vwis_model::measurement::{MeasurementId, Payload, PayloadHash};

use super::{Store, StoreError};

// === impl Store ===

impl Store {
    /// The committed bytes of a measurement, checked to be those that the ledger sealed.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the bytes are missing or others: then nothing is served.
    pub async fn sealed_payload(
        &self,
        identity: &MeasurementId,
        sealed: PayloadHash,
    ) -> Result<Payload, StoreError> {
        let row: Option<(Vec<u8>,)> =
            sqlx::query_as("SELECT payload FROM measurement WHERE identity = $1")
                .bind(&identity.as_bytes()[..])
                .fetch_optional(&self.pool)
                .await?;
        row.and_then(|(bytes,)| Payload::from_bytes(bytes).ok())
            .filter(|payload| payload.hash() == sealed)
            .ok_or(StoreError::Corrupt("measurement"))
    }
}
