//! Jointly estimated counts for indicators: the counts that an indicator asks for, with their covariance,
//! from the release that tells them best.
//!
//! ```text
//! Archive (all releases of an agreement) ─► Estimator (whose, up to when) ─► JointEstimate (counts, covariance)
//! ```
//!
//! An indicator says *whom* it counts ([`Cohort`]). The series, the release and the marginal are chosen here,
//! and only here: the latest period that holds all that is asked for; of its series the one with the most
//! employers, then the one with the least noise for each employer (a sum over fewer employers has less noise,
//! but is no better for it). Counts that are asked for together come from one release and are consistent with
//! each other. Everything here is pure post-processing.

mod cohort;
mod common;
mod error;
mod joint;

pub use cohort::{Cohort, STAFF};
pub use common::Common;
pub use error::EstimatorError;
pub use joint::{JointEstimate, Source};

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use vwis_model::{
    agreement::Series,
    algebra::{LinearCombination, ResidualSum},
    dictionary::Dictionary,
    here,
    ods::OdsCode,
    period::Period,
};

use crate::{
    archive::{Archive, Archived, ReleaseRank},
    estimate::Parts,
    picture::Whose,
};

/// A count below this is rounding error of the reconstruction, and is taken as 0. Noise is a million times
/// larger.
const ROUNDING: f64 = 1e-6;
/// Says why every count of a series that promises it can be computed.
const IN_CLOSURE: &str = "the series promises these tables";
/// Months in a quarter, and quarters in a year.
pub(crate) const QUARTER_MONTHS: u16 = 3;
pub(crate) const QUARTERS: usize = 4;

/// The releases up to a period, read for the whole system or for some organisations.
pub struct Estimator<'a> {
    archive: &'a Archive,
    whose: Whose,
    /// The employers that the reader may read by name, as the question named them.
    named: Vec<OdsCode>,
    until: Period,
    /// Sums over `whose` by the release's index in the archive, each made when first asked for.
    sums: RefCell<BTreeMap<usize, Rc<ResidualSum>>>,
    /// The attributes that any count told apart, for the test that indicators declare what they read.
    #[cfg(test)]
    read: Rc<RefCell<BTreeSet<&'static str>>>,
}

/// Up to four of these periods, which ascend: the latest quarters without a gap, ascending.
pub(crate) fn latest_quarters(periods: &[Period]) -> Vec<Period> {
    let mut quarters: Vec<Period> = Vec::new();
    for &period in periods.iter().rev().take(QUARTERS) {
        let follows = |later: &Period| later.months_before(QUARTER_MONTHS) == Some(period);
        if quarters.last().is_none_or(follows) {
            quarters.push(period);
        } else {
            break;
        }
    }
    quarters.reverse();
    quarters
}

// === impl Estimator ===

impl<'a> Estimator<'a> {
    /// An estimator for `whose`, from what was released up to `until`.
    #[must_use]
    pub fn new(archive: &'a Archive, whose: Whose, until: Period) -> Self {
        let named = match &whose {
            Whose::System => Vec::new(),
            Whose::Organisations(codes) => codes.clone(),
        };
        Self {
            archive,
            whose,
            named,
            until,
            sums: RefCell::default(),
            #[cfg(test)]
            read: Rc::default(),
        }
    }

