//! Releases: made once, never changed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;
use vwis_host::fault;
use vwis_model::{
    agreement::AgreementHash,
    measurement::{MeasurementId, Payload},
    ods::OdsCode,
    period::Period,
};

use super::{Store, StoreError, bytes32, parse, time};
use crate::release::{Contributor, Release};

/// What came of asking for a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MadeRelease {
    /// A release was made: it is the period's first, or what is held has changed.
    New(Release),
    /// Nothing was made: the latest release sums exactly what is held.
    Unchanged(Release),
    /// Nothing was made: no measurement is held yet.
    Nothing,
}

impl Store {
    /// Makes the period's next release if what is held differs from what the latest one sums.
    ///
    /// Of an organisation's measurements the one with the highest correction counts, of those that are not
    /// suspect or were admitted. A release expects all added nodes and all contributors.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn make_release(
        &self,
        agreement: &AgreementHash,
        series: &str,
        period: Period,
        now: Timestamp,
    ) -> Result<MadeRelease, StoreError> {
        let mut transaction = self.write().await?;
        let contributors = held(&mut transaction, agreement, series, period).await?;
        if contributors.is_empty() {
            return Ok(MadeRelease::Nothing);
        }
        let latest = latest(&mut transaction, agreement, series, Some(period)).await?;
        let identities: Vec<_> = contributors.iter().map(|c| c.identity).collect();
        let number = match latest {
            Some(latest) if latest.sums(&identities) => return Ok(MadeRelease::Unchanged(latest)),
            Some(latest) => latest.number + 1,
            None => 1,
        };
        let nodes: Vec<String> = sqlx::query_scalar("SELECT ods_code FROM node")
            .fetch_all(&mut *transaction)
            .await?;
        let mut expected: BTreeSet<OdsCode> =
            contributors.iter().map(|c| c.ods_code.clone()).collect();
        for node in nodes {
            expected.insert(parse(&node, "ODS code")?);
        }
        let mut release = Release {
            sequence: 0,
            id: new_id(now),
            agreement: *agreement,
            series: series.to_owned(),
            period,
            number,
            made_at: now,
            contributors,
            expected: expected.into_iter().collect(),
        };
        release.sequence = insert(&mut transaction, &release).await?;
        fault::point("release.inserted");
        transaction.commit().await?;
        fault::point("release.made");
        Ok(MadeRelease::New(release))
    }

    /// The latest release of a series: for `period`, or for the latest period that has one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn latest_release(
        &self,
        agreement: &AgreementHash,
        series: &str,
        period: Option<Period>,
    ) -> Result<Option<Release>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        latest(&mut connection, agreement, series, period).await
    }

    /// The periods for which a series has releases, ascending.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn released_periods(
        &self,
        agreement: &AgreementHash,
        series: &str,
    ) -> Result<Vec<Period>, StoreError> {
        let select = "SELECT DISTINCT period FROM release
             WHERE agreement_hash = $1 AND series = $2 ORDER BY period";
        let periods: Vec<String> = sqlx::query_scalar(select)
            .bind(&agreement.as_bytes()[..])
            .bind(series)
            .fetch_all(&self.pool)
            .await?;
        periods.iter().map(|text| parse(text, "period")).collect()
    }

    /// The payloads that a release sums, by organisation.
    ///
    /// # Errors
    /// When the store cannot be read, or a payload is not the one that was received.
    pub async fn payloads(
        &self,
        release: &Release,
    ) -> Result<BTreeMap<OdsCode, Payload>, StoreError> {
        let select = "SELECT m.ods_code, m.payload, m.payload_hash
             FROM release_contributor c JOIN measurement m USING (identity)
             WHERE c.release_id = $1";
        let rows = sqlx::query(select)
            .bind(release.id.to_string())
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                let payload = Payload::from_bytes(row.try_get(1)?)
                    .map_err(|_| StoreError::Corrupt("payload"))?;
                let hash: &[u8] = row.try_get(2)?;
                if payload.hash().as_bytes() != hash {
                    return Err(StoreError::Corrupt("payload"));
                }
                Ok((parse(row.try_get(0)?, "ODS code")?, payload))
            })
            .collect()
    }
}

/// A new release's id. It does not say which release came first: the sequence does.
fn new_id(now: Timestamp) -> Uuid {
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, 0))
}

