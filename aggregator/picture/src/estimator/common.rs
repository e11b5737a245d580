//! Comparisons over time, restricted to the organisations that are in all that is compared.

use std::collections::BTreeSet;

use vwis_model::{ods::OdsCode, period::Period};

use super::{Cohort, Estimator, EstimatorError};
use crate::picture::Whose;

/// An estimator for the organisations that are in every release of a comparison: a change of contributors must not
/// look like a change of the workforce.
pub struct Common<'a> {
    /// The facts about these organisations alone.
    pub estimator: Estimator<'a>,
    /// The organisations that are in all of the releases, sorted.
    pub organisations: Vec<OdsCode>,
    /// The organisations that are in some of the releases but not in all, sorted.
    pub left_out: Vec<OdsCode>,
    /// A sentence for people that says which periods cannot be compared, and why.
    pub shortened: Option<String>,
}

// === impl Common ===

impl Common<'_> {
    /// Sentences for people that say which employers and which periods are left out.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        self.note().into_iter().chain(self.shortened.clone())
    }

    /// A sentence for people that says which employers are left out, if any are.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let codes: Vec<_> = self.left_out.iter().map(OdsCode::as_str).collect();
        let all = self.organisations.len() + codes.len();
        (!codes.is_empty()).then(|| {
            format!(
                "Compared are the {} of {all} employers that are in every release used here; left out: {}.",
                self.organisations.len(),
                codes.join(", ")
            )
        })
    }
}

// === impl Estimator ===

impl<'a> Estimator<'a> {
    /// The same facts, restricted to the organisations that are in every release from which these counts of
    /// these periods come.
    ///
    /// # Errors
    /// As [`Estimator::latest`]; [`EstimatorError::NobodyInBoth`] names the earliest and the latest period.
    pub fn of_those_in_all(
        &self,
        wanted: &[(Period, Cohort)],
    ) -> Result<Common<'a>, EstimatorError> {
        let mut all: Option<BTreeSet<OdsCode>> = None;
        let mut any = BTreeSet::new();
        for (period, cohort) in wanted {
            let joint = self.at(*period, std::slice::from_ref(cohort))?;
            let there: BTreeSet<OdsCode> = joint.organisations().iter().cloned().collect();
            any.extend(there.iter().cloned());
            all = Some(all.map_or_else(|| there.clone(), |all| &all & &there));
        }
        let all = all.unwrap_or_default();
        if all.is_empty() {
            let periods = || wanted.iter().map(|(period, _)| *period);
            return Err(EstimatorError::NobodyInBoth {
                earlier: periods().min().unwrap_or(self.until),
                later: periods().max().unwrap_or(self.until),
            });
        }
        let organisations: Vec<_> = all.iter().cloned().collect();
        let left_out: Vec<_> = any.difference(&all).cloned().collect();
        let estimator = if left_out.is_empty() {
            self.of(self.whose.clone())
        } else {
            self.refuse_to_tell(wanted, &organisations, &left_out)?;
            self.of(Whose::Organisations(organisations.clone()))
        };
        Ok(Common {
            estimator,
            organisations,
            left_out,
            shortened: None,
        })
    }

    /// The same facts, restricted to the organisations that are in all of the periods compared. Where the
    /// employers have changed too much, the earliest of `periods` (which ascend) are left out; also returns
    /// how many were.
    ///
    /// # Errors
    /// As [`Self::of_those_in_all`] of the latest period alone.
    pub fn of_those_in_latest(
        &self,
        periods: &[Period],
        wanted: &[Cohort],
    ) -> Result<(Common<'a>, usize), EstimatorError> {
        self.of_those_in_latest_and(&[], periods, wanted)
    }

    /// As [`Self::of_those_in_latest`], beside counts that are compared in any case.
    ///
    /// # Errors
    /// As [`Self::of_those_in_all`] of those and the latest period alone.
    pub fn of_those_in_latest_and(
        &self,
        always: &[(Period, Cohort)],
        periods: &[Period],
        wanted: &[Cohort],
    ) -> Result<(Common<'a>, usize), EstimatorError> {
        let mut left_out = 0;
        let mut why = None;
        loop {
            let compared = &periods[left_out..];
            let compared_counts = compared
                .iter()
                .flat_map(|&period| wanted.iter().map(move |cohort| (period, cohort.clone())));
            let all: Vec<_> = always.iter().cloned().chain(compared_counts).collect();
            match self.of_those_in_all(&all) {
                Err(error) if error.is_of_changed_employers() && compared.len() > 1 => {
                    left_out += 1;
                    why = Some(error);
                }
                Err(error) => return Err(error),
                Ok(mut common) => {
                    common.shortened = why
                        .map(|why| format!("Periods before {} are left out: {why}.", compared[0]));
                    return Ok((common, left_out));
                }
            }
        }
    }

    /// Refuses a comparison of some of the employers if their sum, beside the sum of all, would tell fewer
    /// than three apart.
    fn refuse_to_tell(
        &self,
        wanted: &[(Period, Cohort)],
        organisations: &[OdsCode],
        left_out: &[OdsCode],
    ) -> Result<(), EstimatorError> {
        if let (Whose::System, [one]) = (&self.whose, organisations) {
            return Err(EstimatorError::OneEmployer {
                ods_code: one.clone(),
            });
        }
        for (period, cohort) in wanted {
            if !self.may_add_up(*period, cohort, organisations)? {
                let periods = || wanted.iter().map(|(period, _)| *period);
                return Err(EstimatorError::EmployersChanged {
                    earlier: periods().min().unwrap_or(self.until),
                    later: periods().max().unwrap_or(self.until),
                    changed: left_out.iter().map(ToString::to_string).collect(),
                });
            }
        }
        Ok(())
    }
}
