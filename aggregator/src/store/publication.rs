//! Decisions of people to publish.

use sqlx::Row;
use vwis_model::{agreement::AgreementHash, ods::OdsCode};

use super::{Store, StoreError, parse, time};
use crate::publication::Decision;

impl Store {
    /// Stores a person's decision to publish what has come in for a period.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn keep_decision(&self, decision: &Decision) -> Result<(), StoreError> {
        let telling: Vec<_> = decision.telling.iter().map(OdsCode::as_str).collect();
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT INTO publication
                 (agreement_hash, period, after_release, decided_at_s, decided_by, reason, telling)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&decision.agreement.as_bytes()[..])
        .bind(decision.period.to_string())
        .bind(decision.after)
        .bind(decision.at.as_second())
        .bind(&decision.by)
        .bind(&decision.reason)
        .bind(telling.join(" "))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// All decisions to publish, in the order in which they were taken.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn decisions(&self) -> Result<Vec<Decision>, StoreError> {
        let rows = sqlx::query(
            "SELECT agreement_hash, period, after_release, decided_at_s, decided_by, reason, telling
             FROM publication ORDER BY id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let telling: &str = row.try_get(6)?;
                let telling = telling
                    .split_whitespace()
                    .map(|code| parse(code, "ODS code"));
                Ok(Decision {
                    agreement: agreement_hash(row.try_get(0)?)?,
                    period: parse(row.try_get(1)?, "period")?,
                    after: row.try_get(2)?,
                    at: time(row.try_get(3)?, "time")?,
                    by: row.try_get(4)?,
                    reason: row.try_get(5)?,
                    telling: telling.collect::<Result<_, _>>()?,
                })
            })
            .collect()
    }

    /// The sequence of the last release made, under whichever agreement, and the number of decisions: what is
    /// published follows from both.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn last_made(&self) -> Result<(Option<i64>, i64), StoreError> {
        let select =
            "SELECT (SELECT max(sequence) FROM release), (SELECT count(*) FROM publication)";
        Ok(sqlx::query_as(select).fetch_one(&self.pool).await?)
    }
}

fn agreement_hash(bytes: &[u8]) -> Result<AgreementHash, StoreError> {
    bytes.try_into().map_err(|_| StoreError::Corrupt("hash"))
}
