//! Nodes, their tokens and their enrolments.

use jiff::Timestamp;
use sqlx::Row;
use vwis_link::validity::Validity;
use vwis_model::ods::OdsCode;

use super::{Store, StoreError, bytes32, parse, time};

/// A node that releases expect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRecord {
    /// ODS code of its organisation.
    pub ods_code: OdsCode,
    /// Where it listens: `https://HOST:PORT`.
    pub address: String,
    /// When it was first added.
    pub added_at: Timestamp,
    /// The receipt key pinned at its last enrolment, and when it enrolled; none before.
    pub enrolled: Option<([u8; 32], Timestamp)>,
    /// Validity of the last certificate issued to it; none before it enrols.
    pub certificate: Option<Validity>,
}

/// All that is stored when a node enrols.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// ODS code of the node's organisation.
    pub ods_code: OdsCode,
    /// SHA-256 of the secret of the token that it used.
    pub secret_hash: [u8; 32],
    /// The key that must sign its receipts from now on.
    pub receipt_public_key: [u8; 32],
    /// The certificate issued to it.
    pub certificate_pem: String,
}

impl Store {
    /// Expects this node from now on; a known node gets the new address.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn add_node(
        &self,
        ods_code: &OdsCode,
        address: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let upsert = "INSERT INTO node (ods_code, address, added_at_s) VALUES ($1, $2, $3)
             ON CONFLICT (ods_code) DO UPDATE SET address = excluded.address";
        sqlx::query(upsert)
            .bind(ods_code.as_str())
            .bind(address)
            .bind(now.as_second())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Stops expecting the node, and voids its unused tokens. What it contributed stays. Returns whether it
    /// was there.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn remove_node(&self, ods_code: &OdsCode) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        let removed = sqlx::query("DELETE FROM node WHERE ods_code = $1")
            .bind(ods_code.as_str())
            .execute(&mut *transaction)
            .await?;
        sqlx::query("DELETE FROM enrolment_token WHERE ods_code = $1 AND used_at_s IS NULL")
            .bind(ods_code.as_str())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(removed.rows_affected() > 0)
    }

    /// All nodes that releases expect, by ODS code.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn nodes(&self) -> Result<Vec<NodeRecord>, StoreError> {
        let select =
            "SELECT n.ods_code, n.address, n.added_at_s, e.receipt_public_key, e.enrolled_at_s,
                    coalesce((SELECT r.certificate_pem FROM renewal r
                              WHERE r.ods_code = n.ods_code AND r.renewed_at_s >= e.enrolled_at_s
                              ORDER BY r.id DESC LIMIT 1), e.certificate_pem)
             FROM node n LEFT JOIN enrolment e
               ON e.id = (SELECT max(id) FROM enrolment WHERE ods_code = n.ods_code)
             ORDER BY n.ods_code";
        let rows = sqlx::query(select).fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| {
                let key: Option<Vec<u8>> = row.try_get(3)?;
                let enrolled_at_s: Option<i64> = row.try_get(4)?;
                let certificate_pem: Option<String> = row.try_get(5)?;
                let enrolled = match (key, enrolled_at_s) {
                    (Some(key), Some(at)) => {
                        Some((bytes32(&key, "receipt key")?, time(at, "time")?))
                    }
                    _ => None,
                };
                Ok(NodeRecord {
                    ods_code: parse(row.try_get(0)?, "ODS code")?,
                    address: row.try_get(1)?,
                    added_at: time(row.try_get(2)?, "time")?,
                    enrolled,
                    certificate: certificate_pem.and_then(|pem| Validity::of_pem(&pem)),
                })
            })
            .collect()
    }

    /// Stores the certificate that a node took over its open connection.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn keep_renewal(
        &self,
        ods_code: &OdsCode,
        certificate_pem: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO renewal (ods_code, certificate_pem, renewed_at_s) VALUES ($1, $2, $3)",
        )
        .bind(ods_code.as_str())
        .bind(certificate_pem)
        .bind(now.as_second())
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Stores the hash of a new enrolment token's secret.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn keep_token(
        &self,
        ods_code: &OdsCode,
        secret_hash: &[u8; 32],
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let insert =
            "INSERT INTO enrolment_token (secret_hash, ods_code, created_at_s, expires_at_s)
             VALUES ($1, $2, $3, $4)";
        sqlx::query(insert)
            .bind(&secret_hash[..])
            .bind(ods_code.as_str())
            .bind(now.as_second())
            .bind(expires_at.as_second())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Whether the enrolment token is this organisation's, unused, and good beyond `now`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn token_is_good(
        &self,
        ods_code: &OdsCode,
        secret_hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let select = "SELECT count(*) FROM enrolment_token
             WHERE secret_hash = $1 AND ods_code = $2 AND used_at_s IS NULL AND expires_at_s > $3";
        let good: i64 = sqlx::query_scalar(select)
            .bind(&secret_hash[..])
            .bind(ods_code.as_str())
            .bind(now.as_second())
            .fetch_one(&self.pool)
            .await?;
        Ok(good == 1)
    }

    /// Uses the token up and pins the receipt key, both or neither. Returns whether the token was good: of
    /// two callers at once, one is told no.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn enrol(&self, enrolment: &Enrolment, now: Timestamp) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        let update = "UPDATE enrolment_token SET used_at_s = $3
             WHERE secret_hash = $1 AND ods_code = $2 AND used_at_s IS NULL AND expires_at_s > $3";
        let used = sqlx::query(update)
            .bind(&enrolment.secret_hash[..])
            .bind(enrolment.ods_code.as_str())
            .bind(now.as_second())
            .execute(&mut *transaction)
            .await?;
        if used.rows_affected() != 1 {
            return Ok(false);
        }
        let insert = "INSERT INTO enrolment
             (ods_code, receipt_public_key, certificate_pem, secret_hash, enrolled_at_s)
             VALUES ($1, $2, $3, $4, $5)";
        sqlx::query(insert)
            .bind(enrolment.ods_code.as_str())
            .bind(&enrolment.receipt_public_key[..])
            .bind(&enrolment.certificate_pem)
            .bind(&enrolment.secret_hash[..])
            .bind(now.as_second())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(true)
    }
}
