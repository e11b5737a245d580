//! The mean of a table over several years: less noise than one year has, and a figure of none of them alone.

use std::{collections::BTreeSet, sync::Arc};

use uuid::Uuid;
use vwis_model::{algebra::ResidualSum, ods::OdsCode, period::Period};

use super::AnswerError;
use crate::{
    archive::{Archive, Archived},
    estimator::EstimatorError,
    indicator::IndicatorError,
    picture::{NotInRelease, Whose},
};

/// Most years whose mean can be asked for.
pub const MOST_YEARS: u16 = 5;
const MONTHS: u16 = 12;

/// The releases of one series over which a table is the mean: of one day, or of the same day of several years.
pub(super) struct Years {
    /// The latest first.
    releases: Vec<Arc<Archived>>,
    whose: Whose,
    /// The employers that are in some of the years and not in all.
    left_out: Vec<OdsCode>,
}

// === impl Years ===

impl Years {
    /// The last `years` years up to that of `latest`, for the employers of `whose` that are in all of them.
    ///
    /// # Errors
    /// Where one of the years is not released, or does not hold who was asked for; where the employers of the
    /// system differ so that their sum would tell too few apart.
    pub(super) fn up_to(
        latest: &Arc<Archived>,
        years: u16,
        archive: &Archive,
        whose: &Whose,
    ) -> Result<Self, AnswerError> {
        let mut releases = vec![Arc::clone(latest)];
        for year in 1..years {
            releases.push(earlier(latest, year, archive)?);
        }
        if let Whose::Organisations(_) = whose {
            for archived in &releases {
                archived.picture.holds(whose)?;
            }
        }
        let employers = releases.iter().map(|archived| employers(archived));
        let any: BTreeSet<_> = employers.clone().flatten().collect();
        let all = employers.reduce(|all, own| &all & &own).unwrap_or_default();
        let left_out: Vec<_> = any.difference(&all).cloned().collect();
        if *whose != Whose::System || left_out.is_empty() {
            return Ok(Self {
                releases,
                whose: whose.clone(),
                left_out: Vec::new(),
            });
        }
        let all: Vec<_> = all.into_iter().collect();
        may_add_up(&releases, &all, &left_out, archive)?;
        Ok(Self {
            releases,
            whose: Whose::Organisations(all),
            left_out,
        })
    }

    /// The releases, the earliest first.
    pub(super) fn releases(&self) -> impl Iterator<Item = &Archived> + Clone {
        self.releases.iter().rev().map(|archived| &**archived)
    }

    /// The mean of the years' sums.
    pub(super) fn mean(&self) -> Result<ResidualSum, NotInRelease> {
        let sums = self
            .releases()
            .map(|archived| archived.picture.sum_of(&self.whose));
        let sums: Vec<_> = sums.collect::<Result<_, _>>()?;
        let mean = ResidualSum::mean(&sums).expect("all are of one series");
        Ok(mean.expect("there is the latest year"))
    }

    /// The name of their series.
    pub(super) fn series(&self) -> &str {
        &self.releases[0].release.series
    }

    /// The ids of the releases of each day that numbers of `whose` are pooled with.
    pub(super) fn pooled_with<'a>(&'a self, whose: &'a Whose) -> impl Iterator<Item = Uuid> + 'a {
        let all = self.releases();
        all.flat_map(|archived| archived.pooled.of(whose).map(|one| one.id))
    }

    /// ` on 2026-03-31`, or `, the mean of 2025-03-31 and 2026-03-31`.
    pub(super) fn when(&self) -> String {
        match self.days().as_slice() {
            [day] => format!(" on {day}"),
            days => format!(", the mean of {}", days.join(" and ")),
        }
    }

    fn days(&self) -> Vec<String> {
        let days = self
            .releases()
            .map(|archived| archived.release.period.last_day());
        days.map(|day| day.to_string()).collect()
    }

    /// What to read before the numbers; `None` of one day.
    pub(super) fn note(&self) -> Option<String> {
        let years = self.releases.len();
        let left_out: Vec<_> = self.left_out.iter().map(OdsCode::as_str).collect();
        let left_out = match left_out.as_slice() {
            [] => String::new(),
            codes => format!(
                " It is over the employers that are in all of them; left out: {}.",
                codes.join(", ")
            ),
        };
        (years > 1).then(|| {
            format!(
                "Each number is the mean of {}: of {years} years, and not of now.{left_out}",
                self.days().join(" and ")
            )
        })
    }
}

/// The release of the same series of so many years before.
fn earlier(latest: &Archived, year: u16, archive: &Archive) -> Result<Arc<Archived>, AnswerError> {
    let period = latest.release.period.months_before(year * MONTHS);
    let of_series = archive
        .releases()
        .iter()
        .filter(|one| one.series == latest.series);
    let found = of_series
        .clone()
        .find(|one| Some(one.release.period) == period);
    found.cloned().ok_or_else(|| AnswerError::NotReleased {
        period: period.as_ref().map(Period::to_string).unwrap_or_default(),
        there: of_series
            .map(|one| format!("{} {}", one.release.series, one.release.period))
            .collect(),
    })
}

fn employers(archived: &Archived) -> BTreeSet<OdsCode> {
    let all = archived.picture.organisations();
    all.map(|(code, _)| code.clone()).collect()
}

/// Refuses the sum over those who stayed where, beside the sums of all, it would tell too few apart.
fn may_add_up(
    releases: &[Arc<Archived>],
    stayed: &[OdsCode],
    left_out: &[OdsCode],
    archive: &Archive,
) -> Result<(), AnswerError> {
    let periods = || releases.iter().map(|archived| archived.release.period);
    let (Some(earlier), Some(later)) = (periods().min(), periods().max()) else {
        return Err(AnswerError::NothingReleased);
    };
    let error = match stayed {
        [] => EstimatorError::NobodyInBoth { earlier, later },
        [one] => EstimatorError::OneEmployer {
            ods_code: one.clone(),
        },
        _ if releases
            .iter()
            .all(|one| archive.may_add_up(one, stayed, &[])) =>
        {
            return Ok(());
        }
        _ => EstimatorError::EmployersChanged {
            earlier,
            later,
            changed: left_out.iter().map(ToString::to_string).collect(),
        },
    };
    Err(IndicatorError::from(error).into())
}
