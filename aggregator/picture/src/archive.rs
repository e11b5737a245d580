//! Everything released under one agreement that an answer can be made from.

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

/// The releases of one agreement, each series' latest of each period, with their pictures.
#[derive(Clone, Debug)]
pub struct Archive {
    agreement: Arc<Agreement>,
    /// By period, then in the order of the agreement's series.
    releases: Vec<Arc<Archived>>,
    /// Every release that was made, superseded ones included, in the order in which they were.
    made: Vec<Release>,
    /// Every release of which measurements are held: for others than analysts, those that are not published, too.
    held: Vec<Release>,
    /// Funded posts, where employers gave them.
    establishment: Arc<Establishment>,
    audience: Audience,
    /// Organisations that are in any release that was made, or were expected in one.
    members: BTreeSet<OdsCode>,
}

/// For whom an archive is.
#[derive(Clone, Debug, Default)]
pub enum Audience {
    /// For whoever may read every employer by name: anything may be added up.
    #[default]
    Analysts,
    /// For everybody else: what is published, and nothing that tells fewer than three employers apart.
    Others {
        /// What is published, as the archive holds it.
        publication: Arc<Publication>,
        /// Releases of it that were replaced since, each by which.
        replaced: BTreeMap<Uuid, Uuid>,
    },
}

/// One release and its picture.
#[derive(Clone, Debug)]
pub struct Archived {
    /// What was released.
    pub release: Release,
    /// Which of the agreement's series it is of.
    pub series: usize,
    /// Its tables.
    pub picture: SeriesPicture,
}

/// How well a release tells a count, beside others of the same period: the least is the best.
///
/// Of sums over different numbers of employers the one over fewer has less noise, and tells less.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Standing {
    employers_missing: f64,
    variance_of_each: f64,
}

/// How much of the system a release holds, for people: the doubt that no interval shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// Who is in it, and who should be.
    pub coverage: Coverage,
    /// The contributors' part of the last known headcount of all expected employers, 0 to 1, in whole
    /// hundredths: more would tell what is missing. None where a missing employer was never in a
    /// release.
    pub of_last_known_headcount: Option<f64>,
}

/// The organisations that contributed or were expected.
fn members(releases: &[Release]) -> BTreeSet<OdsCode> {
    let expected = releases.iter().flat_map(|release| &release.expected);
    let there = releases.iter().flat_map(|release| &release.contributors);
    let there = there.map(|contributor| &contributor.ods_code);
    expected.chain(there).cloned().collect()
}

// === impl Archive ===

impl Archive {
    /// These releases of `agreement`; of one series and period, the one with the highest number
    /// counts.
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

    /// For others than analysts.
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

    /// Whether figures of single employers may be looked at on the way to an answer.
    #[must_use]
    pub fn is_for_analysts(&self) -> bool {
        matches!(self.audience, Audience::Analysts)
    }

    /// Whether the sum over these employers may be given to a reader who reads `named` by name.
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

    /// By which release one of these was replaced, for good: of several in a row the last.
    #[must_use]
    pub fn replaced_by(&self, release: Uuid) -> Option<Uuid> {
        let Audience::Others { replaced, .. } = &self.audience else {
            return None;
        };
        // Each is of a higher number, so that there is a last.
        let next = |release: &Uuid| replaced.get(release).copied();
        std::iter::successors(next(&release), next).last()
    }

    /// What tells this archive from every other: all that an answer can depend on.
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

    /// With every release that was made, superseded ones included.
    #[must_use]
    pub fn with_history(mut self, mut made: Vec<Release>) -> Self {
        made.sort_by_key(|release| release.sequence);
        self.members = members(&made);
        self.held.clone_from(&made);
        self.made = made;
        self
    }

    /// With every release of which measurements are held, published or not.
    #[must_use]
    pub fn holding(mut self, held: Vec<Release>) -> Self {
        self.held = held;
        self
    }

    /// Every release of which measurements are held: whose are has been charged for them, and did report.
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

    /// The one here that was made last.
    #[must_use]
    pub fn newest(&self) -> Option<Uuid> {
        let newest = self.releases.iter().max_by_key(|one| one.release.sequence);
        newest.map(|one| one.release.id)
    }

    /// Every release that was made up to the newest here, superseded ones included, the earliest first.
    #[must_use]
    pub fn made(&self) -> &[Release] {
        &self.made
    }

    /// With the funded posts that employers gave.
    #[must_use]
    pub fn with_establishment(mut self, establishment: Arc<Establishment>) -> Self {
        self.establishment = establishment;
        self
    }

    /// The funded posts that employers gave; none of most.
    #[must_use]
    pub fn establishment(&self) -> &Establishment {
        &self.establishment
    }

    /// What everything here was released under.
    #[must_use]
    pub fn agreement(&self) -> &Arc<Agreement> {
        &self.agreement
    }

    /// All of them, the earliest first.
    #[must_use]
    pub fn releases(&self) -> &[Arc<Archived>] {
        &self.releases
    }

    /// Which of the agreement's clauses a release is of.
    #[must_use]
    pub fn series_of(&self, archived: &Archived) -> &Series {
        &self.agreement.series()[archived.series]
    }

    /// The latest period of which anything is released.
    #[must_use]
    pub fn latest_period(&self) -> Option<Period> {
        self.releases.last().map(|archived| archived.release.period)
    }

    /// Who may read what of it.
    #[must_use]
    pub fn clause(&self) -> Clause<'_> {
        Clause {
            visibility: self.agreement.organisations_visible_to(),
            members: &self.members,
        }
    }

    /// Every organisation that is in any of them.
    #[must_use]
    pub fn organisations(&self) -> BTreeSet<OdsCode> {
        let contributors = self.releases.iter().flat_map(|a| &a.release.contributors);
        contributors.map(|c| c.ods_code.clone()).collect()
    }

    /// How much of the system a release holds, judged by headcounts released up to its period.
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
            // The rest is the headcount of whoever is missing, which may be one employer.
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

    /// An organisation's estimated staff in the latest release up to another that holds it.
    fn last_known_headcount(&self, ods_code: &OdsCode, until: &Archived) -> Option<f64> {
        let counts_staff = |archived: &&Arc<Archived>| {
            let series = self.series_of(archived);
            series.data_set().code() == "staff" && series.measure() == Measure::Headcount
        };
        let mut latest_first = self.releases.iter().rev().filter(counts_staff);
        latest_first.find_map(|archived| {
            // Not what was made later: the same release is described alike for ever.
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

// === impl Standing ===

impl Standing {
    /// A count over so many employers, with that variance in all.
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
    /// The same release over some of its employers alone.
    ///
    /// # Errors
    /// When a sum is of another series: never, they are this release's own.
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
