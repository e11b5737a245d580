//! Agreements, by their canonical bytes.

use jiff::Timestamp;
use vwis_proto::{agreement::Agreement, dictionary::Dictionary};

use super::{Store, StoreError};

impl Store {
    /// Keeps an agreement; kept already, it changes nothing.
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

    /// All agreements kept, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read, or holds an agreement of another dictionary version.
    pub async fn agreements(&self) -> Result<Vec<Agreement>, StoreError> {
        let select = "SELECT canonical FROM agreement ORDER BY kept_at_s, rowid";
        let rows: Vec<Vec<u8>> = sqlx::query_scalar(select).fetch_all(&self.pool).await?;
        rows.iter()
            .map(|bytes| Ok(Agreement::from_canonical(bytes, Dictionary::builtin())?))
            .collect()
    }
}
