//! The archive: everything released under one agreement, from which answers are made.

mod pooled;

pub use pooled::Pooled;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use sha2::{Digest, Sha256};
use uuid::Uuid;
use vwis_model::{
    agreement::{Agreement, Measure, Series},
    algebra::{LinearCombination, ReconstructError},
    ods::OdsCode,
    period::Period,
};

use crate::{
    access::Clause,
    establishment::Establishment,
    picture::{SeriesPicture, Whose},
    publication::Publication,
    release::{Coverage, Release},
};

/// The releases of one agreement with their pictures: for each series and period the latest release.
#[derive(Clone, Debug)]
pub struct Archive {
    agreement: Arc<Agreement>,
    /// Ordered by period, then in the order of the agreement's series.
    releases: Vec<Arc<Archived>>,
    /// Every release that was made, in the order in which they were made, superseded ones included.
    made: Vec<Release>,
    /// Every release whose measurements the store holds. For readers below analyst that includes releases
    /// that are not published.
    held: Vec<Release>,
    /// The funded posts, where employers gave them.
    establishment: Arc<Establishment>,
    audience: Audience,
    /// The organisations that were in, or expected in, any release that was made.
    members: BTreeSet<OdsCode>,
}

/// The readers that an archive is made for.
#[derive(Clone, Debug, Default)]
pub enum Audience {
    /// Readers who may read every employer by name: any sum may be made.
    #[default]
    Analysts,
    /// All other readers: published releases only, and no sum that tells fewer than three employers apart.
    Others {
        /// The published releases, over the employers for which they are published.
        publication: Arc<Publication>,
        /// Published releases that have been replaced since: each with the release that replaced it.
        replaced: BTreeMap<Uuid, Uuid>,
    },
}

/// A release and the picture made from it.
#[derive(Clone, Debug)]
pub struct Archived {
    /// The release: who contributed, when, and for which period.
    pub release: Release,
    /// The index of its series in the agreement.
    pub series: usize,
    /// The sums from which its tables are made.
    pub picture: SeriesPicture,
    /// The releases of the same day that the sums are pooled with.
    pub pooled: Pooled,
}

/// The rank of a release among those of the same period, by how well it tells a count; the smallest is the best.
///
/// More employers come first, then less noise for each employer. A sum over fewer employers has less noise in
/// all, but tells less of the system.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct ReleaseRank {
    employers_missing: f64,
    variance_of_each: f64,
}

/// How much of the system a release holds. No interval contains the doubt about who is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// Who is in the release, and who is missing.
    pub coverage: Coverage,
    /// The contributors' share of the last known headcount of all expected employers, 0 to 1, rounded to
    /// hundredths so that it does not tell the missing headcount. `None` where a missing employer was in no
    /// release yet, and for readers below analyst where anybody is missing.
    pub of_last_known_headcount: Option<f64>,
}

/// The organisations that contributed to, or were expected in, any of the releases.
fn members(releases: &[Release]) -> BTreeSet<OdsCode> {
    let expected = releases.iter().flat_map(|release| &release.expected);
    let there = releases.iter().flat_map(|release| &release.contributors);
    let there = there.map(|contributor| &contributor.ods_code);
    expected.chain(there).cloned().collect()
}

// === impl Archive ===

impl Archive {
    /// An archive of these releases of `agreement`. Of each series and period it keeps the release with the
    /// highest number.
    #[must_use]
    pub fn new(agreement: Arc<Agreement>, mut releases: Vec<Arc<Archived>>) -> Self {
        let order = |a: &Arc<Archived>| (a.release.period, a.series, a.release.number);
        releases.sort_by_key(order);
        releases.reverse();
        releases.dedup_by_key(|a| (a.release.period, a.series));
        releases.reverse();
        let made: Vec<_> = releases.iter().map(|one| one.release.clone()).collect();
        Self {
            agreement,
            members: members(&made),
            held: made.clone(),
            made,
            releases,
            establishment: Arc::default(),
            audience: Audience::default(),
        }
    }

    /// The archive for readers below analyst: `publication` says what they may read, `replaced` which
    /// published releases were replaced by which.
    #[must_use]
    pub fn for_others(
        mut self,
        publication: Arc<Publication>,
        replaced: BTreeMap<Uuid, Uuid>,
    ) -> Self {
        self.audience = Audience::Others {
            publication,
            replaced,
        };
        self
    }

    /// Whether an answer may use the figures of single employers on its way.
    #[must_use]
    pub fn is_for_analysts(&self) -> bool {
        matches!(self.audience, Audience::Analysts)
    }

