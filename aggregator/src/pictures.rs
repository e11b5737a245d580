//! Releases in memory: read from the store once, kept while they are asked for.
//!
//! ```text
//! request ─► Pictures ─┬─ held? ─► Arc<Archive> ─► Estimator, tables     (no disk but a look at what is newest)
//!                      └─ else ─► store ─► SeriesPicture per release ─► kept
//! ```
//! A release never changes, so what is kept never goes stale; what is new shows in the highest release
//! id, and funded posts that were given anew in their version: both are looked up each time.
//!
//! **The bound.** A release's picture is in memory once at most, whoever holds it. Kept are the pictures
//! that are asked for most, up to 256 MiB, and those in the archives that were asked for last: four of
//! everything released under an agreement, and four that end at a release somebody named. An archive
//! must be whole to answer, so beside the 256 MiB stands what these eight hold together: under one
//! agreement, every release of it once, and those superseded since that an archive which ends earlier
//! holds. Whatever nobody asked for in half an hour goes.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError, Weak},
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
    archive::{Archive, Archived},
    meant::{Readable, meant},
    picture::SeriesPicture,
    publication::{Decision, History, Publication},
    release::{Coverage, Release},
    store::{ReleaseFilter, Store, StoreError},
};

/// Most memory that pictures may take, in KiB: 256 MiB, some 200 yearly releases of nine trusts.
const MOST_KIB: u64 = 256 * 1024;
/// Archives kept of everything there is under an agreement.
const MOST_LATEST: u64 = 4;
/// Archives kept that end at a release which a question named.
const MOST_PINNED: u64 = 4;
/// How long what nobody asks for is kept.
const IDLE: Duration = Duration::from_mins(30);

/// The pictures of a store's releases.
#[derive(Clone)]
pub(crate) struct Pictures {
    store: Store,
    by_release: Cache<Uuid, Arc<Archived>>,
    /// Every picture that somebody holds, whether it is kept here or not.
    alive: Arc<Mutex<HashMap<Uuid, Weak<Archived>>>>,
    latest: Cache<ArchiveKey, Arc<Archive>>,
    pinned: Cache<ArchiveKey, Arc<Archive>>,
    publications: Cache<PublicationKey, Arc<Publications>>,
    published: Cache<PublishedKey, Arc<Archive>>,
}

/// What is published follows from these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct PublicationKey {
    last_release: Option<i64>,
    decisions: i64,
    /// The date, for agreements that name a day.
    today: Date,
    /// Which agreements there are: a day that one of them names is a step of its own among the others.
    agreements: [u8; 32],
}

/// Of their names, in any order.
fn digest(agreements: &[Arc<Agreement>]) -> [u8; 32] {
    let hashes: BTreeSet<_> = agreements.iter().map(|one| one.hash()).collect();
    let mut digest = Sha256::new();
    for hash in hashes {
        digest.update(hash.as_bytes());
    }
    digest.finalize().into()
}

/// What was released, and what of it is published.
#[derive(Debug)]
pub(crate) struct Publications {
    /// In the order in which they were made.
    releases: Vec<Release>,
    decisions: Vec<Decision>,
    current: Arc<Publication>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct PublishedKey {
    agreement: AgreementHash,
    publication: PublicationKey,
    steps: Option<usize>,
    posts: i64,
}

/// Everything released under an agreement, and what it is answered with.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// The releases with their pictures, and the funded posts.
    pub archive: Arc<Archive>,
    /// Which funded posts: another number once they were given anew.
    pub posts: i64,
}

/// Of which archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct ArchiveKey {
    agreement: AgreementHash,
    /// The last release in it.
    newest: Uuid,
    posts: i64,
}

/// Why there is no picture.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum PicturesError {
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
    /// Named by a reader below analyst, and never published to them.
    #[error("release {release} is not published")]
    NotPublished {
        /// Which release.
        release: Uuid,
    },
    /// The program failed while it added up.
    #[error("a fault in the program while it added up release {release}")]
    Fault {
        /// Which release.
        release: Uuid,
    },
}