    /// The codes of the attributes that any count told apart.
    #[cfg(test)]
    pub(crate) fn attributes_read(&self) -> BTreeSet<&'static str> {
        self.read.borrow().clone()
    }

    /// The same facts for a reader who may also read these employers by name.
    #[must_use]
    pub fn naming(mut self, also: &Whose) -> Self {
        if let Whose::Organisations(codes) = also {
            self.named.extend(codes.iter().cloned());
        }
        self
    }

    /// The edition of the dictionary that the agreement counts by; `None` where it is not built in.
    #[must_use]
    pub fn edition(&self) -> Option<&'static Dictionary> {
        here::editions().edition(self.archive.agreement().dictionary_version())
    }

    /// The archive that the facts come from.
    #[must_use]
    pub fn archive(&self) -> &'a Archive {
        self.archive
    }

    /// The organisations whose facts these are, or the system.
    #[must_use]
    pub fn whose(&self) -> &Whose {
        &self.whose
    }

    /// An estimator for `whose`, from the same releases and for the same reader.
    #[must_use]
    pub fn of(&self, whose: Whose) -> Self {
        Self {
            archive: self.archive,
            whose,
            named: self.named.clone(),
            until: self.until,
            sums: RefCell::default(),
            #[cfg(test)]
            read: Rc::clone(&self.read),
        }
    }

    /// Whether the reader may be given the sum over these employers in that period, because it tells nothing
    /// that the reader may not work out anyway.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub fn may_add_up(
        &self,
        period: Period,
        cohort: &Cohort,
        organisations: &[OdsCode],
    ) -> Result<bool, EstimatorError> {
        let there = self.at(period, std::slice::from_ref(cohort))?;
        let archived = there.archived();
        Ok(self
            .archive
            .may_add_up(archived, organisations, &self.named))
    }

    /// The counts of all of `wanted`, from the latest period that has them.
    ///
    /// # Errors
    /// [`EstimatorError`] says which table is not promised, or of which periods it is released.
    pub fn latest(&self, wanted: &[Cohort]) -> Result<JointEstimate<'a>, EstimatorError> {
        let able = self.able(wanted)?;
        let period = able.last_key_value().map(|(period, _)| *period);
        self.best(&able, period.unwrap_or(self.until), wanted)
    }

    /// The counts of all of `wanted`, from the release of one period that tells them best.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub fn at(
        &self,
        period: Period,
        wanted: &[Cohort],
    ) -> Result<JointEstimate<'a>, EstimatorError> {
        self.best(&self.able(wanted)?, period, wanted)
    }

    /// The counts of `wanted` from the very release that `other` comes from.
    ///
    /// # Errors
    /// [`EstimatorError::NotInRelease`] where they are not in it, [`EstimatorError::NotPromised`] where its series
    /// does not tell what is wanted.
    pub fn beside(
        &self,
        other: &JointEstimate<'_>,
        wanted: &[Cohort],
    ) -> Result<JointEstimate<'a>, EstimatorError> {
        let id = other.archived().release.id;
        let releases = self.archive.releases();
        let index = releases
            .iter()
            .position(|archived| archived.release.id == id);
        let promises = |&index: &usize| {
            let series = self.archive.series_of(&releases[index]);
            wanted.iter().all(|cohort| cohort.is_promised_by(series))
        };
        let index = index
            .filter(promises)
            .ok_or_else(|| EstimatorError::not_promised(wanted, self.archive.agreement()))?;
        self.joint(index, wanted)
    }

    /// The counts of `wanted` from the release of a period that tells them best.
    fn best(
        &self,
        able: &BTreeMap<Period, Vec<usize>>,
        period: Period,
        wanted: &[Cohort],
    ) -> Result<JointEstimate<'a>, EstimatorError> {
        match able.get(&period).map(Vec::as_slice) {
            None | Some([]) => Err(EstimatorError::not_released(
                wanted,
                Some(period),
                able.keys(),
            )),
            Some(&[only]) => self.joint(only, wanted),
            Some([first, others @ ..]) => {
                let mut best = (*first, self.standing(*first, wanted)?);
                for &index in others {
                    let standing = self.standing(index, wanted)?;
                    if standing < best.1 {
                        best = (index, standing);
                    }
                }
                self.joint(best.0, wanted)
            }
        }
    }

    /// The periods for which all of `wanted` can be counted, ascending.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub fn periods(&self, wanted: &[Cohort]) -> Result<Vec<Period>, EstimatorError> {
        Ok(self.able(wanted)?.into_keys().collect())
    }

    /// The counts of up to four latest quarters without a gap, the earliest first: a year's flow is their
    /// sum.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub fn year(&self, wanted: &[Cohort]) -> Result<Vec<JointEstimate<'a>>, EstimatorError> {
        let quarters = latest_quarters(&self.periods(wanted)?);
        quarters
            .into_iter()
            .map(|period| self.at(period, wanted))
            .collect()
    }

    /// The releases that hold all of `wanted`, as indices in the archive, by period.
    fn able(&self, wanted: &[Cohort]) -> Result<BTreeMap<Period, Vec<usize>>, EstimatorError> {
        #[cfg(test)]
        self.read
            .borrow_mut()
            .extend(wanted.iter().flat_map(Cohort::attributes));
        let series = self.archive.agreement().series();
        let promises = |series: &Series| wanted.iter().all(|cohort| cohort.is_promised_by(series));
        let counts_all: Vec<bool> = series.iter().map(promises).collect();
        if !counts_all.contains(&true) {
            return Err(EstimatorError::not_promised(
                wanted,
                self.archive.agreement(),
            ));
        }
        let mut able: BTreeMap<Period, Vec<usize>> = BTreeMap::new();
        let mut elsewhere = BTreeSet::new();
        for (index, archived) in self.archive.releases().iter().enumerate() {
            let period = archived.release.period;
            if period > self.until || !counts_all[archived.series] {
                continue;
            }
            if self.is_in(archived) {
                able.entry(period).or_default().push(index);
            } else {
                elsewhere.extend(
                    archived
                        .picture
                        .organisations()
                        .map(|(code, _)| code.clone()),
                );
            }
        }
        if able.is_empty() && !elsewhere.is_empty() {
            return Err(EstimatorError::NotInRelease {
                whose: self.whose.name(),
                there: elsewhere.iter().map(ToString::to_string).collect(),
            });
        }
        if able.is_empty() {
            return Err(EstimatorError::not_released(wanted, None, []));
        }
        Ok(able)
    }

    fn is_in(&self, archived: &Archived) -> bool {
        archived.picture.holds(&self.whose).is_ok()
    }

    fn joint(&self, index: usize, wanted: &[Cohort]) -> Result<JointEstimate<'a>, EstimatorError> {
        let archived = &self.archive.releases()[index];
        let series = self.archive.series_of(archived);
        let sum = self.sum(index)?;
        let combinations: Vec<LinearCombination> =
            wanted.iter().map(|cohort| cohort.cells(series)).collect();
        let value = |combination| {
            let value = sum.value(combination).expect(IN_CLOSURE);
            if value.abs() < ROUNDING { 0.0 } else { value }
        };
        let values = combinations.iter().map(value).collect();
        let parts = Parts::new(values, |i, j| {
            let variances = sum.variances();
            let covariance = variances.combination_covariance(&combinations[i], &combinations[j]);
            covariance.expect(IN_CLOSURE)
        });
        Ok(JointEstimate::new(parts, archived, series, &self.whose))
    }

    /// How well a release tells what is asked for. It is computed without the counts, because usually several
    /// releases tell them and only the best one is read.
    fn standing(&self, index: usize, wanted: &[Cohort]) -> Result<ReleaseRank, EstimatorError> {
        let archived = &self.archive.releases()[index];
        let series = self.archive.series_of(archived);
        let sum = self.sum(index)?;
        let variance = |cohort: &Cohort| {
            let cells = cohort.cells(series);
            let variance = sum.variances().combination_covariance(&cells, &cells);
            variance.expect(IN_CLOSURE)
        };
        let variance = wanted.iter().map(variance).sum();
        Ok(archived.rank(&self.whose, variance))
    }

    fn sum(&self, index: usize) -> Result<Rc<ResidualSum>, EstimatorError> {
        if let Some(sum) = self.sums.borrow().get(&index) {
            return Ok(Rc::clone(sum));
        }
        let archived = &self.archive.releases()[index];
        if let Whose::Organisations(codes) = &self.whose {
            archived.picture.holds(&self.whose)?;
            if !self.archive.may_add_up(archived, codes, &self.named) {
                return Err(EstimatorError::NotTold);
            }
        }
        let sum = Rc::new(archived.picture.sum_of(&self.whose)?);
        self.sums.borrow_mut().insert(index, Rc::clone(&sum));
        Ok(sum)
    }
}

#[cfg(test)]
mod tests;
