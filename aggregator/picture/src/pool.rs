//! Pools what the series of one day say about the same people.
//!
//! A node measures several series of one day from one import: `headline` and `detail` of 31 March count the
//! same people with independent noise. What both measure is estimated once, from both, at each employer by
//! itself (`ResidualSum::pooled`), and then added up over employers. So a number is the same whichever series it
//! is read from, and has less noise than in either.
//!
//! **The same people, or not at all.** Each series takes the latest import at its own time, so two may have
//! counted different revisions. Every measurement names its import ([`Contributor::snapshot`]); only those of
//! one import are pooled. And they must agree: the distance of what both measure is χ², and where it is longer
//! than chance makes it once in a million pairs, nothing of that employer is pooled and analysts are told.
//!
//! **Whom it tells apart.** A pooled sum over some employers is a mean of the series' sums over them, where
//! every one of them is pooled. If some were and others not, the sums would subtract to what the others' imports
//! changed. So for readers below analyst ([`Rule::AllOrNone`]) two series are pooled for all employers or none.
//!
//! A pooled number rests on both releases and names both. It is never subtracted from another number of its day.
//!
//! [`Contributor::snapshot`]: crate::release::Contributor::snapshot

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use statrs::distribution::{ChiSquared, ContinuousCDF as _};
use uuid::Uuid;
use vwis_model::{
    agreement::{Agreement, Series},
    algebra::{Distance, ReconstructError},
    ods::OdsCode,
};

use crate::{
    archive::{Archived, Pooled},
    picture::SeriesPicture,
    release::Release,
};

/// How often two measurements of the same people are held to disagree though their noise is as agreed, at most.
pub const FALSE_ALARM: f64 = 1e-6;

/// Whose measurements are pooled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Each employer's that can be: for analysts, who may read every employer by name.
    Each,
    /// All employers' of a release, or none: for all other readers.
    AllOrNone,
}

/// A release, and what it is to be pooled with.
#[derive(Clone, Debug)]
pub struct Pool {
    archived: Arc<Archived>,
    partners: Vec<(Arc<Archived>, BTreeSet<OdsCode>)>,
    disagreeing: BTreeSet<OdsCode>,
}

/// What each of these releases is pooled with: those of the same day, data set and measure, of one agreement.
/// There is at most one release of a series and period among them.
#[must_use]
pub fn pools(agreement: &Agreement, releases: &[Arc<Archived>], rule: Rule) -> Vec<Pool> {
    let series = |archived: &Archived| &agreement.series()[archived.series];
    let mut days: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (index, archived) in releases.iter().enumerate() {
        let series = series(archived);
        let what = (series.data_set().code(), series.measure().code());
        let day = days.entry((archived.release.period, what)).or_default();
        day.push(index);
    }
    let mut pools: Vec<_> = releases.iter().cloned().map(Pool::alone).collect();
    for day in days.into_values().filter(|day| day.len() > 1) {
        let of_day: Vec<_> = day.iter().map(|&index| &releases[index]).collect();
        for (&index, pool) in day.iter().zip(of_one_day(&of_day, rule)) {
            pools[index] = pool;
        }
    }
    pools
}

/// What each of these releases, all of one day, data set and measure, is pooled with.
fn of_one_day(day: &[&Arc<Archived>], rule: Rule) -> Vec<Pool> {
    let mut pools: Vec<_> = day
        .iter()
        .map(|&one| Pool::alone(Arc::clone(one)))
        .collect();
    let mut together: BTreeMap<(usize, usize), BTreeSet<OdsCode>> = BTreeMap::new();
    for ((employer, _), same) in of_one_import(day) {
        let pairs = || pairs(&same);
        if pairs().all(|(i, j)| agree(distance(day[i], day[j], employer))) {
            for (i, j) in pairs() {
                for pair in [(i, j), (j, i)] {
                    together.entry(pair).or_default().insert(employer.clone());
                }
            }
        } else {
            for &i in &same {
                pools[i].disagreeing.insert(employer.clone());
            }
        }
    }
    for ((i, j), employers) in together {
        let contributors = day[i].release.contributors.len();
        if rule == Rule::Each || employers.len() == contributors {
            pools[i].partners.push((Arc::clone(day[j]), employers));
        }
    }
    pools
}

/// The releases that hold a measurement of the same import of the same employer, by both.
fn of_one_import<'a>(day: &[&'a Arc<Archived>]) -> BTreeMap<(&'a OdsCode, Uuid), Vec<usize>> {
    let mut same: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (index, archived) in day.iter().enumerate() {
        for one in &archived.release.contributors {
            if let Some(snapshot) = one.snapshot {
                let of = same.entry((&one.ods_code, snapshot)).or_default();
                of.push(index);
            }
        }
    }
    same
}

fn pairs(indices: &[usize]) -> impl Iterator<Item = (usize, usize)> {
    let earlier = indices.iter().enumerate();
    earlier.flat_map(|(at, &i)| indices[at + 1..].iter().map(move |&j| (i, j)))
}

fn distance(one: &Archived, other: &Archived, employer: &OdsCode) -> Option<Distance> {
    let (ours, theirs) = (one.picture.own(employer)?, other.picture.own(employer)?);
    Some(ours.distance(theirs))
}

/// Whether chance makes two measurements of the same people lie so far apart; not where one is missing.
fn agree(distance: Option<Distance>) -> bool {
    distance.is_some_and(|Distance { squares, degrees }| {
        #[expect(clippy::cast_precision_loss, reason = "at most 2^24 dimensions")]
        let chi_squared = ChiSquared::new(degrees as f64);
        chi_squared.is_ok_and(|distribution| distribution.sf(squares) >= FALSE_ALARM)
    })
}

// === impl Pool ===

impl Pool {
    fn alone(archived: Arc<Archived>) -> Self {
        Self {
            archived,
            partners: Vec::new(),
            disagreeing: BTreeSet::new(),
        }
    }

    /// The release as it stands alone.
    #[must_use]
    pub fn archived(&self) -> &Arc<Archived> {
        &self.archived
    }

    /// Whether there is anything to pool or to tell.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.partners.is_empty() && self.disagreeing.is_empty()
    }

    /// The releases to pool with, and the employers for whom.
    pub fn partners(&self) -> impl Iterator<Item = (&Release, &BTreeSet<OdsCode>)> {
        let partners = self.partners.iter();
        partners.map(|(archived, employers)| (&archived.release, employers))
    }

    /// The release with its figures pooled.
    ///
    /// # Errors
    /// [`ReconstructError`] where a sum is of another series. That cannot happen: the sums are this release's
    /// own.
    pub fn pooled(&self, series: &Series) -> Result<Archived, ReconstructError> {
        let own = self.archived.picture.organisations();
        let sums = own.map(|(code, sum)| {
            let partners = self.partners.iter();
            let theirs = partners
                .filter(|(_, employers)| employers.contains(code))
                .filter_map(|(partner, _)| partner.picture.own(code));
            let pooled = theirs.fold(sum.clone(), |pooled, other| pooled.pooled(other));
            (code.clone(), pooled)
        });
        let partners = self.partners();
        Ok(Archived {
            release: self.archived.release.clone(),
            series: self.archived.series,
            picture: SeriesPicture::of_sums(series, sums.collect())?,
            pooled: Pooled {
                with: partners
                    .map(|(r, codes)| (r.clone(), codes.clone()))
                    .collect(),
                disagreeing: self.disagreeing.clone(),
            },
        })
    }
}

#[cfg(test)]
mod tests;