    /// Whether the sum over these employers may be given to a reader who may read each of `named` by name.
    #[must_use]
    pub fn may_add_up(
        &self,
        archived: &Archived,
        organisations: &[OdsCode],
        named: &[OdsCode],
    ) -> bool {
        let Audience::Others { publication, .. } = &self.audience else {
            return true;
        };
        let data_set = self.series_of(archived).data_set().code();
        let is_named = organisations.iter().all(|code| named.contains(code));
        is_named || publication.tells(&archived.release, data_set, organisations, named)
    }

    /// The release that replaced this one; if that was replaced too, the last in the chain.
    #[must_use]
    pub fn replaced_by(&self, release: Uuid) -> Option<Uuid> {
        let Audience::Others { replaced, .. } = &self.audience else {
            return None;
        };
        // A release is replaced by one with a higher number, so the chain ends.
        let next = |release: &Uuid| replaced.get(release).copied();
        std::iter::successors(next(&release), next).last()
    }

    /// A hash over everything that an answer can depend on: it differs between any two archives that differ.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.agreement.hash().as_bytes());
        for archived in &self.releases {
            hash.update(archived.release.fingerprint());
        }
        for release in self.made.iter().chain(&self.held) {
            hash.update(release.fingerprint());
        }
        if let Audience::Others { replaced, .. } = &self.audience {
            hash.update(b"others");
            for (old, new) in replaced {
                hash.update(old.as_bytes());
                hash.update(new.as_bytes());
            }
        }
        hash.finalize().into()
    }

    /// Adds every release that was made, superseded ones included.
    #[must_use]
    pub fn with_history(mut self, mut made: Vec<Release>) -> Self {
        made.sort_by_key(|release| release.sequence);
        self.members = members(&made);
        self.held.clone_from(&made);
        self.made = made;
        self
    }

    /// Adds every release whose measurements the store holds, published or not.
    #[must_use]
    pub fn holding(mut self, held: Vec<Release>) -> Self {
        self.held = held;
        self
    }

    /// Every release whose measurements the store holds: who is in one has been charged for it and has
    /// reported.
    #[must_use]
    pub fn held(&self) -> &[Release] {
        &self.held
    }

    /// Who is in a release, who is missing, and whose measurements are not added for readers below analyst.
    #[must_use]
    pub fn coverage(&self, release: &Release) -> Coverage {
        match &self.audience {
            Audience::Analysts => release.coverage(),
            Audience::Others { publication, .. } => publication.coverage(release, &self.held),
        }
    }

    /// The id of the release in this archive that was made last.
    #[must_use]
    pub fn newest(&self) -> Option<Uuid> {
        let newest = self.releases.iter().max_by_key(|one| one.release.sequence);
        newest.map(|one| one.release.id)
    }

    /// Every release that was made up to the newest in this archive, superseded ones included, earliest
    /// first.
    #[must_use]
    pub fn made(&self) -> &[Release] {
        &self.made
    }

    /// Adds the funded posts that employers gave.
    #[must_use]
    pub fn with_establishment(mut self, establishment: Arc<Establishment>) -> Self {
        self.establishment = establishment;
        self
    }

    /// The funded posts that employers gave; most employers give none.
    #[must_use]
    pub fn establishment(&self) -> &Establishment {
        &self.establishment
    }

    /// The agreement that everything here was released under.
    #[must_use]
    pub fn agreement(&self) -> &Arc<Agreement> {
        &self.agreement
    }

    /// All releases of the archive with their pictures, the earliest period first.
    #[must_use]
    pub fn releases(&self) -> &[Arc<Archived>] {
        &self.releases
    }

    /// The agreement's series that a release belongs to.
    #[must_use]
    pub fn series_of(&self, archived: &Archived) -> &Series {
        &self.agreement.series()[archived.series]
    }

    /// The latest period that has a release.
    #[must_use]
    pub fn latest_period(&self) -> Option<Period> {
        self.releases.last().map(|archived| archived.release.period)
    }

    /// What the agreement says about who may read, with the organisations of the system.
    #[must_use]
    pub fn clause(&self) -> Clause<'_> {
        Clause {
            visibility: self.agreement.organisations_visible_to(),
            members: &self.members,
        }
    }

    /// Every organisation that contributes to a release of this archive.
    #[must_use]
    pub fn organisations(&self) -> BTreeSet<OdsCode> {
        let contributors = self.releases.iter().flat_map(|a| &a.release.contributors);
        contributors.map(|c| c.ods_code.clone()).collect()
    }

    /// How much of the system a release holds, judged by headcounts that were released up to its period.
    #[must_use]
    pub fn reach(&self, archived: &Archived) -> Reach {
        let coverage = self.coverage(&archived.release);
        let headcount = |ods_code: &OdsCode| self.last_known_headcount(ods_code, archived);
        let sum = |organisations: &mut dyn Iterator<Item = &OdsCode>| {
            organisations.map(headcount).sum::<Option<f64>>()
        };
        let of_last_known_headcount = if coverage.is_complete() {
            Some(1.0)
        } else if !self.is_for_analysts() {
            // The missing headcount could be worked out from it, and may be one employer's.
            None
        } else {
            let there = sum(&mut coverage.contributors.iter());
            let missing = sum(&mut coverage.others());
            match (there, missing) {
                (Some(there), Some(missing)) if there + missing > 0.0 => {
                    Some((100.0 * there / (there + missing)).round() / 100.0)
                }
                _ => None,
            }
        };
        Reach {
            coverage,
            of_last_known_headcount,
        }
    }

    /// An organisation's estimated headcount, at least 0, from the latest release up to `until` that holds
    /// it.
    fn last_known_headcount(&self, ods_code: &OdsCode, until: &Archived) -> Option<f64> {
        let counts_staff = |archived: &&Arc<Archived>| {
            let series = self.series_of(archived);
            series.data_set().code() == "staff" && series.measure() == Measure::Headcount
        };
        let mut latest_first = self.releases.iter().rev().filter(counts_staff);
        latest_first.find_map(|archived| {
            // Releases made after `until` do not count, so that one release is always described in the same
            // words.
            let is_known = archived.release.period <= until.release.period
                && archived.release.made_at <= until.release.made_at
                && archived
                    .picture
                    .organisations()
                    .any(|(code, _)| code == ods_code);
            let own = Whose::Organisations(vec![ods_code.clone()]);
            let sum = is_known.then(|| archived.picture.sum_of(&own).ok())??;
            sum.value(&LinearCombination::total())
                .map(|total| total.max(0.0))
        })
    }
}

