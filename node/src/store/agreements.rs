//! Agreements that were handed to this node, in a database of their own.

use jiff::Timestamp;
use vwis_model::{
    agreement::{Agreement, AgreementError, AgreementHash},
    here,
};

use super::{Store, StoreError};

// === impl Store ===

impl Store {
    /// Keeps a proposal. One that is here already stays unchanged.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn keep_proposal(
        &self,
        agreement: &Agreement,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO agreement (hash, canonical, proposed_by, proposed_at)
             VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING",
        )
        .bind(&agreement.hash().as_bytes()[..])
        .bind(agreement.canonical())
        .bind(agreement.aggregator().as_str())
        .bind(now.to_string())
        .execute(&self.agreements)
        .await?;
        Ok(())
    }

    /// The names of all agreements handed to this node, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn agreement_hashes(&self) -> Result<Vec<AgreementHash>, StoreError> {
        let rows: Vec<(Vec<u8>,)> =
            sqlx::query_as("SELECT hash FROM agreement ORDER BY proposed_at, hash")
                .fetch_all(&self.agreements)
                .await?;
        rows.iter()
            .map(|(hash,)| {
                AgreementHash::try_from(hash.as_slice())
                    .map_err(|_| StoreError::Corrupt("agreement"))
            })
            .collect()
    }

    /// When an agreement was handed to this node; `None` where it was not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn proposed_at(&self, hash: &AgreementHash) -> Result<Option<Timestamp>, StoreError> {
        let row: Option<(String,)> =
            sqlx::query_as("SELECT proposed_at FROM agreement WHERE hash = $1")
                .bind(&hash.as_bytes()[..])
                .fetch_optional(&self.agreements)
                .await?;
        row.map(|(at,)| at.parse())
            .transpose()
            .map_err(|_| StoreError::Corrupt("agreement"))
    }

    /// The canonical bytes of an agreement; `None` where it is not here.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn agreement_bytes(
        &self,
        hash: &AgreementHash,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<(Vec<u8>,)> =
            sqlx::query_as("SELECT canonical FROM agreement WHERE hash = $1")
                .bind(&hash.as_bytes()[..])
                .fetch_optional(&self.agreements)
                .await?;
        Ok(row.map(|(canonical,)| canonical))
    }

    /// The agreement of that name; `None` where it is not here or this version cannot read it.
    ///
    /// # Errors
    /// When the store cannot be read, or holds other bytes under that name.
    pub async fn agreement(&self, hash: &AgreementHash) -> Result<Option<Agreement>, StoreError> {
        let read = self.read_agreement(hash).await?;
        Ok(read.and_then(Result::ok))
    }

    /// The agreement of that name, or why this version cannot read it; `None` where it is not here.
    ///
    /// # Errors
    /// When the store cannot be read, or holds other bytes under that name.
    pub async fn read_agreement(
        &self,
        hash: &AgreementHash,
    ) -> Result<Option<Result<Agreement, AgreementError>>, StoreError> {
        let Some(canonical) = self.agreement_bytes(hash).await? else {
            return Ok(None);
        };
        if AgreementHash::of(&canonical) != *hash {
            return Err(StoreError::Corrupt("agreement"));
        }
        Ok(Some(Agreement::from_canonical(
            &canonical,
            here::editions(),
        )))
    }
}
