//! Archives in memory: read from the store once, kept while they are asked for.
//!
//! ```text
//! request ─► Archives ─┬─ held? ─► Arc<Archive> ─► Estimator, tables     (no disk but a look at what is newest)
//!                      └─ else ─► store ─► SeriesPicture per release ─► pooled with those of its day ─► kept
//! ```
//! A release never changes, so what is kept never goes stale. Two numbers are looked up each time: the newest
//! release, and the version of the funded posts.
//!
//! **The bound.** A release's picture is in memory at most once, however many archives hold it, and once more
//! for each set of releases that it is pooled with. Pictures are kept up to 256 MiB, those asked for most. Archives are kept by last use: four of everything released under
//! an agreement, and four that end at a release somebody named. Archives hold their pictures whole, so these
//! eight come on top of the 256 MiB: under one agreement, every release once, and the superseded ones that an
//! archive with an earlier end still holds. Whatever nobody asks for in half an hour is dropped.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use moka::{future::Cache, policy::EvictionPolicy};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use vwis_model::{
    agreement::{Agreement, AgreementHash},
    algebra::ReconstructError,
};

use crate::{
    archive::{Archive, Archived, Pooled},
    picture::SeriesPicture,
    pool::{self, Pool, Rule},
    publications::Publications,
    release::Release,
    store::{ReleaseFilter, Store, StoreError},
};

/// Bound on kept pictures, in KiB: 256 MiB, some 200 yearly releases of nine trusts.
const MOST_KIB: u64 = 256 * 1024;
/// Archives kept of everything there is under an agreement.
const MOST_LATEST: u64 = 4;
/// Archives kept that end at a release which a question named.
const MOST_PINNED: u64 = 4;
/// What nobody asked for in so long is dropped.
const IDLE: Duration = Duration::from_mins(30);

#[derive(Clone)]
pub(crate) struct Archives {
    store: Store,
    pictures: Cache<PictureKey, Arc<Archived>>,
    /// Every picture in use, whether or not `pictures` still keeps it.
    alive: Arc<Mutex<HashMap<PictureKey, Weak<Archived>>>>,
    latest: Cache<ArchiveKey, Arc<Archive>>,
    pinned: Cache<ArchiveKey, Arc<Archive>>,
    publications: Cache<PublicationKey, Arc<Publications>>,
    published: Cache<PublishedKey, Arc<Archive>>,
}

/// All that decides what is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct PublicationKey {
    last_release: Option<i64>,
    decisions: i64,
    /// The date, for agreements that name a day.
    today: Date,
    /// A digest of the agreements: a day that one of them names is a step of its own among the others.
    agreements: [u8; 32],
}

