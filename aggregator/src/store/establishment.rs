//! Funded posts, by employer and period.

use sqlx::Row;
use vwis_model::{ods::OdsCode, period::Period};

use super::{Store, StoreError, parse};
use crate::establishment::{Establishment, Posts};

impl Store {
    /// Keeps the posts of every employer and period in `given`, in place of those stored for them before; all
    /// or nothing.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn keep_establishment(&self, given: &Establishment) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        for (ods_code, period, posts) in given.files() {
            sqlx::query("DELETE FROM establishment WHERE ods_code = $1 AND period = $2")
                .bind(ods_code.as_str())
                .bind(period.to_string())
                .execute(&mut *transaction)
                .await?;
            for posts in posts {
                let insert = "INSERT INTO establishment
                     (ods_code, period, staff_group, locality, funded_fte_hundredths)
                     VALUES ($1, $2, $3, $4, $5)";
                sqlx::query(insert)
                    .bind(ods_code.as_str())
                    .bind(period.to_string())
                    .bind(&posts.staff_group)
                    .bind(&posts.locality)
                    .bind(i64::from(posts.funded_fte_hundredths))
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        sqlx::query(
            "INSERT INTO establishment_version (id, version) VALUES (1, 1)
             ON CONFLICT (id) DO UPDATE SET version = version + 1",
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// A number that grows whenever posts are given: whoever keeps something computed from posts compares it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn establishment_version(&self) -> Result<i64, StoreError> {
        let version: Option<i64> = sqlx::query_scalar("SELECT version FROM establishment_version")
            .fetch_optional(&self.pool)
            .await?;
        Ok(version.unwrap_or_default())
    }

    /// All stored posts.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn establishment(&self) -> Result<Establishment, StoreError> {
        let select = "SELECT ods_code, period, staff_group, locality, funded_fte_hundredths
             FROM establishment ORDER BY ods_code, period, rowid";
        let rows = sqlx::query(select).fetch_all(&self.pool).await?;
        let mut establishment = Establishment::default();
        let mut file: Option<(OdsCode, Period, Vec<Posts>)> = None;
        for row in rows {
            let ods_code: OdsCode = parse(row.try_get("ods_code")?, "ODS code")?;
            let period: Period = parse(row.try_get("period")?, "period")?;
            let hundredths: i64 = row.try_get("funded_fte_hundredths")?;
            let posts = Posts {
                staff_group: row.try_get("staff_group")?,
                locality: row.try_get("locality")?,
                funded_fte_hundredths: u32::try_from(hundredths)
                    .map_err(|_| StoreError::Corrupt("number of funded posts"))?,
            };
            match &mut file {
                Some((of, at, all)) if *of == ods_code && *at == period => all.push(posts),
                _ => {
                    let next = (ods_code, period, vec![posts]);
                    if let Some((of, at, all)) = file.replace(next) {
                        establishment.replace(of, at, all);
                    }
                }
            }
        }
        if let Some((of, at, all)) = file {
            establishment.replace(of, at, all);
        }
        Ok(establishment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(csv: &str, period: &str) -> Establishment {
        Establishment::parse(csv, period.parse().unwrap()).unwrap()
    }

    #[tokio::test]
    async fn posts_given_anew_replace_those_of_the_same_employer_and_period_alone() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::create(dir.path()).await.unwrap();
        assert!(store.establishment().await.unwrap().is_empty());
        assert_eq!(store.establishment_version().await.unwrap(), 0);
        let header = "ods_code,staff_group,locality,funded_fte\n";
        let first = format!(
            "{header}R0A,students,,5\nR0A,estates_and_ancillary,Bury,7.5\nRM3,students,,9\n"
        );
        store
            .keep_establishment(&given(&first, "2026-03"))
            .await
            .unwrap();
        store
            .keep_establishment(&given(&first, "2025-12"))
            .await
            .unwrap();
        let anew = format!("{header}R0A,students,,6\n");
        store
            .keep_establishment(&given(&anew, "2026-03"))
            .await
            .unwrap();
        let kept = store.establishment().await.unwrap();
        let mut expected = given(&first, "2025-12");
        let later = given(&first, "2026-03");
        for (ods_code, period, posts) in later.files().chain(given(&anew, "2026-03").files()) {
            expected.replace(ods_code.clone(), period, posts.to_vec());
        }
        assert_eq!(kept, expected);
        assert_eq!(store.establishment_version().await.unwrap(), 3);
        store.close().await;
    }
}
