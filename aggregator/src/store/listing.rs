//! Releases, agreements and organisations as lists.

use std::collections::BTreeMap;

use sqlx::{Row, sqlite::SqliteRow};
use uuid::Uuid;
use vwis_model::{
    agreement::{Agreement, AgreementHash},
    here,
    ods::OdsCode,
    period::Period,
};

use super::{KeptAgreement, Store, StoreError, bytes32, parse, time};
use crate::release::Release;

/// Selects releases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReleaseFilter {
    /// Only under this agreement, if one is named.
    pub agreement: Option<AgreementHash>,
    /// Only of the series of this name, if one is named.
    pub series: Option<String>,
    /// Only for this period, if one is named.
    pub period: Option<Period>,
}

/// An organisation, and the releases that sum its measurements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationReleases {
    /// ODS code of the organisation.
    pub ods_code: OdsCode,
    /// Whether a release made now would expect it.
    pub is_expected: bool,
    /// Ids of the releases that sum its measurements, the newest first.
    pub releases: Vec<Uuid>,
}

impl Store {
    /// The releases that `filter` selects, the one made last first, each with its coverage.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn releases(&self, filter: &ReleaseFilter) -> Result<Vec<Release>, StoreError> {
        let select =
            "SELECT id, agreement_hash, series, period, number, made_at_s, sequence FROM release
             WHERE ($1 IS NULL OR agreement_hash = $1)
               AND ($2 IS NULL OR series = $2) AND ($3 IS NULL OR period = $3)
             ORDER BY sequence DESC";
        let rows = sqlx::query(select)
            .bind(filter.agreement.as_ref().map(|hash| &hash.as_bytes()[..]))
            .bind(&filter.series)
            .bind(filter.period.map(|period| period.to_string()))
            .fetch_all(&self.pool)
            .await?;
        let mut releases: Vec<_> = rows.iter().map(bare).collect::<Result<_, _>>()?;
        for release in &mut releases {
            self.complete(release).await?;
        }
        Ok(releases)
    }

    /// The release of that id, if there is one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn release(&self, id: Uuid) -> Result<Option<Release>, StoreError> {
        let select =
            "SELECT id, agreement_hash, series, period, number, made_at_s, sequence FROM release
             WHERE id = $1";
        let row = sqlx::query(select)
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await?;
        let Some(mut release) = row.as_ref().map(bare).transpose()? else {
            return Ok(None);
        };
        self.complete(&mut release).await?;
        Ok(Some(release))
    }

    async fn complete(&self, release: &mut Release) -> Result<(), StoreError> {
        let mut connection = self.pool.acquire().await?;
        let (contributors, expected) =
            super::releases::coverage(&mut connection, &release.id.to_string()).await?;
        release.contributors = contributors;
        release.expected = expected;
        Ok(())
    }

    /// Id of the last release made under an agreement.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn newest_release(
        &self,
        agreement: &AgreementHash,
    ) -> Result<Option<Uuid>, StoreError> {
        let select =
            "SELECT id FROM release WHERE agreement_hash = $1 ORDER BY sequence DESC LIMIT 1";
        let newest: Option<String> = sqlx::query_scalar(select)
            .bind(&agreement.as_bytes()[..])
            .fetch_optional(&self.pool)
            .await?;
        newest.map(|id| parse(&id, "release id")).transpose()
    }

    /// Every organisation that is in a release or expected in the next, by ODS code.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn organisations(&self) -> Result<Vec<OrganisationReleases>, StoreError> {
        let mut by_code = BTreeMap::new();
        let nodes: Vec<String> = sqlx::query_scalar("SELECT ods_code FROM node")
            .fetch_all(&self.pool)
            .await?;
        for code in &nodes {
            let ods_code: OdsCode = parse(code, "ODS code")?;
            by_code.insert(ods_code, (true, Vec::new()));
        }
        let select = "SELECT m.ods_code, r.id FROM release r
             JOIN release_contributor c ON c.release_id = r.id
             JOIN measurement m USING (identity)
             ORDER BY r.sequence DESC";
        for row in sqlx::query(select).fetch_all(&self.pool).await? {
            let ods_code = parse(row.try_get(0)?, "ODS code")?;
            let (_, releases) = by_code.entry(ods_code).or_insert((false, Vec::new()));
            releases.push(parse(row.try_get(1)?, "release id")?);
        }
        let organisations = by_code.into_iter();
        Ok(organisations
            .map(|(ods_code, (is_expected, releases))| OrganisationReleases {
                ods_code,
                is_expected,
                releases,
            })
            .collect())
    }

    /// The names (hashes) of all stored agreements, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn agreement_hashes(&self) -> Result<Vec<AgreementHash>, StoreError> {
        let select = "SELECT hash FROM agreement ORDER BY kept_at_s, rowid";
        let hashes: Vec<Vec<u8>> = sqlx::query_scalar(select).fetch_all(&self.pool).await?;
        hashes.iter().map(|bytes| hash(bytes)).collect()
    }

    /// The agreement of that name, or why this software cannot read it; none if it is not stored.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn agreement(
        &self,
        hash: &AgreementHash,
    ) -> Result<Option<KeptAgreement>, StoreError> {
        let canonical: Option<Vec<u8>> =
            sqlx::query_scalar("SELECT canonical FROM agreement WHERE hash = $1")
                .bind(&hash.as_bytes()[..])
                .fetch_optional(&self.pool)
                .await?;
        Ok(canonical.map(|bytes| Agreement::from_canonical(&bytes, here::editions())))
    }
}

fn hash(bytes: &[u8]) -> Result<AgreementHash, StoreError> {
    let bytes = bytes32(bytes, "agreement hash")?;
    AgreementHash::try_from(&bytes[..]).map_err(|_| StoreError::Corrupt("agreement hash"))
}

/// Reads a row into a release without its coverage.
fn bare(row: &SqliteRow) -> Result<Release, StoreError> {
    Ok(Release {
        sequence: row.try_get(6)?,
        id: parse(row.try_get(0)?, "release id")?,
        agreement: hash(row.try_get(1)?)?,
        series: row.try_get(2)?,
        period: parse(row.try_get(3)?, "period")?,
        number: row.try_get(4)?,
        made_at: time(row.try_get(5)?, "time")?,
        contributors: Vec::new(),
        expected: Vec::new(),
    })
}