impl From<StoreError> for PicturesError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

// === impl Publications ===

impl Publications {
    /// What is published now.
    #[must_use]
    pub(crate) fn current(&self) -> &Arc<Publication> {
        &self.current
    }

    /// Those that were made of an archive's releases, and never published: analysts alone read them.
    #[must_use]
    pub(crate) fn unpublished_of(&self, archive: &Archive) -> BTreeSet<Uuid> {
        let all = archive.made().iter().map(|release| release.id);
        all.filter(|id| self.current.since(*id).is_none()).collect()
    }

    /// The agreement that is meant where none is named, by whoever reads everything or what is
    /// published; none where they can read nothing.
    #[must_use]
    pub(crate) fn meant(
        &self,
        agreements: &[Arc<Agreement>],
        reads_everything: bool,
    ) -> Option<Arc<Agreement>> {
        if reads_everything {
            let readable = self.releases.iter().map(|release| Readable {
                agreement: release.agreement,
                series: &release.series,
                period: release.period,
                employers: release.contributors.len(),
            });
            return meant(agreements, readable);
        }
        let published = agreements.iter().flat_map(|agreement| {
            let days = self.current.under(&agreement.hash());
            days.flat_map(|((_, period), published)| {
                published.releases().keys().map(|series| Readable {
                    agreement: agreement.hash(),
                    series,
                    period: *period,
                    employers: published.employers().len(),
                })
            })
        });
        meant(agreements, published)
    }

    /// A release as readers below analyst read it: of the employers over which it is published, and who of the
    /// others is missing. Nothing where it never was published.
    #[must_use]
    pub(crate) fn as_published(&self, release: &Release) -> Option<(Release, Coverage)> {
        let release = self.current.as_published(release)?;
        let coverage = self.current.coverage(&release, &self.releases);
        Some((release, coverage))
    }

    /// All that was released, in the order in which it was.
    #[must_use]
    pub(crate) fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// What persons decided, in the order in which they did.
    #[must_use]
    pub(crate) fn decisions(&self) -> &[Decision] {
        &self.decisions
    }
}

// === impl Pictures ===

impl Pictures {
    /// Of the releases in `store`.
    #[must_use]
    pub(crate) fn of(store: Store) -> Self {
        let weigh = |_: &Uuid, archived: &Arc<Archived>| kib(archived);
        Self {
            store,
            by_release: Cache::builder()
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

    /// Everything released under `agreement` up to and including release `until`; up to now, if none
    /// is named. With the funded posts as they were given last.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn archive(
        &self,
        agreement: &Arc<Agreement>,
        until: Option<Uuid>,
    ) -> Result<Held, PicturesError> {
        let hash = agreement.hash();
        // Before the posts are read: those given in between are found anew by the next number.
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
        let archive = archive.map_err(|error| PicturesError::clone(&error))?;
        Ok(Held { archive, posts })
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
        // The one made last comes first.
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
        let establishment = Arc::new(self.store.establishment().await?);
        let archive = Archive::new(Arc::clone(agreement), releases).with_history(all);
        Ok(Arc::new(archive.with_establishment(establishment)))
    }

    /// What is published of everything released under `agreements`, which are all there are.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn publications(
        &self,
        agreements: &[Arc<Agreement>],
        now: Timestamp,
    ) -> Result<Arc<Publications>, PicturesError> {
        Ok(self.known(agreements, now).await?.1)
    }

