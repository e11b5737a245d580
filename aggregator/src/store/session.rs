//! Sessions of people who signed in.

use jiff::Timestamp;
use sqlx::{Row, sqlite::SqliteRow};
use vwis_model::ods::OdsCode;
use vwis_picture::reader::{Identity, Via};

use super::{Store, StoreError, parse, time};
use crate::credentials::{Listed, MOST_AGE_S, MOST_IDLE_S, MadeBy, SessionRecord};

const COLUMNS: &str = "subject, name, roles, ods_code, pathways, created_at_s, used_at_s";

impl Store {
    /// Stores a new session by the hash of its secret.
    ///
    /// # Errors
    /// When the store cannot be written; [`StoreError::Corrupt`] if no issuer named the person.
    pub async fn keep_session(
        &self,
        hash: &[u8; 32],
        identity: &Identity,
        made_by: &MadeBy,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Via::Oidc(subject) = &identity.via else {
            return Err(StoreError::Corrupt(
                "session of nobody that an issuer named",
            ));
        };
        let roles: Vec<_> = identity.roles.iter().map(|role| role.code()).collect();
        let pathways = serde_json::to_string(&identity.pathways);
        let insert = "INSERT INTO session
             (secret_hash, subject, name, roles, ods_code, pathways, created_at_s, used_at_s,
              issuer, client_id, configured)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10)";
        sqlx::query(insert)
            .bind(&hash[..])
            .bind(subject)
            .bind(&identity.name)
            .bind(roles.join(","))
            .bind(identity.organisation.as_ref().map(OdsCode::as_str))
            .bind(pathways.expect("a list of texts has a JSON form"))
            .bind(now.as_second())
            .bind(&made_by.issuer)
            .bind(&made_by.client_id)
            .bind(&made_by.configured[..])
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// The session of that hash, over or not, if this configuration made it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn session(
        &self,
        hash: &[u8; 32],
        made_by: &MadeBy,
    ) -> Result<Option<SessionRecord>, StoreError> {
        let select =
            format!("SELECT {COLUMNS} FROM session WHERE secret_hash = $1 AND configured = $2");
        let row = sqlx::query(sqlx::AssertSqlSafe(select))
            .bind(&hash[..])
            .bind(&made_by.configured[..])
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(record).transpose()
    }

    /// All stored sessions, the oldest first; sessions that are over may still be among them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn sessions(&self) -> Result<Vec<Listed>, StoreError> {
        let select = format!("SELECT {COLUMNS}, id, issuer, client_id FROM session ORDER BY id");
        let rows = sqlx::query(sqlx::AssertSqlSafe(select))
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Listed {
                    record: record(row)?,
                    id: row.try_get(7)?,
                    issuer: row.try_get(8)?,
                    client_id: row.try_get(9)?,
                })
            })
            .collect()
    }

    /// Removes the session of that number; returns whether it was there.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn end_session_numbered(&self, id: i64) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM session WHERE id = $1")
            .bind(id)
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Removes all sessions that `made_by` did not make, or all if it is none; returns how many.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn end_sessions_but_of(&self, made_by: Option<&MadeBy>) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM session WHERE $1 IS NULL OR configured <> $1")
            .bind(made_by.map(|made_by| &made_by.configured[..]))
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected())
    }

    /// Stores when a session was last used.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn session_used(&self, hash: &[u8; 32], now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE session SET used_at_s = $2 WHERE secret_hash = $1")
            .bind(&hash[..])
            .bind(now.as_second())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Removes a session, if it is there.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn end_session(&self, hash: &[u8; 32]) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM session WHERE secret_hash = $1")
            .bind(&hash[..])
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Removes all sessions that are over.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn sweep_sessions(&self, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM session WHERE used_at_s <= $1 OR created_at_s <= $2")
            .bind(now.as_second().saturating_sub(MOST_IDLE_S))
            .bind(now.as_second().saturating_sub(MOST_AGE_S))
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

fn record(row: &SqliteRow) -> Result<SessionRecord, StoreError> {
    let roles: String = row.try_get(2)?;
    let roles = roles.split(',').map(|role| parse(role, "role"));
    let organisation: Option<&str> = row.try_get(3)?;
    let pathways: &str = row.try_get(4)?;
    Ok(SessionRecord {
        identity: Identity {
            via: Via::Oidc(row.try_get(0)?),
            name: row.try_get(1)?,
            roles: roles.collect::<Result<_, _>>()?,
            organisation: organisation
                .map(|code| parse(code, "ODS code"))
                .transpose()?,
            pathways: serde_json::from_str(pathways)
                .map_err(|_| StoreError::Corrupt("list of pathways"))?,
        },
        created_at: time(row.try_get(5)?, "time")?,
        used_at: time(row.try_get(6)?, "time")?,
    })
}