async fn held(
    connection: &mut SqliteConnection,
    agreement: &AgreementHash,
    series: &str,
    period: Period,
) -> Result<Vec<Contributor>, StoreError> {
    let select = "WITH summed AS (SELECT * FROM measurement WHERE agreement_hash = $1 AND series = $2 AND period = $3
             AND (suspicion IS NULL OR identity IN (SELECT identity FROM admission)))
         SELECT ods_code, identity, snapshot FROM summed m
         WHERE correction = (SELECT max(correction) FROM summed WHERE ods_code = m.ods_code)
         ORDER BY ods_code";
    let rows = sqlx::query(select)
        .bind(&agreement.as_bytes()[..])
        .bind(series)
        .bind(period.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(contributor).collect()
}

fn contributor(row: &SqliteRow) -> Result<Contributor, StoreError> {
    let identity: &[u8] = row.try_get(1)?;
    let snapshot: Option<&[u8]> = row.try_get(2)?;
    Ok(Contributor {
        ods_code: parse(row.try_get(0)?, "ODS code")?,
        identity: MeasurementId::from_bytes(bytes32(identity, "identity")?),
        snapshot: snapshot
            .map(|bytes| Uuid::from_slice(bytes).map_err(|_| StoreError::Corrupt("snapshot")))
            .transpose()?,
    })
}

async fn latest(
    connection: &mut SqliteConnection,
    agreement: &AgreementHash,
    series: &str,
    period: Option<Period>,
) -> Result<Option<Release>, StoreError> {
    let select = "SELECT id, period, number, made_at_s, sequence FROM release
         WHERE agreement_hash = $1 AND series = $2 AND ($3 IS NULL OR period = $3)
         ORDER BY period DESC, number DESC LIMIT 1";
    let row = sqlx::query(select)
        .bind(&agreement.as_bytes()[..])
        .bind(series)
        .bind(period.map(|period| period.to_string()))
        .fetch_optional(&mut *connection)
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let id: String = row.try_get(0)?;
    let (contributors, expected) = coverage(connection, &id).await?;
    Ok(Some(Release {
        sequence: row.try_get(4)?,
        id: parse(&id, "release id")?,
        agreement: *agreement,
        series: series.to_owned(),
        period: parse(row.try_get(1)?, "period")?,
        number: row.try_get(2)?,
        made_at: time(row.try_get(3)?, "time")?,
        contributors,
        expected,
    }))
}

pub(super) async fn coverage(
    connection: &mut SqliteConnection,
    id: &str,
) -> Result<(Vec<Contributor>, Vec<OdsCode>), StoreError> {
    let contributors = sqlx::query(
        "SELECT m.ods_code, m.identity, m.snapshot FROM release_contributor c JOIN measurement m USING (identity)
         WHERE c.release_id = $1 ORDER BY m.ods_code",
    )
    .bind(id)
    .fetch_all(&mut *connection)
    .await?;
    let expected: Vec<String> = sqlx::query_scalar(
        "SELECT ods_code FROM release_expected WHERE release_id = $1 ORDER BY ods_code",
    )
    .bind(id)
    .fetch_all(connection)
    .await?;
    let contributors = contributors.iter().map(contributor);
    let expected = expected.iter().map(|text| parse(text, "ODS code"));
    Ok((
        contributors.collect::<Result<_, _>>()?,
        expected.collect::<Result<_, _>>()?,
    ))
}

/// Stores a release; returns its sequence.
async fn insert(connection: &mut SqliteConnection, release: &Release) -> Result<i64, StoreError> {
    let id = release.id.to_string();
    let sequence = sqlx::query_scalar(
        "INSERT INTO release (id, agreement_hash, series, period, number, made_at_s)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING sequence",
    )
    .bind(&id)
    .bind(&release.agreement.as_bytes()[..])
    .bind(&release.series)
    .bind(release.period.to_string())
    .bind(release.number)
    .bind(release.made_at.as_second())
    .fetch_one(&mut *connection)
    .await?;
    for contributor in &release.contributors {
        sqlx::query("INSERT INTO release_contributor (release_id, identity) VALUES ($1, $2)")
            .bind(&id)
            .bind(&contributor.identity.as_bytes()[..])
            .execute(&mut *connection)
            .await?;
    }
    for ods_code in &release.expected {
        sqlx::query("INSERT INTO release_expected (release_id, ods_code) VALUES ($1, $2)")
            .bind(&id)
            .bind(ods_code.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(sequence)
}
