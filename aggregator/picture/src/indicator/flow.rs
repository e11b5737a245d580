//! A year's flow of people: up to four quarters added up, and the staff that the flow is compared with.
//!
//! One quarter of one employer is mostly noise; four together are not. Each quarter is a release with its own
//! noise, so variances add.

use vwis_model::{ods::OdsCode, period::Period};

use crate::{
    estimate::Parts,
    estimator::{
        Cohort, Estimator, EstimatorError, JointEstimate, QUARTER_MONTHS, QUARTERS, Source,
        latest_quarters,
    },
    picture::Whose,
};

/// Up to four latest quarters for which all that is needed is released, restricted to the organisations that
/// are in all of them.
pub(super) struct Year<'a> {
    estimator: Estimator<'a>,
    organisations: Vec<OdsCode>,
    quarters: Vec<Period>,
    /// What to read before the numbers: which quarters these are, and who is left out.
    pub(super) notes: Vec<String>,
    pub(super) source: Source,
}

// === impl Year ===

impl<'a> Year<'a> {
    /// The latest year for which all of `needed` are counted in every quarter.
    pub(super) fn latest(
        estimator: &Estimator<'a>,
        needed: &[Cohort],
    ) -> Result<Self, EstimatorError> {
        let mut shared: Option<Vec<Period>> = None;
        for cohort in needed {
            let periods = estimator.periods(std::slice::from_ref(cohort))?;
            shared = Some(match shared {
                None => periods,
                Some(shared) if shared.iter().any(|period| periods.contains(period)) => shared
                    .into_iter()
                    .filter(|period| periods.contains(period))
                    .collect(),
                Some(shared) => {
                    let latest = shared.last().copied().unwrap_or(periods[0]);
                    estimator.at(latest, std::slice::from_ref(cohort))?;
                    shared
                }
            });
        }
        let released = shared.unwrap_or_default();
        let quarters = latest_quarters(&released);
        let (common, left_out) = estimator.of_those_in_latest(&quarters, needed)?;
        let quarters = quarters[left_out..].to_vec();
        let why = match left_out {
            0 if released.len() == quarters.len() => Few::Released,
            0 => Few::WithoutAGap,
            _ => Few::OfTheSame,
        };
        let mut notes = vec![span(&quarters, why)];
        notes.extend(common.notes());
        let latest = quarters.last().copied();
        let latest = latest.expect("what is in all of no release is nobody, refused above");
        let source = common.estimator.at(latest, &needed[..1])?.source();
        Ok(Self {
            estimator: common.estimator,
            organisations: common.organisations,
            quarters,
            notes,
            source,
        })
    }

    /// The counts of a flow over a year: the sum of the quarters. Fewer than four quarters are scaled up to a
    /// year.
    pub(super) fn sum(&self, wanted: &[Cohort]) -> Result<Parts, EstimatorError> {
        Ok(self.added(wanted)?.scaled(self.years().recip()))
    }

    /// The counts of a stock, averaged over the last days of the quarters.
    pub(super) fn mean(&self, wanted: &[Cohort]) -> Result<Parts, EstimatorError> {
        Ok(self.added(wanted)?.scaled(self.count().recip()))
    }

    /// The counts of a stock on the day before the first quarter, about the same organisations. `None` where
    /// the year has fewer than four quarters, or that day is not released.
    pub(super) fn at_start(&self, wanted: &[Cohort]) -> Option<JointEstimate<'a>> {
        if self.quarters.len() < QUARTERS {
            return None;
        }
        let start = self.quarters[0].months_before(QUARTER_MONTHS)?;
        let same = Whose::Organisations(self.organisations.clone());
        self.estimator.of(same).at(start, wanted).ok()
    }

    fn added(&self, wanted: &[Cohort]) -> Result<Parts, EstimatorError> {
        let mut sum: Option<Parts> = None;
        for &period in &self.quarters {
            let joint = self.estimator.at(period, wanted)?;
            sum = Some(match sum {
                None => joint.parts().clone(),
                Some(sum) => sum.plus(joint.parts()),
            });
        }
        Ok(sum.expect("a year has a quarter at least"))
    }

    fn count(&self) -> f64 {
        f64::from(u32::try_from(self.quarters.len()).expect("four at most"))
    }

    /// The part of a year that the quarters cover: a quarter each.
    fn years(&self) -> f64 {
        self.count() / f64::from(u32::try_from(QUARTERS).expect("four"))
    }
}

/// Why a year has fewer than four quarters.
#[derive(Clone, Copy)]
enum Few {
    /// No other quarters are released.
    Released,
    /// Other quarters are released, but before a gap.
    WithoutAGap,
    /// Other quarters are released, but the employers have changed too much for a comparison.
    OfTheSame,
}

fn span(quarters: &[Period], why: Few) -> String {
    let (Some(first), Some(last)) = (quarters.first(), quarters.last()) else {
        return String::new();
    };
    let (which, are, whose, times) = match quarters.len() {
        QUARTERS => {
            return format!(
                "The year is the four quarters whose last months are {first} to {last}."
            );
        }
        1 => (
            format!("the quarter to {last}"),
            "is",
            "its",
            "4".to_owned(),
        ),
        count => {
            let which = format!("the {count} quarters to {last}");
            (which, "are", "their", format!("4/{count}"))
        }
    };
    let why = match why {
        Few::Released => format!("{are} released"),
        Few::WithoutAGap => format!("{are} released without a gap"),
        Few::OfTheSame => "can be told of the same employers".to_owned(),
    };
    format!(
        "Only {which} {why}: {whose} flow is multiplied by {times} to stand for a year, which is wrong \
         where joining or leaving has seasons."
    )
}
