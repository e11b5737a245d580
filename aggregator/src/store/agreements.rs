//! Agreements, stored as their canonical bytes.

use jiff::Timestamp;
use vwis_model::{
    agreement::{Agreement, AgreementError, AgreementHash},
    here,
};

use super::{Store, StoreError};

/// A stored agreement, or why this software cannot read it.
pub type KeptAgreement = Result<Agreement, AgreementError>;

impl Store {
    /// Keeps an agreement; changes nothing if it is kept already.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn keep_agreement(
        &self,
        agreement: &Agreement,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let insert = "INSERT INTO agreement (hash, canonical, kept_at_s) VALUES ($1, $2, $3)
             ON CONFLICT (hash) DO NOTHING";
        sqlx::query(insert)
            .bind(&agreement.hash().as_bytes()[..])
            .bind(agreement.canonical())
            .bind(now.as_second())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// All stored agreements that this software can read, the oldest first. The others are in
    /// [`Self::unreadable_agreements`], so that an unreadable one hides nothing else.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn agreements(&self) -> Result<Vec<Agreement>, StoreError> {
        let all = self.all_agreements().await?.into_iter();
        Ok(all.filter_map(|(_, read)| read.ok()).collect())
    }

    /// The stored agreements that this software cannot read, each with the reason, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn unreadable_agreements(
        &self,
    ) -> Result<Vec<(AgreementHash, AgreementError)>, StoreError> {
        let all = self.all_agreements().await?.into_iter();
        Ok(all
            .filter_map(|(hash, read)| Some((hash, read.err()?)))
            .collect())
    }

    async fn all_agreements(&self) -> Result<Vec<(AgreementHash, KeptAgreement)>, StoreError> {
        let select = "SELECT canonical FROM agreement ORDER BY kept_at_s, rowid";
        let rows: Vec<Vec<u8>> = sqlx::query_scalar(select).fetch_all(&self.pool).await?;
        let read = |bytes: Vec<u8>| {
            let read = Agreement::from_canonical(&bytes, here::editions());
            (AgreementHash::of(&bytes), read)
        };
        Ok(rows.into_iter().map(read).collect())
    }
}
