//! A year's flow of people, and the staff that the flow is compared with.
//!
//! Where joiners or leavers of a whole year are released, which count each person once with one noise, they are
//! the flow. Otherwise it is up to four quarters added up: each is a release with its own noise, so variances
//! add, and whoever left twice is in it twice. One quarter of one employer is mostly noise. The two are never
//! put together: they count the same people.

use vwis_model::{ods::OdsCode, period::Period};

use crate::{
    estimate::Parts,
    estimator::{
        Cohort, Common, Estimator, EstimatorError, JointEstimate, QUARTER_MONTHS, QUARTERS, Source,
        latest_quarters,
    },
    picture::Whose,
};

/// The latest year for which all that is needed is released, restricted to the organisations that are in all of
/// it.
pub(super) struct Year<'a> {
    estimator: Estimator<'a>,
    organisations: Vec<OdsCode>,
    flow: Flow,
    /// The quarters at whose ends the staff are counted, ascending.
    quarters: Vec<Period>,
    /// What to read before the numbers: which year this is, and who is left out.
    pub(super) notes: Vec<String>,
    pub(super) source: Source,
}

/// How a year's flow is counted.
#[derive(Clone, Copy)]
enum Flow {
    /// As one, over the twelve months up to this period.
    Whole(Period),
    /// As the sum of the quarters.
    Quarters,
}

// === impl Year ===

impl<'a> Year<'a> {
    /// The latest year for which all of `needed` are counted: flows as one where they are released so, else in
    /// every quarter. The finest counts that will be asked for are needed.
    pub(super) fn latest(
        estimator: &Estimator<'a>,
        needed: &[Cohort],
    ) -> Result<Self, EstimatorError> {
        let whole = match Self::whole(estimator, needed) {
            Ok(year) => return Ok(year),
            Err(why) => why,
        };
        match Self::of_quarters(estimator, needed) {
            // Where a year is promised and quarters are not, it is the year that is missing.
            Err(EstimatorError::NotPromised { .. }) if !is_not_promised(&whole) => Err(whole),
            quarters => quarters,
        }
    }

    /// The latest year whose flows are released as one, with at least one end of its quarters at which the
    /// staff are.
    fn whole(estimator: &Estimator<'a>, needed: &[Cohort]) -> Result<Self, EstimatorError> {
        let flows: Vec<_> = needed.iter().filter_map(Cohort::of_a_year).collect();
        let stocks = needed.iter().filter(|cohort| cohort.of_a_year().is_none());
        let stocks: Vec<_> = stocks.cloned().collect();
        let mut years = shared_periods(estimator, &flows)?;
        let period = years.pop();
        let period = period.ok_or_else(|| EstimatorError::not_released(&flows, None, []))?;
        let mut ends = Vec::new();
        if !stocks.is_empty() {
            let quarters = (0..QUARTERS)
                .rev()
                .map(|back| u16::try_from(back).expect("four"));
            ends.extend(quarters.filter_map(|back| period.months_before(back * QUARTER_MONTHS)));
            let released = shared_periods(estimator, &stocks)?;
            ends.retain(|end| released.contains(end));
            if ends.is_empty() {
                return Err(EstimatorError::not_released(
                    &stocks,
                    Some(period),
                    &released,
                ));
            }
        }
        let always: Vec<_> = flows.iter().map(|flow| (period, flow.clone())).collect();
        let (common, left_out) = estimator.of_those_in_latest_and(&always, &ends, &stocks)?;
        let ends = ends.split_off(left_out);
        let notes = vec![whole_year(period, &ends, stocks.is_empty())];
        let source = common.estimator.at(period, &flows[..1])?.source();
        Ok(Self::of(common, Flow::Whole(period), ends, notes, source))
    }

    /// Up to four latest quarters for which all of `needed` is counted in every quarter.
    fn of_quarters(estimator: &Estimator<'a>, needed: &[Cohort]) -> Result<Self, EstimatorError> {
        let released = shared_periods(estimator, needed)?;
        let quarters = latest_quarters(&released);
        let (common, left_out) = estimator.of_those_in_latest(&quarters, needed)?;
        let quarters = quarters[left_out..].to_vec();
        let why = match left_out {
            0 if released.len() == quarters.len() => Few::Released,
            0 => Few::WithoutAGap,
            _ => Few::OfTheSame,
        };
        let notes = vec![span(&quarters, why)];
        let latest = quarters.last().copied();
        let latest = latest.expect("what is in all of no release is nobody, refused above");
        let source = common.estimator.at(latest, &needed[..1])?.source();
        Ok(Self::of(common, Flow::Quarters, quarters, notes, source))
    }

    fn of(
        common: Common<'a>,
        flow: Flow,
        quarters: Vec<Period>,
        mut notes: Vec<String>,
        source: Source,
    ) -> Self {
        notes.extend(common.notes());
        Self {
            estimator: common.estimator,
            organisations: common.organisations,
            flow,
            quarters,
            notes,
            source,
        }
    }

    /// The counts of flows over a year, which are given as those of a quarter. Fewer than four quarters are
    /// scaled up to a year.
    pub(super) fn sum(&self, wanted: &[Cohort]) -> Result<Parts, EstimatorError> {
        match self.flow {
            Flow::Whole(period) => {
                let of_a_year = |flow: &Cohort| flow.of_a_year().expect("only flows are summed");
                let wanted: Vec<_> = wanted.iter().map(of_a_year).collect();
                Ok(self.estimator.at(period, &wanted)?.parts().clone())
            }
            Flow::Quarters => Ok(self.added(wanted)?.scaled(self.years().recip())),
        }
    }

    /// The counts of a stock, averaged over the last days of the quarters.
    pub(super) fn mean(&self, wanted: &[Cohort]) -> Result<Parts, EstimatorError> {
        Ok(self.added(wanted)?.scaled(self.count().recip()))
    }

    /// The counts of a stock on the day before the year, about the same organisations. `None` where the year
    /// has fewer than four quarters, or that day is not released.
    pub(super) fn at_start(&self, wanted: &[Cohort]) -> Option<JointEstimate<'a>> {
        let year = u16::try_from(QUARTERS).expect("four") * QUARTER_MONTHS;
        let last = match self.flow {
            Flow::Whole(period) => period,
            Flow::Quarters if self.quarters.len() < QUARTERS => return None,
            Flow::Quarters => *self.quarters.last()?,
        };
        let same = Whose::Organisations(self.organisations.clone());
        let start = last.months_before(year)?;
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

fn is_not_promised(error: &EstimatorError) -> bool {
    matches!(error, EstimatorError::NotPromised { .. })
}

/// The periods for which each of `needed` is counted, ascending: one at least, where there is no error.
fn shared_periods(
    estimator: &Estimator<'_>,
    needed: &[Cohort],
) -> Result<Vec<Period>, EstimatorError> {
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
    Ok(shared.unwrap_or_default())
}

/// Which year this is, and where its staff were counted at the ends of some of its quarters only.
fn whole_year(period: Period, ends: &[Period], is_alone: bool) -> String {
    let year =
        format!("The year is the twelve months to {period}, in which each person is counted once.");
    if is_alone || ends.len() == QUARTERS {
        return year;
    }
    let ends: Vec<_> = ends.iter().map(Period::to_string).collect();
    format!(
        "{year} The staff in post are those of {} alone: no other end of its quarters can be told of the \
         same employers.",
        ends.join(", ")
    )
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