    async fn known(
        &self,
        agreements: &[Arc<Agreement>],
        now: Timestamp,
    ) -> Result<(PublicationKey, Arc<Publications>), PicturesError> {
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
            let history = History {
                agreements,
                releases: &releases,
                decisions: &decisions,
            };
            let current = Arc::new(Publication::at(history, now, None));
            Ok::<_, PicturesError>(Arc::new(Publications {
                releases,
                decisions,
                current,
            }))
        };
        let known = self.publications.try_get_with(key, anew).await;
        Ok((key, known.map_err(|error| PicturesError::clone(&error))?))
    }

    /// What of `agreement` is published to readers below analyst; as it was once release `until` was, if
    /// one is named.
    ///
    /// # Errors
    /// [`PicturesError::NotPublished`] where that release never was; when the store cannot be read.
    pub(crate) async fn published(
        &self,
        agreements: &[Arc<Agreement>],
        agreement: &Arc<Agreement>,
        until: Option<Uuid>,
        now: Timestamp,
    ) -> Result<Held, PicturesError> {
        let posts = self.store.establishment_version().await?;
        let (publication, known) = self.known(agreements, now).await?;
        let steps = match until {
            None => None,
            Some(release) => {
                let since = known.current.since(release);
                Some(since.ok_or(PicturesError::NotPublished { release })?)
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
        let archive = archive.map_err(|error| PicturesError::clone(&error))?;
        Ok(Held { archive, posts })
    }

    async fn build_published(
        &self,
        agreements: &[Arc<Agreement>],
        agreement: &Arc<Agreement>,
        known: &Publications,
        steps: Option<usize>,
        now: Timestamp,
    ) -> Result<Arc<Archive>, PicturesError> {
        let history = History {
            agreements,
            releases: &known.releases,
            decisions: &known.decisions,
        };
        let publication = match steps {
            None => Arc::clone(&known.current),
            Some(steps) => Arc::new(Publication::at(history, now, Some(steps))),
        };
        let by_id: HashMap<Uuid, &Release> =
            known.releases.iter().map(|one| (one.id, one)).collect();
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
                    Arc::new(over.map_err(|error| PicturesError::Reconstruct { release, error })?)
                });
            }
        }
        let held = known
            .releases
            .iter()
            .filter(|release| release.agreement == agreement.hash() && publication.knows(release));
        let made = held.clone().filter_map(|one| publication.as_published(one));
        let establishment = Arc::new(self.store.establishment().await?);
        let archive = Archive::new(Arc::clone(agreement), releases)
            .with_history(made.collect())
            .holding(held.cloned().collect())
            .with_establishment(establishment)
            .for_others(publication, known.current.replacements().collect());
        Ok(Arc::new(archive))
    }

    /// One release with its picture, superseded or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn picture(
        &self,
        agreement: &Arc<Agreement>,
        release: Release,
    ) -> Result<Arc<Archived>, PicturesError> {
        let id = release.id;
        let read = async {
            match self.alive(id) {
                Some(archived) => Ok(archived),
                None => self.read(agreement, release).await,
            }
        };
        let held = self.by_release.try_get_with(id, read).await;
        held.map_err(|error| PicturesError::clone(&error))
    }

    /// The picture, if an archive holds it that is kept or being answered from.
    fn alive(&self, id: Uuid) -> Option<Arc<Archived>> {
        let alive = self.alive.lock().unwrap_or_else(PoisonError::into_inner);
        alive.get(&id)?.upgrade()
    }

    async fn read(
        &self,
        agreement: &Arc<Agreement>,
        release: Release,
    ) -> Result<Arc<Archived>, PicturesError> {
        let id = release.id;
        let payloads = self.store.payloads(&release).await?;
        let mut all = agreement.series().iter();
        let series = all
            .position(|series| series.name() == release.series)
            .ok_or(StoreError::Corrupt("series"))?;
        let agreement = Arc::clone(agreement);
        let added_up = tokio::task::spawn_blocking(move || {
            SeriesPicture::new(&agreement.series()[series], &payloads)
        });
        let picture = added_up
            .await
            .map_err(|_| PicturesError::Fault { release: id })?;
        let picture = picture.map_err(|error| PicturesError::Reconstruct { release: id, error })?;
        let archived = Arc::new(Archived {
            release,
            series,
            picture,
        });
        let mut alive = self.alive.lock().unwrap_or_else(PoisonError::into_inner);
        alive.retain(|_, held| held.strong_count() > 0);
        alive.insert(id, Arc::downgrade(&archived));
        Ok(archived)
    }
}

/// So many archives, those asked for last. Not those asked for most often: the newest was not asked for
/// yet when it comes.
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
mod tests;