/// Hashes the agreements' names, in any order.
fn digest(agreements: &[Arc<Agreement>]) -> [u8; 32] {
    let hashes: BTreeSet<_> = agreements.iter().map(|one| one.hash()).collect();
    let mut digest = Sha256::new();
    for hash in hashes {
        digest.update(hash.as_bytes());
    }
    digest.finalize().into()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct PublishedKey {
    agreement: AgreementHash,
    publication: PublicationKey,
    steps: Option<usize>,
    posts: i64,
}

/// A digest of a release and of all that it is pooled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct PictureKey([u8; 32]);

/// An archive, and the version of the funded posts in it.
#[derive(Clone, Debug)]
pub(crate) struct CachedArchive {
    pub archive: Arc<Archive>,
    /// Changes whenever funded posts are given anew.
    pub posts: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct ArchiveKey {
    agreement: AgreementHash,
    /// The last release in it.
    newest: Uuid,
    posts: i64,
}

#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum ArchivesError {
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// A stored measurement has another length than its agreement says.
    #[error("release {release} cannot be added up: {error}")]
    Reconstruct {
        release: Uuid,
        error: ReconstructError,
    },
    /// A reader below analyst named a release that was never published.
    #[error("release {release} is not published")]
    NotPublished { release: Uuid },
    /// The program panicked while it added up.
    #[error("a fault in the program while it added up release {release}")]
    Fault { release: Uuid },
}

impl From<StoreError> for ArchivesError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

// === impl Archives ===

impl Archives {
    #[must_use]
    pub(crate) fn of(store: Store) -> Self {
        let weigh = |_: &PictureKey, archived: &Arc<Archived>| kib(archived);
        Self {
            store,
            pictures: Cache::builder()
                .weigher(weigh)
                .max_capacity(MOST_KIB)
                .time_to_idle(IDLE)
                .build(),
            alive: Arc::default(),
            latest: archives(MOST_LATEST),
            pinned: archives(MOST_PINNED),
            publications: archives(1),
            published: archives(MOST_LATEST + MOST_PINNED),
        }
    }

    /// Everything released under `agreement` up to and including release `until`, or up to now if none is
    /// named, with the funded posts as given last.
    pub(crate) async fn archive(
        &self,
        agreement: &Arc<Agreement>,
        until: Option<Uuid>,
    ) -> Result<CachedArchive, ArchivesError> {
        let hash = agreement.hash();
        // Read before the posts themselves: posts given in between make another version, and are read with
        // it.
        let posts = self.store.establishment_version().await?;
        let latest = self.store.newest_release(&hash).await?;
        let newest = until.or(latest).unwrap_or_default();
        let key = ArchiveKey {
            agreement: hash,
            newest,
            posts,
        };
        let kept = if Some(newest) == latest {
            &self.latest
        } else {
            &self.pinned
        };
        let anew = self.build(agreement, newest);
        let archive = kept.try_get_with(key, anew).await;
        let archive = archive.map_err(|error| ArchivesError::clone(&error))?;
        Ok(CachedArchive { archive, posts })
    }

    async fn build(
        &self,
        agreement: &Arc<Agreement>,
        newest: Uuid,
    ) -> Result<Arc<Archive>, ArchivesError> {
        let filter = ReleaseFilter {
            agreement: Some(agreement.hash()),
            ..ReleaseFilter::default()
        };
        let mut releases = Vec::new();
        let mut latest: HashMap<_, u32> = HashMap::new();
        // The newest release comes first.
        let all = self.store.releases(&filter).await?.into_iter();
        let all: Vec<_> = all.skip_while(|release| release.id != newest).collect();
        for release in &all {
            let number = latest
                .entry((release.series.clone(), release.period))
                .or_default();
            *number = release.number.max(*number);
        }
        for release in &all {
            let key = (release.series.clone(), release.period);
            if latest.get(&key) == Some(&release.number) {
                releases.push(self.picture(agreement, release.clone()).await?);
            }
        }
        let releases = self.pooled(agreement, releases, Rule::Each).await?;
        let establishment = Arc::new(self.store.establishment().await?);
        let archive = Archive::new(Arc::clone(agreement), releases).with_history(all);
        Ok(Arc::new(archive.with_establishment(establishment)))
    }

    /// What is published of everything released. `agreements` must be all there are.
    pub(crate) async fn publications(
        &self,
        agreements: &[Arc<Agreement>],
        now: Timestamp,
    ) -> Result<Arc<Publications>, ArchivesError> {
        Ok(self.known(agreements, now).await?.1)
    }

    async fn known(
        &self,
        agreements: &[Arc<Agreement>],
        now: Timestamp,
    ) -> Result<(PublicationKey, Arc<Publications>), ArchivesError> {
        let (last_release, decisions) = self.store.last_made().await?;
        let key = PublicationKey {
            last_release,
            decisions,
            today: now.to_zoned(TimeZone::UTC).date(),
            agreements: digest(agreements),
        };
        let anew = async {
            let mut releases = self.store.releases(&ReleaseFilter::default()).await?;
            releases.reverse();
            let decisions = self.store.decisions().await?;
            let publications = Publications::new(agreements, releases, decisions, now);
            Ok::<_, ArchivesError>(Arc::new(publications))
        };
        let known = self.publications.try_get_with(key, anew).await;
        Ok((key, known.map_err(|error| ArchivesError::clone(&error))?))
    }

    /// What is published of `agreement` to readers below analyst: now, or as of the moment when release
    /// `until` was published.
    ///
    /// # Errors
    /// [`ArchivesError::NotPublished`] where that release never was; when the store cannot be read.
    pub(crate) async fn published(
        &self,
        agreements: &[Arc<Agreement>],
        agreement: &Arc<Agreement>,
        until: Option<Uuid>,
        now: Timestamp,
    ) -> Result<CachedArchive, ArchivesError> {
        let posts = self.store.establishment_version().await?;
        let (publication, known) = self.known(agreements, now).await?;
        let steps = match until {
            None => None,
            Some(release) => {
                let since = known.current().since(release);
                Some(since.ok_or(ArchivesError::NotPublished { release })?)
            }
        };
        let key = PublishedKey {
            agreement: agreement.hash(),
            publication,
            steps,
            posts,
        };
        let anew = self.build_published(agreements, agreement, &known, steps, now);
        let archive = self.published.try_get_with(key, anew).await;
        let archive = archive.map_err(|error| ArchivesError::clone(&error))?;
        Ok(CachedArchive { archive, posts })
    }

    async fn build_published(
        &self,
        agreements: &[Arc<Agreement>],
        agreement: &Arc<Agreement>,
        known: &Publications,
        steps: Option<usize>,
        now: Timestamp,
    ) -> Result<Arc<Archive>, ArchivesError> {
        let publication = match steps {
            None => Arc::clone(known.current()),
            Some(steps) => Arc::new(known.after(steps, agreements, now)),
        };
        let by_id: HashMap<Uuid, &Release> =
            known.releases().iter().map(|one| (one.id, one)).collect();
        let mut releases = Vec::new();
        for (_, published) in publication.under(&agreement.hash()) {
            for id in published.releases().values() {
                let release = by_id.get(id).copied().cloned();
                let release = release.ok_or(StoreError::Corrupt("release"))?;
                let whole = self.picture(agreement, release).await?;
                let all = whole.release.contributors.iter();
                let is_whole = all.clone().count() == published.employers().len();
                releases.push(if is_whole {
                    whole
                } else {
                    let series = &agreement.series()[whole.series];
                    let over = whole.over(series, published.employers());
                    let release = *id;
                    Arc::new(over.map_err(|error| ArchivesError::Reconstruct { release, error })?)
                });
            }
        }
        let releases = self.pooled(agreement, releases, Rule::AllOrNone).await?;
        let held = known
            .releases()
            .iter()
            .filter(|release| release.agreement == agreement.hash() && publication.knows(release));
        let made = held.clone().filter_map(|one| publication.as_published(one));
        let establishment = Arc::new(self.store.establishment().await?);
        let archive = Archive::new(Arc::clone(agreement), releases)
            .with_history(made.collect())
            .holding(held.cloned().collect())
            .with_establishment(establishment)
            .for_others(publication, known.current().replacements().collect());
        Ok(Arc::new(archive))
    }

    /// These releases, each pooled with those of its day.
    async fn pooled(
        &self,
        agreement: &Arc<Agreement>,
        releases: Vec<Arc<Archived>>,
        rule: Rule,
    ) -> Result<Vec<Arc<Archived>>, ArchivesError> {
        let newest = releases
            .last()
            .map(|one| one.release.id)
            .unwrap_or_default();
        let of = Arc::clone(agreement);
        let pools = tokio::task::spawn_blocking(move || pool::pools(&of, &releases, rule));
        let pools = pools
            .await
            .map_err(|_| ArchivesError::Fault { release: newest })?;
        let mut pooled = Vec::new();
        for pool in pools {
            if pool.is_alone() {
                pooled.push(Arc::clone(pool.archived()));
                continue;
            }
            let key = PictureKey::of_pool(&pool);
            let (release, agreement) = (pool.archived().release.id, Arc::clone(agreement));
            let anew = self.added_up(release, move || {
                let series = &agreement.series()[pool.archived().series];
                pool.pooled(series)
            });
            pooled.push(self.kept(key, anew).await?);
        }
        Ok(pooled)
    }

    /// One release with its picture, superseded or not, as it stands alone.
    async fn picture(
        &self,
        agreement: &Arc<Agreement>,
        release: Release,
    ) -> Result<Arc<Archived>, ArchivesError> {
        let key = PictureKey::of_release(&release);
        self.kept(key, self.read(agreement, release)).await
    }

    /// The picture of this key: the one that is in memory, or else made anew.
    async fn kept(
        &self,
        key: PictureKey,
        anew: impl Future<Output = Result<Archived, ArchivesError>>,
    ) -> Result<Arc<Archived>, ArchivesError> {
        let made = async {
            if let Some(alive) = self.alive().get(&key).and_then(Weak::upgrade) {
                return Ok(alive);
            }
            let made = Arc::new(anew.await?);
            let mut alive = self.alive();
            alive.retain(|_, held| held.strong_count() > 0);
            alive.insert(key, Arc::downgrade(&made));
            Ok(made)
        };
        let held = self.pictures.try_get_with(key, made).await;
        held.map_err(|error| ArchivesError::clone(&error))
    }

    fn alive(&self) -> MutexGuard<'_, HashMap<PictureKey, Weak<Archived>>> {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn read(
        &self,
        agreement: &Arc<Agreement>,
        release: Release,
    ) -> Result<Archived, ArchivesError> {
        let payloads = self.store.payloads(&release).await?;
        let mut all = agreement.series().iter();
        let index = all
            .position(|series| series.name() == release.series)
            .ok_or(StoreError::Corrupt("series"))?;
        let agreement = Arc::clone(agreement);
        self.added_up(release.id, move || {
            Ok(Archived {
                picture: SeriesPicture::new(&agreement.series()[index], &payloads)?,
                release,
                series: index,
                pooled: Pooled::default(),
            })
        })
        .await
    }

    /// What `add_up` makes of a release, on a thread of its own.
    async fn added_up(
        &self,
        release: Uuid,
        add_up: impl FnOnce() -> Result<Archived, ReconstructError> + Send + 'static,
    ) -> Result<Archived, ArchivesError> {
        let added_up = tokio::task::spawn_blocking(add_up).await;
        let archived = added_up.map_err(|_| ArchivesError::Fault { release })?;
        archived.map_err(|error| ArchivesError::Reconstruct { release, error })
    }
}

