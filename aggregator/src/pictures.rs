//! Releases in memory: read from the store once, kept while they are asked for.
//!
//! ```text
//! request ─► Pictures ─┬─ held? ─► Arc<Archive> ─► Facts, tables          (no disk but one look at what is newest)
//!                      └─ else ─► store ─► SeriesPicture per release ─► kept
//! ```
//! A release never changes, so what is kept never goes stale; what is new shows in the highest release
//! id, which is looked up each time. Memory is bounded by what the pictures weigh.

use std::{collections::HashMap, sync::Arc};

use moka::future::Cache;
use uuid::Uuid;
use vwis_proto::{
    agreement::{Agreement, AgreementHash},
    algebra::ReconstructError,
    measurement::Payload,
    ods::OdsCode,
};

use crate::{
    archive::{Archive, Archived},
    picture::SeriesPicture,
    release::Release,
    store::{ReleaseFilter, Store, StoreError},
};

/// Most memory that pictures may take, in KiB: 256 MiB, some 200 yearly releases of nine trusts.
const MOST_KIB: u64 = 256 * 1024;
/// Archives kept: pictures are shared between them, so each is a list.
const MOST_ARCHIVES: u64 = 64;

/// The pictures of a store's releases.
#[derive(Clone)]
pub struct Pictures {
    store: Store,
    by_release: Cache<Uuid, Arc<Archived>>,
    /// By agreement and the last release in it.
    archives: Cache<(AgreementHash, Uuid), Arc<Archive>>,
}

/// Why there is no picture.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PicturesError {
    /// The store does not answer.
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// A stored measurement is not as long as its agreement says.
    #[error("release {release} cannot be added up: {error}")]
    Reconstruct {
        /// Which release.
        release: Uuid,
        /// Why not.
        error: ReconstructError,
    },
}

impl From<StoreError> for PicturesError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

// === impl Pictures ===

impl Pictures {
    /// Of the releases in `store`.
    #[must_use]
    pub fn of(store: Store) -> Self {
        let weigh = |_: &Uuid, archived: &Arc<Archived>| kib(archived);
        Self {
            store,
            by_release: Cache::builder()
                .weigher(weigh)
                .max_capacity(MOST_KIB)
                .build(),
            archives: Cache::new(MOST_ARCHIVES),
        }
    }

    /// Everything released under `agreement` up to and including release `until`; up to now, if none
    /// is named, and then with the funded posts that employers gave. What a release is named for never
    /// changes, and funded posts do.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn archive(
        &self,
        agreement: &Arc<Agreement>,
        until: Option<Uuid>,
    ) -> Result<Arc<Archive>, PicturesError> {
        let hash = agreement.hash();
        let newest = match until {
            Some(id) => id,
            None => self.store.newest_release(&hash).await?.unwrap_or_default(),
        };
        let anew = self.build(agreement, newest);
        let held = self.archives.try_get_with((hash, newest), anew).await;
        let held = held.map_err(|error| PicturesError::clone(&error))?;
        if until.is_some() {
            return Ok(held);
        }
        // They change without a release, so they are looked up each time.
        let establishment = self.store.establishment().await?;
        if establishment.is_empty() {
            return Ok(held);
        }
        let archive = Archive::clone(&held);
        Ok(Arc::new(
            archive.with_establishment(Arc::new(establishment)),
        ))
    }

    async fn build(
        &self,
        agreement: &Arc<Agreement>,
        newest: Uuid,
    ) -> Result<Arc<Archive>, PicturesError> {
        let filter = ReleaseFilter {
            agreement: Some(agreement.hash()),
            ..ReleaseFilter::default()
        };
        let mut releases = Vec::new();
        let mut latest: HashMap<_, u32> = HashMap::new();
        // Ids are UUID v7: in the order in which releases were made.
        let all = self.store.releases(&filter).await?;
        let all: Vec<_> = all
            .into_iter()
            .filter(|release| release.id <= newest)
            .collect();
        for release in &all {
            let number = latest
                .entry((release.series.clone(), release.period))
                .or_default();
            *number = release.number.max(*number);
        }
        for release in all {
            let key = (release.series.clone(), release.period);
            if latest.get(&key) == Some(&release.number) {
                releases.push(self.picture(agreement, release).await?);
            }
        }
        Ok(Arc::new(Archive::new(Arc::clone(agreement), releases)))
    }

    /// One release with its picture, superseded or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn picture(
        &self,
        agreement: &Agreement,
        release: Release,
    ) -> Result<Arc<Archived>, PicturesError> {
        let id = release.id;
        let read = self.read(agreement, release);
        let held = self.by_release.try_get_with(id, read).await;
        held.map_err(|error| PicturesError::clone(&error))
    }

    async fn read(
        &self,
        agreement: &Agreement,
        release: Release,
    ) -> Result<Arc<Archived>, PicturesError> {
        let payloads = self.store.payloads(&release).await?;
        let mut all = agreement.series().iter();
        let series = all
            .position(|series| series.name() == release.series)
            .ok_or(StoreError::Corrupt("series"))?;
        let picture = added_up(agreement, series, &payloads);
        let picture = picture.map_err(|error| PicturesError::Reconstruct {
            release: release.id,
            error,
        })?;
        Ok(Arc::new(Archived {
            release,
            series,
            picture,
        }))
    }
}

fn added_up(
    agreement: &Agreement,
    series: usize,
    payloads: &std::collections::BTreeMap<OdsCode, Payload>,
) -> Result<SeriesPicture, ReconstructError> {
    SeriesPicture::new(&agreement.series()[series], payloads)
}

/// What a picture weighs: its residuals, for each organisation and the system, eight bytes each.
fn kib(archived: &Archived) -> u32 {
    let sums = archived.release.contributors.len() + 1;
    let domain = archived.picture.system().domain();
    let residuals = archived.picture.system().variances().residuals().iter();
    let entries: u64 = residuals.map(|(set, _)| domain.cells(*set)).sum();
    let kib = entries.saturating_mul(sums as u64).saturating_mul(8) / 1024;
    u32::try_from(kib).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{establishment::Establishment, picture::testing::agreement};

    #[tokio::test]
    async fn funded_posts_are_as_given_last_and_in_no_answer_pinned_to_a_release() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::create(dir.path()).await.unwrap();
        let (agreement, pictures) = (Arc::new(agreement()), Pictures::of(store.clone()));
        for funded in ["5", "6"] {
            let posts = format!("ods_code,staff_group,funded_fte\nR0A,students,{funded}\n");
            let posts = Establishment::parse(&posts, "2026-03".parse().unwrap()).unwrap();
            store.keep_establishment(&posts).await.unwrap();
            let now = pictures.archive(&agreement, None).await.unwrap();
            assert_eq!(now.establishment(), &posts);
        }
        let pinned = pictures
            .archive(&agreement, Some(Uuid::nil()))
            .await
            .unwrap();
        assert!(pinned.establishment().is_empty());
        store.close().await;
    }
}
