//! API tokens and the access log.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sqlx::{Row, sqlite::SqliteRow};
use vwis_proto::ods::OdsCode;

use super::{Store, StoreError, parse, time};
use crate::{
    access_log::AccessEntry,
    identity::{
        Role,
        tokens::{Grant, TokenRecord},
    },
};

/// Between the parts of a list in one column: neither roles nor categories hold one.
const SEPARATOR: &str = ",";
const TOKEN_COLUMNS: &str = "id, name, roles, ods_code, pathways, created_at_s, expires_at_s, \
     revoked_at_s, last_used_at_s";

/// Which rows of the access log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessFilter {
    /// Only reads of this organisation's tables.
    pub ods_code: Option<OdsCode>,
    /// Only reads from then on.
    pub since: Option<Timestamp>,
}

/// A read that is to be kept: who asked what, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read<'a> {
    /// Who, for people.
    pub who: &'a str,
    /// How they were known.
    pub via: &'a str,
    /// Path and query.
    pub request: &'a str,
    /// The answer's HTTP status.
    pub status: u16,
}

impl Store {
    /// Keeps a new API token by its hash; its number.
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
            .execute(&self.pool)
            .await?;
        Ok(done.last_insert_rowid())
    }

    /// Whether any API token was ever made.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn any_api_token(&self) -> Result<bool, StoreError> {
        let any: i64 = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM api_token)")
            .fetch_one(&self.pool)
            .await?;
        Ok(any != 0)
    }

    /// The API token of that hash, wherever it stands.
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

    /// Keeps that a token was used.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn api_token_used(&self, id: i64, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE api_token SET last_used_at_s = $2 WHERE id = $1")
            .bind(id)
            .bind(now.as_second())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Ends a token; whether it was there and not ended yet.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn revoke_api_token(&self, id: i64, now: Timestamp) -> Result<bool, StoreError> {
        let update = "UPDATE api_token SET revoked_at_s = $2
             WHERE id = $1 AND revoked_at_s IS NULL";
        let done = sqlx::query(update)
            .bind(id)
            .bind(now.as_second())
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Writes a read of these organisations' own tables into the access log, all of it or none: the
    /// request once, and a row for each organisation that a release or a node here knows. Whatever other
    /// codes it named have one row together, so that made-up codes cannot fill the disk. It is on disk
    /// before this returns.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn log_access(
        &self,
        read: &Read<'_>,
        organisations: &[OdsCode],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let insert = "INSERT INTO access_request (at_s, who, via, request, status)
             VALUES ($1, $2, $3, $4, $5)";
        let done = sqlx::query(insert)
            .bind(now.as_second())
            .bind(read.who)
            .bind(read.via)
            .bind(read.request)
            .bind(read.status)
            .execute(&mut *transaction)
            .await?;
        let request = done.last_insert_rowid();
        let mut any_unknown = false;
        for ods_code in organisations {
            // Who contributes to a release is among those that it expects.
            let insert = "INSERT INTO access_log (request_id, ods_code)
                 SELECT $1, $2 WHERE EXISTS (SELECT 1 FROM node WHERE ods_code = $2)
                     OR EXISTS (SELECT 1 FROM release_expected WHERE ods_code = $2)";
            let done = sqlx::query(insert)
                .bind(request)
                .bind(ods_code.as_str())
                .execute(&mut *transaction)
                .await?;
            any_unknown |= done.rows_affected() == 0;
        }
        if any_unknown {
            sqlx::query("INSERT INTO access_log (request_id, ods_code) VALUES ($1, NULL)")
                .bind(request)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The access log, the oldest entry first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn access_log(&self, filter: &AccessFilter) -> Result<Vec<AccessEntry>, StoreError> {
        let select = "SELECT l.id, r.at_s, r.who, r.via, l.ods_code, r.request, r.status
             FROM access_log l JOIN access_request r ON r.id = l.request_id
             WHERE ($1 IS NULL OR l.ods_code = $1) AND ($2 IS NULL OR r.at_s >= $2) ORDER BY l.id";
        let rows = sqlx::query(select)
            .bind(filter.ods_code.as_ref().map(OdsCode::as_str))
            .bind(filter.since.map(Timestamp::as_second))
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                let ods_code: Option<&str> = row.try_get(4)?;
                Ok(AccessEntry {
                    id: row.try_get(0)?,
                    at: time(row.try_get(1)?, "time")?,
                    who: row.try_get(2)?,
                    via: row.try_get(3)?,
                    ods_code: ods_code.map(|code| parse(code, "ODS code")).transpose()?,
                    request: row.try_get(5)?,
                    status: row.try_get(6)?,
                })
            })
            .collect()
    }

    /// Whether the store answers at all.
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
