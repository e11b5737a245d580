//! Sessions of people who signed in.

use jiff::Timestamp;
use sqlx::Row;
use vwis_proto::ods::OdsCode;

use super::{Store, StoreError, parse, time};
use crate::identity::{
    Identity, Via,
    session::{MOST_AGE_S, MOST_IDLE_S, SessionRecord},
};

impl Store {
    /// Keeps a new session by the hash of its secret.
    ///
    /// # Errors
    /// When the store cannot be written.
    ///
    /// # Panics
    /// Never: a list of texts has a JSON form.
    pub async fn keep_session(
        &self,
        hash: &[u8; 32],
        identity: &Identity,
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
             (secret_hash, subject, name, roles, ods_code, pathways, created_at_s, used_at_s)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
        sqlx::query(insert)
            .bind(&hash[..])
            .bind(subject)
            .bind(&identity.name)
            .bind(roles.join(","))
            .bind(identity.organisation.as_ref().map(OdsCode::as_str))
            .bind(pathways.expect("a list of texts has a JSON form"))
            .bind(now.as_second())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The session of that hash, wherever it stands.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn session(&self, hash: &[u8; 32]) -> Result<Option<SessionRecord>, StoreError> {
        let select = "SELECT subject, name, roles, ods_code, pathways, created_at_s, used_at_s
             FROM session WHERE secret_hash = $1";
        let row = sqlx::query(select)
            .bind(&hash[..])
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let roles: String = row.try_get(2)?;
        let roles = roles.split(',').map(|role| parse(role, "role"));
        let organisation: Option<&str> = row.try_get(3)?;
        let pathways: &str = row.try_get(4)?;
        Ok(Some(SessionRecord {
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
        }))
    }

    /// Keeps that a session was used.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn session_used(&self, hash: &[u8; 32], now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE session SET used_at_s = $2 WHERE secret_hash = $1")
            .bind(&hash[..])
            .bind(now.as_second())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Removes a session.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn end_session(&self, hash: &[u8; 32]) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM session WHERE secret_hash = $1")
            .bind(&hash[..])
            .execute(&self.pool)
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
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
