//! Measurements and receipts, stored as received.

use jiff::Timestamp;
use prost::Message;
use sqlx::{Row as _, sqlite::SqliteRow};
use uuid::Uuid;
use vwis_host::fault;
use vwis_model::{
    agreement::AgreementHash,
    measurement::{MeasurementId, MeasurementKey},
    ods::OdsCode,
};
use vwis_proto::{receipt::Receipt, v1};

use super::{Store, StoreError, parse};
use crate::received::Received;

/// What became of a measurement that was handed to the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is stored now.
    New,
    /// It was stored before, byte for byte; nothing changed.
    AlreadyHeld,
}

/// What the store holds under a measurement's identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holding {
    /// No measurement.
    Nothing,
    /// A measurement that releases sum.
    Summed,
    /// A measurement that is summed into no release until a person admits it, and why.
    Suspect(String),
}

/// A measurement that is suspect, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspect {
    /// Which measurement.
    pub key: MeasurementKey,
    /// Why it is suspect.
    pub suspicion: String,
}

impl Store {
    /// Whether a measurement is stored under this identity, and whether it is summed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn holds_measurement(&self, identity: &MeasurementId) -> Result<Holding, StoreError> {
        let select =
            "SELECT suspicion, EXISTS (SELECT 1 FROM admission a WHERE a.identity = m.identity)
             FROM measurement m WHERE identity = $1";
        let held: Option<(Option<String>, bool)> = sqlx::query_as(select)
            .bind(&identity.as_bytes()[..])
            .fetch_optional(&self.pool)
            .await?;
        Ok(match held {
            None => Holding::Nothing,
            Some((Some(suspicion), false)) => Holding::Suspect(suspicion),
            Some(_) => Holding::Summed,
        })
    }

    /// The measurements that are suspect and that nobody has admitted.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn suspects(&self) -> Result<Vec<Suspect>, StoreError> {
        let select = "SELECT ods_code, canonical, series, period, correction, suspicion
             FROM measurement m JOIN agreement ON hash = agreement_hash WHERE suspicion IS NOT NULL AND NOT EXISTS (SELECT 1 FROM admission a WHERE a.identity = m.identity)
             ORDER BY received_at_s, ods_code, series, period, correction";
        let rows = sqlx::query(select).fetch_all(&self.pool).await?;
        let read = |row: &SqliteRow| {
            Ok(Suspect {
                key: MeasurementKey {
                    ods_code: parse(row.try_get(0)?, "ODS code")?,
                    agreement: AgreementHash::of(row.try_get(1)?),
                    series: row.try_get(2)?,
                    period: parse(row.try_get(3)?, "period")?,
                    correction: row.try_get(4)?,
                },
                suspicion: row.try_get(5)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Lets a measurement that is suspect be summed from the next release on. Who admits it says why.
    ///
    /// # Errors
    /// When the store cannot be written, or holds no such measurement.
    pub async fn admit(
        &self,
        identity: &MeasurementId,
        by: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let insert = "INSERT INTO admission (identity, admitted_by, reason, admitted_at_s)
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        sqlx::query(insert)
            .bind(&identity.as_bytes()[..])
            .bind(by)
            .bind(reason)
            .bind(now.as_second())
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// The last receipt, by sequence, of each key with which nodes of an organisation ever signed, as
    /// received. The receipt of the key that signed last comes last.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn last_receipts(&self, ods_code: &OdsCode) -> Result<Vec<Receipt>, StoreError> {
        let select = "SELECT message FROM receipt AS held WHERE ods_code = $1 AND id =
               (SELECT id FROM receipt WHERE ods_code = $1 AND public_key = held.public_key
                ORDER BY sequence DESC, id DESC LIMIT 1)
             ORDER BY id";
        let rows: Vec<(Vec<u8>,)> = sqlx::query_as(select)
            .bind(ods_code.as_str())
            .fetch_all(&self.pool)
            .await?;
        let read = |(bytes,): (Vec<u8>,)| {
            let message = v1::Receipt::decode(bytes.as_slice()).ok()?;
            Receipt::try_from(message).ok()
        };
        rows.into_iter()
            .map(|row| read(row).ok_or(StoreError::Corrupt("receipt")))
            .collect()
    }

    /// All that an organisation's nodes answered, oldest first: header with receipt, and payload.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn measurements_of(
        &self,
        ods_code: &OdsCode,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        let select = "SELECT header, payload FROM measurement WHERE ods_code = $1
             ORDER BY received_at_s, period, series, correction";
        Ok(sqlx::query_as(select)
            .bind(ods_code.as_str())
            .fetch_all(&self.pool)
            .await?)
    }

    /// Stores a validated measurement with its receipt, both or neither.
    ///
    /// # Errors
    /// [`StoreError::Differs`] where other bytes are held under its identity.
    pub async fn keep_measurement(
        &self,
        received: &Received,
        now: Timestamp,
    ) -> Result<Kept, StoreError> {
        let key = &received.key;
        let identity = key.identity();
        let sequence = i64::try_from(received.receipt.body().sequence)
            .map_err(|_| StoreError::Corrupt("receipt's sequence"))?;
        let mut transaction = self.write().await?;
        let select = "SELECT payload_hash FROM measurement WHERE identity = $1";
        let held: Option<Vec<u8>> = sqlx::query_scalar(select)
            .bind(&identity.as_bytes()[..])
            .fetch_optional(&mut *transaction)
            .await?;
        let kept = match held {
            Some(hash) if hash == received.payload.hash().as_bytes() => Kept::AlreadyHeld,
            Some(_) => return Err(StoreError::Differs(identity)),
            None => Kept::New,
        };
        if kept == Kept::New {
            let insert = "INSERT INTO measurement (identity, ods_code, agreement_hash, series,
                   period, correction, header, payload, payload_hash, received_at_s, suspicion, snapshot)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
            sqlx::query(insert)
                .bind(&identity.as_bytes()[..])
                .bind(key.ods_code.as_str())
                .bind(&key.agreement.as_bytes()[..])
                .bind(&key.series)
                .bind(key.period.to_string())
                .bind(key.correction)
                .bind(&received.header)
                .bind(received.payload.as_bytes())
                .bind(&received.payload.hash().as_bytes()[..])
                .bind(now.as_second())
                .bind(&received.suspicion)
                .bind(
                    received
                        .snapshot
                        .map(Uuid::into_bytes)
                        .as_ref()
                        .map(<[u8; 16]>::as_slice),
                )
                .execute(&mut *transaction)
                .await?;
        }
        let insert = "INSERT INTO receipt
               (ods_code, public_key, sequence, identity, message, received_at_s)
             VALUES ($1, $2, $3, $4, $5, $6)";
        sqlx::query(insert)
            .bind(key.ods_code.as_str())
            .bind(&received.receipt.public_key()[..])
            .bind(sequence)
            .bind(&identity.as_bytes()[..])
            .bind(v1::Receipt::from(&received.receipt).encode_to_vec())
            .bind(now.as_second())
            .execute(&mut *transaction)
            .await?;
        fault::point("collect.inserted");
        transaction.commit().await?;
        fault::point("collect.kept");
        Ok(kept)
    }
}