// === impl PictureKey ===

impl PictureKey {
    fn of_release(release: &Release) -> Self {
        Self(release.fingerprint())
    }

    fn of_pool(pool: &Pool) -> Self {
        let mut digest = Sha256::new();
        digest.update(pool.archived().release.fingerprint());
        for (partner, employers) in pool.partners() {
            digest.update(partner.over(employers).fingerprint());
        }
        Self(digest.finalize().into())
    }
}

/// A cache of `most` archives that keeps those used last. Not those used most: a new archive would lose,
/// since nobody has asked for it yet.
fn archives<K, V>(most: u64) -> Cache<K, Arc<V>>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    Cache::builder()
        .max_capacity(most)
        .eviction_policy(EvictionPolicy::lru())
        .time_to_idle(IDLE)
        .build()
}

/// The size of a picture's residuals, in KiB: eight bytes for each entry, for each organisation and the
/// system.
fn kib(archived: &Archived) -> u32 {
    let sums = archived.release.contributors.len() + 1;
    let domain = archived.picture.system().domain();
    let residuals = archived.picture.system().variances().residuals().iter();
    let entries: u64 = residuals.map(|(set, _)| domain.cells(*set)).sum();
    let kib = entries.saturating_mul(sums as u64).saturating_mul(8) / 1024;
    u32::try_from(kib).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests;
