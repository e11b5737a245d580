//! API tokens.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sqlx::{Row, sqlite::SqliteRow};
use vwis_model::ods::OdsCode;
use vwis_picture::reader::Role;

use super::{Store, StoreError, parse, time};
use crate::credentials::{Grant, TokenRecord};

/// Separates the parts of a list in one column; neither roles nor categories contain it.
const SEPARATOR: &str = ",";
const TOKEN_COLUMNS: &str = "id, name, roles, ods_code, pathways, created_at_s, expires_at_s, \
     revoked_at_s, last_used_at_s";

impl Store {
    /// Stores a new API token by its hash; returns its number.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn keep_api_token(
        &self,
        hash: &[u8; 32],
        grant: &Grant,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<i64, StoreError> {
        let roles: Vec<_> = grant.roles.iter().map(|role| role.code()).collect();
        let insert = "INSERT INTO api_token
             (secret_hash, name, roles, ods_code, pathways, created_at_s, expires_at_s)
             VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let done = sqlx::query(insert)
            .bind(&hash[..])
            .bind(&grant.name)
            .bind(roles.join(SEPARATOR))
            .bind(grant.organisation.as_ref().map(OdsCode::as_str))
            .bind(grant.pathways.join(SEPARATOR))
            .bind(now.as_second())
            .bind(expires_at.as_second())
            .execute(&self.writer)
            .await?;
        Ok(done.last_insert_rowid())
    }

    /// Whether any API token was ever made, revoked and expired ones included.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn any_api_token(&self) -> Result<bool, StoreError> {
        let any: i64 = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM api_token)")
            .fetch_one(&self.pool)
            .await?;
        Ok(any != 0)
    }

    /// The API token of that hash, whether or not it is still good.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn api_token(&self, hash: &[u8; 32]) -> Result<Option<TokenRecord>, StoreError> {
        let select = format!("SELECT {TOKEN_COLUMNS} FROM api_token WHERE secret_hash = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(select))
            .bind(&hash[..])
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(record).transpose()
    }

    /// All API tokens, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn api_tokens(&self) -> Result<Vec<TokenRecord>, StoreError> {
        let select = format!("SELECT {TOKEN_COLUMNS} FROM api_token ORDER BY id");
        let rows = sqlx::query(sqlx::AssertSqlSafe(select))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(record).collect()
    }

    /// Stores when a token was last used.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn api_token_used(&self, id: i64, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE api_token SET last_used_at_s = $2 WHERE id = $1")
            .bind(id)
            .bind(now.as_second())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Revokes a token; returns false if there is no such token or it was revoked before.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn revoke_api_token(&self, id: i64, now: Timestamp) -> Result<bool, StoreError> {
        let update = "UPDATE api_token SET revoked_at_s = $2
             WHERE id = $1 AND revoked_at_s IS NULL";
        let done = sqlx::query(update)
            .bind(id)
            .bind(now.as_second())
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Checks that the store answers a query.
    ///
    /// # Errors
    /// When it does not.
    pub async fn answers(&self) -> Result<(), StoreError> {
        let _: i64 = sqlx::query_scalar("SELECT count(*) FROM node")
            .fetch_one(&self.pool)
            .await?;
        Ok(())
    }
}

fn record(row: &SqliteRow) -> Result<TokenRecord, StoreError> {
    let list = |text: String| -> Vec<String> {
        let parts = text.split(SEPARATOR).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    let roles: BTreeSet<Role> = list(row.try_get(2)?)
        .iter()
        .map(|role| parse(role, "role"))
        .collect::<Result<_, _>>()?;
    let organisation: Option<&str> = row.try_get(3)?;
    let at = |column: usize| -> Result<Option<Timestamp>, StoreError> {
        let seconds: Option<i64> = row.try_get(column)?;
        seconds.map(|seconds| time(seconds, "time")).transpose()
    };
    Ok(TokenRecord {
        id: row.try_get(0)?,
        grant: Grant {
            name: row.try_get(1)?,
            roles,
            organisation: organisation
                .map(|code| parse(code, "ODS code"))
                .transpose()?,
            pathways: list(row.try_get(4)?),
        },
        created_at: time(row.try_get(5)?, "time")?,
        expires_at: time(row.try_get(6)?, "time")?,
        revoked_at: at(7)?,
        last_used_at: at(8)?,
    })
}

#[cfg(test)]
mod tests;
