//! Funded posts by period.

use std::collections::BTreeMap;

use vwis_model::period::Period;

use super::{Store, StoreError};
use crate::import::Posts;

// === impl Store ===

impl Store {
    /// Keeps the funded posts of a period, in place of any kept before; rows of one kind add up.
    ///
    /// # Errors
    /// When the store cannot be written; then nothing changed.
    pub async fn keep_establishment(
        &self,
        period: Period,
        posts: &[Posts],
    ) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("DELETE FROM establishment WHERE period = $1")
            .bind(period.to_string())
            .execute(&mut *transaction)
            .await?;
        for posts in posts {
            let hundredths = i64::try_from(posts.fte_hundredths)
                .map_err(|_| StoreError::Corrupt("number of posts"))?;
            sqlx::query(
                "INSERT INTO establishment
                     (period, staff_group, band, locality, posts_fte_hundredths)
                 VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT DO UPDATE SET
                     posts_fte_hundredths = posts_fte_hundredths + excluded.posts_fte_hundredths",
            )
            .bind(period.to_string())
            .bind(posts.of[0])
            .bind(posts.of[1])
            .bind(posts.of[2])
            .bind(hundredths)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Hundredths of FTE of the funded posts of a period, by code of the staff group.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn posts_by_staff_group(
        &self,
        period: Period,
    ) -> Result<BTreeMap<String, u64>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT staff_group, sum(posts_fte_hundredths) FROM establishment
             WHERE period = $1 GROUP BY staff_group",
        )
        .bind(period.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(group, hundredths)| {
                let hundredths = u64::try_from(hundredths)
                    .map_err(|_| StoreError::Corrupt("number of posts"))?;
                Ok((group, hundredths))
            })
            .collect()
    }
}