// === impl ReleaseRank ===

impl ReleaseRank {
    /// The rank of a count over this many employers, whose sum has this variance.
    #[must_use]
    pub fn of(employers: usize, variance: f64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "employers are some thousands")]
        let employers = employers as f64;
        Self {
            employers_missing: -employers,
            variance_of_each: variance / employers.max(1.0),
        }
    }
}

// === impl Archived ===

impl Archived {
    /// How well the release tells a count of `whose` that has this variance here: the one rule by which tables,
    /// indicators and pages choose among releases of a period.
    #[must_use]
    pub fn rank(&self, whose: &Whose, variance: f64) -> ReleaseRank {
        let employers = match whose {
            Whose::System => self.picture.organisations().count(),
            Whose::Organisations(codes) => codes.len(),
        };
        ReleaseRank::of(employers, variance)
    }

    /// The same release, summed over some of its employers only. It stands alone: what may be pooled depends on
    /// who is in it.
    ///
    /// # Errors
    /// [`ReconstructError`] where a sum is of another series. That cannot happen: the sums are this release's
    /// own.
    pub fn over(
        &self,
        series: &Series,
        employers: &BTreeSet<OdsCode>,
    ) -> Result<Self, ReconstructError> {
        let own = self.picture.organisations();
        let own = own.filter(|(code, _)| employers.contains(*code));
        let own = own.map(|(code, sum)| (code.clone(), sum.clone())).collect();
        Ok(Self {
            release: self.release.over(employers),
            series: self.series,
            picture: SeriesPicture::of_sums(series, own)?,
            pooled: Pooled::default(),
        })
    }
}

// === impl Reach ===

impl Reach {
    /// `8 of 9 employers, about 96% of the last known headcount`.
    #[must_use]
    pub fn in_words(&self) -> String {
        self.told(self.coverage.in_words())
    }

    /// `8 of 9 employers are in, about 96% of the last known headcount`.
    #[must_use]
    pub fn who_is_in(&self) -> String {
        self.told(format!("{} are in", self.coverage.in_words()))
    }

    fn told(&self, employers: String) -> String {
        if self.coverage.is_complete() {
            return employers;
        }
        match self.of_last_known_headcount {
            Some(share) => format!(
                "{employers}, about {:.0}% of the last known headcount",
                share * 100.0
            ),
            None => format!("{employers}; how large the others are is not said"),
        }
    }
}
